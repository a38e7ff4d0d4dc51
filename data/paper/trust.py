"""How far each traced lead can be trusted: is there ink all along, and do beats fall together with those of the other rows."""

from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.layouts import Layout
from data.paper.timing import Span

Array = npt.NDArray[Any]

_SAME = 0.1  # of a lead's time on another row's line
_SHARED = 0.04  # of a lead's time in ink that another row's line goes through too: spikes that run into each other
CHANGE_MM = 4.0  # about where leads change, a line may leap
_BEAT_SECONDS = 0.04  # how long the steep part of a beat lasts


def lead_trust(
    rows: Array, heights: Array, shared: Array, leapt: Array, layout: Layout, span: Span, fs: float
) -> dict[tuple[int, int], float]:
    """Trust of each cell (row, column) of the layout, 0 to 1.

    Parameters
    ----------
    rows : (row, sample) mV over the span
    heights : (row, sample) the same on the sheet, pixels
    shared : (row, sample) where another row's line goes through the same ink
    leapt : (row, sample) where the line comes over blank paper from elsewhere; it may where leads change

    Returns
    -------
    The share of the cell's drawn part in which there is a line, times how well its steep parts coincide with the other rows':
    all rows of a sheet show the same beats at the same time, and a line that was followed wrongly does not. None where two rows
    follow the same line, share so much ink that it cannot be told whose spikes are whose, or where the line leaps
    """
    steep = _steepness(rows, fs)
    first, last = (round(end - span.start) for end in span.drawn)
    edge = round(CHANGE_MM * PIXELS_PER_MM)
    found = {}
    for number, names in enumerate(layout.rows):
        bounds = np.linspace(0, rows.shape[1], len(names) + 1).round().astype(int)
        for cell in range(len(names)):
            part = slice(max(bounds[cell], first), max(min(bounds[cell + 1], last), max(bounds[cell], first) + 1))
            drawn = (part.stop - part.start) / max(1, bounds[cell + 1] - bounds[cell])
            share = float((~np.isnan(rows[number, part])).mean())
            others = np.delete(steep[:, part], number, axis=0)
            agreement = _correlation(steep[number, part], np.median(others, axis=0)) if len(others) > 1 else 1.0
            same = max(
                (float((np.abs(heights[number, part] - other) < 1).mean()) for other in np.delete(heights, number, axis=0)[:, part]),
                default=0,
            )
            inner = slice(part.start + edge, max(part.stop - edge, part.start + edge))
            own = same < _SAME and shared[number, part].mean() < _SHARED and not leapt[number, inner].any()
            found[number, cell] = own * share * min(1.0, max(0.0, agreement) / 0.4) * (drawn > 0.3)
    return found


def _steepness(rows: Array, fs: float) -> Array:
    """How steep each row is at each time, each row to its own size, smoothed over a beat's steep part."""
    from scipy.ndimage import gaussian_filter1d

    slope = np.abs(np.gradient(gaussian_filter1d(np.nan_to_num(rows), 0.008 * fs, axis=1), axis=1))
    smooth = gaussian_filter1d(slope, _BEAT_SECONDS * fs, axis=1)
    return np.asarray(smooth / (smooth.std(axis=1, keepdims=True) + 1e-9))


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (np.sqrt((a**2).sum() * (b**2).sum()) + 1e-12))
