"""How good a ranking is, when relevance is the labels that query and case share.

Shapes throughout: scores (query, case), larger is nearer; labels (query, label) and (case, label) of 0 and 1.
"""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

Floats = npt.NDArray[np.floating]
Ranking = npt.NDArray[np.intp]


def ranking(scores: Floats) -> Ranking:
    """Case indices from nearest to farthest (query, case); ties go to the lower index."""
    return np.argsort(-scores, axis=1, kind="stable")


def jaccard(queries: Floats, cases: Floats) -> Floats:
    """Overlap of label sets, (query, case) in [0, 1]; two empty sets overlap by 0."""
    both = queries @ cases.T
    either = queries.sum(1, keepdims=True) + cases.sum(1) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)


def precision_at(k: int, gains: Floats, ranked: Ranking) -> Floats:
    """Share of the first k that have a gain at all, (query,)."""
    return (np.take_along_axis(gains, ranked[:, :k], axis=1) > 0).mean(axis=1)


def ndcg_at(k: int, gains: Floats, ranked: Ranking) -> Floats:
    """Normalised discounted cumulative gain (Jarvelin and Kekalainen 2002) with graded gains, (query,); 0 where nothing gains."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    got = np.take_along_axis(gains, ranked[:, :k], axis=1)
    best = -np.sort(-gains, axis=1)[:, :k]
    ideal = (best * discount[: best.shape[1]]).sum(axis=1)
    return np.divide((got * discount[: got.shape[1]]).sum(axis=1), ideal, out=np.zeros(len(gains)), where=ideal > 0)


def average_precision(gains: Floats, ranked: Ranking) -> Floats:
    """Average precision over the whole ranking, any gain being relevant, (query,); 0 where nothing is."""
    relevant = np.take_along_axis(gains, ranked, axis=1) > 0
    precision = relevant.cumsum(axis=1) / np.arange(1, relevant.shape[1] + 1)
    return (precision * relevant).sum(axis=1) / relevant.sum(axis=1).clip(min=1)


def knn_label_scores(k: int, ranked: Ranking, labels: Floats) -> Floats:
    """Share of the k nearest cases that carry each label, the nearest counting k times the farthest, (query, label)."""
    weights = np.arange(min(k, ranked.shape[1]), 0, -1, dtype=float)
    return np.einsum("k,qkl->ql", weights / weights.sum(), labels[ranked[:, :k]])


def macro_auc(labels: Floats, scores: Floats) -> float:
    """Mean area under the ROC curve over the labels that some queries have and some have not; NaN where none is such."""
    both = (labels.min(axis=0) == 0) & (labels.max(axis=0) == 1)
    return float(roc_auc_score(labels[:, both], scores[:, both], average="macro")) if both.any() else float("nan")


def bootstrap_interval(values: Floats, *, n: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean over queries (Efron 1979)."""
    draws = np.random.default_rng(seed).integers(len(values), size=(n, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
