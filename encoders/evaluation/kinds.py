"""Does a simulated ECG find its own kind?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.simulated import KINDS, simulate
from encoders import metrics
from encoders.encoder import Encoder, Vectors
from encoders.evaluation import estimate
from encoders.evaluation.estimate import Estimate

GALLERY_SEEDS, QUERY_SEEDS = range(900_000, 900_020), range(950_000, 950_005)  # one ECG of every kind each; training draws lower ones
K = 10


@dataclass(frozen=True)
class Confusion:
    """Of the first ten found for a kind, the share that is another one."""

    kind: str
    found: str
    share: float


@dataclass(frozen=True)
class Kinds:
    """P@10, a hit being of the query's kind: the mean over kinds, each kind from the worst on, and the confusions, commonest first."""

    n_gallery: int
    n_queries: int
    precision: Estimate
    by_kind: dict[str, float]
    confusions: list[Confusion]


def kinds(encoder: Encoder) -> Kinds:
    """ECG to ECG, every kind equally often."""
    names = np.array(list(KINDS))
    gallery, asked = (_encoded(encoder, seeds) for seeds in (GALLERY_SEEDS, QUERY_SEEDS))
    n_gallery, n_queries = len(GALLERY_SEEDS), len(QUERY_SEEDS)
    found = np.tile(np.arange(len(names)), n_gallery)[metrics.ranking(asked @ gallery.T)[:, :K]]  # (query, hit), the hit's kind
    own = np.tile(np.arange(len(names)), n_queries)
    hits = (found == own[:, None]).mean(axis=1)
    precision = {str(name): float(hits[own == kind].mean()) for kind, name in enumerate(names)}
    wrong = Counter((str(names[a]), str(names[b])) for a, row in zip(own, found, strict=True) for b in row if a != b)
    return Kinds(
        n_gallery=len(gallery),
        n_queries=len(asked),
        precision=estimate.mean(hits),  # every kind asks equally often, so that this is the mean over kinds
        by_kind=dict(sorted(precision.items(), key=lambda item: item[1])),
        confusions=[Confusion(a, b, count / (n_queries * found.shape[1])) for (a, b), count in wrong.most_common()],
    )


def _encoded(encoder: Encoder, seeds: Iterable[int]) -> Vectors:
    """(seed * kind, dim), kinds in their order within every seed."""
    return np.concatenate([encoder.encode_ecgs([simulate(kind, seed=seed).record for kind in KINDS]) for seed in seeds])
