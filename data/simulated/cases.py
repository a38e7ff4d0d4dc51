"""Simulated cases for a demo library and for training: every kind in turn, every case another person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from data.case import Case
from data.record import EcgRecord, Patient
from data.simulated.ecg import Heart, heart
from data.simulated.kinds import KINDS

SOURCE = "simulated"
_FIRST_DAY, _DAYS = date(2010, 1, 1), 5000


def cases(n: int, *, seed: int = 0, fs: float = 500.0) -> Iterator[Case]:
    """`n` cases; each run over all `KINDS` is shuffled, so that any number of cases is balanced.

    Deterministic in `seed`; case k is the same whatever `n`. A case's record is made when it is first asked for.
    """
    rng = np.random.default_rng([seed, 0])
    names = list(KINDS)
    for k in range(n):
        if k % len(names) == 0:
            order = rng.permutation(len(names))
        kind, case_id = names[order[k % len(names)]], f"{SOURCE}/{seed}-{k:06d}"
        day = _FIRST_DAY + timedelta(days=int(rng.integers(_DAYS)))
        yield _case(kind, case_id, seed=seed * 1_000_003 + k, day=day, fs=fs)


def _case(kind: str, case_id: str, *, seed: int, day: date, fs: float) -> Case:
    drawn = heart(kind, seed=seed)
    patient = replace(drawn.patient, id=case_id)
    return Case(
        case_id=case_id,
        load=partial(_record, drawn, patient, fs),  # not a lambda: cases go to worker processes
        report=drawn.report,
        source=SOURCE,
        date=day.isoformat(),
        patient=patient,
        statements=dict.fromkeys(drawn.truth.statements, 100.0),
    )


def _record(drawn: Heart, patient: Patient, fs: float) -> EcgRecord:
    return drawn.record(fs).changed(patient=patient)
