"""A sentence encoder learns from reports before the towers do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from data.findings import VOCABULARY
from encoders.text import SentenceEncoder
from encoders.text_training import TextTraining, TextTrainingError, collect_texts, tune_sentences
from tests.encoders.ptbxl_folder import Line, write_ptbxl

STATEMENTS = tuple(sorted(VOCABULARY))
ALIKE = {
    "AFIB": ("atrial fibrillation", "vorhofflimmern", "foermaksflimmer"),
    "NORM": ("normal ecg", "normales ekg", "normalt ekg"),
    "PACE": ("pacemaker rhythm", "schrittmacherrhythmus", "pacemakerrytm"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PTB-XL's table, with three reports of which one was given twice, under different statements."""
    stated = [
        ("Vorhofflimmern", "AFIB"),
        ("Sinusrhythmus  normales EKG", "NORM"),
        ("sinusrhythmus normales ekg", "SR"),
        ("pacemaker", "PACE"),
    ]
    return write_ptbxl(tmp_path_factory.mktemp("ptb-xl"), (Line(text, [code]) for text, code in stated))


@pytest.fixture(scope="module")
def how(small_text: Path) -> TextTraining:
    """Settings that suit a model of one layer: higher rates, fewer texts."""
    return TextTraining(
        str(small_text),
        (1,),
        epochs=5,
        n_simulated=30,
        n_questions=0,
        n_tokens=3000,
        learning_rate=1e-2,
        head_learning_rate=1e-2,
    )


@pytest.fixture(scope="module")
def tuned(root: Path, how: TextTraining, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tune_sentences(root, tmp_path_factory.mktemp("run") / "text", how, device="cpu")


def how_much_nearer(folder: Path) -> float:
    """Mean cosine of wordings of one statement in three languages, less that of wordings of different statements."""
    vectors = SentenceEncoder(str(folder)).embed([wording for wordings in ALIKE.values() for wording in wordings])
    cosines = np.corrcoef(vectors)
    same = np.kron(np.eye(3), np.ones((3, 3))).astype(bool)
    return float(cosines[same & ~np.eye(9, dtype=bool)].mean() - cosines[~same].mean())


def test_what_states_the_same_comes_nearer_whatever_the_language(how: TextTraining, tuned: Path) -> None:
    assert how_much_nearer(tuned) > how_much_nearer(Path(how.base)) + 0.3


def test_a_report_keeps_every_set_of_statements_that_it_was_given(root: Path, how: TextTraining) -> None:
    data = collect_texts(root, how, STATEMENTS)

    labels = data.labels[data.texts.index("sinusrhythmus normales ekg")]

    assert {STATEMENTS[i] for i in labels.argmax(dim=1).tolist()} >= {"NORM", "SR"}


def test_a_german_report_is_read_in_english_too(root: Path, how: TextTraining) -> None:
    data = collect_texts(root, how, STATEMENTS)

    assert "normal ecg" in data.english[data.texts.index("sinusrhythmus normales ekg")].lower()


def test_wordings_come_without_the_marks_of_the_vocabulary(root: Path, how: TextTraining) -> None:
    wordings = collect_texts(root, replace(how, n_simulated=0), STATEMENTS).texts

    assert not [text for text in wordings if set("*|") & set(text)]


def test_questions_join_wordings_of_what_they_ask_for(root: Path, how: TextTraining) -> None:
    data = collect_texts(root, replace(how, n_questions=40), STATEMENTS)

    asked = next(i for i, text in enumerate(data.texts) if text.startswith("which cases have ") and " with " in text)
    codes = [STATEMENTS[k] for k in data.labels[asked][0].nonzero().flatten().tolist()]

    assert len(codes) == 2


def test_weights_are_written_in_half_precision(tuned: Path) -> None:
    assert {tensor.dtype for tensor in load_file(tuned / "model.safetensors").values()} == {torch.float16}


def test_what_is_done_is_not_done_again(root: Path, how: TextTraining, tuned: Path) -> None:
    before = (tuned / "model.safetensors").stat().st_mtime_ns

    tune_sentences(root, tuned, how, device="cpu")

    assert (tuned / "model.safetensors").stat().st_mtime_ns == before


def test_what_was_done_with_other_settings_is_refused(root: Path, how: TextTraining, tuned: Path) -> None:
    with pytest.raises(TextTrainingError, match="text was trained with another seed"):
        tune_sentences(root, tuned, replace(how, seed=1), device="cpu")


def test_an_interrupted_training_leaves_nothing_behind(
    root: Path, how: TextTraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("encoders.text_training.fit", interrupt)

    with pytest.raises(KeyboardInterrupt):
        tune_sentences(root, tmp_path / "text", how, device="cpu")

    assert list(tmp_path.iterdir()) == []
