"""Training end to end, on a small folder in the layout of PTB-XL."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from data import simulated
from encoders import load_encoder
from encoders.objective import Objective
from encoders.teacher import Teacher
from encoders.train import STATE, Training, TrainingError, train
from encoders.watch import CURVE, LOG
from tests.encoders.ptbxl_folder import Line, write_ptbxl


@pytest.fixture(scope="module")
def how(small_text: Path) -> Training:
    """Settings of a small run, over a sentence encoder of one layer that stays as it is."""
    return Training(
        folds=(1, 2), n_simulated=4, epochs=2, batch_size=8, n_reports=8, warmup_epochs=0.5, text_model=str(small_text), text_epochs=0
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four simulated ECGs as PTB-XL stores them, a third of them without their waveform."""
    lines = (
        Line(case.report, case.statements, fold=1 + number % 3, record=case.record if number % 3 else None)
        for number, case in enumerate(simulated.cases(24, seed=1), 1)
    )
    return write_ptbxl(tmp_path_factory.mktemp("ptb-xl"), lines)


@pytest.fixture(scope="module")
def trained(root: Path, how: Training, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(root, tmp_path_factory.mktemp("runs") / "whole", how, watched=3, device="cpu")


def interrupted_in_the_second_epoch() -> Callable[..., torch.Tensor]:
    """The objective, until it is asked a second time: an epoch of the small run is one batch."""
    real, calls = Objective.__call__, []

    def asked(*args: Any) -> torch.Tensor:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    return asked


def test_the_checkpoint_records_what_it_was_trained_on(trained: Path) -> None:
    assert load_encoder(trained).config.training["folds"] == [1, 2]


def test_a_resumed_training_ends_where_an_uninterrupted_one_does(
    root: Path, how: Training, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Objective, "__call__", interrupted_in_the_second_epoch())
    with pytest.raises(KeyboardInterrupt):
        train(root, tmp_path / "run", how, device="cpu")
    train(root, tmp_path / "run", how, resume=True, device="cpu")

    record = next(simulated.cases(1, seed=9)).record
    vectors = [load_encoder(folder).encode_ecgs([record]) for folder in (trained, tmp_path / "run")]
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-3)


def test_a_tower_that_first_drew_what_is_hidden_learns_something_else(root: Path, how: Training, trained: Path, tmp_path: Path) -> None:
    drew_first = train(root, tmp_path / "run", replace(how, masked_epochs=1), device="cpu")

    record = next(simulated.cases(1, seed=9)).record
    vectors = [load_encoder(folder).encode_ecgs([record]) for folder in (trained, drew_first)]
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)


def test_a_checkpoint_carries_the_folder_that_its_sentence_encoder_came_from(trained: Path) -> None:
    assert load_encoder(trained).config.text_model == "text"


@pytest.mark.slow
def test_a_checkpoint_carries_the_sentence_encoder_that_was_trained_with_it(root: Path, how: Training, tmp_path: Path) -> None:
    encoder = load_encoder(train(root, tmp_path / "run", replace(how, epochs=1, text_epochs=1), device="cpu"))

    assert (encoder.config.text_model, encoder.encode_reports(["sinus rhythm"]).shape) == ("text", (1, encoder.dim))


def test_a_resumed_training_goes_on_learning_from_its_teacher(
    root: Path, how: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_file(Teacher(torch.ones(12)).state_dict(), tmp_path / "teacher.safetensors")
    taught = partial(train, root, how=how, teacher=tmp_path / "teacher.safetensors", device="cpu")
    whole = taught(out=tmp_path / "whole")
    monkeypatch.setattr(Objective, "__call__", interrupted_in_the_second_epoch())
    with pytest.raises(KeyboardInterrupt):
        taught(out=tmp_path / "run")
    taught(out=tmp_path / "run", resume=True)

    losses = [[json.loads(line)["loss"] for line in (run / LOG).read_text().splitlines()] for run in (whole, tmp_path / "run")]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)


def test_a_training_is_not_written_over(root: Path, how: Training, trained: Path) -> None:
    with pytest.raises(TrainingError, match="holds a training already"):
        train(root, trained, how, device="cpu")


def test_a_training_is_not_resumed_with_other_settings(root: Path, how: Training, trained: Path) -> None:
    with pytest.raises(TrainingError, match="begun with another learning_rate"):
        train(root, trained, replace(how, learning_rate=0.1), resume=True, device="cpu")


def test_there_must_be_something_to_resume(root: Path, how: Training, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no training to resume"):
        train(root, tmp_path, how, resume=True, device="cpu")


def test_the_state_of_a_training_is_beside_its_checkpoint(trained: Path) -> None:
    assert (trained / STATE).is_file()


def test_what_is_watched_stands_in_the_log_of_the_last_epoch(trained: Path) -> None:
    last = json.loads((trained / LOG).read_text().splitlines()[-1])

    assert {"epoch", "loss", "P@10", "NDCG@10", "kNN AUC"} <= set(last)


def test_the_curve_is_drawn(trained: Path) -> None:
    assert (trained / CURVE).read_bytes().startswith(b"\x89PNG")
