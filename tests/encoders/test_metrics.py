"""Metrics against scikit-learn and against loops that follow the definition."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from encoders import metrics
from encoders.fusion import reciprocal_rank_fusion

RNG = np.random.default_rng(0)
SCORES = RNG.random((12, 40))
GAINS = np.round(RNG.random((12, 40)), 1) * (RNG.random((12, 40)) < 0.4)
RANKED = metrics.ranking(SCORES)


def test_ranking_puts_ties_in_order_of_index() -> None:
    assert metrics.ranking(np.array([[0.5, 0.9, 0.5]])).tolist() == [[1, 0, 2]]


def test_jaccard_is_the_overlap_of_sets() -> None:
    queries, cases = (RNG.random((2, 6, 9)) < 0.3).astype(float)
    sets = [[{*np.flatnonzero(row)} for row in rows] for rows in (queries, cases)]

    naive = [[len(a & b) / len(a | b) if a | b else 0.0 for b in sets[1]] for a in sets[0]]

    np.testing.assert_allclose(metrics.jaccard(queries, cases), naive)


def test_precision_counts_any_gain_among_the_first() -> None:
    naive = [sum(GAINS[q, case] > 0 for case in sorted(range(40), key=lambda c: -SCORES[q, c])[:5]) / 5 for q in range(12)]

    np.testing.assert_allclose(metrics.precision_at(5, GAINS, RANKED), naive)


def test_ndcg_is_scikit_learns() -> None:
    theirs = [ndcg_score(GAINS[q : q + 1], SCORES[q : q + 1], k=10) for q in range(12)]

    np.testing.assert_allclose(metrics.ndcg_at(10, GAINS, RANKED), theirs)


def test_average_precision_is_scikit_learns() -> None:
    theirs = [average_precision_score(GAINS[q] > 0, SCORES[q]) for q in range(12)]

    np.testing.assert_allclose(metrics.average_precision(GAINS, RANKED), theirs)


def test_neighbours_vote_by_rank() -> None:
    labels = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    scores = metrics.knn_label_scores(2, np.array([[2, 0, 1]]), labels)

    np.testing.assert_allclose(scores, [[(2 * 1 + 1 * 1) / 3, (2 * 1 + 1 * 0) / 3]])


def test_auc_leaves_out_labels_that_every_query_has() -> None:
    labels = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    scores = np.array([[0.1, 0.2], [0.2, 0.9], [0.3, 0.95]])

    assert metrics.macro_auc(labels, scores) == pytest.approx(roc_auc_score(labels[:, 1], scores[:, 1]))


def test_the_bootstrap_interval_of_a_mean_has_the_width_of_its_standard_error() -> None:
    values = RNG.normal(size=400)

    low, high = metrics.bootstrap_interval(values, n=4000)

    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_fusion_sums_reciprocal_ranks() -> None:
    a, b = np.array([[0.9, 0.1, 0.5]]), np.array([[0.2, 0.3, 0.1]])

    fused = reciprocal_rank_fusion([a, b])

    np.testing.assert_allclose(fused, [[1 / 61 + 1 / 62, 1 / 63 + 1 / 61, 1 / 62 + 1 / 63]])
