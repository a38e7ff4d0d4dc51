"""Small made-up cases for tests of the library."""

from collections.abc import Callable

import numpy as np

from data import Case, EcgRecord, Patient
from data.findings import Finding, ReportReading

WORDS = ("sinus rhythm", "atrial fibrillation", "left bundle branch block", "normal ecg", "old inferior infarction")


def wave(seed: int, *, fs: float = 100.0, leads: tuple[str, ...] = ("I", "II", "V1")) -> EcgRecord:
    """Ten seconds that no other seed has."""
    random = np.random.default_rng(seed)
    t = np.arange(int(10 * fs)) / fs
    rows = [sum(random.normal() * np.sin(2 * np.pi * (f + random.random()) * t) for f in range(1, 12)) / 5 for _ in leads]
    return EcgRecord(leads, np.stack(rows), fs, source="made up")


def made_up(n: int, *, load: Callable[[int], EcgRecord] = wave, source: str = "made up") -> list[Case]:
    """Cases that differ in all that can be asked for: two a patient, every fourth with atrial fibrillation, every fifth without report."""
    return [_case(i, load, source) for i in range(n)]


def _case(i: int, load: Callable[[int], EcgRecord], source: str) -> Case:
    report = "" if i % 5 == 4 else f"{WORDS[i % 4]}, number {i}"
    findings = () if not report else (Finding("AFIB" if i % 4 == 1 else "NORM", span=(0, 5)), Finding("PACE", negated=True, leads=("V1",)))
    return Case(
        case_id=f"{source}/{i}",
        load=lambda: load(i),
        report=report,
        source=source,
        date=f"{1984 + i % 10}-03-0{1 + i % 9}",
        patient=Patient(id=f"p{i // 2}", age=20.0 + i % 70, sex="FM"[i % 2]),
        statements={"NORM": 100.0},
        reading=ReportReading("en" if report else "", report, findings),
    )
