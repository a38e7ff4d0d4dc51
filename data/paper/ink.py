"""What was written on the paper, without the paper: grid, shade and colour taken away."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM, FlatSheet

Array = npt.NDArray[Any]

_SQUARE = 5 * PIXELS_PER_MM  # pixels of a square of the grid
_AROUND = 6  # squares in which grid and light are taken to be the same
_INKED = 0.997  # quantile of darkness that surely is ink: traces cover about one part in a hundred of a sheet
_FAINT, _SURE = 0.3, 0.5  # of full ink: a pixel counts where it is at least faint and touches one that is sure
_SPECK_MM = 0.8
_BROKEN_MM, _TRACE = 1.5, 0.2  # gaps in an upright stroke, and how much ink is in them at least
_HIDDEN = 0.35  # of the ink that a line of the grid hides at most: noise on darker lines would pass for ink
_THICK_MM, _BESIDE_MM = 3.0, 1.0  # wider than any stroke: the table around a sheet, a shadow, a thumb; and what belongs to their edge
_BETWEEN, _APART_MM = 0.6, 1.0  # of the ink on both sides within so much: less is blur between two strokes
_LARGE_MM = 8.0, 50.0  # by what is that wide or that long: no complex is
_STEP, _BAR_MM = 1.6, 1.2  # times brighter than the square beside it, and how wide the bar is at least that such a step leaves along itself


@dataclass(frozen=True, eq=False)
class Ink:
    """Ink on a flat sheet.

    Parameters
    ----------
    amount : (row, column) 0 to 1
    mask : (row, column) is there ink
    contrast : how far ink stands out from what is left of paper and grid, in its standard deviations
    """

    amount: Array
    mask: Array
    contrast: float


def written(sheet: FlatSheet) -> Ink:
    """The ink of a sheet: what is darker than paper and grid in every colour."""
    import cv2

    bright = sheet.picture.max(axis=2).astype(np.float32)  # a coloured grid is bright in one channel, black and blue ink in none
    level = _paper(bright)
    dark = 1 - bright / np.maximum(_spread(level, bright.shape), 1)
    grid = _grid(dark)
    dark = np.where(sheet.inside, cv2.GaussianBlur(dark - grid, (0, 0), 0.7), 0)
    full = float(np.quantile(dark[sheet.inside], _INKED)) if sheet.inside.any() else 1.0
    dark /= 1 - np.clip(cv2.GaussianBlur(grid, (0, 0), 0.7) / max(full, 1e-3), 0, _HIDDEN)  # ink covers a grid, and adds nothing to it
    rest = 1.4826 * float(np.median(np.abs(dark[sheet.inside]))) + 1e-4
    amount = np.clip(dark / max(full, 1e-3), 0, 1)
    faint = amount > max(_FAINT, 3.0 * rest / full)
    faint &= amount > _BETWEEN * _both_sides(amount)
    faint &= ~_thick(faint, _THICK_MM) & ~(_thick(faint, _BAR_MM) & _stepped(level, faint.shape))
    faint |= _strokes(faint, amount, max(_TRACE, 2.0 * rest / full))
    return Ink(amount, _touching(faint, amount > max(_SURE, 4.5 * rest / full)), full / rest)


def _paper(bright: Array) -> Array:
    """How bright blank paper is in each square."""
    rows, columns = (n // _SQUARE for n in bright.shape)
    blocks = bright[: rows * _SQUARE, : columns * _SQUARE].reshape(rows, _SQUARE, columns, _SQUARE).swapaxes(1, 2)
    return np.asarray(np.quantile(blocks[:, :, ::3, ::3].reshape(rows, columns, -1), 0.75, axis=2), np.float32)


def _spread(level: Array, shape: tuple[int, ...]) -> Array:
    """What is known of each square, at each pixel."""
    import cv2

    return np.asarray(cv2.resize(cv2.GaussianBlur(level, (0, 0), 0.7), shape[::-1], interpolation=cv2.INTER_LINEAR))


def _stepped(level: Array, shape: tuple[int, ...]) -> Array:
    """Where the brightness changes from one square to the next, as from the paper to the table: between them neither is known."""
    import cv2

    around = np.ones((3, 3), np.uint8)
    step = cv2.dilate(level, around) > _STEP * cv2.erode(level, around)
    return cv2.resize(step.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def _grid(dark: Array) -> Array:
    """What repeats from square to square: the median over the squares around, at each place within a square."""
    block = _AROUND * _SQUARE
    height, width = (-(-n // block) * block for n in dark.shape)
    padded = np.pad(dark, ((0, height - dark.shape[0]), (0, width - dark.shape[1])), mode="reflect" if min(dark.shape) > block else "wrap")
    tiles = padded.reshape(height // block, _AROUND, _SQUARE, width // block, _AROUND, _SQUARE)
    middle = np.median(tiles, axis=(1, 4), keepdims=True)
    return np.ascontiguousarray(np.broadcast_to(middle, tiles.shape).reshape(height, width)[: dark.shape[0], : dark.shape[1]])


def _both_sides(amount: Array) -> Array:
    """How much ink there is near each pixel to the left and to the right of it, the lesser of both."""
    import cv2

    reach = round(_APART_MM * PIXELS_PER_MM)
    sides = [cv2.dilate(amount.astype(np.float32), np.ones((1, reach + 1), np.uint8), anchor=(at, 0)) for at in (0, reach)]
    return np.asarray(np.minimum(*sides))


def _thick(dark: Array, mm: float) -> Array:
    """What no pen has drawn, as it is dark over more than the widest stroke in every direction; with its edge.

    Strokes that run together, as those of a broad QRS complex in a blurred picture, are as wide, but make no large spot.
    """
    import cv2

    blob = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, _disc(mm))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(blob, connectivity=8)
    sides = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / PIXELS_PER_MM
    large = np.asarray((sides.min(axis=1) >= _LARGE_MM[0]) | (sides.max(axis=1) >= _LARGE_MM[1]))
    large[0] = False
    return np.asarray(cv2.dilate(large[labels].astype(np.uint8), _disc(2 * _BESIDE_MM)), bool)


def _strokes(faint: Array, amount: Array, least: float) -> Array:
    """What joins two pieces of an upright stroke: a steep line is printed thin, and paper shows through where it crosses the grid."""
    import cv2

    pen = cv2.GaussianBlur(amount, (0, 0), sigmaX=0.7, sigmaY=_BROKEN_MM * PIXELS_PER_MM / 4)
    between = cv2.morphologyEx(faint.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((round(_BROKEN_MM * PIXELS_PER_MM) | 1, 1), np.uint8)) > 0
    return np.asarray(between & (pen > least))


def _disc(mm: float) -> Array:
    import cv2

    size = round(mm * PIXELS_PER_MM) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def _touching(faint: Array, sure: Array) -> Array:
    """The connected pieces of faint ink that hold sure ink and are no specks."""
    import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats(faint.astype(np.uint8), connectivity=8)
    kept = np.zeros(len(boxes), bool)
    kept[np.unique(labels[sure])] = True
    kept &= np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) > _SPECK_MM * PIXELS_PER_MM
    kept[0] = False
    return kept[labels]
