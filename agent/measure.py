"""Rate, intervals and axis of one ECG, from the median beat over all its leads.

neurokit2 finds the R peaks. Its wavelet delineation of single leads misses cardiologists' boundaries by tens of ms, so the
boundaries come from the *spatial velocity* instead, the root mean square over leads of the slope of the median beat: a wave begins
and ends where that slope falls to a share of its peak. The shares were set on the shared half of LUDB (Kalyakulina et al. 2020).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, savgol_filter, sosfiltfilt

from data import EcgRecord

Array = npt.NDArray[np.float64]

FS = 500.0  # Hz inside this module
LONGEST_S = 60.0  # more of a long recording does not change a median beat
PRE_S, POST_S = 0.45, 0.70  # the beat window around R
RUN_S = 0.012  # a boundary is where the slope stays low for this long
QRS_ONSET, QRS_OFFSET = 0.06, 0.04  # shares of the peak slope above the resting slope
T_END = 0.25
P_ONSET = 0.42
P_CLARITY = 1.6  # coherence over beats times prominence of the P wave's slope; below it there is no P wave to measure
SAME_BEAT = 0.8  # correlation of their QRS from which two beats are of one kind
P_HEIGHT = 0.2  # QRS-band energy over that of the larger beats, below which a peak is a P wave; ectopic beats reach .25
T_WAVE_S, T_HEIGHT = 0.46, 0.7  # so soon after a beat and so much lower than it, a peak is that beat's T wave


FIELDS: Mapping[str, tuple[str, str]] = {  # of `Measurements`: what it is called in a sentence, and what stands behind its number
    "heart_rate_bpm": ("heart rate", "/min"),
    "pr_ms": ("PR", " ms"),
    "qrs_ms": ("QRS", " ms"),
    "qt_ms": ("QT", " ms"),
    "qtc_ms": ("QTc", " ms"),
    "axis_deg": ("axis", "°"),
}


@dataclass(frozen=True)
class Measurements:
    """What could be measured; None where it could not, with the reason in `missing`.

    Intervals are medians over leads in the sense that they come from one median beat seen by all leads at once. QTc is Fridericia's
    (1920): QT / RR^(1/3), RR in seconds, QT in ms.
    """

    heart_rate_bpm: float | None = None  # mean rate from the first to the last beat
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    qtc_ms: float | None = None
    axis_deg: float | None = None  # frontal QRS axis, -180 to 180, from net areas in I and aVF
    qtc_formula: str = "Fridericia"
    beats: int = 0  # beats of the dominant kind that made the median beat
    leads: int = 0  # leads with signal
    missing: Mapping[str, str] = field(default_factory=dict)  # field name to the reason why it is None


def measure(record: EcgRecord) -> Measurements:
    """Measure an ECG of any leads and length; never raises on a signal, however broken.

    Parameters
    ----------
    record : any `EcgRecord`; missing leads and gaps are left out of the median beat

    Returns
    -------
    Measurements : ms, bpm and degrees, rounded to whole units
    """
    record = record.seconds(0, LONGEST_S) if record.duration > LONGEST_S else record
    leads, signal = _usable(record)
    if not leads:
        return _nothing("no lead has a signal")
    if signal.shape[1] < 1.5 * FS:
        return _nothing("the recording is shorter than 1.5 s", len(leads))
    peaks = _r_peaks(signal)
    if len(peaks) < 2:
        return _nothing("fewer than two heart beats were found", len(leads))
    beats = _aligned_beats(signal, peaks)
    same = _dominant(beats)
    if same.size < 2:
        return _nothing("no two beats look alike: noise, or not an ECG", len(leads))
    rr = np.diff(peaks) / FS
    after = rr[same[same < rr.size]] if (same < rr.size).any() else rr
    return _from_beats(leads, beats[same], float(rr.mean()), float(np.quantile(after, 0.25)))


def _nothing(reason: str, n_leads: int = 0) -> Measurements:
    return Measurements(leads=n_leads, missing=dict.fromkeys(FIELDS, reason))


def _usable(record: EcgRecord) -> tuple[list[str], Array]:
    """Leads that move, at FS, 0.5 to 45 Hz, (n_leads, n_samples) in mV; NaN stays NaN."""
    standard = record.standard()
    moving = [i for i, row in enumerate(standard.signal) if np.isfinite(row).sum() > 0.5 * record.fs and np.nanstd(row) > 1e-3]
    if not moving or standard.duration < 0.5:
        return [], np.empty((0, 0))
    leads = [standard.leads[i] for i in moving]
    chosen = standard.changed(leads=tuple(leads), signal=standard.signal[moving]).resampled(FS)
    signal = chosen.signal.astype(np.float64)
    band = butter(2, [0.5, 45], "band", fs=FS, output="sos")
    out = np.full_like(signal, np.nan)
    for row, lead in zip(out, signal, strict=True):
        there = np.flatnonzero(np.isfinite(lead))
        filled = np.interp(np.arange(lead.size), there, lead[there])
        row[there] = sosfiltfilt(band, filled)[there]
    return leads, out


def _r_peaks(signal: Array) -> npt.NDArray[np.int_]:
    """Samples of the R peaks: neurokit2 on the energy of the QRS band over all leads."""
    from neurokit2 import ecg_findpeaks

    band = butter(2, [8, 30], "band", fs=FS, output="sos")
    energy = np.sqrt(np.mean(sosfiltfilt(band, np.nan_to_num(signal), axis=1) ** 2, axis=0))
    energy /= np.sqrt(np.maximum(np.isfinite(signal).mean(axis=0), 1 / len(signal)))  # fewer leads, same scale
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peaks = np.asarray(ecg_findpeaks(energy, sampling_rate=int(FS), method="neurokit")["ECG_R_Peaks"], dtype=int)
    except (ValueError, IndexError, ZeroDivisionError):
        return np.empty(0, dtype=int)
    height = np.array([energy[max(0, p - 20) : p + 20].max() for p in peaks])
    if not peaks.size:
        return peaks
    high = height > P_HEIGHT * np.quantile(height, 0.9)
    peaks, height = peaks[high], height[high]
    t_wave = (np.diff(peaks, prepend=-FS) < T_WAVE_S * FS) & (height < T_HEIGHT * np.roll(height, 1))
    return peaks[~t_wave]


def _aligned_beats(signal: Array, peaks: npt.NDArray[np.int_]) -> Array:
    """Beats (n_beats, n_leads, n_window) with their QRS in step."""
    pre, post, half, shift = (round(s * FS) for s in (PRE_S, POST_S, 0.1, 0.06))
    pad = pre + post
    padded = np.pad(signal, ((0, 0), (pad, pad)), constant_values=np.nan)
    slope = np.nan_to_num(np.gradient(padded, axis=1))
    peaks = peaks + pad
    around = np.arange(-half, half)
    for _ in range(2):
        template = _nanmedian(np.where(np.isfinite(padded), slope, np.nan)[:, peaks[:, None] + around].transpose(1, 0, 2))
        lags = np.arange(-shift, shift + 1)
        windows = slope[:, peaks[:, None] + np.arange(-half - shift, half + shift)]
        views = np.lib.stride_tricks.sliding_window_view(windows, 2 * half, axis=2)  # (n_leads, n_beats, n_lags, n_around)
        peaks = peaks + lags[np.einsum("lbka,la->bk", views, template).argmax(axis=1)]
    return padded[:, peaks[:, None] + np.arange(-pre, post)].transpose(1, 0, 2)


def _dominant(beats: Array) -> npt.NDArray[np.int_]:
    """Which beats are of the dominant kind: the most frequent; of kinds about as frequent, the one with the steepest QRS, so the narrow."""
    half = round(0.1 * FS)
    qrs = beats[:, :, round(PRE_S * FS) - half : round(PRE_S * FS) + half]
    alike = np.stack([_correlation(qrs, one) for one in qrs]) >= SAME_BEAT
    kinds: list[npt.NDArray[np.int_]] = []
    left = np.ones(len(beats), dtype=bool)
    while left.any():
        seed = int(np.argmax(np.where(left, (alike & left).sum(axis=1), -1)))
        kinds.append(np.flatnonzero(alike[seed] & left | (np.arange(len(beats)) == seed)))
        left[kinds[-1]] = False
    most = max(kind.size for kind in kinds)
    frequent = [kind for kind in kinds if kind.size >= 0.6 * most]
    return max(frequent, key=lambda kind: float(np.abs(np.nan_to_num(np.diff(qrs[kind], axis=2))).max(axis=2).mean()))


def _correlation(beats: Array, template: Array) -> Array:
    """Correlation of each beat with the template over all leads and samples both have."""
    both = np.isfinite(beats) & np.isfinite(template)

    def centred(values: Array) -> Array:
        values = np.where(both, values, np.nan)
        return np.nan_to_num(values - _nanmean(values, axis=2)[:, :, None])

    a, b = centred(beats), centred(np.broadcast_to(template, beats.shape))
    return (a * b).sum((1, 2)) / np.sqrt((a**2).sum((1, 2)) * (b**2).sum((1, 2)) + 1e-12)


def _from_beats(leads: list[str], beats: Array, rr: float, to_next: float) -> Measurements:
    """Measurements from beats of one kind; `rr` is the mean of all intervals, `to_next` a short one behind these beats, in s."""
    median = _nanmedian(beats)
    full = np.asarray(np.isfinite(median).all(axis=1))
    if not full.any():
        return _nothing("no lead holds one whole beat", len(leads))
    leads, beats, median = [lead for lead, ok in zip(leads, full, strict=True) if ok], beats[:, full], median[full]
    found: dict[str, float] = {"heart_rate_bpm": 60 / rr}
    missing: dict[str, str] = {}
    onset, offset = _qrs(median)
    found["qrs_ms"] = _ms(offset - onset)
    p_onset = _p_onset(beats, median, onset, 0.45 * to_next)
    room = to_next - (_ms(onset - p_onset) / 1000 if p_onset else 0.0)  # the T wave ends before the next P wave begins
    if (t_end := _t_end(median, onset, offset, min(room, 0.7 * to_next + 0.08))) is None:
        missing |= dict.fromkeys(("qt_ms", "qtc_ms"), "the end of the T wave is not clear")
    else:
        found["qt_ms"] = _ms(t_end - onset)
        found["qtc_ms"] = found["qt_ms"] / np.cbrt(rr)
        p_onset = _p_onset(beats, median, onset, to_next - found["qt_ms"] / 1000)
    if p_onset is None:
        missing["pr_ms"] = "no P wave at a steady distance before the QRS"
    else:
        found["pr_ms"] = _ms(onset - p_onset)
    if (axis := _axis(leads, median, onset, offset)) is None:
        missing["axis_deg"] = "the axis needs leads I and aVF with a net QRS deflection"
    else:
        found["axis_deg"] = axis
    rounded: dict[str, Any] = {name: float(round(value)) for name, value in found.items()}
    return Measurements(**rounded, beats=len(beats), leads=len(leads), missing=missing)


def _ms(samples: int) -> float:
    return samples / FS * 1000


def _slope(beat: Array, window_s: float) -> Array:
    """Spatial velocity of a median beat, (n_window,) in mV/s."""
    window = round(window_s * FS) | 1
    return np.sqrt(np.mean((savgol_filter(beat, window, 2, deriv=1, axis=1) * FS) ** 2, axis=0))


def _qrs(median: Array) -> tuple[int, int]:
    """Onset and offset: where the slope, going out from its peak, first stays near the resting slope."""
    slope, r, run = _slope(median, 0.026), round(PRE_S * FS), round(RUN_S * FS)
    lo = r - round(0.08 * FS)
    peak = lo + int(slope[lo : r + round(0.08 * FS)].argmax())
    rest = np.percentile(slope[r - round(0.3 * FS) : r + round(0.4 * FS)], 20)
    onset = offset = peak
    while onset > run and not (slope[onset - run : onset] < rest + QRS_ONSET * (slope[peak] - rest)).all():
        onset -= 1
    while offset < slope.size - run - 1 and not (slope[offset + 1 : offset + 1 + run] < rest + QRS_OFFSET * (slope[peak] - rest)).all():
        offset += 1
    return onset, offset


def _t_end(median: Array, onset: int, offset: int, longest_s: float) -> int | None:
    """Where the steepest slope after the T peak has died down; at most 620 ms after the QRS onset."""
    start, stop = offset + round(0.06 * FS), min(median.shape[1] - 1, onset + round(min(0.62, longest_s) * FS))
    if stop - start < 0.1 * FS:
        return None
    slope = _slope(median, 0.05)
    smooth = savgol_filter(median, 25, 2, axis=1)
    size = np.sqrt(np.mean((smooth - smooth[:, stop - 5 : stop + 1].mean(axis=1, keepdims=True)) ** 2, axis=0))
    peak = start + int(size[start : stop - round(0.04 * FS)].argmax())
    steepest = peak + int(slope[peak:stop].argmax())
    rest = slope[steepest:stop].min()
    return steepest + int(np.argmax(slope[steepest:stop] <= rest + T_END * (slope[steepest] - rest)))


def _p_onset(beats: Array, median: Array, onset: int, back_s: float) -> int | None:
    """Where the P wave's first slope begins, at most `back_s` and 360 ms before the QRS; None where beats do not agree on a P wave."""
    back = min(0.36, max(0.12, back_s))
    lo, hi = max(0, onset - round(back * FS)), onset - round(0.03 * FS)
    slope = _slope(median, 0.026)
    near = lo + round(0.04 * FS)
    steepest = near + int(slope[near:hi].argmax())
    clarity = _coherence(beats[:, :, lo:hi]) * slope[steepest] / (np.median(slope[lo:hi]) + 1e-9)
    if clarity < P_CLARITY:
        return None
    before = range(max(lo, steepest - round(0.06 * FS)), steepest + 1)
    first = next(
        i for i in before if i == steepest or (slope[i] > 0.5 * slope[steepest] and slope[i] == slope[max(0, i - 5) : i + 6].max())
    )
    rest = slope[lo : first + 1].min()
    low = np.flatnonzero(slope[lo : first + 1] <= rest + P_ONSET * (slope[first] - rest))
    return lo + int(low[-1])


