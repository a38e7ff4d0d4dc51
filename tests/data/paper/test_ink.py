"""Ink told from the grid, and rows told from ink, on sheets that are painted here pixel by pixel."""

import cv2
import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM, FlatSheet
from data.paper.ink import Ink, written
from data.paper.trace import find_rows, vertical_runs

MM = PIXELS_PER_MM
Mask = npt.NDArray[np.bool_]


def flat_sheet(picture: npt.NDArray[np.uint8]) -> FlatSheet:
    squares = (picture.shape[0] // (5 * MM), picture.shape[1] // (5 * MM))
    nodes = np.zeros((squares[0] + 1, squares[1] + 1))
    return FlatSheet(picture, nodes, nodes, 5, np.ones(squares, bool), np.ones(picture.shape[:2], bool))


def gridded(height_mm: int = 60, width_mm: int = 200) -> npt.NDArray[np.uint8]:
    picture = np.full((height_mm * MM, width_mm * MM, 3), 250, np.uint8)
    for at in range(0, width_mm, 5):
        picture[:, at * MM : at * MM + 2] = 170
    for at in range(0, height_mm, 5):
        picture[at * MM : at * MM + 2] = 170
    return picture


def test_an_upright_stroke_is_not_broken_where_it_crosses_the_grid() -> None:
    picture = gridded()
    picture[30 * MM : 30 * MM + 3] = 40  # a row's level
    picture[6 * MM : 30 * MM, 52 * MM : 52 * MM + 2] = 150  # a spike, thin and so pale: hardly darker than the grid

    mask = written(flat_sheet(picture)).mask

    assert mask[8 * MM : 30 * MM, 52 * MM - 2 : 52 * MM + 4].any(axis=1).all()


def test_a_grid_alone_is_no_ink() -> None:
    picture = gridded()
    picture[30 * MM : 30 * MM + 3] = 40

    mask = written(flat_sheet(picture)).mask

    assert not mask[: 28 * MM].any()


def test_a_trace_is_kept_where_it_runs_into_the_shade() -> None:
    picture = gridded(80, 240)
    picture[40 * MM : 40 * MM + 3] = 40
    picture[:, 120 * MM :] = picture[:, 120 * MM :] // 3 * 2

    mask = written(flat_sheet(picture)).mask

    assert mask[40 * MM + 1].all()


def test_two_strokes_of_a_blurred_picture_stay_two() -> None:
    picture = gridded()
    picture[10 * MM : 40 * MM, 52 * MM : 52 * MM + 3] = picture[10 * MM : 40 * MM, 53 * MM + 2 : 53 * MM + 5] = 40
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.3 * MM), np.uint8)

    mask = written(flat_sheet(blurred)).mask

    assert mask[12 * MM : 38 * MM, 53 * MM - 2].mean() < 0.25  # a line of the grid joins them at times


def test_a_filled_complex_is_ink() -> None:
    picture = gridded()
    picture[20 * MM : 20 * MM + 3] = 40
    picture[10 * MM : 20 * MM, 52 * MM : 56 * MM] = 40  # broader than any pen: its strokes have run together

    mask = written(flat_sheet(picture)).mask

    assert mask[11 * MM : 19 * MM, 53 * MM : 55 * MM].all()


def rows_of(mask: Mask) -> list[float]:
    return find_rows(vertical_runs(Ink(mask.astype(float), mask, 100.0)), mask.shape)


def with_rows(*levels_mm: float, height_mm: int = 160) -> Mask:
    mask = np.zeros((height_mm * MM, 250 * MM), bool)
    for level in levels_mm:
        mask[round(level * MM) : round(level * MM) + 3] = True
    return mask


def test_a_row_that_wanders_up_and_down_is_found_between_its_neighbours() -> None:
    mask = with_rows(20, 50, 110, 140)
    for part, level in enumerate((66, 72, 78, 84, 90, 95)):
        mask[level * MM : level * MM + 3, part * 40 * MM : (part + 1) * 40 * MM] = True

    rows = rows_of(mask)

    assert len(rows) == 5
    assert abs(rows[2] / MM - 80) < 4


def test_a_broken_line_of_the_grid_beside_a_row_is_no_row() -> None:
    mask = with_rows(30, 60, 90, 120)
    mask[16 * MM : 16 * MM + 2, : 140 * MM] = True

    rows = rows_of(mask)

    assert [round(row / MM) for row in rows] == [30, 60, 90, 120]


def test_rows_of_a_thick_pen_are_found() -> None:
    mask = np.zeros((120 * MM, 250 * MM), bool)
    for level in (20, 50, 80):
        mask[level * MM : round((level + 1.4) * MM)] = True

    assert len(rows_of(mask)) == 3
