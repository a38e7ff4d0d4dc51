"""Sheets without a grid: their calibration pulses are the scale."""

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError
from data.paper.layouts import layout_named
from data.paper.reading import SheetReading, read_sheet
from data.paper.rendering import Print, photographed, printed
from data.paper.rendering.sheet import PIXELS_PER_MM
from data.paper.stated import Stated
from data.paper.unruled import unruled
from data.simulated import simulate


@pytest.fixture(scope="module")
def record() -> EcgRecord:
    return simulate("normal", seed=3).record


def seen(record: EcgRecord, level: str, stated: Stated | None = None, **how: object) -> SheetReading:
    sheet = printed(record, Print(layout=layout_named("3x4+II"), grid="none", **how))  # type: ignore[arg-type]
    return read_sheet(photographed(sheet, level, np.random.default_rng(4), pixels_per_mm=PIXELS_PER_MM), stated)


@pytest.mark.parametrize("level", ["clean scan", "good photo"])
def test_r_waves_are_as_high_as_in_the_file_to_a_millimetre(record: EcgRecord, level: str) -> None:
    read = seen(record, level).record["II"]

    assert np.nanmax(read) == pytest.approx(np.nanmax(record["II"] - np.nanmedian(record["II"])), abs=0.1)


def test_other_speed_and_gain_come_out_in_the_same_seconds_and_millivolts(record: EcgRecord) -> None:
    usual, other = (seen(record, "clean scan", mm_per_second=speed, mm_per_mv=gain).record for speed, gain in ((25.0, 10.0), (50.0, 20.0)))

    assert np.nanmax(other["II"]) == pytest.approx(np.nanmax(usual["II"]), rel=0.08)


def test_the_scale_is_doubted(record: EcgRecord) -> None:
    assert "no grid" in seen(record, "clean scan").doubts[0]


def test_a_scale_that_is_stated_is_not_doubted(record: EcgRecord) -> None:
    assert not any("no grid" in doubt for doubt in seen(record, "clean scan", Stated(speed=25.0, gain=10.0)).doubts)


def test_without_pulses_it_is_refused(record: EcgRecord) -> None:
    with pytest.raises(UnreadableEcgError, match="no grid"):
        seen(record, "clean scan", pulse="none")


@pytest.mark.parametrize("shape", [(20, 6000), (6000, 20), (1, 1), (600, 900)])
def test_what_is_no_sheet_is_none(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)

    assert unruled(picture, mm_per_second=25.0, mm_per_mv=10.0) is None