def _coherence(segments: Array) -> float:
    """How alike single beats are before the QRS: median correlation of each with the sum of the others."""
    if len(segments) < 2:
        return 0.0
    smooth = savgol_filter(np.nan_to_num(segments), 25, 2, axis=2)
    smooth = (smooth - smooth.mean(axis=2, keepdims=True)).reshape(len(segments), -1)
    others = smooth.sum(axis=0) - smooth
    return float(np.median((smooth * others).sum(1) / np.sqrt((smooth**2).sum(1) * (others**2).sum(1) + 1e-12)))


def _axis(leads: list[str], median: Array, onset: int, offset: int) -> float | None:
    """Direction of the net QRS area in the frontal plane; aVF is a Goldberger lead, 2/sqrt(3) brings it to the scale of I."""
    if not {"I", "aVF"} <= set(leads):
        return None
    level = median[:, max(0, onset - 10) : onset + 1].mean(axis=1, keepdims=True)
    area = (median - level)[:, onset : offset + 1].sum(axis=1) / FS  # mV s
    x, y = area[leads.index("I")], area[leads.index("aVF")] * 2 / np.sqrt(3)
    return float(np.degrees(np.arctan2(y, x))) if np.hypot(x, y) > 1e-3 else None


def _nanmedian(values: Array) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a lead that no beat covers stays NaN
        return np.nanmedian(values, axis=0)


def _nanmean(values: Array, axis: int) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmean(values, axis=axis)
