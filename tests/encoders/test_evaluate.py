"""The benchmark on a small folder in the layout of PTB-XL, and each of its parts against what must come out."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from data import STANDARD_LEADS, Case, DataSetError, EcgRecord, UnreadableEcgError, ptbxl, simulated
from encoders import Encoder
from encoders.evaluate import Elsewhere, Evaluation, evaluate, evaluate_elsewhere
from encoders.evaluation import kinds as simulated_kinds
from encoders.evaluation.encoded import Encoded
from encoders.evaluation.kinds import Confusion, kinds
from encoders.evaluation.pairs import pairs
from encoders.evaluation.retrieval import measures
from encoders.evaluation.sheets import VIEWS, sheet, single_lead
from encoders.evaluation.steadiness import shifted, steadiness, with_sines
from tests.encoders.ptbxl_folder import Line, write_ptbxl

RECORD = next(simulated.cases(1, seed=3)).record


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty simulated ECGs at 100 Hz in folds 1 to 3, the first four of fold 3 at 500 Hz too."""
    lines = (
        Line(case.report, case.statements, fold := 1 + number % 3, case.record, (100, 500) if fold == 3 and number < 12 else (100,))
        for number, case in enumerate(simulated.cases(30, seed=1), 1)
    )
    return write_ptbxl(tmp_path_factory.mktemp("ptb-xl"), lines)


@pytest.fixture(scope="module")
def calls() -> list[str]:
    """What the benchmark gave to the report tower, call by call."""
    return []


@pytest.fixture(scope="module")
def result(root: Path, encoder: Encoder, calls: list[str]) -> Evaluation:
    encode = Encoder.encode_reports
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Encoder, "encode_reports", lambda self, texts: calls.append(self.id) or encode(self, texts))
        patch.setattr(simulated_kinds, "GALLERY_SEEDS", range(2))
        patch.setattr(simulated_kinds, "QUERY_SEEDS", range(5, 6))
        return evaluate(root, encoder, gallery=(1, 2), queries=(3,))


def test_every_route_is_compared_at_every_level(result: Evaluation) -> None:
    routes = {"ECG to ECG", "ECG to report", "ECG, both fused", "report to ECG", "report to report (true words)"}
    beside = {"random weights", "log spectrum, PCA", "chance", "ceiling: true labels"}

    assert {(row.method, row.level) for row in result.retrieval} == {
        (method, level) for level in ("superclass", "diagnostic", "all") for method in routes | beside
    }


def test_the_report_tower_is_asked_once_for_each_side_and_never_with_random_weights(
    result: Evaluation, calls: list[str], encoder: Encoder
) -> None:
    assert calls == [encoder.id] * 2


def test_an_evaluation_is_one_json_object(result: Evaluation) -> None:
    data = json.loads(json.dumps(result.as_data(), allow_nan=False))

    assert (data["n_gallery"], data["n_queries"], data["query_folds"]) == (20, 10, [3])


def test_the_same_heart_at_another_rate_is_told_of_those_ecgs_that_have_both(result: Evaluation) -> None:
    row = next(row for row in result.steadiness if row.change == "500 Hz against 100 Hz")

    assert row.n == 4
    assert row.fifth > 0.95


def test_where_no_ecg_is_there_at_another_rate_the_count_says_so(root: Path, encoder: Encoder, result: Evaluation) -> None:
    rows = steadiness(Encoded.of(list(ptbxl.cases(root, folds=(1,))), encoder), encoder, root, folds=(1,))

    assert replace(result, steadiness=rows).as_data()["steadiness"][0] == {
        "change": "500 Hz against 100 Hz",
        "n": 0,
        "median": None,
        "fifth": None,
    }


def test_every_view_of_a_sheet_has_its_fall(result: Evaluation) -> None:
    assert {row.shown for row in result.sheets if row.fall is not None} == set(VIEWS)


def test_costs_are_above_nought(result: Evaluation) -> None:
    assert min(row.value for row in result.costs) > 0


def test_folds_without_waveforms_are_refused(root: Path, encoder: Encoder) -> None:
    with pytest.raises(DataSetError, match=r"no waveforms in folds \[7\]"):
        evaluate(root, encoder, gallery=(1, 2), queries=(7,))


def test_a_fold_does_not_search_itself(root: Path, encoder: Encoder) -> None:
    with pytest.raises(DataSetError, match="fold 3 is in the gallery and asks too"):
        evaluate(root, encoder, gallery=(1, 2, 3), queries=(3,))


def test_an_ecg_is_held_against_those_of_other_patients(root: Path, encoder: Encoder) -> None:
    cases = list(ptbxl.cases(root, folds=(1,)))[:3]
    twice = replace(cases[1], patient=cases[0].patient)
    vectors = np.eye(3, dtype=np.float32)[[0, 0, 1]]

    rows = steadiness(Encoded([cases[0], twice, cases[2]], vectors, vectors), encoder, root, folds=(1,))

    assert (rows[-1].change, rows[-1].n, rows[-1].median) == ("another patient's ECG", 1, 0.0)


