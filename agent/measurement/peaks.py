"""Where the heart beats: peaks of the energy that QRS complexes have over all leads."""

import warnings
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, find_peaks, sosfiltfilt

from agent.measurement.changes import beside, changes, evened, throughout, told_at_changes, without_marks
from agent.measurement.leads import FS, Array, nanmedian
from agent.measurement.shapes import HALF, Samples
from data.gaps import bridged

# A peak is no beat where it is this much lower than beats are, at 8 to 30 Hz or at 4 to 18 Hz, where wide ectopic beats still are high.
P_HEIGHT, _LARGER = (0.16, 0.3), 0.75  # over the larger beats: a P wave; of all peaks, P and T waves among them, how many are lower
T_HEIGHT, T_WAVE_S = (0.7, 0.52), 0.46  # in both bands over the beat before, and so soon behind it: that beat's T wave
_REFRACTORY_S, _SOON_S, _AS_HIGH = 0.24, 0.3, 0.7  # no heart beats sooner again; what comes so soon is a beat if it is about as high
_STEEP, _SLOW = (8.0, 30.0), (4.0, 18.0)  # Hz, in which QRS complexes are steep; in which wide ectopic ones are still high
_SHOWN, _MOST, _VISIBLE = 0.4, 0.5, 0.3  # of the leads show a beat at least, or half, by so much of their usual beats
_LATE, _HALF_AS_HIGH = 1.3, 0.5  # of the usual interval, in which a peak half as high as beats is one
_HALFWAY = 0.1  # of the usual interval
_FEW = 4  # peaks, of which fewer have no usual interval
_BESIDE = round(0.04 * FS)  # of a peak, to either side


def r_peaks(signal: Array, *, printed: bool = False) -> Samples:
    """Samples of the R peaks: neurokit2 on the energy of the QRS band over all leads.

    Parameters
    ----------
    signal : (n_leads, n_samples) mV at FS, NaN where not recorded
    printed : on paper, where a name may stand at the beginning
    """
    whole, strips, places = signal, throughout(signal), changes(signal)
    sizes = [np.where(np.isfinite(signal), np.abs(_filtered(signal, *band)), np.nan) for band in (_STEEP, _SLOW)]
    signal = evened(signal)
    steep, slow = (_energy(signal, *band) / _share(signal) for band in ((*_STEEP, 0.002), (*_SLOW, 0.12)))
    peaks, leaps = _candidates(steep), np.empty(0, dtype=int)
    while (alone := peaks[_lonely(sizes, peaks)]).size:
        for leap in alone:  # it would keep a beat beside it from being found
            steep[max(0, leap - HALF) : leap + HALF] = 0
        leaps = np.union1d(leaps, alone)
        peaks = np.setdiff1d(_candidates(steep), leaps)
    if not peaks.size:
        return peaks
    height = np.array([[steep[max(0, p - 20) : p + 20].max(), slow[max(0, p - 20) : p + 40].max()] for p in peaks])  # (n_peaks, 2 bands)
    high = (height > P_HEIGHT * np.quantile(height, _LARGER, axis=0)).all(axis=1)
    found, height = peaks[high], height[high]
    lower = height < T_HEIGHT * np.roll(height, 1, axis=0)  # (n_peaks, 2 bands)
    show, recorded = _shown(sizes[0], found)
    lower = lower.all(axis=1) | lower[:, 0] & (show < _MOST * recorded) & bool(places)  # tall in few leads, T waves look wide
    soon = np.diff(found, prepend=-FS) < T_WAVE_S * FS
    beats = found[~(soon & lower)]
    if not strips.all():
        beats = _with_narrow(beats, peaks)
    if strips.any() and (short := beside(whole)).size:
        beats = np.union1d(beats, _shown_beside(short, sizes, beats))
    if printed:
        beats = without_marks(whole, beats)
    return told_at_changes(whole, beats, peaks) if places or printed else beats


def _with_narrow(beats: Samples, candidates: Samples) -> Samples:
    """The beats, and low peaks halfway between two that are twice the usual interval apart: a pen may draw a beat too narrow or too low."""
    added: list[int] = []
    usual = float(np.median(np.diff(beats))) if beats.size > 3 else np.inf
    for before, after in pairwise(beats):
        if abs((after - before) / usual - 2) < 2 * _HALFWAY:
            added += [int(at) for at in candidates if abs(at - (before + after) / 2) < _HALFWAY * usual][:1]
    return np.union1d(beats, added).astype(int)


