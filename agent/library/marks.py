"""Extra coordinates that let one unfiltered vector search answer for one modality.

Chroma's filter on a modality makes a search many times slower than an unfiltered one. So each vector carries a mark instead:

    stored  [v, MARK * onehot(modality), jitter]      asked  [q, MARK * onehot(wanted), 0]

with v and q of length 1 and the jitter of length JITTER. All stored vectors have one length, and so have all asked ones;
their cosine is (v.q + MARK**2 * (modality == wanted)) / SCALE. Within the wanted modality it ranks exactly as v.q does, and
as MARK**2 > 2 = max(v.q) - min(v.q), everything else comes behind. For a given MARK**2, equal marks in stored and asked
vectors make SCALE, and with it the rounding error of the cosine recovered, the smallest.

The jitter changes no ranking, the question being zero there. It keeps word-for-word equal reports, half of PTB-XL, from being one
point: among hundreds of equal points an HNSW graph links equals with equals only, and recall at 10 was .88 without and is .998 with it.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from agent.hits import Modality

Vectors = npt.NDArray[np.float32]

MODALITIES: tuple[Modality, ...] = ("ecg", "report")
MARK = 1.5
JITTER = 0.25
_JITTERED = 4  # coordinates
EXTRA = len(MODALITIES) + _JITTERED
SCALE = float(np.sqrt((1 + MARK**2 + JITTER**2) * (1 + MARK**2)))


def marked(vectors: Vectors, modality: Modality, keys: Sequence[str] | None = None) -> Vectors:
    """Vectors (n, dim) as (n, dim + EXTRA): as they are stored, with `keys` (n) to draw the jitter from, or as they are asked, without."""
    n, dim = vectors.shape
    out = np.zeros((n, dim + EXTRA), np.float32)
    out[:, :dim] = vectors
    out[:, dim + MODALITIES.index(modality)] = MARK
    if keys is not None:
        out[:, dim + len(MODALITIES) :] = np.reshape([_jitter(key) for key in keys], (n, _JITTERED))
    return out


def similarities(distances: Sequence[float]) -> npt.NDArray[np.float64]:
    """Cosines v.q of rows of the wanted modality, from Chroma's cosine distances; good to about 1e-6."""
    return np.clip((1 - np.asarray(distances, np.float64)) * SCALE - MARK**2, -1, 1)


def _jitter(key: str) -> npt.NDArray[np.float64]:
    direction = np.random.default_rng(int.from_bytes(blake2b(key.encode(), digest_size=8).digest())).normal(size=_JITTERED)
    return JITTER * direction / np.linalg.norm(direction)
