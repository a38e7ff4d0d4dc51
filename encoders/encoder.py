"""ECGs and reports to vectors of one space."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from data import EcgRecord
from encoders.checkpoint import CheckpointConfig, load_checkpoint, text_model
from encoders.text import SentenceEncoder
from encoders.towers import TwoTowers

Vectors = npt.NDArray[np.float32]


class Encoder:
    """A trained pair of towers with the preprocessing that belongs to them."""

    batch_size = 64

    def __init__(self, model: TwoTowers, config: CheckpointConfig, id: str, sentences: SentenceEncoder) -> None:
        self.id = id
        self.config = config
        self._model = model.eval()
        self._canvas = config.canvas
        self.sentences = sentences

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.config.shape.dim

    @property
    def near(self) -> float:
        """ECG-ECG cosine below which a case is not similar."""
        return self.config.near

    @torch.inference_mode()
    def encode_ecgs(self, records: Sequence[EcgRecord]) -> Vectors:
        """Vectors (record, dim), float32, of length 1; only what was recorded counts."""
        vectors = np.empty((len(records), self.dim), np.float32)
        for start in range(0, len(records), self.batch_size):
            batch = records[start : start + self.batch_size]
            traces = torch.from_numpy(np.stack([self._canvas.trace(record) for record in batch]))
            vectors[start : start + len(batch)] = self._model.ecg(self._canvas.paint(traces)).numpy()
        return vectors

    @torch.inference_mode()
    def encode_reports(self, texts: Sequence[str]) -> Vectors:
        """Vectors (text, dim), float32, of length 1, in the space of the ECGs; any language the training reports had."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return self._model.report(torch.from_numpy(self.sentences.embed(texts))).numpy()


def shipped() -> Path:
    """The checkpoint that comes with the project."""
    return Path(str(files("encoders") / "weights"))


def load_encoder(path: str | Path | None = None) -> Encoder:
    """The encoder of a checkpoint folder; None: the weights that ship with the project.

    Raises
    ------
    CheckpointError : not a checkpoint, damaged, or of another format
    """
    folder = Path(path) if path is not None else shipped()
    model, config, id = load_checkpoint(folder)
    return Encoder(model, config, id, SentenceEncoder(text_model(folder, config)))