def _shown_beside(short: Array, sizes: list[Array], beats: Samples) -> Samples:
    """Beats that the strips hide, as ectopic ones may be, and the leads beside them show."""
    energy = _energy(short, *_STEEP, 0.002) / _share(short)
    late = _late(energy, beats)
    late = _higher(energy, late[(np.abs(late[:, None] - beats) > _SOON_S * FS).all(axis=1)])
    return late[~_lonely(sizes, late)]


def _share(signal: Array) -> Array:
    """Root of the share of leads that are recorded, (n_samples,): over it an energy of few leads has the scale of one of many."""
    return np.asarray(np.sqrt(np.maximum(np.isfinite(signal).mean(axis=0), 1 / len(signal))))


def _candidates(energy: Array) -> Samples:
    """Peaks of the energy that neurokit2 finds, and what is as high as those where one is late: neurokit2 leaves out narrow ones."""
    from neurokit2 import ecg_findpeaks

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ecg_findpeaks(energy, sampling_rate=int(FS), method="neurokit", mindelay=0.0)["ECG_R_Peaks"]
    except (ValueError, IndexError, ZeroDivisionError):
        return np.empty(0, dtype=int)
    peaks = _higher(energy, np.array(found, dtype=int))
    return _higher(energy, np.union1d(peaks, _late(energy, peaks)))


def _late(energy: Array, beats: Samples) -> Samples:
    """Where a beat is late, peaks at least half as high as the beats are."""
    if beats.size < _FEW:
        return np.empty(0, dtype=int)
    high, _ = find_peaks(energy[HALF:-HALF], height=_HALF_AS_HIGH * np.quantile(energy[beats], _LARGER))
    intervals = np.diff(np.array([0, *beats, energy.size]))
    return np.asarray(high + HALF)[intervals[np.searchsorted(beats, high + HALF)] > _LATE * np.median(np.diff(beats))]


def _higher(energy: Array, peaks: Samples) -> Samples:
    """The peaks without those near a higher one; neurokit2 would keep the first of two, a P wave too."""
    kept: list[int] = []
    for peak in sorted(map(int, peaks), key=lambda at: -energy[at]):
        least_s = [_SOON_S if energy[peak] < _AS_HIGH * energy[other] else _REFRACTORY_S for other in kept]
        if all(abs(peak - other) > apart * FS for other, apart in zip(kept, least_s, strict=True)):
            kept.append(peak)
    return np.array(sorted(kept), dtype=int)


def _shown(size: Array, peaks: Samples) -> tuple[Samples, Samples]:
    """How many of the leads recorded around each peak show something there, and how many there are, (n_peaks,) each.

    `size`, (n_leads, n_samples), is how much each lead moves in a band, NaN where it was not recorded.
    """
    near, around = ([size[:, max(0, peak - reach) : peak + reach] for peak in peaks] for reach in (_BESIDE, 2 * _BESIDE))
    highest = [np.where(np.isnan(b).any(axis=1), np.nan, a.max(axis=1)) for a, b in zip(near, around, strict=True)]
    at = np.array(highest).reshape(peaks.size, len(size))
    return (at >= _VISIBLE * nanmedian(at)).sum(axis=1), np.isfinite(at).sum(axis=1)


def _lonely(sizes: list[Array], peaks: Samples) -> npt.NDArray[np.bool_]:
    """At which peaks one lead leaps alone, or few of many, in both bands, (n_peaks,): there no heart beats."""
    shown = [_shown(size, peaks) for size in sizes]
    return np.logical_and.reduce([(show < _SHOWN * recorded) | ((show < 2) & (recorded > 2)) for show, recorded in shown])


def _energy(signal: Array, low: float, high: float, window_s: float) -> Array:
    """Root mean square of a band over all leads and a window, (n_samples,) in mV."""
    power = np.mean(_filtered(signal, low, high) ** 2, axis=0)
    return np.asarray(np.sqrt(np.maximum(uniform_filter1d(power, max(1, round(window_s * FS))), 0)))


def _filtered(signal: Array, low: float, high: float) -> Array:
    return np.asarray(sosfiltfilt(butter(2, [low, high], "band", fs=FS, output="sos"), bridged(signal), axis=1))
