"""Does an ECG keep its vector when it is recorded otherwise?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data import EcgRecord, ptbxl
from encoders.encoder import Encoder, Vectors
from encoders.evaluation.encoded import Encoded

SHIFT_S = 0.5
MAINS_HZ, MAINS_MV = 50.0, 0.05
WANDER_HZ, WANDER_MV = 0.3, 0.2


@dataclass(frozen=True)
class Steady:
    """Cosines between ECGs and themselves changed: NaN where there is no such ECG."""

    change: str
    n: int  # ECGs compared
    median: float
    fifth: float  # 5th percentile


def steadiness(asked: Encoded, encoder: Encoder, root: Path, *, folds: Collection[int]) -> list[Steady]:
    """Rate and noise on those of the ECGs that are there at 500 Hz too, the shift on all.

    The shift compares the recording without its last half second to that without its first, so that both views have one length.
    What another patient's ECG scores says how much a cosine means.
    """
    slow = dict(zip((case.case_id for case in asked.cases), asked.ecgs, strict=True))
    pairs = [(slow[case.case_id], case.record) for case in ptbxl.cases(root, folds=folds, rate=500) if case.case_id in slow]
    slow_ecgs, records = np.array([ecg for ecg, _ in pairs]).reshape(-1, encoder.dim), [record for _, record in pairs]
    ecgs = encoder.encode_ecgs(records)

    def noisy(*sines: tuple[float, float]) -> Vectors:
        return encoder.encode_ecgs([with_sines(record, sines) for record in records])

    mains, wander = (MAINS_HZ, MAINS_MV), (WANDER_HZ, WANDER_MV)
    return [
        _row("500 Hz against 100 Hz", ecgs, slow_ecgs),
        _row(f"{SHIFT_S:g} s later", *shifted(asked.records, encoder)),
        _row(f"mains of {MAINS_HZ:g} Hz, {MAINS_MV:g} mV, at 500 Hz", ecgs, noisy(mains)),
        _row(f"wander of {WANDER_HZ:g} Hz, {WANDER_MV:g} mV, at 500 Hz", ecgs, noisy(wander)),
        _row("mains and wander, at 500 Hz", ecgs, noisy(mains, wander)),
        _row("another patient's ECG", *_strangers(asked)),
    ]


def shifted(records: Sequence[EcgRecord], encoder: Encoder) -> tuple[Vectors, Vectors]:
    """Each recording without its last half second, and without its first; two vectors (ecg, dim)."""
    early = encoder.encode_ecgs([record.seconds(0, record.duration - SHIFT_S) for record in records])
    late = encoder.encode_ecgs([record.seconds(SHIFT_S, record.duration) for record in records])
    return early, late


def with_sines(record: EcgRecord, sines: Sequence[tuple[float, float]]) -> EcgRecord:
    """Sine waves of (Hz, amplitude in mV) added, in every lead with a phase of its own."""
    seconds, phases = np.arange(record.n_samples) / record.fs, np.random.default_rng(0).random((len(record.leads), 1))
    return record.changed(signal=record.signal + sum(mv * np.sin(2 * np.pi * (hz * seconds + phases)) for hz, mv in sines))


def _strangers(asked: Encoded) -> tuple[Vectors, Vectors]:
    """Each ECG beside the next one, where that is of another patient."""
    patients = [case.patient.id or case.case_id for case in asked.cases]
    first = [i for i in range(1, len(asked)) if patients[i - 1] != patients[i]]
    return asked.ecgs[first], asked.ecgs[[i - 1 for i in first]]


def _row(change: str, a: Vectors, b: Vectors) -> Steady:
    cosines = (a * b).sum(axis=1)
    median, fifth = np.percentile(cosines, [50, 5]) if len(cosines) else (np.nan, np.nan)
    return Steady(change, len(cosines), float(median), float(fifth))
