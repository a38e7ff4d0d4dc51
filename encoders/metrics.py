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


def percentile_interval(draws: Floats) -> tuple[float, float]:
    """95 % percentile interval of a bootstrapped statistic (Efron 1979), (draw,)."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def bootstrap_interval(values: Floats, *, n: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean over queries, (query,)."""
    draws = np.random.default_rng(seed).integers(len(values), size=(n, len(values)))
    return percentile_interval(values[draws].mean(axis=1))


def bootstrapped_macro_auc(labels: Floats, scores: Floats, *, n: int = 1000, seed: int = 0) -> Floats:
    """`macro_auc` in every draw of a Bayesian bootstrap over queries (Rubin 1981), (draw,).

    Each query has an exponential weight and none is lost: resampling would lose rare labels, and so shift the mean over labels.
    One number of queries gets the same draws for every method, so that the differences between two are paired.
    """
    both = (labels.min(axis=0) == 0) & (labels.max(axis=0) == 1)
    weights = np.random.default_rng(seed).standard_exponential((n, len(labels)))
    if not both.any():
        return np.full(n, np.nan)
    return np.mean([_weighted_auc(label, score, weights) for label, score in zip(labels.T[both], scores.T[both], strict=True)], axis=0)


def _weighted_auc(label: Floats, score: Floats, weights: Floats) -> Floats:
    """Share of pairs won by the query that has the label, a tie being half a win (Mann and Whitney 1947), (draw,).

    label, score : (query,); weights : (draw, query)
    """
    order = np.argsort(score)
    groups = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)  # queries of equal score
    having = np.add.reduceat(weights[:, order] * label[order], groups, axis=1)
    lacking = np.add.reduceat(weights[:, order] * (1 - label[order]), groups, axis=1)
    won = (having * (lacking.cumsum(axis=1) - lacking / 2)).sum(axis=1)
    return won / (having.sum(axis=1) * lacking.sum(axis=1))


def pair_recall_at(k: int, scores: Floats) -> Floats:
    """Probability that case q is among the first k for query q, ties being broken at random, (query,).

    With g cases scored above the own one and t as high, itself included: (k - g) / t, between 0 and 1.
    """
    own = np.diagonal(scores)[:, None]
    return np.clip((k - (scores > own).sum(axis=1)) / (scores == own).sum(axis=1), 0, 1)


def any_recall_at(k: int, scores: Floats, relevant: npt.NDArray[np.bool_]) -> Floats:
    """1 where a relevant case is among the first k, 0 elsewhere, (query,); a tie goes to the relevant case."""
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    return ((scores > best).sum(axis=1) < k) * relevant.any(axis=1).astype(float)


def text_ceiling_at(k: int, same: npt.NDArray[np.bool_]) -> Floats:
    """The most that `pair_recall_at` can be for who matches texts without fault, (query,).

    Of the m cases with the query's text, itself included, no text tells which is its own: min(1, k / m).

    same : (query, case), whether the texts are the same
    """
    return np.minimum(1, k / same.sum(axis=1))


def any_chance_at(k: int, same: npt.NDArray[np.bool_]) -> Floats:
    """Probability that k of n cases drawn at random hold one of the m relevant ones: 1 - C(n - m, k) / C(n, k), (query,)."""
    n, m = same.shape[1], same.sum(axis=1)
    drawn = np.arange(min(k, n))[:, None]
    return 1 - np.prod(np.clip((n - m - drawn) / (n - drawn), 0, 1), axis=0)
