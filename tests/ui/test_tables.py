"""What `ecg-cases evaluate` prints."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from data.simulated import KINDS
from encoders import evaluate as benchmark
from encoders.evaluate import Elsewhere, Evaluation
from encoders.evaluation.costs import Cost
from encoders.evaluation.estimate import Estimate
from encoders.evaluation.kinds import Confusion, Kinds
from encoders.evaluation.pairs import Recall
from encoders.evaluation.retrieval import Quality
from encoders.evaluation.sheets import Shown
from encoders.evaluation.steadiness import Steady
from ui import tables
from ui.cli import app

TOLD = Estimate(0.8384, 0.7979, 1.0)
NAMES = sorted(KINDS, key=len)
RESULT = Evaluation(
    encoder="0123456789ab",
    gallery_folds=tuple(range(1, 9)),
    query_folds=(9,),
    n_gallery=17418,
    n_queries=2183,
    retrieval=[
        Quality("report to report (true words)", "superclass", dict.fromkeys(("P@1", "P@5", "P@10", "NDCG@10", "mAP", "kNN AUC"), TOLD))
    ],
    pairs=[Recall("ceiling: the text matched", *[dict.fromkeys(("R@1", "R@5", "R@10"), TOLD)] * 2)],
    sheets=[Shown("3x4 and rhythm strip II", "ECG, both fused", TOLD, Estimate(-0.0125, -0.03, 0.02))],
    steadiness=[Steady("wander of 0.3 Hz, 0.2 mV, at 500 Hz", 0, float("nan"), float("nan"))],
    costs=[Cost("one ECG, from file to vector", 12.345, "ms")],
    simulated=Kinds(800, 200, TOLD, dict.fromkeys(NAMES, 0.5), [Confusion(NAMES[-1], NAMES[-2], 0.25)]),
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is measured already."""

    def evaluate(root: Path, encoder: object, *, gallery: Any, queries: Any, progress: Any) -> Evaluation:
        progress("timing")
        return replace(RESULT, gallery_folds=tuple(gallery), query_folds=tuple(queries))

    monkeypatch.setattr(benchmark, "evaluate", evaluate)


def test_the_tables_fit_140_columns() -> None:
    assert max(map(len, tables.evaluation(RESULT).splitlines())) <= 140


def test_a_mean_comes_with_its_interval() -> None:
    assert ".838 (.798-1.00)" in tables.evaluation(RESULT)


def test_a_change_may_be_for_the_better() -> None:
    assert "-.013 (-.030-.020)" in tables.evaluation(RESULT)


def test_the_worst_kinds_come_first_and_the_rest_is_left_to_json() -> None:
    first_cells = [line.split("  ")[0] for line in tables.evaluation(RESULT).splitlines()]

    assert [cell for cell in first_cells if cell in NAMES[:-2]] == NAMES[:8]


def test_evaluate_says_on_stderr_what_it_does(measured: None) -> None:
    result = CliRunner().invoke(app, ["evaluate", "anywhere", "--gallery", "1,2", "--queries", "4"])

    assert result.stderr == "timing ...\n"
    assert result.stdout.startswith("encoder 0123456789ab, gallery of 17418 ECGs (folds 1-2), 2183 queries (fold 4)")


def test_evaluate_as_json_is_one_object(measured: None) -> None:
    result = CliRunner().invoke(app, ["evaluate", "anywhere", "--json"])

    assert json.loads(result.stdout)["sheets"][0]["fall"]["value"] == -0.0125


def test_the_table_of_another_place_fits_140_columns() -> None:
    elsewhere = Elsewhere("0123456789ab", tuple(range(1, 9)), 17418, 2183, 1000, RESULT.retrieval)

    assert max(map(len, tables.elsewhere(elsewhere).splitlines())) <= 140


def test_the_folder_of_another_place_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,I,II\n" + "".join(f"{n / 500},{n % 7 / 10},{n % 5 / 10}\n" for n in range(5000)))
    (tmp_path / "a.txt").write_text("sinus rhythm")
    asked: list[str] = []

    def evaluate_elsewhere(root: Path, cases: Any, encoder: object, **_: Any) -> Elsewhere:
        asked.extend(case.report for case in cases)
        return Elsewhere("0123456789ab", (1, 2), 5, 3, 0, RESULT.retrieval)

    monkeypatch.setattr(benchmark, "evaluate_elsewhere", evaluate_elsewhere)

    CliRunner().invoke(app, ["evaluate", "ptb-xl", "--elsewhere", str(tmp_path)], catch_exceptions=False)

    assert asked == ["sinus rhythm"]
