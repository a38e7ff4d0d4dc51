"""One folder holds weights and what must go with them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from data import simulated
from encoders import Encoder, load_encoder
from encoders.canvas import Canvas
from encoders.checkpoint import CONFIG, TEXT, WEIGHTS, CheckpointConfig, CheckpointError, load_checkpoint, save_checkpoint
from encoders.text import SentenceEncoder
from encoders.towers import TowerShape, TwoTowers

SHAPE = TowerShape(depth=1, dim=16, n_statements=3)
READING = TowerShape(depth=1, dim=16, text_dim=16, n_statements=3)  # of `small_text`
ECG = simulated.simulate("normal", seed=0).record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_checkpoint(tmp_path / "small", TwoTowers(SHAPE), CheckpointConfig(shape=SHAPE, statements=("AFIB", "NORM", "SR"), near=0.25))
    return tmp_path / "small"


def test_the_config_comes_back_as_it_was_saved(folder: Path) -> None:
    _, config, _ = load_checkpoint(folder)

    assert config == CheckpointConfig(shape=SHAPE, statements=("AFIB", "NORM", "SR"), near=0.25)


def test_half_precision_moves_no_vector_noticeably(folder: Path) -> None:
    torch.manual_seed(0)
    saved = Encoder(TwoTowers(SHAPE), CheckpointConfig(shape=SHAPE), "in memory", SentenceEncoder())

    cosine = float(saved.encode_ecgs([ECG])[0] @ load_encoder(folder).encode_ecgs([ECG])[0])

    assert cosine > 0.9999


def test_the_id_changes_with_the_preprocessing(folder: Path) -> None:
    before = load_checkpoint(folder)[2]
    model, config, _ = load_checkpoint(folder)

    save_checkpoint(folder, model, CheckpointConfig(**{**config.__dict__, "canvas": Canvas(band_hz=(0.5, 35.0))}))

    assert load_checkpoint(folder)[2] != before


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / WEIGHTS).unlink()

    with pytest.raises(CheckpointError, match=r"small is no checkpoint, model\.safetensors is missing"):
        load_checkpoint(folder)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_a_truncated_file_is_damaged(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])

    with pytest.raises(CheckpointError, match="small is a damaged checkpoint"):
        load_checkpoint(folder)


def test_another_format_is_refused(folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"format": 99}))

    with pytest.raises(CheckpointError, match="format 99, wanted 1"):
        load_checkpoint(folder)


@pytest.fixture
def whole(tmp_path: Path, small_text: Path) -> Path:
    """A checkpoint that carries its sentence encoder."""
    torch.manual_seed(0)
    save_checkpoint(tmp_path / "whole", TwoTowers(READING), CheckpointConfig(shape=READING), text=small_text)
    return tmp_path / "whole"


def test_a_carried_sentence_encoder_embeds_as_the_one_it_came_from(whole: Path, small_text: Path) -> None:
    texts = ["sinus rhythm", "vorhofflimmern"]

    np.testing.assert_allclose(SentenceEncoder(str(whole / TEXT)).embed(texts), SentenceEncoder(str(small_text)).embed(texts), atol=5e-3)


def test_a_carried_sentence_encoder_is_stored_in_half_precision(whole: Path) -> None:
    assert {tensor.dtype for tensor in load_file(whole / TEXT / WEIGHTS).values()} == {torch.float16}


def test_a_carried_sentence_encoder_computes_in_single_precision(whole: Path) -> None:
    assert {tensor.dtype for tensor in SentenceEncoder(str(whole / TEXT)).load().parameters()} == {torch.float32}


def test_the_config_says_that_the_checkpoint_carries_it(whole: Path) -> None:
    assert load_checkpoint(whole)[1].text_model == TEXT


def test_a_checkpoint_with_its_sentence_encoder_can_be_moved(whole: Path, tmp_path: Path) -> None:
    before = load_encoder(whole).encode_reports(["sinus rhythm"])

    moved = whole.rename(tmp_path / "elsewhere")

    np.testing.assert_array_equal(load_encoder(moved).encode_reports(["sinus rhythm"]), before)


def test_the_id_changes_with_the_sentence_encoder_that_is_carried(whole: Path) -> None:
    before = load_checkpoint(whole)[2]

    save_file({name: 2 * tensor for name, tensor in load_file(whole / TEXT / WEIGHTS).items()}, whole / TEXT / WEIGHTS)

    assert load_checkpoint(whole)[2] != before


def test_a_sentence_encoder_in_its_place_stays_there(whole: Path) -> None:
    model, config, before = load_checkpoint(whole)

    save_checkpoint(whole, model, config, text=whole / TEXT)

    assert load_checkpoint(whole)[2] == before


def test_another_sentence_encoder_is_named_not_carried(tmp_path: Path, small_text: Path) -> None:
    save_checkpoint(tmp_path / "bare", TwoTowers(READING), CheckpointConfig(shape=READING, text_model=str(small_text)))

    assert load_encoder(tmp_path / "bare").encode_reports(["sinus rhythm"]).shape == (1, 16)


def test_a_carried_sentence_encoder_that_is_gone_is_named(whole: Path) -> None:
    shutil.rmtree(whole / TEXT)

    with pytest.raises(CheckpointError, match=r"whole is no checkpoint, text/modules\.json is missing"):
        load_checkpoint(whole)


def test_what_the_config_says_is_carried_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"bare has no text/modules\.json, which its config names"):
        save_checkpoint(tmp_path / "bare", TwoTowers(READING), CheckpointConfig(shape=READING, text_model=TEXT))
