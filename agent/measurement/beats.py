"""Where the heart beats, which beats look alike, and the median beat over all leads."""

import warnings
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

from agent.measurement.leads import FS, Array, Leads, nanmedian
from data.gaps import bridged

Samples = npt.NDArray[np.int_]

PRE_S, POST_S = 0.45, 0.70  # the beat window around R
R = round(PRE_S * FS)  # where R is in it
SAME_BEAT = 0.8  # correlation of their QRS from which two beats are of one kind
# A peak is no beat where it is this much lower than beats are, at 8 to 30 Hz or at 4 to 18 Hz, where wide ectopic beats still are high.
P_HEIGHT = (0.16, 0.3)  # over the larger beats: a P wave
T_HEIGHT, T_WAVE_S = (0.7, 0.52), 0.46  # in both bands over the beat before, and so soon behind it: that beat's T wave
_REFRACTORY_S, _SOON_S, _AS_HIGH = 0.24, 0.3, 0.7  # no heart beats sooner again; what comes so soon is a beat if it is about as high
_STEEP = 8.0, 30.0  # Hz, in which QRS complexes are steep
_SHOWN, _MOST, _VISIBLE = 0.25, 0.5, 0.3  # of the leads show a beat at least, or half, by so much of their usual beats
_WHOLE, _STEEPEST = 0.9, 0.98  # of the time that a lead was recorded; of its samples
_HOLE_S, _HIDES_S = 0.5, 0.1  # without signal: in a lead that tells beats, and long enough to hide one
_MOST_CHANGES = 5  # as on a sheet of six columns: each doubles the ways that are compared
_APART_S, _NEAR_S = 0.3, 0.1  # between changes of leads; from a change to a beat that is cut by it
_NAMED_S = 0.4  # behind a change or the beginning, in which a printed name may be taken for a beat
_HALFWAY = 0.1  # of the usual interval
_LONG, _REGULAR = 1.5, 0.25  # of the usual interval: one that holds another beat, and how far regular ones are from it
_BESIDE = round(0.04 * FS)  # of a peak, to either side
_HALF = round(0.1 * FS)  # of a QRS complex, generously


