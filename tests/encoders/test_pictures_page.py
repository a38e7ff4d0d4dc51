"""The printed sheet as a raster."""

import pytest
import torch

from encoders.canvas import Canvas
from encoders.pictures.page import PAGE, drawn

MM = 288 / 250  # pixels; ten seconds at 25 mm/s fill 288
BASELINES = (24, 72, 120, 168)


def sheet(traces: torch.Tensor) -> torch.Tensor:
    return drawn(traces, Canvas(), sheet=PAGE)[0, 0]


def heights(ink: torch.Tensor) -> torch.Tensor:
    """Where the ink of each column lies on average, in pixels from above."""
    return (ink * (torch.arange(len(ink)) + 0.5)[:, None]).sum(0) / ink.sum(0)


def alone(lead: int, mv: float) -> torch.Tensor:
    traces = torch.full((1, 12, 1000), torch.nan)
    traces[:, lead] = mv
    return traces


@pytest.mark.parametrize(("lead", "row", "column"), [(0, 0, 0), (2, 2, 0), (4, 1, 1), (6, 0, 2), (11, 2, 3)])
def test_a_lead_is_drawn_in_its_row_and_quarter(lead: int, row: int, column: int) -> None:
    ink = sheet(alone(lead, 0.0))

    expected = torch.zeros(192, 288)
    expected[BASELINES[row] - 1 : BASELINES[row] + 1, 72 * column : 72 * (column + 1)] = 0.5  # one pixel, between two
    torch.testing.assert_close(ink, expected)


def test_lead_ii_is_the_rhythm_strip_too() -> None:
    ink = sheet(alone(1, 0.0))

    assert (ink[144:].sum(0) > 0).all()


def test_a_millivolt_is_ten_millimetres() -> None:
    up, down = (heights(sheet(alone(0, mv))[:, :72]) for mv in (1.0, -1.0))

    torch.testing.assert_close(down - up, torch.full((72,), 20 * MM), rtol=0, atol=0.02)


def test_a_second_is_25_millimetres() -> None:
    traces = torch.zeros(1, 12, 1000)
    traces[:, 1, 400] = 3.0

    spike = heights(sheet(traces)[144:]).argmin()

    assert int(spike) == int(4 * 25 * MM)


def test_a_line_of_whatever_slope_is_unbroken() -> None:
    traces = alone(0, 0.0)
    traces[:, 0] = torch.where(torch.arange(1000) % 80 < 40, 1.5, -1.5)  # as steep as can be

    ink = sheet(traces)[:, :72]

    inked = ink > 0
    first, last = inked.float().argmax(0), 191 - inked.flip(0).float().argmax(0)
    assert torch.equal(inked.sum(0), last - first + 1)
    assert (torch.maximum(first[1:], first[:-1]) <= torch.minimum(last[1:], last[:-1]) + 1).all()


def test_a_line_between_two_pixels_inks_both_by_its_share() -> None:
    quarter = 0.25 / (10 * MM)

    ink = sheet(alone(0, quarter))[22:26, 30]

    torch.testing.assert_close(ink, torch.tensor([0.0, 0.75, 0.25, 0.0]))


def test_a_span_that_was_not_recorded_stays_paper() -> None:
    traces = torch.zeros(1, 12, 1000)
    traces[..., 600:] = torch.nan

    assert sheet(traces)[:, round(6 * 25 * MM) + 1 :].sum() == 0
