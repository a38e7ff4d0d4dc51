"""One folder holds weights and what must go with them."""

import json
from pathlib import Path

import pytest
import torch

from data import simulated
from encoders import Encoder, load_encoder
from encoders.canvas import Canvas
from encoders.checkpoint import CONFIG, WEIGHTS, CheckpointConfig, CheckpointError, load_checkpoint, save_checkpoint
from encoders.towers import TowerShape, TwoTowers

SHAPE = TowerShape(depth=1, dim=16, n_statements=3)
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
    saved = Encoder(TwoTowers(SHAPE), CheckpointConfig(shape=SHAPE), "in memory")

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
