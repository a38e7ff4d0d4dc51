"""The command that studies what pays."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from encoders import study
from encoders.settings import Training
from encoders.study import CHANGES, Compared
from ui.cli import app


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks of the comparison, which is not made."""
    seen: dict[str, Any] = {}

    def compare(root: Path, how: Training, changes: list[str], **options: Any) -> list[Compared]:
        seen.update(options, how=how, changes=changes)
        return [Compared("page", 1, 216, 12.5, 0.8, 0.7, 0.9)]

    monkeypatch.setattr(study, "compare", compare)
    return seen


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["study", "ptb-xl", *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_every_change_is_compared_unless_some_are_named(asked: dict[str, Any]) -> None:
    run()

    assert asked["changes"] == list(CHANGES)


def test_changes_epochs_and_seeds_can_be_chosen(asked: dict[str, Any]) -> None:
    run("--changes", "page,no teacher", "--epochs", "3", "--seeds", "2")

    assert (asked["changes"], asked["how"].epochs, list(asked["seeds"])) == (["page", "no teacher"], 3, [0, 1])


def test_the_table_has_a_line_a_change(asked: dict[str, Any]) -> None:
    assert [line.split()[0] for line in run().splitlines()] == ["change", "page"]


def test_json_holds_every_training(asked: dict[str, Any]) -> None:
    (row,) = json.loads(run("--json"))

    assert row == {
        "change": "page",
        "seed": 1,
        "tokens": 216,
        "milliseconds": 12.5,
        "precision_at_10": 0.8,
        "ndcg_at_10": 0.7,
        "knn_auc": 0.9,
    }
