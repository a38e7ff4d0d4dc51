"""When a search is not to be trusted: signals that are no ECG, broken ECGs, and ECGs that lie far from every case."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent import CaseHit, CaseLibrary, Match
from agent.hits import Usual
from agent.library import usual
from agent.similarity import nothing_similar
from agent.similarity.decision import Score
from agent.similarity.signs import signs
from agent.similarity.strangers import BROKEN, NO_ECG
from data import EcgRecord, simulated
from tests.agent.cases import made_up
from tests.agent.stand_in import StandInEncoder

USUAL = Usual(0.9, 0.05)


@pytest.fixture(scope="module")
def ecg() -> EcgRecord:
    return simulated.simulate("normal", seed=11).record


def hits(*cosines: float, usual: Usual | None = USUAL) -> list[CaseHit]:
    """Cases found by these cosines of their ECGs."""
    (case,) = made_up(1)
    return [CaseHit(case, 1.0, (Match("ecg", 1, cosine),), -1.0, usual) for cosine in cosines]


CLOSE = hits(0.95, 0.93, 0.92, 0.9, 0.9)


class TestDecision:
    def test_an_ecg_with_close_cases_may_be_drafted_from(self, ecg: EcgRecord) -> None:
        assert nothing_similar(ecg, CLOSE) == ""

    def test_far_cases_are_refused_with_the_distance(self, ecg: EcgRecord) -> None:
        assert "mean similarity of 0.30" in nothing_similar(ecg, hits(0.3, 0.3, 0.3))

    def test_where_little_is_known_of_the_library_the_encoders_own_limit_holds(self, ecg: EcgRecord) -> None:
        (one,) = hits(0.3, usual=None)
        assert "below 0.50" in nothing_similar(ecg, [replace(one, near=0.5)])

    def test_no_case_is_no_close_case(self, ecg: EcgRecord) -> None:
        assert "no case under these conditions" in nothing_similar(ecg, [])

    @pytest.mark.parametrize("name", NO_ECG)
    def test_what_is_no_ecg_is_refused_however_near_its_vector_lies(self, name: str, ecg: EcgRecord) -> None:
        rng = np.random.default_rng(4)
        refused = [bool(nothing_similar(NO_ECG[name](rng, ecg), CLOSE)) for _ in range(4)]
        assert sum(refused) >= 3

    def test_reversed_arms_are_recognised_and_said(self, ecg: EcgRecord) -> None:
        assert "arm electrodes look reversed" in nothing_similar(BROKEN["arms reversed"](np.random.default_rng(0), ecg), CLOSE)

    def test_one_lead_is_too_little(self, ecg: EcgRecord) -> None:
        assert "only one lead" in nothing_similar(BROKEN["one lead"](np.random.default_rng(0), ecg), CLOSE)

    def test_a_printed_sheet_is_enough(self, ecg: EcgRecord) -> None:
        sheet = np.full_like(ecg.signal, np.nan)
        quarter = ecg.n_samples // 4
        for row in range(12):
            span = slice(None) if row == 1 else slice(row // 3 * quarter, (row // 3 + 1) * quarter)
            sheet[row, span] = ecg.signal[row, span]
        assert nothing_similar(ecg.changed(signal=sheet), CLOSE) == ""

    @pytest.mark.parametrize("kind", ["atrial fibrillation", "ventricular bigeminy", "ventricular pacing", "low voltage", "atrial flutter"])
    def test_an_unusual_ecg_is_an_ecg(self, kind: str) -> None:
        assert nothing_similar(simulated.simulate(kind, seed=5).record, CLOSE) == ""


class TestSigns:
    def test_beats_of_an_ecg_look_alike(self, ecg: EcgRecord) -> None:
        assert signs(ecg, 0.0).likeness > 0.9

    def test_a_heart_is_a_dipole(self, ecg: EcgRecord) -> None:
        noise = np.random.default_rng(0).normal(0, 0.2, ecg.signal.shape)
        assert signs(ecg, 0.0).dipole > 0.9 > signs(EcgRecord(ecg.leads, noise, ecg.fs), 0.0).dipole

    def test_arms_reversed_turn_the_sign(self, ecg: EcgRecord) -> None:
        turned = BROKEN["arms reversed"](np.random.default_rng(0), ecg)
        assert signs(turned, 0.0).reversed > 0.5 > signs(ecg, 0.0).reversed

    def test_nothing_recorded_has_signs_too(self) -> None:
        assert np.isfinite(signs(EcgRecord(("I", "II"), np.full((2, 1000), np.nan), 100), 0.0).values()).all()


def test_the_score_names_what_speaks_most_against() -> None:
    score = Score(("closeness", "likeness"), (1.0, 2.0), (0.0, 1.0), 0.0, 0.5, -5.0)
    assert score.doubtful(np.array([-0.5, 0.1])) == "likeness"


class TestUsualCloseness:
    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("usual") / "library"

    @pytest.fixture(scope="class")
    def library(self, folder: Path) -> CaseLibrary:
        library = CaseLibrary.create(folder, encoder=StandInEncoder())
        library.add(made_up(60))
        return library

    def test_is_that_of_other_patients_closest(self, library: CaseLibrary) -> None:
        cases, encoder = made_up(60), StandInEncoder()
        vectors = encoder.encode_ecgs([case.record for case in cases])
        patients = np.array([case.patient.id for case in cases])
        cosines = np.where(patients[:, None] == patients[None, :], -1.0, vectors @ vectors.T)
        means = np.sort(cosines, axis=1)[:, -5:].mean(axis=1)
        found = library.search(ecg=cases[0].record)[0].usual
        assert found is not None
        assert (found.mean, found.spread) == pytest.approx((means.mean(), means.std()), abs=1e-4)

    def test_is_kept_with_the_library(self, library: CaseLibrary, folder: Path) -> None:
        kept = CaseLibrary.open(folder, encoder=StandInEncoder())
        assert kept.search(text="sinus rhythm")[0].usual == library.search(text="sinus rhythm")[0].usual

    def test_is_not_told_of_a_few_cases(self, tmp_path: Path) -> None:
        library = CaseLibrary.create(tmp_path / "few", encoder=StandInEncoder())
        library.add(made_up(usual.FEWEST - 1))
        assert library.search(text="sinus rhythm")[0].usual is None
