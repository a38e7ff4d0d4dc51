"""Beats cut out of a recording, moved into step, and compared by shape."""

import numpy as np
import numpy.typing as npt

from agent.measurement.leads import FS, Array, nanmedian

Samples = npt.NDArray[np.int_]

PRE_S, POST_S = 0.45, 0.70  # the beat window around R
R = round(PRE_S * FS)  # where R is in it
HALF = round(0.1 * FS)  # of a QRS complex, generously
_STEP = round(0.06 * FS)
SAME_BEAT = 0.8  # correlation of their QRS from which two beats are of one kind


def windows(signal: Array, peaks: Samples) -> Array:
    """(n_beats, n_leads, n_window) around the peaks, NaN beyond the recording."""
    around = np.arange(-R, round(POST_S * FS))
    padded = np.pad(signal, ((0, 0), (around.size, around.size)), constant_values=np.nan)
    return padded[:, peaks[:, None] + around.size + around].transpose(1, 0, 2)


def in_step(signal: Array, peaks: Samples) -> Samples:
    """The peaks moved by at most 60 ms so that their QRS complexes coincide."""
    pad = HALF + _STEP
    padded = np.pad(signal, ((0, 0), (pad, pad)), constant_values=np.nan)
    slope = np.nan_to_num(np.gradient(padded, axis=1))
    recorded = np.where(np.isfinite(padded), slope, np.nan)
    moved = peaks + pad
    for _ in range(2):
        moved = moved.clip(pad, padded.shape[1] - pad)
        template = nanmedian(recorded[:, moved[:, None] + np.arange(-HALF, HALF)].transpose(1, 0, 2))
        around = slope[:, moved[:, None] + np.arange(-pad, pad)]
        views = np.lib.stride_tricks.sliding_window_view(around, 2 * HALF, axis=2)  # (n_leads, n_beats, n_lags, n_around)
        moved = moved + np.einsum("lbka,la->bk", views, np.nan_to_num(template)).argmax(axis=1) - _STEP
    return np.unique(moved - pad)


def qrs(signal: Array, peaks: Samples) -> Array:
    """(n_beats, n_leads, 2 HALF) around the peaks."""
    return windows(signal, peaks)[:, :, R - HALF : R + HALF]


def alike(signal: Array, peaks: Samples, known: Samples) -> npt.NDArray[np.bool_]:
    """Which of the peaks, moved by at most 30 ms, have the shape of the known ones, (n_peaks,)."""
    usual = nanmedian(qrs(signal, in_step(signal, known)))
    moves = np.arange(-_STEP // 2, _STEP // 2 + 1, 2)
    return np.array([correlation(qrs(signal, peak + moves), usual).max() >= SAME_BEAT for peak in peaks], dtype=bool)


def correlation(beats: Array, template: Array) -> Array:
    """Correlation of each beat with the template over all leads and samples both have."""
    both = np.isfinite(beats) & np.isfinite(template)
    n = np.maximum(both.sum(axis=2, keepdims=True), 1)

    def centred(values: Array) -> Array:
        values = np.where(both, values, 0.0)
        return np.where(both, values - values.sum(axis=2, keepdims=True) / n, 0.0)

    a, b = centred(beats), centred(np.broadcast_to(template, beats.shape))
    return (a * b).sum((1, 2)) / np.sqrt((a**2).sum((1, 2)) * (b**2).sum((1, 2)) + 1e-12)
