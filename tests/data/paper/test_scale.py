"""The calibration pulse, found wherever it stands at an end of a row."""

import numpy as np
import pytest

from data.paper.flat import PIXELS_PER_MM
from data.paper.scale import scale_of
from data.paper.trace import Line


def row(before_mm: float, lower_mm: float = 0.0) -> Line:
    """A line with a pulse of 5 mm and 10 mm near its left end: `before_mm` of baseline, the pulse, 90 mm of trace that lies lower."""
    begins, level = 100, 400.0
    rises = begins + round(before_mm * PIXELS_PER_MM)
    falls = rises + 5 * PIXELS_PER_MM
    y = np.full(falls + 90 * PIXELS_PER_MM, level)
    y[:begins] = np.nan
    y[rises:falls] = level - 10 * PIXELS_PER_MM
    y[falls:] += lower_mm * PIXELS_PER_MM
    nothing = np.zeros(y.size, bool)
    return Line(level, y, ~np.isnan(y), shared=nothing, leapt=nothing, cut=nothing)


@pytest.mark.parametrize("before_mm", [0.25, 1.0, 4.0])
def test_a_pulse_near_the_beginning_of_its_row_proves_the_scale(before_mm: float) -> None:
    scale = scale_of([row(before_mm), row(before_mm)])

    assert (scale.proven, scale.mm_per_second, scale.mm_per_mv) == (True, 25.0, 10.0)


@pytest.mark.parametrize("lower_mm", [-6.0, 6.0])
def test_a_pulse_is_measured_from_its_own_foot_where_the_trace_begins_elsewhere(lower_mm: float) -> None:
    scale = scale_of([row(2.0, lower_mm), row(2.0, lower_mm)])

    assert (scale.proven, scale.mm_per_mv) == (True, 10.0)


def test_rows_without_a_pulse_prove_nothing() -> None:
    flat = row(1.0)
    flat.y[~np.isnan(flat.y)] = 400.0

    assert not scale_of([flat, flat]).proven