def test_a_ranking_by_the_true_labels_is_the_best_there_is() -> None:
    labels = (np.random.default_rng(0).random((30, 4)) < 0.4).astype(float)
    overlap = np.array([[(a * b).sum() / max((a + b > 0).sum(), 1) for b in labels] for a in labels])

    assert measures(overlap, labels, labels)["NDCG@10"].value == pytest.approx(1)


def test_queries_without_a_label_are_not_asked() -> None:
    wanted, labels = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])

    assert measures(np.array([[0.0, 1.0], [1.0, 0.0]]), wanted, labels)["P@1"].value == 1


def test_a_perfect_match_of_texts_finds_its_own_as_often_as_the_ceiling_says() -> None:
    cases = [Case(str(number), load=lambda: RECORD, report=text) for number, text in enumerate("aaabbc")]
    vectors = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 2]]

    rows = {row.direction: row for row in pairs(Encoded(cases, vectors, vectors))}

    assert rows["ECG to report"].exact == rows["report to ECG"].exact == rows["ceiling: the text matched"].exact
    assert rows["ceiling: the text matched"].exact["R@1"].value == pytest.approx((3 / 3 + 2 / 2 + 1) / 6)


def test_a_sheet_shows_a_quarter_of_each_lead_one_column_after_the_other() -> None:
    seen = ~np.isnan(sheet(RECORD, rhythm_strip=False).signal)
    naive = np.array([[sample // 1250 == lead // 3 for sample in range(5000)] for lead in range(12)])

    np.testing.assert_array_equal(seen, naive)


def test_the_rhythm_strip_is_all_of_lead_ii() -> None:
    np.testing.assert_array_equal(sheet(RECORD, rhythm_strip=True)["II"], RECORD["II"])


def test_a_single_lead_leaves_the_others_open() -> None:
    alone = single_lead(RECORD, lead="II").standard()

    assert [lead for lead in STANDARD_LEADS if not np.isnan(alone[lead]).all()] == ["II"]


def test_sines_are_added_with_their_amplitude() -> None:
    flat = EcgRecord(("I",), np.zeros((1, 5000), np.float32), 500.0)

    amplitudes = np.abs(np.fft.rfft(with_sines(flat, [(50.0, 0.05), (0.3, 0.2)])["I"])) / 2500

    np.testing.assert_allclose(amplitudes[[3, 500]], [0.2, 0.05], rtol=1e-4)  # 0.1 Hz a bin


def test_a_shift_compares_views_of_one_length_half_a_second_apart() -> None:
    counted = EcgRecord(("I",), np.arange(1000, dtype=np.float32)[None], 100.0)
    taking_the_ends: Any = SimpleNamespace(encode_ecgs=lambda records: np.array([record["I"][[0, -1]] for record in records]))

    early, late = shifted([counted], taking_the_ends)

    np.testing.assert_array_equal([early[0], late[0]], [[0, 949], [50, 999]])


def test_a_kind_that_looks_like_another_is_confused_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looks_like = {"flutter": [1, 0], "fibrillation": [1, 0], "pacing": [0, 1]}
    monkeypatch.setattr(simulated_kinds, "KINDS", looks_like)
    monkeypatch.setattr(simulated_kinds, "simulate", lambda kind, seed: SimpleNamespace(record=looks_like[kind]))
    monkeypatch.setattr(simulated_kinds, "GALLERY_SEEDS", range(5))
    telling_by_looks: Any = SimpleNamespace(encode_ecgs=np.array)

    found = kinds(telling_by_looks)

    assert found.by_kind == {"flutter": 0.5, "fibrillation": 0.5, "pacing": 0.5}  # ten are found, five of each kind are there
    assert found.confusions[:2] == [Confusion("flutter", "fibrillation", 0.5), Confusion("fibrillation", "flutter", 0.5)]


class TestElsewhere:
    @pytest.fixture(scope="class")
    def result(self, root: Path, encoder: Encoder) -> Elsewhere:
        def unreadable() -> EcgRecord:
            raise UnreadableEcgError("is empty")

        sound = [Case(f"clinic/{n}", lambda: RECORD, report) for n, report in enumerate(["atrial fibrillation", "LBBB", "no AV block"])]
        return evaluate_elsewhere(root, [*sound, Case("clinic/lost", unreadable, "sinus rhythm")], encoder, gallery=(1, 2))

    def test_asks_with_the_cases_whose_reports_affirm_a_statement(self, result: Elsewhere) -> None:
        assert (result.n_queries, result.left_out) == (2, 2)

    def test_is_measured_by_the_same_routes(self, result: Elsewhere) -> None:
        assert {"ECG to ECG", "ECG, both fused", "chance"} <= {row.method for row in result.retrieval}

    def test_nothing_to_ask_with_is_said(self, root: Path, encoder: Encoder) -> None:
        with pytest.raises(DataSetError, match="0 with a report that is understood"):
            evaluate_elsewhere(root, [], encoder, gallery=(1, 2))
