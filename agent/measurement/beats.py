"""The beats of a recording, and which of them are of one kind."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from agent.measurement.changes import changes, throughout
from agent.measurement.leads import FS, Array, Leads, nanmedian
from agent.measurement.peaks import r_peaks
from agent.measurement.shapes import SAME_BEAT, Samples, correlation, in_step, qrs, windows

_HIDES_S = 0.1  # without signal, and long enough to hide a beat
_TWICE = 1.75  # usual intervals and more hold a beat that was not seen, if leads change there


@dataclass(frozen=True, eq=False)
class Beats:
    """Every beat of a recording, and those of the dominant kind.

    Parameters
    ----------
    peaks : (n_beats,) samples of R
    same : which of them are of the dominant kind
    smooth, sharp : (n_same, n_leads, n_window) mV, the beats of that kind with R at sample `R`
    likeness : mean correlation of the QRS of each beat with that of the other beat most like it; some .5 in noise, .97 in ECGs
    unbroken : (n_beats - 1,) in which intervals no beat may hide: where no lead was recorded, or where leads change
    """

    peaks: Samples
    same: Samples
    smooth: Array
    sharp: Array
    likeness: float
    unbroken: npt.NDArray[np.bool_]

    @property
    def rr(self) -> Array:
        """(n_beats - 1,) s."""
        return np.diff(self.peaks) / FS

    @property
    def mean_rr(self) -> float | None:
        """Of the intervals in which no beat may hide, s."""
        return float(self.rr[self.unbroken].mean()) if self.unbroken.any() else None

    @property
    def to_next(self) -> float:
        """A short interval behind beats of the dominant kind, s: what their T wave has to end in."""
        return _short(self.rr[self.same[self.same < self.rr.size]], self.rr)

    @property
    def from_previous(self) -> float:
        """A usual interval before them, s: where their P wave is."""
        before = self.rr[self.same[self.same > 0] - 1]
        return float(np.median(before if before.size else self.rr))


def find_beats(leads: Leads) -> Beats | str:
    """The beats, or why there are none."""
    peaks = r_peaks(leads.smooth, printed=leads.printed)
    if len(peaks) < 2:
        return "fewer than two heart beats were found"
    peaks = in_step(leads.smooth, peaks)
    smooth, complexes = windows(leads.smooth, peaks), qrs(leads.smooth, peaks)
    alike = np.stack([correlation(complexes, one) for one in complexes])
    recorded = np.asarray(np.isfinite(complexes).any(axis=2))  # (n_beats, n_leads)
    shared = recorded @ recorded.T  # on a sheet without rhythm strip two beats may share no lead
    same = _dominant(complexes, (alike >= SAME_BEAT) | ~shared)
    if not shared.all():
        same = np.flatnonzero(correlation(complexes, nanmedian(complexes[same])) >= SAME_BEAT)
    if same.size < 2:
        return "no two beats look alike: noise, or not an ECG"
    likeness = float((alike - 2 * np.eye(len(alike))).max(axis=1).mean())
    return Beats(peaks, same, smooth[same], windows(leads.sharp, peaks)[same], likeness, _unbroken(leads.smooth, peaks))


def _unbroken(signal: Array, peaks: Samples) -> npt.NDArray[np.bool_]:
    """Which intervals hide no beat, (n_beats - 1,): not in a hole, nor, if longer than all others, where leads change."""
    whole = throughout(signal)
    recorded = np.flatnonzero(np.isfinite(signal[whole] if whole.any() else signal).any(axis=0))
    holes = recorded[:-1][np.diff(recorded) > _HIDES_S * FS]
    cuts, rr = np.array(changes(signal)), np.diff(peaks)
    hole = np.array([((holes >= a) & (holes < b)).any() for a, b in pairwise(peaks)], dtype=bool)
    cut = np.array([((cuts > a) & (cuts < b)).any() for a, b in pairwise(peaks)], dtype=bool)
    too_long = rr > max(_TWICE * np.median(rr), rr[~cut].max(initial=0))
    return ~hole & ~(cut & too_long)


def _dominant(complexes: Array, alike: npt.NDArray[np.bool_]) -> Samples:
    """Which beats are of the dominant kind: the most frequent; of kinds about as frequent, the one with the steepest QRS, so the narrow."""
    kinds: list[Samples] = []
    left = np.ones(len(complexes), dtype=bool)
    while left.any():
        seed = int(np.argmax(np.where(left, (alike & left).sum(axis=1), -1)))
        kinds.append(np.flatnonzero(alike[seed] & left | (np.arange(len(complexes)) == seed)))
        left[kinds[-1]] = False
    most = max(kind.size for kind in kinds)
    frequent = [kind for kind in kinds if kind.size >= 0.6 * most]
    return max(frequent, key=lambda kind: float(np.abs(np.nan_to_num(np.diff(complexes[kind], axis=2))).max(axis=2).mean()))


def _short(intervals: Array, otherwise: Array) -> float:
    return float(np.quantile(intervals if intervals.size else otherwise, 0.25))
