"""The command that compares pictures."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from encoders import picture_study
from encoders.picture_study import Compared
from encoders.pictures import PICTURES
from ui.cli import app


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks of the comparison, which is not made."""
    seen: dict[str, Any] = {}

    def compare(root: Path, trainings: list[Any], pictures: list[str], **options: Any) -> list[Compared]:
        seen.update(options, trainings=trainings, pictures=pictures)
        return [Compared("page", 1, 216, 12.5, 0.8, 0.7, 0.9)]

    monkeypatch.setattr(picture_study, "compare", compare)
    return seen


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["pictures", "ptb-xl", *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_every_picture_is_compared_unless_some_are_named(asked: dict[str, Any]) -> None:
    run()

    assert asked["pictures"] == list(PICTURES)


def test_each_seed_is_a_training_of_its_own(asked: dict[str, Any]) -> None:
    run("--pictures", "page,fields", "--epochs", "3", "--seeds", "0", "--seeds", "2")

    assert [(how.seed, how.epochs, how.n_simulated) for how in asked["trainings"]] == [(0, 3, 0), (2, 3, 0)]
    assert asked["pictures"] == ["page", "fields"]


def test_the_table_has_a_line_a_picture(asked: dict[str, Any]) -> None:
    assert [line.split()[0] for line in run().splitlines()] == ["picture", "page"]


def test_json_holds_the_same_numbers(asked: dict[str, Any]) -> None:
    (row,) = json.loads(run("--json"))

    assert row == {
        "picture": "page",
        "seed": 1,
        "tokens": 216,
        "milliseconds": 12.5,
        "precision_at_10": 0.8,
        "ndcg_at_10": 0.7,
        "knn_auc": 0.9,
    }
