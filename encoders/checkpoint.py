"""Weights and everything that must go with them, as one folder: model.safetensors, config.json, and text/, the sentence encoder."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from data import EcgCasesError
from encoders.canvas import Canvas
from encoders.text import PACKAGED
from encoders.towers import TowerShape, TwoTowers

FORMAT = 1
WEIGHTS, CONFIG = "model.safetensors", "config.json"
TEXT = "text"  # a sentence-transformers folder inside the checkpoint, and what the config calls it


class CheckpointError(EcgCasesError, ValueError):
    """A folder that is not a checkpoint of this project."""


@dataclass(frozen=True)
class CheckpointConfig:
    """What the weights mean."""

    canvas: Canvas = field(default_factory=Canvas)
    shape: TowerShape = field(default_factory=TowerShape)
    text_model: str = PACKAGED  # "text" is the checkpoint's own; else a name or a folder that must be there
    statements: tuple[str, ...] = ()  # SCP-ECG codes, in the order of the statement head
    near: float = 0.0  # ECG-ECG cosine below which a case is not similar; see `encoders.train`
    training: dict[str, Any] = field(default_factory=dict)  # data, folds, seed, epochs, for the record
    format: int = FORMAT


def save_checkpoint(folder: Path, model: TwoTowers, config: CheckpointConfig, *, text: Path | None = None) -> None:
    """Write all of it; half precision, which moves no vector's cosine by more than about 1e-4.

    Parameters
    ----------
    text : a sentence-transformers folder to carry, whatever `config.text_model` says; it may be in its place already

    Raises
    ------
    CheckpointError : the config says that the checkpoint carries its sentence encoder, and none is there or given
    """
    folder.mkdir(parents=True, exist_ok=True)
    if text is not None:
        config = replace(config, text_model=TEXT)
        if text.resolve() != (folder / TEXT).resolve():
            _carry(text, folder / TEXT)
    if missing := _missing_text(folder, config):
        raise CheckpointError(f"{folder.name} has no {missing}, which its config names: give the sentence encoder's folder as `text`")
    _save_half(model.state_dict(), folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(asdict(config), indent=1) + "\n")


def load_checkpoint(folder: Path) -> tuple[TwoTowers, CheckpointConfig, str]:
    """The towers in evaluation mode, their config, and the checkpoint's id.

    Raises
    ------
    CheckpointError : files missing, unreadable, or of another format
    """
    if missing := [name for name in (CONFIG, WEIGHTS) if not (folder / name).is_file()]:
        raise CheckpointError(f"{folder.name} is no checkpoint, {missing[0]} is missing: wanted a folder with {CONFIG} and {WEIGHTS}")
    try:
        raw = json.loads((folder / CONFIG).read_text())
        if raw.get("format") != FORMAT:
            raise CheckpointError(f"{folder.name} is a checkpoint of format {raw.get('format')}, wanted {FORMAT}: train it again")
        config = CheckpointConfig(
            **raw
            | {
                "canvas": Canvas(**raw["canvas"] | {"band_hz": tuple(raw["canvas"]["band_hz"])}),
                "shape": TowerShape(**raw["shape"]),
                "statements": tuple(raw["statements"]),
            }
        )
        if missing_text := _missing_text(folder, config):
            raise CheckpointError(
                f"{folder.name} is no checkpoint, {missing_text} is missing: restore it from where the checkpoint came from"
            )
        model = TwoTowers(config.shape)
        model.load_state_dict({name: tensor.to(model.state_dict()[name].dtype) for name, tensor in load_file(folder / WEIGHTS).items()})
    except (json.JSONDecodeError, SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{folder.name} is a damaged checkpoint ({type(error).__name__}): restore {WEIGHTS} and {CONFIG}") from error
    return model.eval(), config, checkpoint_id(folder, config)


def text_model(folder: Path, config: CheckpointConfig) -> str:
    """The sentence encoder that a checkpoint's config means, as `SentenceEncoder` takes it."""
    return str(folder / TEXT) if config.text_model == TEXT else config.text_model


def checkpoint_id(folder: Path, config: CheckpointConfig) -> str:
    """Twelve hexadecimal digits that change when weights, preprocessing or the sentence encoder it carries do."""
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
    digest.update((folder / CONFIG).read_bytes())
    if config.text_model == TEXT:
        for path in sorted(path for path in (folder / TEXT).rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _missing_text(folder: Path, config: CheckpointConfig) -> str:
    """The file without which a sentence encoder that should be carried is not there; "" if all is well."""
    marker = Path(TEXT) / "modules.json"
    return "" if config.text_model != TEXT or (folder / marker).is_file() else marker.as_posix()


def _carry(text: Path, place: Path) -> None:
    """Copy a sentence-transformers folder, its weights in half precision."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(text, place)
    for path in place.rglob("*.safetensors"):
        _save_half(load_file(path), path)


def _save_half(weights: Mapping[str, torch.Tensor], path: Path) -> None:
    halved = {name: tensor.half().contiguous() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    save_file(halved, path, metadata={"format": "pt"})
