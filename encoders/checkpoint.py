"""Weights and everything that must go with them, as one folder: model.safetensors and config.json."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from data import EcgCasesError
from encoders.canvas import Canvas
from encoders.text import PACKAGED
from encoders.towers import TowerShape, TwoTowers

FORMAT = 1
WEIGHTS, CONFIG = "model.safetensors", "config.json"


class CheckpointError(EcgCasesError, ValueError):
    """A folder that is not a checkpoint of this project."""


@dataclass(frozen=True)
class CheckpointConfig:
    """What the weights mean."""

    canvas: Canvas = field(default_factory=Canvas)
    shape: TowerShape = field(default_factory=TowerShape)
    text_model: str = PACKAGED
    statements: tuple[str, ...] = ()  # SCP-ECG codes, in the order of the statement head
    near: float = 0.0  # ECG-ECG cosine below which a case is not similar; see `encoders.train`
    training: dict[str, Any] = field(default_factory=dict)  # data, folds, seed, epochs, for the record
    format: int = FORMAT


def save_checkpoint(folder: Path, model: TwoTowers, config: CheckpointConfig) -> None:
    """Write both files; half precision, which moves no vector's cosine by more than about 1e-4."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.half().contiguous() if tensor.is_floating_point() else tensor for name, tensor in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
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
        model = TwoTowers(config.shape)
        model.load_state_dict({name: tensor.to(model.state_dict()[name].dtype) for name, tensor in load_file(folder / WEIGHTS).items()})
    except (json.JSONDecodeError, SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{folder.name} is a damaged checkpoint ({type(error).__name__}): restore {WEIGHTS} and {CONFIG}") from error
    return model.eval(), config, checkpoint_id(folder)


def checkpoint_id(folder: Path) -> str:
    """Twelve hexadecimal digits that change when weights or preprocessing do."""
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
    digest.update((folder / CONFIG).read_bytes())
    return digest.hexdigest()[:12]
