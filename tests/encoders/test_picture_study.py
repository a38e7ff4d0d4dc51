"""The comparison of pictures, from training to table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data import Case, DataSetError, ptbxl, simulated
from encoders import picture_study
from encoders.picture_study import Compared, as_lines, budget, compare
from encoders.pictures import PICTURES, PictureError
from encoders.text import SentenceEncoder

HOW = replace(budget(1, folds=(1,)), batch_size=8, n_reports=8)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen simulated ECGs a fold in place of PTB-XL, and the letters of a text in place of its meaning."""

    def cases(root: Path, *, folds: tuple[int, ...]) -> Iterator[Case]:
        return (replace(case, source=ptbxl.SOURCE) for fold in folds for case in simulated.cases(16, seed=fold))

    def letters(self: SentenceEncoder, texts: list[str], *, progress: bool = False) -> np.ndarray:
        return np.array([[text.count(chr(97 + letter)) for letter in range(16)] for text in texts], np.float32)

    monkeypatch.setattr(ptbxl, "rows", lambda root, folds: [])
    monkeypatch.setattr(ptbxl, "cases", cases)
    monkeypatch.setattr(SentenceEncoder, "embed", letters)


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_runs_from_training_to_measures(name: str) -> None:
    if name == "fields":
        pytest.importorskip("pyts", reason="the picture 'fields' is an extra: pip install 'ecg-cases[pictures]'")

    (row,) = compare(Path("ptb-xl"), [HOW], [name])

    assert (row.picture, row.seed) == (name, 0)
    assert np.isfinite([row.milliseconds, row.precision_at_10, row.ndcg_at_10, row.knn_auc]).all()


def test_each_picture_is_trained_by_each_training() -> None:
    rows = compare(Path("ptb-xl"), [HOW, replace(HOW, seed=1)], ["strip", "strip-50hz"])

    assert [(row.picture, row.seed) for row in rows] == [("strip", 0), ("strip-50hz", 0), ("strip", 1), ("strip-50hz", 1)]


def test_a_kept_comparison_goes_on_from_what_it_has(tmp_path: Path) -> None:
    first = compare(Path("ptb-xl"), [HOW], ["strip"], out=tmp_path)
    log = (tmp_path / "strip-0" / "log.jsonl").read_text()

    again = compare(Path("ptb-xl"), [HOW], ["strip"], out=tmp_path)

    assert (tmp_path / "strip-0" / "log.jsonl").read_text() == log
    assert again[0].knn_auc == first[0].knn_auc


def test_a_wrong_name_is_refused_before_anything_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*args: object, **options: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr(picture_study, "train", unwanted)

    with pytest.raises(PictureError, match="picture is 'photo'"):
        compare(Path("ptb-xl"), [HOW], ["strip", "photo"])


def test_folds_that_ask_must_have_ecgs(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Callable[..., list[Case]] = lambda root, folds: []  # noqa: E731
    monkeypatch.setattr(ptbxl, "cases", nothing)

    with pytest.raises(DataSetError, match=r"no waveforms in folds \[9\]"):
        compare(Path("ptb-xl"), [HOW], ["strip"])


def test_the_table_has_a_head_and_a_line_a_training() -> None:
    lines = as_lines([Compared("page", 2, 216, 12.3456, 0.8, 0.7, 0.9)])

    assert lines == [
        ["picture", "seed", "tokens", "milliseconds", "precision at 10", "ndcg at 10", "knn auc"],
        ["page", "2", "216", "12.346", "0.800", "0.700", "0.900"],
    ]
