"""Simulated ECGs made once for all tests, and how they are measured on the finished twelve leads."""

from functools import cache

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, sosfiltfilt

from data import EcgRecord
from data.simulated import KINDS, SimulatedEcg, simulate

SEEDS = range(4)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


@cache
def ecg(kind: str, seed: int) -> SimulatedEcg:
    return simulate(kind, seed=seed)


def of(kind: str) -> list[SimulatedEcg]:
    return [ecg(kind, seed) for seed in SEEDS]


def r_times(record: EcgRecord) -> np.ndarray:
    """QRS complexes in s: where the leads together move fastest, over a window as long as a wide QRS."""
    smooth = sosfiltfilt(butter(3, (6, 25), "bandpass", fs=record.fs, output="sos"), record.signal, axis=1)
    speed = np.linalg.norm(np.gradient(smooth, axis=1), axis=0)
    speed = np.convolve(speed, np.hanning(int(0.16 * record.fs)), mode="same")
    peaks, _ = find_peaks(speed, height=0.5 * np.percentile(speed, 98), distance=int(0.28 * record.fs))
    return peaks / record.fs


def median_beat(made: SimulatedEcg, origin: str = "supraventricular") -> dict[str, np.ndarray]:
    """Each lead from 0.3 s before the QRS to 0.5 s after it, the median over the beats of this origin, zero in the PR segment."""
    fs = int(made.record.fs)
    onsets = [b.time for b in made.events.within(0.35, 9.4) if b.origin == origin]
    windows = np.stack([made.record.signal[:, int(t * fs) - int(0.3 * fs) : int(t * fs) + int(0.5 * fs)] for t in onsets])
    beat = np.median(windows - windows[:, :, int(0.288 * fs) : int(0.296 * fs)].mean(axis=2, keepdims=True), axis=0)
    return dict(zip(made.record.leads, beat, strict=True))


def part(lead: np.ndarray, start_ms: float, stop_ms: float) -> np.ndarray:
    """The part of a median beat between two times from QRS onset, at 500 samples a second."""
    return lead[int((300 + start_ms) / 2) : int((300 + stop_ms) / 2)]


def qrs(made: SimulatedEcg, lead: str, origin: str = "supraventricular") -> np.ndarray:
    return part(median_beat(made, origin)[lead], -10, made.truth.qrs_ms + 4)


def level_80ms_after_j(made: SimulatedEcg, lead: str) -> float:
    return float(part(median_beat(made)[lead], made.truth.qrs_ms + 55, made.truth.qrs_ms + 85).mean())


def t_wave(made: SimulatedEcg, lead: str, origin: str = "supraventricular") -> float:
    """Signed extreme of the second half of QT."""
    segment = part(median_beat(made, origin)[lead], 0.6 * made.truth.qt_ms, min(made.truth.qt_ms, 490))
    return float(segment[np.abs(segment).argmax()])
