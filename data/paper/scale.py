"""The calibration pulse: 1 mV for 200 ms at the end of a row, which proves the scale of a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.trace import Line

Array = npt.NDArray[Any]

SPEEDS, GAINS = (25.0, 50.0), (5.0, 10.0, 20.0)  # mm/s, mm/mV
PULSE_SECONDS = 0.2
_SEARCHED_MM = 32.0  # from each end of a row
_EDGE_MM = 2.2  # a rise by half of the least pulse within 1 mm is an edge
_FLAT_MM = 0.45  # how far a plateau may be from level
_LEVEL_MM = 1.0  # how far the feet of a pulse may be from each other
_WIDTHS_MM = (3.0, 13.0)
_ALIGNED_MM = 2.5
_OFF = 0.2  # a pulse this far from every standard is none


@dataclass(frozen=True)
class Pulse:
    """A calibration pulse in a row, in mm; `height` and `width` may be None where an edge is cut off."""

    start: float
    stop: float
    height: float
    width: float


@dataclass(frozen=True)
class Scale:
    """What a millimetre means.

    Parameters
    ----------
    proven : by a calibration pulse, or said by a person
    pulses : the pulse of each row, or None
    """

    mm_per_second: float
    mm_per_mv: float
    proven: bool
    pulses: tuple[Pulse | None, ...]


def scale_of(lines: Sequence[Line]) -> Scale:
    """The scale as the pulses of the rows say; 25 mm/s and 10 mm/mV, unproven, where there are none."""
    found = pulses_of(lines)
    pulses = [pulse for pulse in found if pulse]
    gain = _nearest(GAINS, float(np.median([p.height for p in pulses]))) if pulses else None
    speed = _nearest(SPEEDS, float(np.median([p.width for p in pulses])) / PULSE_SECONDS) if pulses else None
    if gain is None or speed is None:
        return Scale(SPEEDS[0], GAINS[1], False, (None,) * len(lines))
    kept = tuple(p if p and abs(p.height / gain - 1) < _OFF else None for p in found)
    return Scale(speed, gain, True, kept)


def pulses_of(lines: Sequence[Line]) -> list[Pulse | None]:
    """What looks like a calibration pulse in each row, whatever its size."""
    return _below_each_other([_pulse(line) for line in lines])


def _below_each_other(found: list[Pulse | None]) -> list[Pulse | None]:
    """The pulses that stand below each other in at least two rows: a wave that looks like one stands alone."""
    starts = [pulse.start for pulse in found if pulse]
    kept = [p if p and sum(abs(p.start - start) < _ALIGNED_MM for start in starts) > 1 else None for p in found]
    return kept if len(found) > 1 else found


def _nearest(standard: Sequence[float], measured: float) -> float | None:
    best = min(standard, key=lambda value: abs(np.log(value / measured)))
    return best if abs(measured / best - 1) < _OFF else None


def _pulse(line: Line) -> Pulse | None:
    """The pulse nearest to an end of the row."""
    height = (line.baseline - line.y) / PIXELS_PER_MM
    there = np.flatnonzero(~np.isnan(height))
    if there.size < 100:
        return None
    reach = round(_SEARCHED_MM * PIXELS_PER_MM)
    spans = [(there[0], min(there[0] + reach, there[-1])), (max(there[-1] - reach, there[0]), there[-1])]
    sides = zip(spans, (True, False), strict=True)
    found = [pulse for (start, stop), left in sides if (pulse := _in_span(height, int(start), int(stop), left=left))]
    return found[0] if found else None


def _in_span(height: Array, start: int, stop: int, *, left: bool) -> Pulse | None:
    part = height[start : stop + 1]
    rise = part[PIXELS_PER_MM:] - part[:-PIXELS_PER_MM]
    ups, downs = (_tops(sign * np.nan_to_num(rise)) + PIXELS_PER_MM // 2 for sign in (1, -1))
    for up in ups:
        for down in downs[downs > up]:
            wide = (down - up) / PIXELS_PER_MM
            inner = part[up + 6 : down - 5]
            if not _WIDTHS_MM[0] <= wide <= _WIDTHS_MM[1] or inner.size < 8 or np.isnan(inner).mean() > 0.2:
                continue
            foot = _foot(part[max(0, up - 14) : max(0, up - 6)], part[down + 6 : down + 14], left=left)
            if foot is None or np.nanstd(inner) > _FLAT_MM:
                continue
            high = float(np.nanmedian(inner)) - foot
            if high > 3.5:
                return Pulse((start + up) / PIXELS_PER_MM, (start + down) / PIXELS_PER_MM, high, wide)
    return None


def _foot(before: Array, behind: Array, *, left: bool) -> float | None:
    """The level that a pulse rises from: that of both its feet, or of the outer one where the trace at its other side lies elsewhere."""
    before, behind = before[~np.isnan(before)], behind[~np.isnan(behind)]
    if before.size and behind.size and abs(np.median(before) - np.median(behind)) > _LEVEL_MM:
        return float(np.median(before if left else behind))
    return float(np.median(np.concatenate([before, behind]))) if before.size or behind.size else None


def _tops(rise: Array) -> Array:
    from scipy.signal import find_peaks

    level = np.pad(rise, 1)  # a row may begin with the edge of its pulse
    return np.asarray(find_peaks(level, height=_EDGE_MM, distance=PIXELS_PER_MM)[0]) - 1
