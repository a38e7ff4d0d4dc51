"""Following each row's line through the ink, from column to column, to less than a pixel."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink
from data.paper.leftover import cut_short, led_astray

Array = npt.NDArray[Any]

_FLAT_MM = 1.2  # a run of ink that is no higher is line, not stroke
_FLAT_PENS = 1.6  # nor than so many pens, where the pen is thick or blurred
_NEAREST_MM = 9.0  # rows are at least so far apart
_REACH_MM = 40.0  # a line stays this near to its row
_SHARE = 0.06  # of the strongest row's ink that makes a row
_COVERED = 0.45  # of the longest row's columns with flat ink that make a row
_CROWDED, _LESSER = 0.6, 0.7  # of the usual distance between rows, of the neighbour's columns with flat ink
_LONGEST_GAP_MM = 2.0
_MISSING = 0.06  # mm of jump that a column without ink is worth
_LEVEL_COLUMNS, _TIP_COLUMNS = 161, 7  # over which a row's level, and a tip, are looked for
_OUTWARD = 0.1  # pixels of line that a pixel further from the level is worth
_SHIFT = 0.005  # mm of jump that a mm between the middles of touching runs is worth: less than a pause, or spikes would be skipped
_AWAY = 0.07  # mm of jump that a column a whole row away is worth, half as far a quarter: more than a pause, or edges are followed
_LEAP_MM = 2.5  # a pen does not jump so far between two columns


@dataclass(frozen=True, eq=False)
class Runs:
    """Vertical runs of ink: those of column c are at `first[c]:first[c + 1]`; `top` and `bottom` are the edges, pixels from above."""

    first: Array
    top: Array
    bottom: Array


@dataclass(frozen=True, eq=False)
class Line:
    """One row's line.

    Parameters
    ----------
    baseline : pixels from above
    y : (column,) pixels from above, NaN where there is no ink to follow
    inked : (column,) is there ink of this line: short pauses are bridged in `y`
    shared : (column,) does the line of another row go through the same ink, so that whose it is cannot be told
    leapt : (column,) does the line come here over blank paper from far above or below
    cut : (column,) does a spike go on here that the line does not follow, or does the row go on elsewhere
    """

    baseline: float
    y: Array
    inked: Array
    shared: Array
    leapt: Array
    cut: Array


def vertical_runs(ink: Ink) -> Runs:
    """Runs of ink in each column, their edges placed by how much ink their outermost pixels hold."""
    mask = np.pad(ink.mask, ((1, 1), (0, 0))).T.astype(np.int8)  # (column, row)
    step = np.diff(mask, axis=1)
    column, top = np.nonzero(step == 1)
    _, bottom = np.nonzero(step == -1)
    first = np.searchsorted(column, np.arange(ink.mask.shape[1] + 1))
    return Runs(first, top.astype(float), bottom.astype(float))


def find_rows(runs: Runs, shape: tuple[int, ...]) -> list[float]:
    """The baseline of each row of traces, pixels from above: where lines run flat for long."""
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    height = runs.bottom - runs.top
    flat = height <= max(_FLAT_MM * PIXELS_PER_MM, _FLAT_PENS * float(np.quantile(height, 0.3)) if height.size else 0)
    middle = ((runs.top + runs.bottom) / 2)[flat]
    columns = np.repeat(np.arange(len(runs.first) - 1), np.diff(runs.first))[flat]
    amount = gaussian_filter1d(np.bincount(middle.astype(int), minlength=shape[0]).astype(float), 1.5 * PIXELS_PER_MM)
    peaks, _ = find_peaks(
        amount, distance=round(_NEAREST_MM * PIXELS_PER_MM), prominence=0.5 * _SHARE * amount.max(), height=_SHARE * amount.max()
    )

    def covered(low: float, high: float) -> int:
        return int(np.unique(columns[(middle > low) & (middle < high)]).size)

    near = 4 * PIXELS_PER_MM
    cover = {float(peak): covered(peak - near, peak + near) for peak in peaks}
    least = _COVERED * max(cover.values(), default=0)
    rows = _without_intruders([peak for peak, share in cover.items() if share > least], cover)  # words are short
    wandering = [(low + high) / 2 for low, high in _empty_places(rows) if covered(low, high) > least]
    return sorted([*rows, *wandering])


def _without_intruders(rows: list[float], cover: dict[float, int]) -> list[float]:
    """The rows without lines of the grid and of writing: what lies far nearer to a row than rows do, and covers less of the sheet."""
    if len(rows) < 4:
        return rows
    least = _CROWDED * float(np.median(np.diff(rows)))
    return [row for row in rows if not any(0 < abs(row - other) < least and cover[row] < _LESSER * cover[other] for other in rows)]


def _empty_places(rows: list[float]) -> list[tuple[float, float]]:
    """Where between the rows another would fit: one that wanders up and down has no height at which most of it lies."""
    if len(rows) < 3:
        return []
    spacing = float(np.median(np.diff(rows)))
    return [(a + 0.35 * spacing, b - 0.35 * spacing) for a, b in pairwise(rows) if 1.6 * spacing < b - a < 2.4 * spacing]


def followed(runs: Runs, rows: list[float], ink: Ink) -> list[Line]:
    """The line of each row."""
    spacing = float(np.median(np.diff(rows))) if len(rows) > 1 else 30.0 * PIXELS_PER_MM
    paths = [_path(runs, row, spacing) for row in rows]
    used = np.bincount(np.concatenate([path[path >= 0] for path in paths]), minlength=len(runs.top) + 1) if paths else np.zeros(1, int)
    heights = [_through(runs, path, ink) for path in paths]
    return [
        Line(row, y, path >= 0, (path >= 0) & (used[path] > 1), _leaps(runs, path), short | astray)
        for row, path, y, short, astray in zip(rows, paths, heights, cut_short(ink, heights), led_astray(ink, heights), strict=True)
    ]


def _leaps(runs: Runs, path: Array) -> Array:
    """(column,) is the run that the line goes through here far from the one before."""
    leapt, there = np.zeros(len(path), bool), np.flatnonzero(path >= 0)
    top, bottom = runs.top[path[there]], runs.bottom[path[there]]
    apart = np.maximum(top[1:], top[:-1]) - np.minimum(bottom[1:], bottom[:-1])
    leapt[there[1:]] = apart > _LEAP_MM * PIXELS_PER_MM
    return leapt


def _path(runs: Runs, baseline: float, spacing: float) -> Array:
    """The run that the line goes through in each column, -1 for none: the path with the least jumps (dynamic programming)."""
    n = len(runs.first) - 1
    scale = 1.0 / PIXELS_PER_MM
    reach = min(_REACH_MM * PIXELS_PER_MM, 1.6 * spacing)
    tops, bottoms, costs = np.array([baseline]), np.array([baseline]), np.array([0.0])
    ids = np.array([-1])
    nodes: list[tuple[Array, Array]] = []  # of each column: runs (or -1), and which of the nodes before each came from
    for column in range(n):
        here = np.arange(runs.first[column], runs.first[column + 1])
        top, bottom = runs.top[here], runs.bottom[here]
        near = (bottom > baseline - reach) & (top < baseline + reach)
        here, top, bottom = here[near], top[near], bottom[near]
        waiting = np.argsort(costs)[:3]  # a line may pause: it waits where it was
        came, new_cost = waiting, costs[waiting] + _MISSING
        new_top, new_bottom, new_ids = tops[waiting], bottoms[waiting], np.full(len(waiting), -1)
        if here.size:
            gap = np.maximum(np.maximum(top[None], tops[:, None]) - np.minimum(bottom[None], bottoms[:, None]), 0) * scale
            step = np.abs((top + bottom)[None] - (tops + bottoms)[:, None]) * (0.5 * scale)
            away = np.maximum(np.maximum(top - baseline, baseline - bottom), 0) / spacing
            total = costs[:, None] + gap + _SHIFT * np.minimum(step, 3) + _AWAY * away[None] ** 2
            best = total.argmin(axis=0)
            came = np.concatenate([best, came])
            new_cost = np.concatenate([total[best, np.arange(here.size)], new_cost])
            new_top, new_bottom = np.concatenate([top, new_top]), np.concatenate([bottom, new_bottom])
            new_ids = np.concatenate([here, new_ids])
        nodes.append((new_ids, came))
        tops, bottoms, costs, ids = new_top, new_bottom, new_cost, new_ids
    chosen = np.full(n, -1)
    at = int(costs.argmin())
    for column in range(n - 1, -1, -1):
        ids, came = nodes[column]
        chosen[column] = ids[at]
        at = int(came[at])
    return chosen


def _through(runs: Runs, chosen: Array, ink: Ink) -> Array:
    """The height of the line in each column: of the ways through the runs, the shortest that touches every tip."""
    y = np.full(len(chosen), np.nan)
    there = np.flatnonzero(chosen >= 0)
    if there.size < 2:
        return y
    top, bottom = runs.top[chosen[there]], runs.bottom[chosen[there]]
    pen = float(np.quantile(bottom - top, 0.3))
    half = np.minimum(pen, bottom - top) / 2
    high, low = _thinned(top + half, bottom - half, max(1, int(pen / 2)))  # where the pen's middle can be
    thin = low - high < 0.75 * pen
    options = np.stack([np.where(thin, (high + low) / 2, high), (high + low) / 2, np.where(thin, (high + low) / 2, low)], axis=1)
    best = _explained(options, high, low)
    y[there] = options[np.arange(len(there)), best]
    short = bottom - top < 1.75 * pen
    y[there[short]] = _centres(ink, there[short], top[short], bottom[short])
    breaks = np.diff(there) > _LONGEST_GAP_MM * PIXELS_PER_MM
    filled = np.interp(np.arange(len(y)), there, y[there])
    for start, stop in zip(there[:-1][breaks], there[1:][breaks], strict=True):
        filled[start + 1 : stop] = np.nan
    filled[: there[0]] = filled[there[-1] + 1 :] = np.nan
    return filled


def _thinned(high: Array, low: Array, half: int) -> tuple[Array, Array]:
    """The band between `high` and `low`, narrower by half a pen on each side too: a pen shows in columns beside its middle."""
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    upper, lower = maximum_filter1d(high, 2 * half + 1), minimum_filter1d(low, 2 * half + 1)
    middle = (upper + lower) / 2
    crossed = upper > lower
    return np.where(crossed, middle, upper), np.where(crossed, middle, lower)


def _explained(options: Array, high: Array, low: Array) -> Array:
    """Which option of each column, (column,) 0 to 2: the shortest line that touches every tip of the ink, upwards and downwards.

    Where it is free, as on the flanks of a spike whose strokes run together, the line keeps to the side that is further from the
    row's level.
    """
    from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

    tall = low - high > 2
    level = median_filter((high + low) / 2, _LEVEL_COLUMNS, mode="nearest")
    tips = np.stack([tall & (high <= minimum_filter1d(high, _TIP_COLUMNS)), tall & (low >= maximum_filter1d(low, _TIP_COLUMNS))])
    own = -_OUTWARD * np.abs(options - level[:, None])
    upwards = level - high > low - level
    own[tips[0] & (~tips[1] | upwards), 1:] += 1e6
    own[tips[1] & (~tips[0] | ~upwards), :2] += 1e6
    n = len(high)
    back = np.zeros((n, 3), np.int8)
    cost = own[0]
    for c in range(1, n):
        total = cost[:, None] + np.abs(options[c - 1][:, None] - options[c][None, :])
        back[c] = total.argmin(axis=0)
        cost = total.min(axis=0) + own[c]
    chosen = np.zeros(n, int)
    chosen[-1] = cost.argmin()
    for c in range(n - 1, 0, -1):
        chosen[c - 1] = back[c, chosen[c]]
    return chosen


def _centres(ink: Ink, columns: Array, top: Array, bottom: Array) -> Array:
    """The middle of the ink in short runs, weighted by how much there is at each pixel."""
    longest = int((bottom - top).max()) + 2
    rows = np.clip(top[:, None].astype(int) - 1 + np.arange(longest + 1)[None], 0, ink.amount.shape[0] - 1)
    weight = ink.amount[rows, columns[:, None]] * (rows < bottom[:, None] + 1)
    return np.asarray((weight * (rows + 0.5)).sum(axis=1) / (weight.sum(axis=1) + 1e-9))
