"""Spikes that a trace does not follow to their tips, and lines that it does not follow at all."""

import numpy as np
import numpy.typing as npt
import pytest

from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink
from data.paper.leftover import cut_short, led_astray, row_missed

MM = PIXELS_PER_MM
LEVEL, AT = 30 * MM, 50 * MM  # of the row, and the column of its spike


def row_with_stroke(top_mm: float, bottom_mm: float) -> Ink:
    mask = np.zeros((60 * MM, 100 * MM), bool)
    mask[LEVEL - 1 : LEVEL + 2] = True
    mask[round(top_mm * MM) : round(bottom_mm * MM), AT : AT + 3] = True
    return Ink(mask.astype(float), mask, 100.0)


def flat_trace() -> npt.NDArray[np.float64]:
    return np.full(100 * MM, float(LEVEL))


def test_a_spike_above_a_trace_that_stays_flat_is_noticed_where_it_stands() -> None:
    (cut,) = cut_short(row_with_stroke(18, 30), [flat_trace()])

    assert cut[AT : AT + 3].all()
    assert not cut[: AT - MM].any()


def test_a_spike_into_which_handwriting_runs_is_noticed_too() -> None:
    ink = row_with_stroke(18, 30)
    ink.mask[20 * MM : 20 * MM + 3, AT : AT + 9 * MM] = ink.amount[20 * MM : 20 * MM + 3, AT : AT + 9 * MM] = True

    (cut,) = cut_short(ink, [flat_trace()])

    assert cut[AT : AT + 3].all()


def test_a_spike_that_is_followed_is_not_cut() -> None:
    trace = flat_trace()
    trace[AT : AT + 3] = 18 * MM

    (cut,) = cut_short(row_with_stroke(18, 30), [trace])

    assert not cut.any()


def test_the_other_flank_of_a_spike_that_is_followed_to_its_tip_is_not_cut() -> None:
    trace = flat_trace()
    trace[AT - 5 : AT - 2] = 18 * MM

    (cut,) = cut_short(row_with_stroke(18, 30), [trace])

    assert not cut.any()


def test_a_stroke_far_from_every_trace_belongs_to_none() -> None:
    (cut,) = cut_short(row_with_stroke(5, 20), [flat_trace()])

    assert not cut.any()


def test_a_pale_stroke_is_a_line_of_the_grid() -> None:
    ink = row_with_stroke(18, 30)
    pale = np.where(ink.mask, 0.25, 0.0)
    pale[LEVEL - 1 : LEVEL + 2] = 1.0

    (cut,) = cut_short(Ink(pale, ink.mask, 100.0), [flat_trace()])

    assert not cut.any()


def row_beside_a_stroke() -> Ink:
    """A flat row and, from 40 to 60 mm, another stroke 8 mm below it."""
    mask = np.zeros((60 * MM, 100 * MM), bool)
    mask[LEVEL - 1 : LEVEL + 2] = True
    mask[LEVEL + 8 * MM : LEVEL + 8 * MM + 3, 40 * MM : 60 * MM] = True
    mask[LEVEL - 1 : LEVEL + 2, [40 * MM - 3, 60 * MM + 3]] = False
    return Ink(mask.astype(float), mask, 100.0)


def test_a_trace_that_follows_another_stroke_while_its_row_goes_on_is_led_astray() -> None:
    trace = flat_trace()
    trace[40 * MM : 60 * MM] = LEVEL + 8 * MM

    (astray,) = led_astray(row_beside_a_stroke(), [trace])

    assert astray[40 * MM : 60 * MM].all()
    assert not astray[: 39 * MM].any()


def test_a_trace_that_stays_in_its_row_is_not_led_astray_by_a_stroke_beside_it() -> None:
    (astray,) = led_astray(row_beside_a_stroke(), [flat_trace()])

    assert not astray.any()


@pytest.mark.parametrize(("depth_mm", "missed"), [(6, True), (0, False)])
def test_a_long_line_that_no_trace_follows_is_a_row_unless_it_is_straight(depth_mm: float, missed: bool) -> None:
    mask = np.zeros((60 * MM, 200 * MM), bool)
    columns = np.arange(20 * MM, 180 * MM)
    wave = (45 * MM + depth_mm * MM * np.sin(columns / 150)).round().astype(int)
    for thick in range(3):
        mask[wave + thick, columns] = True

    assert row_missed(Ink(mask.astype(float), mask, 100.0), [np.full(200 * MM, float(LEVEL))]) == missed
