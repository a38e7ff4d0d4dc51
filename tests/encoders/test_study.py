"""The study of what pays, from training to table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from data import Case, DataSetError, ptbxl, simulated
from encoders import study
from encoders.settings import Training
from encoders.study import CHANGES, TRAININGS, UNCHANGED, Compared, StudyError, as_lines, changed, compare
from encoders.text import SentenceEncoder

HOW = Training(folds=(1,), n_simulated=4, epochs=1, batch_size=8, n_reports=8, warmup_epochs=0.2, text_epochs=0)


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


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_one_of_settings_that_there_are(name: str) -> None:
    assert CHANGES[name].of(HOW).folds == HOW.folds


def test_several_changes_of_settings_are_made_at_once() -> None:
    how = changed(HOW, ["features of the teacher without nearness", "mixup"])

    assert (how.weights.features, how.weights.near, how.augmentation.p_mixed) == (5.0, 0.0, 0.5)


@pytest.mark.parametrize("name", ["page", "no ImageNet start", "no ECGs without size", "luck"])
def test_what_is_more_than_settings_is_refused_among_several_changes(name: str) -> None:
    with pytest.raises(StudyError, match=f"{name!r}, wanted one of unchanged, no teacher"):
        changed(HOW, ["mixup", name])


@pytest.mark.parametrize("name", [UNCHANGED, "mixup", "likelihoods as soft labels", *sorted(CHANGES.keys() - TRAININGS.keys())])
def test_a_change_runs_from_training_to_measures(name: str) -> None:
    if name == "fields":
        pytest.importorskip("pyts", reason="the picture 'fields' is an extra: pip install 'ecg-cases[pictures]'")

    (row,) = compare(Path("ptb-xl"), HOW, [name])

    assert (row.change, row.seed) == (name, 0)
    assert np.isfinite([row.milliseconds, row.precision_at_10, row.ndcg_at_10, row.knn_auc]).all()


def test_each_change_is_trained_from_each_seed() -> None:
    rows = compare(Path("ptb-xl"), HOW, [UNCHANGED, "strip-50hz"], seeds=[0, 1])

    assert [(row.change, row.seed) for row in rows] == [(UNCHANGED, 0), ("strip-50hz", 0), (UNCHANGED, 1), ("strip-50hz", 1)]


def test_ecgs_that_are_left_out_leave_their_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    learned = []
    real = study.learn
    monkeypatch.setattr(study, "learn", lambda data, *rest, **options: (learned.append(data), real(data, *rest, **options))[1])

    compare(Path("ptb-xl"), HOW, [UNCHANGED, "no simulated ECGs"])

    assert [len(data) for data in learned] == [20, 16]
    assert [len(data.report_labels) for data in learned] == [len(learned[0].report_labels)] * 2
    torch.testing.assert_close(learned[1].report_labels[:16], learned[1].ecg_labels)


def test_a_kept_study_goes_on_from_what_it_has(tmp_path: Path) -> None:
    first = compare(Path("ptb-xl"), HOW, [UNCHANGED], out=tmp_path)
    log = (tmp_path / "unchanged-0" / "log.jsonl").read_text()

    again = compare(Path("ptb-xl"), HOW, [UNCHANGED], out=tmp_path)

    assert (tmp_path / "unchanged-0" / "log.jsonl").read_text() == log
    assert again[0].knn_auc == first[0].knn_auc


def test_a_wrong_name_is_refused_before_anything_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*args: object, **options: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr(study, "learn", unwanted)

    with pytest.raises(StudyError, match="change is 'photo'"):
        compare(Path("ptb-xl"), HOW, [UNCHANGED, "photo"])


def test_the_fold_that_asks_must_have_ecgs(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Callable[..., list[Case]] = lambda root, folds: []  # noqa: E731
    monkeypatch.setattr(ptbxl, "cases", nothing)

    with pytest.raises(DataSetError, match="no waveforms in fold 9"):
        compare(Path("ptb-xl"), HOW, [UNCHANGED])


def test_the_table_has_a_head_and_a_line_a_change() -> None:
    lines = as_lines([Compared("page", 0, 216, 12.0, 0.8, 0.7, 0.9), Compared("page", 1, 216, 13.0, 0.9, 0.7, 0.9)])

    assert lines == [
        ["change", "seeds", "tokens", "ms", "P@10", "NDCG@10", "kNN AUC"],
        ["page", "2", "216", "12.5", "0.850 (0.800-0.900)", "0.700 (0.700-0.700)", "0.900 (0.900-0.900)"],
    ]
