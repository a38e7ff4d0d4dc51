"""From a picture to flat paper at one scale: the grid found, the sheet cut out, perspective and bends undone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.paper.lattice import WORKING_SIDE, Lattice, find_lattice

Array = npt.NDArray[Any]
Picture = npt.NDArray[np.uint8]  # (row, column, red-green-blue)

PIXELS_PER_MM = 8
BOLD_MM, _FINE_MM = 5, 1
_MOST_BOLD = 160  # squares across a sheet; where there are more, they are of 1 mm
_LEAST_SQUARES = 6
_INK = 0.25  # below the paper: darker than most grids
_EDGE_MM = 2.0  # of the sheet that are left out
_GREY = 18  # pixels of the working picture over which paper looks the same


@dataclass(frozen=True, eq=False)
class FlatSheet:
    """A sheet as if it lay under a ruler.

    Parameters
    ----------
    picture : (row, column, colour), `PIXELS_PER_MM`
    across, down : (row, column) where in the photograph each of a net of points, `square_mm` apart, lies; pixels
    square_mm : between the lines that were followed
    gridded : (row, column) of squares, is there a grid
    inside : (row, column) of `picture`, is there paper: not beside the photograph, nor beside the sheet
    ruled : is it a grid that gives the millimetres
    """

    picture: Picture
    across: Array
    down: Array
    square_mm: int
    gridded: Array
    inside: Array
    ruled: bool = True

    def seen_at(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where points of the flat sheet, in its pixels, lie in the photograph, in its pixels."""
        on_x, on_y = ((np.asarray(n, float) + 0.5) / (PIXELS_PER_MM * self.square_mm) for n in (x, y))
        return _spline(self.across).ev(on_y, on_x), _spline(self.down).ev(on_y, on_x)


def flattened(picture: Picture) -> FlatSheet:
    """The sheet in a picture, flat.

    Raises
    ------
    UnreadableEcgError : no grid of ECG paper in it
    """
    import cv2

    shrink = WORKING_SIDE / max(picture.shape[:2])
    how = cv2.INTER_AREA if shrink < 1 else cv2.INTER_CUBIC
    lattice = find_lattice(_darkness(np.asarray(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=how), np.uint8)))
    part = _sheet_part(lattice) if lattice is not None else None
    if lattice is None or part is None:
        raise UnreadableEcgError("shows no grid of ECG paper, wanted an ECG sheet: photograph the whole sheet from above, in even light")
    rows, columns = part
    nodes = [
        (side[rows.start : rows.stop + 1, columns.start : columns.stop + 1] + 0.5) / shrink - 0.5 for side in (lattice.across, lattice.down)
    ]
    square = _FINE_MM if columns.stop - columns.start > _MOST_BOLD else BOLD_MM
    strength = lattice.strength[rows, columns]
    gridded = strength > 0.3 * np.quantile(strength, 0.9)
    flat, covered = resampled(picture, nodes, square)
    return FlatSheet(flat, nodes[0], nodes[1], square, gridded, covered & _paper(gridded, flat.shape[:2]))


def _darkness(working: Picture) -> Array:
    """How much darker than the paper around it each pixel is; what is far darker than a line of the grid is ink, and left out."""
    import cv2

    grid = _below_paper(working.min(axis=2))  # the channel in which a coloured grid is darkest
    anything = _below_paper(working.max(axis=2))  # the one in which it is not seen, but black and blue ink is
    ink = cv2.dilate((anything > max(_INK, 2 * np.quantile(anything, 0.85))).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    lines = grid[~ink & (grid > 0)]
    line = float(np.quantile(lines, 0.9)) if lines.size else 1.0
    clipped = np.where(ink, 0, np.clip(grid, -line, 1.5 * line))
    return np.asarray(clipped - cv2.GaussianBlur(clipped, (0, 0), 1.4 * _GREY))


def _below_paper(channel: npt.NDArray[np.uint8]) -> Array:
    """How far each pixel is below the middle of those around it, as a share."""
    import cv2

    grey = channel.astype(np.float32)
    paper = cv2.medianBlur(np.ascontiguousarray(channel), 2 * _GREY + 1).astype(np.float32)
    return np.asarray((paper - grey) / (paper + 8))


def _sheet_part(lattice: Lattice) -> tuple[slice, slice] | None:
    """Rows and columns of squares that hold the largest connected piece of grid, and a square around it."""
    import cv2

    strong = lattice.strength > 0.35 * np.quantile(lattice.strength, 0.97)
    whole = cv2.morphologyEx(strong.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    whole = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(whole, connectivity=4)
    if count < 2:
        return None
    x, y, width, height, _ = boxes[1 + int(boxes[1:, cv2.CC_STAT_AREA].argmax())]
    if min(width, height) < _LEAST_SQUARES:
        return None
    rows, columns = lattice.strength.shape
    return slice(max(0, y - 1), min(rows, y + height + 1)), slice(max(0, x - 1), min(columns, x + width + 1))


def _paper(gridded: Array, shape: tuple[int, ...]) -> Array:
    """(row, column) of the flat picture: inside the outline of all that has a grid."""
    import cv2

    points = np.argwhere(cv2.morphologyEx(gridded.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))[:, ::-1]
    outline = np.zeros(shape, np.uint8)
    if len(points):
        size = shape[0] / gridded.shape[0]
        corners = np.concatenate([points + np.array(step) for step in ((0, 0), (1, 0), (0, 1), (1, 1))]) * size
        cv2.fillConvexPoly(outline, cv2.convexHull(corners.astype(np.int32)), 1)
    return cv2.erode(outline, np.ones((3, 3), np.uint8), iterations=round(_EDGE_MM * PIXELS_PER_MM)) > 0  # its edge is dark too


def _spline(nodes: Array) -> Any:
    """A smooth function of row and column, in squares; OpenCV would round places to a thirty-second of a square."""
    from scipy.interpolate import RectBivariateSpline

    return RectBivariateSpline(np.arange(nodes.shape[0]), np.arange(nodes.shape[1]), nodes)


def resampled(picture: Picture, nodes: list[Array], square_mm: int) -> tuple[Picture, Array]:
    """The flat picture, and which of its pixels the photograph holds; `nodes` as `across` and `down` of a `FlatSheet`."""
    import cv2

    rows, columns = nodes[0].shape
    size = PIXELS_PER_MM * square_mm
    x = (np.arange((columns - 1) * size, dtype=np.float32) + 0.5) / size
    y = (np.arange((rows - 1) * size, dtype=np.float32) + 0.5) / size
    across, down = (_spline(side)(y, x).astype(np.float32) for side in nodes)
    spacing = float(np.median(np.hypot(np.diff(nodes[0], axis=1), np.diff(nodes[1], axis=1)))) / size  # pixels seen for each made
    if spacing > 1.3:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * spacing), np.uint8)  # else thin lines fall between the samples
    margin = 1.5 * max(spacing, 1)
    height, width = picture.shape[:2]
    held = (across > margin) & (across < width - 1 - margin) & (down > margin) & (down < height - 1 - margin)
    how = cv2.INTER_CUBIC if spacing < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.remap(picture, across, down, how, borderMode=cv2.BORDER_REPLICATE)), held