@dataclass(frozen=True, eq=False)
class Beats:
    """Every beat of a recording, and those of the dominant kind.

    Parameters
    ----------
    peaks : (n_beats,) samples of R
    same : which of them are of the dominant kind
    smooth, sharp : (n_same, n_leads, n_window) mV, the beats of that kind with R at sample `R`
    likeness : mean correlation of the QRS of each beat with that of the other beat most like it; some .5 in noise, .97 in ECGs
    unbroken : (n_beats - 1,) which intervals hold no stretch in which no lead was recorded and a beat may hide
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
    peaks = _in_step(leads.smooth, peaks)
    smooth = _windows(leads.smooth, peaks)
    qrs = smooth[:, :, R - _HALF : R + _HALF]
    alike = np.stack([_correlation(qrs, one) for one in qrs])
    recorded = np.asarray(np.isfinite(qrs).any(axis=2))  # (n_beats, n_leads)
    shared = recorded @ recorded.T  # on a sheet without rhythm strip two beats may share no lead
    same = _dominant(qrs, (alike >= SAME_BEAT) | ~shared)
    if not shared.all():
        same = np.flatnonzero(_correlation(qrs, nanmedian(qrs[same])) >= SAME_BEAT)
    if same.size < 2:
        return "no two beats look alike: noise, or not an ECG"
    likeness = float((alike - 2 * np.eye(len(alike))).max(axis=1).mean())
    return Beats(peaks, same, smooth[same], _windows(leads.sharp, peaks)[same], likeness, _unbroken(leads.smooth, peaks))


def r_peaks(signal: Array, *, printed: bool = False) -> Samples:
    """Samples of the R peaks: neurokit2 on the energy of the QRS band over all leads.

    Parameters
    ----------
    signal : (n_leads, n_samples) mV at FS, NaN where not recorded
    printed : on paper, where a name may stand at the beginning
    """
    changes = _changes(signal)
    size = np.where(np.isfinite(signal), np.abs(_filtered(signal, *_STEEP)), np.nan)
    signal = _evened(signal)
    recorded = np.sqrt(np.maximum(np.isfinite(signal).mean(axis=0), 1 / len(signal)))  # fewer leads, same scale
    steep, slow = (_energy(signal, *band) / recorded for band in ((*_STEEP, 0.002), (4, 18, 0.12)))
    peaks, leaps = _neurokit_peaks(steep), np.empty(0, dtype=int)
    while (alone := peaks[_lonely(size, peaks)]).size:
        for leap in alone:  # it would keep a beat beside it from being found
            steep[max(0, leap - _HALF) : leap + _HALF] = 0
        leaps = np.union1d(leaps, alone)
        peaks = np.setdiff1d(_neurokit_peaks(steep), leaps)
    if not peaks.size:
        return peaks
    height = np.array([[steep[max(0, p - 20) : p + 20].max(), slow[max(0, p - 20) : p + 40].max()] for p in peaks])  # (n_peaks, 2 bands)
    high = (height > P_HEIGHT * np.quantile(height, 0.9, axis=0)).all(axis=1)
    found, height = peaks[high], height[high]
    lower = height < T_HEIGHT * np.roll(height, 1, axis=0)  # (n_peaks, 2 bands)
    show, recorded = _shown(size, found)
    lower = lower.all(axis=1) | lower[:, 0] & (show < _MOST * recorded) & bool(changes)  # tall in few leads, T waves look wide
    soon = np.diff(found, prepend=-FS) < T_WAVE_S * FS
    beats = found[~(soon & lower)]
    if not _throughout(size).all():
        beats = _with_narrow(beats, peaks)
    if not changes and not printed:
        return beats
    recorded_at = np.flatnonzero(np.isfinite(signal).any(axis=0))
    return _told_at_changes(beats, peaks, changes, (int(recorded_at[0]), int(recorded_at[-1])))


def _unbroken(signal: Array, peaks: Samples) -> npt.NDArray[np.bool_]:
    whole = _throughout(signal)
    recorded = np.flatnonzero(np.isfinite(signal[whole] if whole.any() else signal).any(axis=0))
    holes = recorded[:-1][np.diff(recorded) > _HIDES_S * FS]
    return np.array([not ((holes >= a) & (holes < b)).any() for a, b in pairwise(peaks)], dtype=bool)


def _changes(signal: Array) -> list[int]:
    """Samples where, as on a sheet, leads end and others begin; none where a lead was recorded throughout."""
    if _throughout(signal).any():
        return []
    starts = np.sort([np.flatnonzero(np.isfinite(lead))[0] for lead in signal if np.isfinite(lead).any()])
    groups = np.split(starts, np.flatnonzero(np.diff(starts) > _APART_S * FS) + 1)
    return [int(np.median(group)) for group in groups[1:]]


def _throughout(signal: Array) -> npt.NDArray[np.bool_]:
    """(n_leads,) which were recorded nearly always, with no hole that could hide a beat."""
    there = np.isfinite(signal)
    longest = np.array([np.diff(np.flatnonzero(lead)).max(initial=1) for lead in there])
    return np.asarray((there.mean(axis=1) > _WHOLE) & (longest < _HOLE_S * FS))


def _with_narrow(beats: Samples, candidates: Samples) -> Samples:
    """The beats, and low peaks halfway between two that are twice the usual interval apart: a pen may draw a beat too narrow or too low."""
    added: list[int] = []
    usual = float(np.median(np.diff(beats))) if beats.size > 3 else np.inf
    for before, after in pairwise(beats):
        if abs((after - before) / usual - 2) < 2 * _HALFWAY:
            added += [int(at) for at in candidates if abs(at - (before + after) / 2) < _HALFWAY * usual][:1]
    return np.union1d(beats, added).astype(int)


def _told_at_changes(peaks: Samples, candidates: Samples, changes: list[int], ends: tuple[int, int]) -> Samples:
    """The beats where leads change, or begin or end, told by the others: half a beat may be all that is seen there.

    Where the others are regular that beat is taken at each change, seen or not, or none, with which all are most regular. Where
    they are not, what was found there is a beat if the interval is too long without it.
    """
    if peaks.size > 2 and _unevenness(peaks) < _REGULAR:
        return peaks
    places = np.array([*changes, *ends])
    for behind_s in (_NEAR_S, _NAMED_S):
        if (regular := _most_regular(peaks, candidates, changes, ends, behind_s)) is not None:
            return regular
    near = candidates[(np.abs(candidates[:, None] - places) < _NEAR_S * FS).any(axis=1)]
    sure = np.setdiff1d(peaks, near)
    if sure.size < 3:
        return peaks
    undisturbed = [b - a for a, b in pairwise(sure) if not any(a < change < b for change in changes)]
    if len(undisturbed) < 3:
        return peaks
    kept = [peak for peak in peaks if peak not in near]
    for change in changes:
        before, after = sure[sure < change], sure[sure > change]
        here = [int(peak) for peak in near if abs(peak - change) < _NEAR_S * FS]
        if not before.size or not after.size:
            kept += [peak for peak in here if peak in peaks]
        elif after[0] - before[-1] > _LONG * float(np.median(undisturbed)) and here:
            kept.append(min(here, key=lambda peak: abs(peak - change)))
    return np.union1d(kept, [peak for peak in peaks if np.abs(peak - np.array(ends)).min() < _NEAR_S * FS]).astype(int)


def _most_regular(peaks: Samples, candidates: Samples, changes: list[int], ends: tuple[int, int], behind_s: float) -> Samples | None:
    """The beats away from each change and end, and at most one candidate there, or one unseen at a change, that are most regular together.

    None where these are not regular. `behind_s` is how far behind a change or the beginning none is sure.
    """
    if len(changes) > _MOST_CHANGES:
        return None
    sure, choices = peaks, list[list[int | None]]()
    for place in (*changes, *ends):
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


def _evened(signal: Array) -> Array:
    """What tells beats on a sheet, where leads follow each other: its rhythm strips; without one, each lead at the size of its own
    steepest parts, as tall chest leads would hide small limb leads. Leads that were all recorded throughout stay as they are.
    """
    whole = _throughout(signal)
    if whole.any():
        return signal[whole]
    steep = np.nanquantile(np.abs(np.diff(signal, axis=1)), _STEEPEST, axis=1, keepdims=True)
    return signal * (np.median(steep) / np.maximum(steep, 1e-6))


def _neurokit_peaks(energy: Array) -> Samples:
    """Peaks of the energy. Of two that are near each other neurokit2 would keep the first, a P wave too; here the higher stays."""
    from neurokit2 import ecg_findpeaks

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ecg_findpeaks(energy, sampling_rate=int(FS), method="neurokit", mindelay=0.0)["ECG_R_Peaks"]
    except (ValueError, IndexError, ZeroDivisionError):
        return np.empty(0, dtype=int)
    kept: list[int] = []
    for peak in sorted(map(int, found), key=lambda at: -energy[at]):
        least_s = [_SOON_S if energy[peak] < _AS_HIGH * energy[other] else _REFRACTORY_S for other in kept]
        if all(abs(peak - other) > apart * FS for other, apart in zip(kept, least_s, strict=True)):
            kept.append(peak)
    return np.array(sorted(kept), dtype=int)


def _shown(size: Array, peaks: Samples) -> tuple[Samples, Samples]:
    """How many of the leads recorded around each peak show something there, and how many there are, (n_peaks,) each.

    `size`, (n_leads, n_samples), is how steep each lead is, NaN where it was not recorded.
    """
    near, around = ([size[:, max(0, peak - reach) : peak + reach] for peak in peaks] for reach in (_BESIDE, 2 * _BESIDE))
    highest = [np.where(np.isnan(b).any(axis=1), np.nan, a.max(axis=1)) for a, b in zip(near, around, strict=True)]
    at = np.array(highest).reshape(peaks.size, len(size))
    return (at >= _VISIBLE * nanmedian(at)).sum(axis=1), np.isfinite(at).sum(axis=1)


def _lonely(size: Array, peaks: Samples) -> npt.NDArray[np.bool_]:
    """At which peaks one lead leaps alone, or few of many, (n_peaks,): there no heart beats."""
    show, recorded = _shown(size, peaks)
    return np.asarray((show < _SHOWN * recorded) | ((show < 2) & (recorded > 2)))


def _energy(signal: Array, low: float, high: float, window_s: float) -> Array:
    """Root mean square of a band over all leads and a window, (n_samples,) in mV."""
    power = np.mean(_filtered(signal, low, high) ** 2, axis=0)
    return np.asarray(np.sqrt(np.maximum(uniform_filter1d(power, max(1, round(window_s * FS))), 0)))


def _filtered(signal: Array, low: float, high: float) -> Array:
    return np.asarray(sosfiltfilt(butter(2, [low, high], "band", fs=FS, output="sos"), bridged(signal), axis=1))


def _in_step(signal: Array, peaks: Samples) -> Samples:
    """The peaks moved by at most 60 ms so that their QRS complexes coincide."""
    shift = round(0.06 * FS)
    pad = _HALF + shift
    padded = np.pad(signal, ((0, 0), (pad, pad)), constant_values=np.nan)
    slope = np.nan_to_num(np.gradient(padded, axis=1))
    recorded = np.where(np.isfinite(padded), slope, np.nan)
    moved = peaks + pad
    for _ in range(2):
        moved = moved.clip(pad, padded.shape[1] - pad)
        template = nanmedian(recorded[:, moved[:, None] + np.arange(-_HALF, _HALF)].transpose(1, 0, 2))
        windows = slope[:, moved[:, None] + np.arange(-pad, pad)]
        views = np.lib.stride_tricks.sliding_window_view(windows, 2 * _HALF, axis=2)  # (n_leads, n_beats, n_lags, n_around)
        moved = moved + np.einsum("lbka,la->bk", views, np.nan_to_num(template)).argmax(axis=1) - shift
    return np.unique(moved - pad)


def _windows(signal: Array, peaks: Samples) -> Array:
    """(n_beats, n_leads, n_window) around the peaks, NaN beyond the recording."""
    around = np.arange(-R, round(POST_S * FS))
    padded = np.pad(signal, ((0, 0), (around.size, around.size)), constant_values=np.nan)
    return padded[:, peaks[:, None] + around.size + around].transpose(1, 0, 2)


def _dominant(qrs: Array, alike: npt.NDArray[np.bool_]) -> Samples:
    """Which beats are of the dominant kind: the most frequent; of kinds about as frequent, the one with the steepest QRS, so the narrow."""
    kinds: list[Samples] = []
    left = np.ones(len(qrs), dtype=bool)
    while left.any():
        seed = int(np.argmax(np.where(left, (alike & left).sum(axis=1), -1)))
        kinds.append(np.flatnonzero(alike[seed] & left | (np.arange(len(qrs)) == seed)))
        left[kinds[-1]] = False
    most = max(kind.size for kind in kinds)
    frequent = [kind for kind in kinds if kind.size >= 0.6 * most]
    return max(frequent, key=lambda kind: float(np.abs(np.nan_to_num(np.diff(qrs[kind], axis=2))).max(axis=2).mean()))


def _correlation(beats: Array, template: Array) -> Array:
    """Correlation of each beat with the template over all leads and samples both have."""
    both = np.isfinite(beats) & np.isfinite(template)
    n = np.maximum(both.sum(axis=2, keepdims=True), 1)

    def centred(values: Array) -> Array:
        values = np.where(both, values, 0.0)
        return np.where(both, values - values.sum(axis=2, keepdims=True) / n, 0.0)

    a, b = centred(beats), centred(np.broadcast_to(template, beats.shape))
    return (a * b).sum((1, 2)) / np.sqrt((a**2).sum((1, 2)) * (b**2).sum((1, 2)) + 1e-12)


def _short(intervals: Array, otherwise: Array) -> float:
    return float(np.quantile(intervals if intervals.size else otherwise, 0.25))
