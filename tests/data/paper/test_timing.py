"""Where the traces of a sheet begin and end."""

import numpy as np

from data.paper.flat import PIXELS_PER_MM
from data.paper.placing import without_edges
from data.paper.scale import Pulse, Scale
from data.paper.timing import drawn_part
from data.paper.trace import Line

MM = PIXELS_PER_MM


def row(begin_mm: float, end_mm: float, *, beats: bool = True) -> Line:
    """A line with a beat every 20 mm, or a straight one."""
    y = np.full(300 * MM, np.nan)
    y[round(begin_mm * MM) : round(end_mm * MM)] = 400.0
    if beats:
        y = np.where(np.arange(y.size) % (20 * MM) < MM, y - 8 * MM, y)
    nothing = np.zeros(y.size, bool)
    return Line(400.0, y, ~np.isnan(y), shared=nothing, leapt=nothing, cut=nothing)


def test_behind_the_pulses_the_row_counts_that_makes_ten_seconds() -> None:
    pulse = Pulse(8.0, 13.0, 10.0, 5.0)
    rows = [row(20, 270), row(24, 270), row(24, 270)]  # the first millimetres of two are lost in the grid

    first, last = drawn_part(rows, Scale(25.0, 10.0, True, (pulse,) * 3))

    assert (first / MM, round(last / MM)) == (20, 270)


def test_without_pulses_the_middle_row_counts() -> None:
    rows = [row(20, 270), row(24, 270), row(24, 270)]

    first, _ = drawn_part(rows, Scale(25.0, 10.0, False, (None,) * 3))

    assert first / MM == 24


def test_a_straight_line_below_the_others_is_the_edge_of_the_paper() -> None:
    rows = [row(20, 270), row(20, 270), row(5, 295, beats=False)]

    assert without_edges(rows) == rows[:2]


def test_an_edge_that_ends_in_a_corner_is_an_edge() -> None:
    edge = row(5, 295, beats=False)
    edge.y[285 * MM : 295 * MM] -= np.linspace(0, 8 * PIXELS_PER_MM, 10 * MM)

    assert without_edges([row(20, 270), row(20, 270), edge])[2:] == []


def test_a_straight_line_with_a_calibration_pulse_is_a_row() -> None:
    rows = [row(5, 270, beats=beats) for beats in (False, True, True)]
    for one in rows:
        one.y[8 * MM : 13 * MM] -= 5 * PIXELS_PER_MM  # 5 mm/mV, at which a small lead is straight

    assert without_edges(rows) == rows


def test_a_sheet_of_straight_lines_keeps_them() -> None:
    rows = [row(20, 270, beats=False)] * 3

    assert without_edges(rows) == rows
