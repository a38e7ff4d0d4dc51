"""Simulated ECGs as records and as cases: complete, lawful, repeatable, each another person."""

import pickle

import numpy as np
import pytest

from data import simulated
from data.errors import EcgCasesError
from data.leads import STANDARD_LEADS
from data.simulated import KINDS, simulate
from tests.data.simulated_ecgs import EVERY_KIND, ecg, of


@EVERY_KIND
def test_ten_seconds_of_twelve_leads_without_gaps(kind: str) -> None:
    record = ecg(kind, 0).record

    assert (record.leads, record.signal.shape, record.fs, bool(np.isfinite(record.signal).all())) == (
        STANDARD_LEADS,
        (12, 5000),
        500.0,
        True,
    )


@EVERY_KIND
def test_einthoven_and_goldberger_hold_to_single_precision_with_all_noise(kind: str) -> None:
    r = ecg(kind, 1).record

    wanted = np.stack([r["II"] - r["I"], -(r["I"] + r["II"]) / 2, r["I"] - r["II"] / 2, r["II"] - r["I"] / 2])

    assert np.array_equal(np.stack([r[lead] for lead in ("III", "aVR", "aVL", "aVF")]), wanted)


@EVERY_KIND
def test_voltages_are_those_of_people(kind: str) -> None:
    reach = max(np.abs(made.record.signal - np.median(made.record.signal, axis=1, keepdims=True)).max() for made in of(kind))

    assert 0.3 < reach < 5.5


def test_the_same_seed_gives_the_same_ecg() -> None:
    again, first = simulate("atrial fibrillation", seed=7), simulate("atrial fibrillation", seed=7)

    assert np.array_equal(again.record.signal, first.record.signal)
    assert (again.truth, again.report) == (first.truth, first.report)


def test_another_seed_gives_another_person() -> None:
    assert simulate("normal", seed=1).truth != simulate("normal", seed=2).truth


def test_the_truth_does_not_depend_on_the_sampling_rate() -> None:
    assert simulate("WPW", seed=3, fs=100).truth == simulate("WPW", seed=3, fs=500).truth


def test_an_unknown_kind_is_named_with_what_there_is() -> None:
    with pytest.raises(EcgCasesError, match="'torsades' is not a simulated kind of ECG: wanted one of normal, sinus bradycardia"):
        simulate("torsades", seed=0)


def test_cases_are_named_by_seed_and_number() -> None:
    assert [case.case_id for case in simulated.cases(2, seed=4)] == ["simulated/4-000000", "simulated/4-000001"]


def test_a_case_is_the_same_however_many_are_drawn() -> None:
    few, many = list(simulated.cases(3, seed=2)), list(simulated.cases(60, seed=2))

    assert [case.report for case in few] == [case.report for case in many[:3]]


def test_each_run_over_the_kinds_has_each_kind_once() -> None:
    drawn = list(simulated.cases(len(KINDS), seed=1))

    assert sorted(tuple(case.statements) for case in drawn) == sorted(kind.statements for kind in KINDS.values())


def test_every_case_is_another_patient() -> None:
    drawn = list(simulated.cases(2 * len(KINDS), seed=5))

    assert len({case.patient.id for case in drawn}) == len(drawn)


def test_a_case_carries_source_date_patient_and_full_likelihoods() -> None:
    case = next(simulated.cases(1, seed=9))

    assert case.source == "simulated"
    assert case.date
    assert len(case.date) == 10
    assert case.patient.sex in {"F", "M"}
    assert set(case.statements.values()) == {100.0}
    assert case.record.patient == case.patient


def test_a_case_travels_to_another_process() -> None:
    case = next(simulated.cases(1, seed=9))

    assert np.array_equal(pickle.loads(pickle.dumps(case)).record.signal, case.record.signal)
