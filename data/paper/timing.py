"""Where on a sheet time begins, and where one lead of a row ends and the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink
from data.paper.scale import Pulse, Scale
from data.paper.trace import Line

Array = npt.NDArray[Any]

SHEET_SECONDS = 10.0
_FOOT_MM = 1.5  # of a pulse, before the trace begins where no gap is left
_SLACK_MM = 8.0  # how much longer than ten seconds rows may look: the foot of a pulse, a name
_PIECE_GAP_MM, _PIECE_MM = 2.5, 20.0
_WHOLE_MM = 4.0  # rows this near to ten seconds are whole
_NEAR_MM, _NEAR_WHOLE_MM = 5.0, 1.0
_JUMP_MM = 1.5  # a step of the baseline that surely is a change of leads
_TICK_MM = 3.0


@dataclass(frozen=True)
class Span:
    """The part of a sheet that holds leads, pixels from the left; `start` may lie before the picture where it is cut."""

    start: float
    stop: float
    drawn: tuple[float, float]  # what of it is there


def drawn_part(lines: Sequence[Line], scale: Scale) -> tuple[float, float]:
    """First and last pixel of the traces, their calibration pulses left out: the middle of all rows.

    At the end where pulses stand the row counts that makes ten seconds: a flat line is easily lost in a line of the grid, and what
    is left of it is then taken for the gap behind the pulse.
    """
    starts, stops = [], []
    on_left, on_right = False, False
    known = [pulse for pulse in scale.pulses if pulse]
    usual = (
        Pulse(*(float(np.median([getattr(p, side) for p in known])) for side in ("start", "stop", "height", "width"))) if known else None
    )
    for line, own in zip(lines, scale.pulses, strict=True):
        pulse = own or usual  # the pulses of a sheet stand below each other
        there = _main_part(np.flatnonzero(line.inked))
        if not there.size:
            continue
        first, last = float(there[0]), float(there[-1])
        if pulse is not None:
            left, right = pulse.start * PIXELS_PER_MM, pulse.stop * PIXELS_PER_MM
            if left - first < last - right:
                first, on_left = _after(there, right), True
            else:
                last, on_right = -_after(-there[::-1], -left), True
        starts.append(first)
        stops.append(last)
    first, last = float(np.median(starts)), float(np.median(stops))
    seconds = SHEET_SECONDS * scale.mm_per_second * PIXELS_PER_MM
    if on_left and not on_right:
        first = min(starts, key=lambda start: abs(last - seconds - start))
    elif on_right and not on_left:
        last = min(stops, key=lambda stop: abs(first + seconds - stop))
    return first, last


def _main_part(there: Array) -> Array:
    """The columns of a line without short pieces at its ends: edges of the sheet, words, pulses."""
    pieces = np.split(there, np.flatnonzero(np.diff(there) > _PIECE_GAP_MM * PIXELS_PER_MM) + 1)
    while len(pieces) > 1 and len(pieces[0]) < _PIECE_MM * PIXELS_PER_MM:
        pieces.pop(0)
    while len(pieces) > 1 and len(pieces[-1]) < _PIECE_MM * PIXELS_PER_MM:
        pieces.pop()
    return np.concatenate(pieces)


def _after(there: Array, edge: float) -> float:
    """Where the trace begins behind a pulse's edge: after the gap, or where there is none after the pulse's foot."""
    if there[0] >= edge:
        return float(there[0])
    behind = there[there >= edge]
    near = behind[behind < edge + 8 * PIXELS_PER_MM]
    gaps = np.flatnonzero(np.diff(near) > 0.5 * PIXELS_PER_MM)
    if gaps.size:
        return float(near[gaps[-1] + 1])
    return edge + _FOOT_MM * PIXELS_PER_MM if near.size else float(behind[0]) if behind.size else edge


def time_span(lines: Sequence[Line], ink: Ink, scale: Scale, columns: int) -> Span | None:
    """Ten seconds of paper, placed where the rows change from lead to lead; None where the rows are longer than that.

    Parameters
    ----------
    lines : the rows that hold `columns` leads each
    """
    first, last = drawn_part(lines, scale)
    nominal = SHEET_SECONDS * scale.mm_per_second * PIXELS_PER_MM
    if last - first > nominal + _SLACK_MM * PIXELS_PER_MM:
        return None
    if columns == 1:
        start = first if last - first < nominal else last - nominal
        return Span(start, start + nominal, (max(first, start), last))
    whole = abs(last - first - nominal) < _WHOLE_MM * PIXELS_PER_MM
    near = (_NEAR_WHOLE_MM if whole else _NEAR_MM) * PIXELS_PER_MM
    starts = np.arange(min(last - nominal, first) - near, max(first, last - nominal) + near)
    change = changes(lines, ink)
    at = (starts[:, None] + np.arange(1, columns)[None] * nominal / columns).round().astype(int)
    evidence = np.where((at >= 0) & (at < change.size), change[np.clip(at, 0, change.size - 1)], 0).sum(axis=1)
    likely = np.minimum(np.abs(starts - first), np.abs(starts - (last - nominal))) / PIXELS_PER_MM
    start = float(starts[(evidence - 0.1 * likely).argmax()])
    return Span(start, start + nominal, (max(first, start), min(last, start + nominal)))


def changes(lines: Sequence[Line], ink: Ink) -> Array:
    """How much it looks, in each column, as if a lead ended there: (column,), mean over the rows of 0 to 3."""
    from scipy.ndimage import maximum_filter1d

    total = np.zeros(ink.mask.shape[1])
    for line in lines:
        total += np.minimum(_jumps(line.y) / (_JUMP_MM * PIXELS_PER_MM), 1) + _gaps(line.inked) + _ticks(line.baseline, ink)
    return np.asarray(maximum_filter1d(total / max(1, len(lines)), 3))


def _jumps(y: Array) -> Array:
    """Difference of the medians of 5 mm before and after each column, pixels."""
    from scipy.ndimage import median_filter

    known = ~np.isnan(y)
    if known.sum() < 2:
        return np.zeros_like(y)
    filled = np.interp(np.arange(y.size), np.flatnonzero(known), y[known])
    window = 5 * PIXELS_PER_MM
    middle = median_filter(filled, window, mode="nearest")
    ahead, behind = np.roll(middle, -window // 2), np.roll(middle, window // 2)
    ahead[-window:] = behind[:window] = 0
    difference = np.abs(ahead - behind)
    difference[:window] = difference[-window:] = 0
    return difference


def _gaps(inked: Array) -> Array:
    """1 where the line pauses for less than 3 mm."""
    from scipy.ndimage import binary_closing

    return np.asarray(~inked & binary_closing(inked, np.ones(3 * PIXELS_PER_MM)), float)


def _ticks(baseline: float, ink: Ink) -> Array:
    """1 where a short upright stroke stands across the baseline, as between leads."""
    reach = round(_TICK_MM * PIXELS_PER_MM)
    top, bottom = max(0, round(baseline) - reach), round(baseline) + reach
    share = ink.mask[top:bottom].mean(axis=0)
    return np.asarray(np.clip((share - 0.6) / 0.3, 0, 1))
