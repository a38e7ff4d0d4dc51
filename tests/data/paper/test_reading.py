"""Sheets printed here and read again: the truth is the record that was printed."""

import io

import numpy as np
import pytest
from PIL import Image

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.paper.layouts import layout_named
from data.paper.reading import SheetReading, Stated, read_sheet
from data.paper.rendering import Print, photographed, printed
from data.paper.rendering.sheet import PIXELS_PER_MM
from data.simulated import simulate


@pytest.fixture(scope="module")
def record() -> EcgRecord:
    return simulate("normal", seed=3).record


def scanned(record: EcgRecord, how: Print, level: str = "clean scan") -> SheetReading:
    rng = np.random.default_rng(5)
    return read_sheet(photographed(printed(record, how), level, rng, pixels_per_mm=PIXELS_PER_MM), Stated())


def noise_ratio_db(true: EcgRecord, read: EcgRecord, lead: str) -> float:
    """Signal-to-noise ratio of one lead, its offset in height and of up to 20 ms in time left out."""
    got = read[lead]
    there = np.flatnonzero(~np.isnan(got))
    best = -np.inf
    for shift in np.arange(-0.02, 0.021, 0.0025):
        truth = np.interp(there / read.fs + shift, np.arange(true.n_samples) / true.fs, true[lead])
        truth = truth - truth.mean()
        error = truth - (got[there] - got[there].mean())
        best = max(best, 10 * np.log10((truth**2).sum() / (error**2).sum()))
    return float(best)


@pytest.mark.parametrize("name", ["3x4", "3x4+II", "3x4 cabrera+II"])
def test_the_layout_is_found(record: EcgRecord, name: str) -> None:
    reading = scanned(record, Print(layout_named(name)))

    assert reading.layout.name == name
    assert reading.sure


@pytest.mark.parametrize(("speed", "gain"), [(25.0, 10.0), (25.0, 5.0), (50.0, 10.0)])
def test_the_scale_is_that_of_the_calibration_pulse(record: EcgRecord, speed: float, gain: float) -> None:
    reading = scanned(record, Print(layout_named("3x4+II"), mm_per_second=speed, mm_per_mv=gain))

    assert (reading.scale.mm_per_second, reading.scale.mm_per_mv) == (speed, gain)
    assert reading.scale.proven


def test_leads_of_a_clean_scan_are_the_printed_ones(record: EcgRecord) -> None:
    reading = scanned(record, Print(layout_named("3x4+II")))

    ratios = [noise_ratio_db(record, reading.record, lead) for lead in reading.record.leads]

    assert np.median(ratios) > 12


def test_what_was_not_drawn_is_missing(record: EcgRecord) -> None:
    read = scanned(record, Print(layout_named("3x4"))).record

    seconds = {lead: float(np.count_nonzero(~np.isnan(read[lead])) / read.fs) for lead in read.leads}

    assert max(seconds.values()) < 2.6
    assert np.median(list(seconds.values())) > 2.2


def test_inferred_names_are_marked(record: EcgRecord) -> None:
    read = scanned(record, Print(layout_named("3x4+II"), names=False)).record

    assert any("lead names are inferred" in warning for warning in read.warnings)


class TestDoubts:
    @pytest.fixture(scope="class")
    def photo(self, record: EcgRecord) -> bytes:
        """The limb leads are not those of one heart, so that no layout fits them."""
        strange = record.changed(signal=record.signal[[7, 1, 9, 3, 10, 5, 6, 0, 8, 2, 4, 11]])
        picture = photographed(printed(strange, Print(layout_named("3x4+II"))), "clean scan", np.random.default_rng(5), pixels_per_mm=9)
        stream = io.BytesIO()
        Image.fromarray(picture).save(stream, "PNG")
        return stream.getvalue()

    def test_a_doubtful_sheet_is_refused_with_what_to_do(self, photo: bytes) -> None:
        with pytest.raises(UnreadableEcgError, match=r"limb leads fit no usual layout.*--confirmed where it is right"):
            read_ecg(photo, name="sheet.png")

    def test_a_confirmed_one_is_read_and_says_so(self, photo: bytes) -> None:
        read = read_ecg(photo, name="sheet.png", sheet=Stated(confirmed=True))

        assert "A person has confirmed the layout, the lead names and the scale." in read.warnings
