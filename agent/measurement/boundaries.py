"""Where the waves of the median beat begin and end.

All leads are seen at once through the *spatial velocity*, the root mean square over leads of their slope: a wave begins and ends where
that slope falls to a share of its peak. The shares were set on the odd records of LUDB (Kalyakulina et al. 2020), whose cardiologists
marked every lead by itself, and on simulated ECGs, where a wave is as long as in all leads together.
"""

import numpy as np
from scipy.signal import argrelmax, argrelmin, savgol_filter

from agent.measurement.leads import FS, Array
from agent.measurement.shapes import R

QRS_ONSET, QRS_OFFSET = 0.045, 0.03  # shares of the peak slope above the resting slope
QRS_SMOOTH_S = 0.014
RUN_S = 0.012  # a boundary is where the slope stays low for this long
T_END = 0.18
T_PEAK_S, T_PEAK_SPREAD_S = 0.30, 0.08  # behind the QRS onset at 60/min; both go with the cube root of the RR interval, as QT does
T_VALLEY = 0.5  # share of the T peak below which a minimum behind it ends the search
T_FALL_S = 0.16  # behind the peak its slope is steepest within this time, at 60/min
T_LAST_S = 0.01  # before the latest time it may end: a slope that only dies down there goes on
P_ONSET = 0.5
P_BUMP, P_BUMPS_S = 0.35, 0.08  # bumps of slope this high over the steepest, and this near to the next one, are of one P wave
P_CLARITY = 1.6  # coherence over beats times prominence of the P wave's slope; below it there is no P wave to measure
P_LONGEST_S = 0.36  # before the QRS


def qrs(median: Array, *, resting: float = 20.0) -> tuple[int, int]:
    """Onset and offset in a sharp median beat: where the slope, going out from its peak, first stays near the resting slope.

    `resting` is the percentile of the slope around the QRS that counts as rest; between flutter waves there is little.
    """
    slope = spatial_velocity(median, QRS_SMOOTH_S)
    lo = R - round(0.08 * FS)
    peak = lo + int(slope[lo : R + round(0.08 * FS)].argmax())
    rest = np.percentile(slope[R - round(0.3 * FS) : R + round(0.4 * FS)], resting)
    onset = _outward(slope[peak::-1], rest, QRS_ONSET)
    offset = _outward(slope[peak:], rest, QRS_OFFSET)
    return peak - onset, peak + offset


def _outward(slope: Array, rest: float, share: float) -> int:
    """Samples from the peak, where `slope` begins, to the last one before it stays near rest."""
    run = round(RUN_S * FS)
    low = slope < rest + share * (slope[0] - rest)
    stays = np.flatnonzero(np.convolve(low, np.ones(run))[run - 1 :] >= run)
    return int(stays[0]) - 1 if stays.size else slope.size - 1


def t_end(median: Array, onset: int, offset: int, rr: float, longest_s: float) -> int | None:
    """Where the slope behind the T peak has died down in a smooth median beat; None where no T wave stands out, or none has ended.

    Parameters
    ----------
    rr : mean RR interval in s, by which a T wave is expected
    longest_s : from QRS onset, before which it has to end
    """
    start, stop = offset + round(0.06 * FS), min(median.shape[1] - 1, onset + round(longest_s * FS))
    if stop - start < 0.1 * FS:
        return None
    smooth = savgol_filter(median, 25, 2, axis=1)
    size = np.sqrt(np.mean((smooth - smooth[:, [max(0, onset - 5)]]) ** 2, axis=0))
    tops = [start + int(i) for i in argrelmax(size[start:stop], order=5)[0]]
    if not tops:
        return None
    away = (np.array(tops) - onset) / FS / np.cbrt(rr) - T_PEAK_S
    peak = tops[int(np.argmax(size[tops] * np.exp(-0.5 * (away / T_PEAK_SPREAD_S) ** 2)))]
    valleys = [peak + int(i) for i in argrelmin(size[peak:stop], order=5)[0] if size[peak + i] < T_VALLEY * size[peak]]
    end = min([*valleys, stop])
    slope = spatial_velocity(median, 0.05)
    steepest = peak + int(slope[peak : min(end, peak + round(T_FALL_S * np.cbrt(rr) * FS)) + 1].argmax())
    rest = slope[steepest : end + 1].min()
    ended = steepest + int(np.argmax(slope[steepest : end + 1] <= rest + T_END * (slope[steepest] - rest)))
    return ended if ended < stop - round(T_LAST_S * FS) else None


def p_onset(beats: Array, median: Array, onset: int, back_s: float) -> int | None:
    """Where the P wave's first slope begins, at most `back_s` before the QRS; None where beats do not agree on a P wave."""
    back = min(P_LONGEST_S, max(0.12, back_s))
    lo, hi = max(0, onset - round(back * FS)), onset - round(0.03 * FS)
    slope = spatial_velocity(median, 0.026)
    near = lo + round(0.04 * FS)
    steepest = near + int(slope[near:hi].argmax())
    clarity = _coherence(beats[:, :, lo:hi]) * slope[steepest] / (np.median(slope[lo:hi]) + 1e-9)
    if clarity < P_CLARITY:
        return None
    first = steepest
    for bump in reversed(lo + argrelmax(slope[lo:steepest], order=5)[0]):
        if slope[bump] > P_BUMP * slope[steepest] and first - bump <= P_BUMPS_S * FS:
            first = int(bump)
    rest = slope[lo : first + 1].min()
    low = np.flatnonzero(slope[lo : first + 1] <= rest + P_ONSET * (slope[first] - rest))
    return lo + int(low[-1])


def spatial_velocity(beat: Array, window_s: float) -> Array:
    """Root mean square over leads of the slope of a median beat, (n_window,) in mV/s."""
    window = round(window_s * FS) | 1
    return np.asarray(np.sqrt(np.mean((savgol_filter(beat, window, 2, deriv=1, axis=1) * FS) ** 2, axis=0)))


def _coherence(segments: Array) -> float:
    """How alike single beats are before the QRS: median correlation of each with the sum of the others, over the leads that it has."""
    if len(segments) < 2:
        return 0.0
    smooth = savgol_filter(np.nan_to_num(segments), 25, 2, axis=2)
    smooth -= smooth.mean(axis=2, keepdims=True)
    others = (smooth.sum(axis=0) - smooth) * np.isfinite(segments).any(axis=2, keepdims=True)
    return float(np.median((smooth * others).sum((1, 2)) / np.sqrt((smooth**2).sum((1, 2)) * (others**2).sum((1, 2)) + 1e-12)))
