"""The very recording is told from other ECGs that are like it."""

from pathlib import Path

import numpy as np
import pytest

from agent.library import CaseLibrary
from agent.recognition import SAME, agreement, same_recording
from data import EcgRecord, Patient, simulated
from encoders.evaluation.sheets import sheet
from tests.agent.stand_in import StandInEncoder


def ecg(seed: int) -> EcgRecord:
    return simulated.simulate("normal", seed=seed).record


def as_sheet(record: EcgRecord) -> EcgRecord:
    """What a 3x4 sheet shows, without its patient."""
    return sheet(record, rhythm_strip=False).changed(patient=Patient())


def test_a_recording_agrees_with_itself() -> None:
    assert agreement(ecg(0), [ecg(0)])[0] == pytest.approx(1.0, abs=1e-3)


def test_agreement_is_the_correlation_of_all_leads_as_one_signal() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(1000) / 100
    a = np.stack([np.sin(2 * np.pi * (k + 2) * t) for k in range(12)]) * rng.uniform(0.5, 2, (12, 1))
    b = a + np.stack([np.sin(2 * np.pi * (k + 2.5) * t) for k in range(12)])
    one, other = (EcgRecord(ecg(0).leads, signal, 100) for signal in (a, b))
    assert agreement(one, [other])[0] == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1], abs=0.02)


def test_a_sheet_is_the_same_recording_as_its_file() -> None:
    assert same_recording(as_sheet(ecg(1)), ecg(1))


def test_a_sheet_that_begins_a_little_later_is_the_same_recording() -> None:
    later = ecg(1).changed(signal=np.roll(ecg(1).signal, -round(0.3 * ecg(1).fs), axis=1))
    assert same_recording(as_sheet(later), ecg(1))


def test_another_gain_is_the_same_recording() -> None:
    assert same_recording(as_sheet(ecg(1)).changed(signal=as_sheet(ecg(1)).signal * 0.5), ecg(1))


def test_other_normal_ecgs_are_not_the_same_recording() -> None:
    assert agreement(as_sheet(ecg(1)), [ecg(seed) for seed in range(2, 22)]).max() < SAME


def test_what_shares_less_than_five_seconds_of_leads_tells_nothing() -> None:
    whole = ecg(1)
    short = whole.changed(signal=np.where(np.arange(whole.n_samples) < whole.fs / 3, whole.signal, np.nan))
    assert agreement(short, [whole])[0] == 0.0


class TestSearch:
    @pytest.fixture(scope="class")
    def library(self, tmp_path_factory: pytest.TempPathFactory) -> CaseLibrary:
        library = CaseLibrary.create(tmp_path_factory.mktemp("recognised") / "library", encoder=StandInEncoder())
        library.add(simulated.cases(30, seed=5))
        return library

    def test_a_sheet_finds_its_own_recording_first(self, library: CaseLibrary) -> None:
        case = library.get(sorted(library.ids())[17])
        assert library.search(as_sheet(case.record))[0].case.case_id == case.case_id

    def test_the_own_recording_is_marked(self, library: CaseLibrary) -> None:
        case = library.get(sorted(library.ids())[17])
        assert [hit.same_recording for hit in library.search(as_sheet(case.record), k=3)] == [True, False, False]

    def test_as_many_cases_come_as_were_wanted_and_each_once(self, library: CaseLibrary) -> None:
        case = library.get(sorted(library.ids())[17])
        assert len({hit.case.case_id for hit in library.search(as_sheet(case.record), k=4)}) == 4

    def test_a_sheet_of_no_case_marks_none(self, library: CaseLibrary) -> None:
        assert not any(hit.same_recording for hit in library.search(as_sheet(ecg(1))))

    def test_an_empty_library_finds_nothing(self, tmp_path: Path) -> None:
        assert CaseLibrary.create(tmp_path / "none", encoder=StandInEncoder()).search(as_sheet(ecg(1))) == []
