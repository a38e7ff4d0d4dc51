"""Beats on a sheet, where leads end and others begin, names are printed, and rhythm strips tell more than the rest."""

from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from agent.measurement.leads import FS, Array
from agent.measurement.shapes import Samples, alike

_WHOLE, _SHORT, _STEEPEST = 0.9, 0.6, 0.98  # of the time, that a lead was recorded: a strip, a part of a row; of its samples
_HOLE_S = 0.5  # without signal: in a lead that tells beats
_MOST_CHANGES = 5  # as on a sheet of six columns: each doubles the ways that are compared
_APART_S, _NEAR_S = 0.3, 0.1  # between changes of leads; from a change to a beat that is cut by it
_NAMED_S = 0.4  # behind a change or the beginning, in which a printed name may be taken for a beat
_LONG, _REGULAR = 1.5, 0.25  # of the usual interval: one that holds another beat, and how far regular ones are from it
_FEW = 5  # beats, of which fewer have no usual interval
_SPLIT, _AT_ONCE = 0.2, 0.4  # of the usual interval: how far from it two are that a mark splits; in which a last beat comes too early


def changes(signal: Array) -> list[int]:
    """Samples where, as on a sheet, leads end and others begin; none where a lead was recorded throughout."""
    if throughout(signal).any():
        return []
    starts = np.sort([np.flatnonzero(np.isfinite(lead))[0] for lead in signal if np.isfinite(lead).any()])
    groups = np.split(starts, np.flatnonzero(np.diff(starts) > _APART_S * FS) + 1)
    return [int(np.median(group)) for group in groups[1:]]


def throughout(signal: Array) -> npt.NDArray[np.bool_]:
    """(n_leads,) which were recorded nearly always, with no hole that could hide a beat."""
    there = np.isfinite(signal)
    longest = np.array([np.diff(np.flatnonzero(lead)).max(initial=1) for lead in there])
    return np.asarray((there.mean(axis=1) > _WHOLE) & (longest < _HOLE_S * FS))


def evened(signal: Array) -> Array:
    """What tells beats on a sheet, where leads follow each other: its rhythm strips; without one, each lead at the size of its own
    steepest parts, as tall chest leads would hide small limb leads. Leads that were all recorded throughout stay as they are.
    """
    whole = throughout(signal)
    if whole.any():
        return signal[whole]
    return _as_steep(signal)


def beside(signal: Array) -> Array:
    """The leads beside rhythm strips without their ends, where half a beat or a name may be, (n_short, n_samples), evened."""
    short = signal[np.isfinite(signal).mean(axis=1) < _SHORT].copy()
    for lead in short:
        there = np.flatnonzero(np.isfinite(lead))
        lead[: there[0] + round(_NAMED_S * FS)] = np.nan
        lead[there[-1] - round(_NEAR_S * FS) :] = np.nan
    return _as_steep(short[np.isfinite(short).sum(axis=1) > FS])


def _as_steep(signal: Array) -> Array:
    """Each lead at the size of its own steepest parts."""
    if not signal.size:
        return signal
    steep = np.nanquantile(np.abs(np.diff(signal, axis=1)), _STEEPEST, axis=1, keepdims=True)
    return signal * (np.median(steep) / np.maximum(steep, 1e-6))


def told_at_changes(signal: Array, peaks: Samples, candidates: Samples) -> Samples:
    """The beats where leads change, or begin or end, told by the others: half a beat may be all that is seen there, or a printed name.

    What has the shape of the beats elsewhere is a beat. Of the rest, where the others are regular, that is taken at each change, seen
    or not, or nothing, with which all are most regular. Where they are not, what was found there is a beat if the interval is too long
    without it.

    Parameters
    ----------
    signal : (n_leads, n_samples) mV at FS, NaN where not recorded
    peaks, candidates : what was taken for beats; what else may be one
    """
    if peaks.size > 2 and _unevenness(peaks) < _REGULAR:
        return peaks
    recorded = np.flatnonzero(np.isfinite(signal).any(axis=0))
    at_changes, ends = changes(signal), (int(recorded[0]), int(recorded[-1]))
    places = np.array([*at_changes, *ends])
    behind = peaks[:, None] - places
    doubtful = ((behind > -_NEAR_S * FS) & (behind < _NAMED_S * FS)).any(axis=1)
    if (~doubtful).sum() > 2:
        candidates = np.setdiff1d(candidates, peaks[doubtful][alike(signal, peaks[doubtful], peaks[~doubtful])])
    for behind_s in (_NEAR_S, _NAMED_S):
        if (regular := _most_regular(peaks, candidates, at_changes, ends, behind_s)) is not None:
            return regular
    near = candidates[(np.abs(candidates[:, None] - places) < _NEAR_S * FS).any(axis=1)]
    sure = np.setdiff1d(peaks, near)
    if sure.size < 3:
        return peaks
    undisturbed = [b - a for a, b in pairwise(sure) if not any(a < change < b for change in at_changes)]
    if len(undisturbed) < 3:
        return peaks
    kept = [peak for peak in peaks if peak not in near]
    for change in at_changes:
        before, after = sure[sure < change], sure[sure > change]
        here = [int(peak) for peak in near if abs(peak - change) < _NEAR_S * FS]
        if not before.size or not after.size:
            kept += [peak for peak in here if peak in peaks]
        elif after[0] - before[-1] > _LONG * float(np.median(undisturbed)) and here:
            kept.append(min(here, key=lambda peak: abs(peak - change)))
    return np.union1d(kept, [peak for peak in peaks if np.abs(peak - np.array(ends)).min() < _NEAR_S * FS]).astype(int)


def without_marks(signal: Array, peaks: Samples) -> Samples:
    """The peaks but those of another shape that split a usual interval, or come early as the last: no beats, but what is drawn there."""
    if peaks.size < _FEW:
        return peaks
    intervals = np.diff(peaks)
    usual = np.median(intervals)
    between = np.abs((intervals[:-1] + intervals[1:]) / usual - 1) < _SPLIT
    marks = np.array([False, *between, intervals[-1] < _AT_ONCE * usual])
    return peaks[~marks | alike(signal, peaks, peaks)]


def _most_regular(peaks: Samples, candidates: Samples, at_changes: list[int], ends: tuple[int, int], behind_s: float) -> Samples | None:
    """The beats away from each change and end, and at most one candidate there, or one unseen at a change, that are most regular together.

    None where these are not regular. `behind_s` is how far behind a change or the beginning none is sure.
    """
    if len(at_changes) > _MOST_CHANGES:
        return None
    sure, choices = peaks, list[list[int | None]]()
    for place in (*at_changes, *ends):
        there = [int(at) for at in candidates if -_NEAR_S * FS < at - place < behind_s * FS]
        unseen = [] if place in ends or any(at - place < _NEAR_S * FS for at in there) else [place]
        choices.append([None, *there, *unseen])
        sure = np.setdiff1d(sure, there)
    if sure.size < 3:
        return None
    tried = (np.union1d(sure, [at for at in chosen if at is not None]).astype(int) for chosen in product(*choices))
    best = min(tried, key=_unevenness)
    return best if _unevenness(best) < _REGULAR else None


def _unevenness(peaks: Samples) -> float:
    """How far an interval is at most from the usual one, as a share of it."""
    intervals = np.diff(peaks)
    return float(np.abs(intervals / np.median(intervals) - 1).max())
