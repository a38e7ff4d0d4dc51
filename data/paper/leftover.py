"""Ink that no line goes through: spikes whose trace was cut short, and rows whose trace was led astray by other strokes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink

Array = npt.NDArray[Any]

_LEAST_MM, _WIDEST_MM = 4.0, 2.5  # of a stroke: taller than the letters of a name, and no wider than a spike
_BEYOND_MM = 3.0  # the highest or the lowest point of a trace that is cut: else it is the other flank of a broad spike
_FLAT_MM, _LONG_MM = 2.0, 4.0  # a piece of a row is lower than that, and longer than a letter
_OFF_MM, _NEAR_MM = 2.0, 4.0  # a trace so far from such a piece does not follow it, and the piece so near to the row is the row's
_ROW_MM, _WAVY_MM = 100.0, 4.0  # a line so long, and no straighter, is a row
_LEVEL_MM = 15.0  # either way, over which a row's level is looked for
_BESIDE_MM = 1.6  # of ink that a trace in its middle accounts for
_TOUCHES = 5  # pixels
_INKED = 0.35  # of full ink: what is left of a line of the grid is paler


@dataclass(frozen=True, eq=False)
class _Piece:
    """Connected ink beside all traces, in pixels; `joined`: does it begin at ink that a trace goes through."""

    left: int
    top: int
    wide: int
    high: int
    joined: bool


def cut_short(ink: Ink, heights: Sequence[Array]) -> list[Array]:
    """Where each trace leaves a spike: (column,) for each, is there an upright stroke that begins at the trace and that none follows.

    Parameters
    ----------
    heights : (column,) of each trace, pixels from above, NaN where there is none
    """
    cut = [np.zeros(len(y), bool) for y in heights]
    for piece in chain(_pieces(ink, heights), _pieces(ink, heights, upright=True)):
        if piece.high < _LEAST_MM * PIXELS_PER_MM or piece.wide > _WIDEST_MM * PIXELS_PER_MM or not piece.joined:
            continue
        columns = slice(max(0, piece.left - _TOUCHES), piece.left + piece.wide + _TOUCHES)
        for trace, y in zip(cut, heights, strict=True):
            near = y[columns][~np.isnan(y[columns])]
            reach = _BESIDE_MM * PIXELS_PER_MM + _TOUCHES
            if not ((near > piece.top - reach) & (near < piece.top + piece.high + reach)).any():
                continue
            if max(near.min() - piece.top, piece.top + piece.high - near.max()) > _BEYOND_MM * PIXELS_PER_MM:
                trace[columns] = True
    return cut


def led_astray(ink: Ink, heights: Sequence[Array]) -> list[Array]:
    """Where each trace follows a stroke that is not its row's, as of handwriting: (column,) for each, from where it leaves its level
    until it is back there, if a flat piece that no trace follows lies nearer to that level.

    Parameters
    ----------
    heights : as above
    """
    astray = [np.zeros(len(y), bool) for y in heights]
    for piece in _pieces(ink, heights):
        if piece.high > _FLAT_MM * PIXELS_PER_MM or piece.wide < _LONG_MM * PIXELS_PER_MM:
            continue
        columns, around = (
            slice(max(0, piece.left - round(more)), piece.left + piece.wide + round(more)) for more in (0, _LEVEL_MM * PIXELS_PER_MM)
        )
        for trace, y in zip(astray, heights, strict=True):
            if np.isnan(y[columns]).all():
                continue
            here, level, middle = float(np.nanmedian(y[columns])), float(np.nanmedian(y[around])), piece.top + piece.high / 2
            off, near = abs(here - middle) > _OFF_MM * PIXELS_PER_MM, abs(middle - level) < _NEAR_MM * PIXELS_PER_MM
            if off and near and abs(middle - level) < abs(here - level):
                back = np.flatnonzero(np.abs(y - level) < _OFF_MM * PIXELS_PER_MM)
                before, after = back[back < columns.start], back[back >= columns.stop]
                trace[before[-1] if before.size else 0 : after[0] if after.size else len(y)] = True
    return astray


def row_missed(ink: Ink, heights: Sequence[Array]) -> bool:
    """Is there a long line that no trace follows, and that is neither straight nor a frame around them?

    Parameters
    ----------
    heights : as above
    """
    return any(
        piece.wide >= _ROW_MM * PIXELS_PER_MM
        and piece.high >= _WAVY_MM * PIXELS_PER_MM
        and not all(((y[~np.isnan(y)] > piece.top) & (y[~np.isnan(y)] < piece.top + piece.high)).mean() > 0.5 for y in heights)
        for piece in _pieces(ink, heights)
    )


def _pieces(ink: Ink, heights: Sequence[Array], *, upright: bool = False) -> Iterator[_Piece]:
    """What is large enough to be any of these; `upright`: of the ink only what is upright, also where handwriting runs into it."""
    import cv2

    mask, told = ink.mask, np.zeros(ink.mask.shape, np.uint8)
    for y in heights:
        there = np.flatnonzero(~np.isnan(y))
        for piece in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
            points = np.stack([piece, y[piece]], axis=1).round().astype(np.int32)
            cv2.polylines(told, [points], False, 1, round(_BESIDE_MM * PIXELS_PER_MM))
    left = (mask & (told == 0)).astype(np.uint8)
    if upright:
        left = np.asarray(cv2.morphologyEx(left, cv2.MORPH_OPEN, np.ones((round(_LEAST_MM * PIXELS_PER_MM), 1), np.uint8)), np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(left, connectivity=8)
    for number, (x, top, wide, high, _) in enumerate(boxes[1:], start=1):
        if max(high, wide) < _LEAST_MM * PIXELS_PER_MM:
            continue
        columns = slice(max(0, x - _TOUCHES), x + wide + _TOUCHES)
        rows = slice(max(0, top - _TOUCHES), top + high + _TOUCHES)
        own = labels[rows, columns] == number
        if ink.amount[rows, columns][own].mean() < _INKED:
            continue
        stroke = cv2.dilate(own.astype(np.uint8), np.ones((2 * _TOUCHES + 1,) * 2, np.uint8)) > 0
        yield _Piece(x, top, wide, high, bool((stroke & mask[rows, columns] & (told[rows, columns] > 0)).any()))
