"""Upright strokes that no line goes through: spikes whose trace was cut short."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink

Array = npt.NDArray[Any]

_LEAST_MM, _WIDEST_MM = 4.0, 2.5  # of a stroke: taller than the letters of a name, and no wider than a spike
_BEYOND_MM = 3.0  # the highest or the lowest point of a trace that is cut: else it is the other flank of a broad spike
_BESIDE_MM = 1.6  # of ink that a trace in its middle accounts for
_TOUCHES = 5  # pixels
_INKED = 0.35  # of full ink: what is left of a line of the grid is paler


def cut_short(ink: Ink, heights: Sequence[Array]) -> list[Array]:
    """Where each trace leaves a spike: (column,) for each, is there an upright stroke that begins at the trace and that none follows.

    Parameters
    ----------
    heights : (column,) of each trace, pixels from above, NaN where there is none
    """
    import cv2

    mask, told = ink.mask, np.zeros(ink.mask.shape, np.uint8)
    for y in heights:
        there = np.flatnonzero(~np.isnan(y))
        for piece in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
            points = np.stack([piece, y[piece]], axis=1).round().astype(np.int32)
            cv2.polylines(told, [points], False, 1, round(_BESIDE_MM * PIXELS_PER_MM))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((mask & (told == 0)).astype(np.uint8), connectivity=8)
    cut = [np.zeros(mask.shape[1], bool) for _ in heights]
    for number, (x, top, wide, high, _) in enumerate(boxes[1:], start=1):
        if high < _LEAST_MM * PIXELS_PER_MM or wide > _WIDEST_MM * PIXELS_PER_MM:
            continue
        columns = slice(max(0, x - _TOUCHES), x + wide + _TOUCHES)
        rows = slice(max(0, top - _TOUCHES), top + high + _TOUCHES)
        own = labels[rows, columns] == number
        stroke = cv2.dilate(own.astype(np.uint8), np.ones((2 * _TOUCHES + 1,) * 2, np.uint8)) > 0
        if ink.amount[rows, columns][own].mean() < _INKED or not (stroke & mask[rows, columns] & (told[rows, columns] > 0)).any():
            continue
        for trace, y in zip(cut, heights, strict=True):
            near = y[columns][~np.isnan(y[columns])]
            reach = _BESIDE_MM * PIXELS_PER_MM + _TOUCHES
            if not ((near > top - reach) & (near < top + high + reach)).any():
                continue
            if max(near.min() - top, top + high - near.max()) > _BEYOND_MM * PIXELS_PER_MM:
                trace[columns] = True
    return cut
