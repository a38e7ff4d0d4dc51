"""One beat as three fields, by the formulas of Wang and Oates 2015 and Eckmann et al. 1987."""

import sys
from itertools import pairwise

import numpy as np
import pytest
import torch

from encoders.canvas import Canvas
from encoders.pictures.fields import FieldsError, fields, transformed

pytest.importorskip("pyts", reason="the picture 'fields' is an extra: pip install 'ecg-cases[pictures]'")

BEAT = np.random.default_rng(0).normal(size=100).cumsum()


def beating(period: int = 80, first: int = 60) -> torch.Tensor:
    """Twelve leads of 1000 columns with a narrow bump of 1 mV every so many columns."""
    t = torch.arange(1000)
    return sum(torch.exp(-(((t - peak) / 3) ** 2)) for peak in range(first, 1000, period)).repeat(1, 12, 1)  # type: ignore[union-attr]


def cells(picture: torch.Tensor, lead: int) -> torch.Tensor:
    """The inner part of a lead's cell, (field, y, x), away from what resampling mixes in from its neighbours."""
    height, width = 224 / 3, 56
    y, x = round((lead % 3) * height), (lead // 3) * width
    return picture[:, y + 4 : y + 70, x + 4 : x + 52]


def test_the_first_field_is_the_cosine_of_summed_angles() -> None:
    angle = np.arccos(np.clip(2 * (BEAT - BEAT.min()) / np.ptp(BEAT) - 1, -1, 1))

    np.testing.assert_allclose(transformed(BEAT[None])[0, 0], np.cos(angle[:, None] + angle), atol=1e-6)


def test_the_second_field_is_the_distance_between_moments() -> None:
    np.testing.assert_allclose(transformed(BEAT[None])[0, 1], np.abs(BEAT[:, None] - BEAT), atol=1e-6)


def test_the_third_field_is_the_chance_to_go_between_the_quarters_of_two_moments() -> None:
    state = np.searchsorted(np.quantile(BEAT, [0.25, 0.5, 0.75]), BEAT, side="right")
    counts = np.zeros((4, 4))
    for now, then in pairwise(state):
        counts[now, then] += 1
    chances = counts / counts.sum(1, keepdims=True)

    np.testing.assert_allclose(transformed(BEAT[None])[0, 2], chances[np.ix_(state, state)], atol=1e-6)


def test_an_ecg_shifted_by_whole_beats_shows_the_same_beat() -> None:
    early, late = (fields(beating(first=first), Canvas())[0] for first in (60, 140))

    torch.testing.assert_close(early[1], late[1], atol=0.05, rtol=0)


def test_a_beat_is_placed_by_its_steepest_moment() -> None:
    recurrence = cells(fields(beating(), Canvas())[0], 0)[1]

    ridge = recurrence.mean(0).argmax() + 4  # the moment that is unlike all others
    assert float(ridge) == pytest.approx(0.35 * 56, abs=2)


def test_an_extrasystole_is_not_the_beat_that_is_shown() -> None:
    traces = beating()
    with_extra = traces.clone()
    with_extra[..., 480:560] = 3 * traces[..., 480:560]

    torch.testing.assert_close(fields(with_extra, Canvas())[0, 1], fields(traces, Canvas())[0, 1], atol=0.05, rtol=0)


def test_a_lead_of_which_no_whole_beat_was_recorded_is_zero() -> None:
    traces = beating()
    traces[:, 4, 80:] = torch.nan

    assert cells(fields(traces, Canvas())[0], 4).abs().max() == 0


def test_a_lead_of_a_printed_sheet_shows_a_beat_of_its_own_span() -> None:
    traces = beating()
    traces[:, 11, :750] = torch.nan

    whole, printed = (cells(fields(some, Canvas())[0], 11)[1] for some in (beating(), traces))

    torch.testing.assert_close(printed, whole, atol=0.1, rtol=0)


def test_a_flat_line_is_zero_and_not_noise() -> None:
    assert fields(torch.zeros(1, 12, 1000), Canvas()).abs().max() == 0


def test_leads_fill_three_rows_of_four_column_by_column() -> None:
    traces = beating()
    traces[:, 7] *= 2

    once, twice = (cells(fields(some, Canvas())[0], 7)[1].sum() for some in (beating(), traces))

    assert float(twice / once) == pytest.approx(2.0, abs=0.02)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyts.image", None)

    with pytest.raises(FieldsError, match=r"needs pyts, which is not installed: pip install 'ecg-cases\[pictures\]'"):
        transformed(BEAT[None])
