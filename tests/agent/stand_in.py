"""An encoder with no training: cheap, deterministic, and near for ECGs and texts that are near. For tests that need any encoder."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from data import EcgRecord

Vectors = npt.NDArray[np.float32]


class StandInEncoder:
    """The attributes of `encoders.Encoder`."""

    batch_size = 16
    near = -1.0

    def __init__(self, dim: int = 48, id: str = "stand-in") -> None:
        self.dim = dim
        self.id = id
        self.n_ecgs = 0  # encoded so far

    def encode_ecgs(self, records: Sequence[EcgRecord]) -> Vectors:
        """The first coefficients of the spectrum of lead II, or of the first lead that was recorded, thrown at random directions."""
        self.n_ecgs += len(records)
        return _unit(np.stack([self._spectrum(record) for record in records]) @ _directions("ecg", 64, self.dim))

    def encode_reports(self, texts: Sequence[str]) -> Vectors:
        """The sum of a random direction for each word."""
        bags = [text.lower().split() or [""] for text in texts]
        return _unit(np.stack([np.sum([_directions(word, 1, self.dim)[0] for word in bag], axis=0) for bag in bags]))

    def _spectrum(self, record: EcgRecord) -> npt.NDArray[np.float64]:
        standard = record.standard().resampled(100)
        rows = [standard["II"], *standard.signal]
        lead = next((row for row in rows if not np.isnan(row).all()), rows[0])
        values = np.log1p(np.abs(np.fft.rfft(np.nan_to_num(lead), n=1024))[:512].reshape(64, 8).mean(axis=1))
        return values - values.mean()


def _directions(seed: str, n: int, dim: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(int.from_bytes(blake2b(seed.encode(), digest_size=8).digest())).normal(size=(n, dim))


def _unit(vectors: npt.NDArray[np.float64]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
