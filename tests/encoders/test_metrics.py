"""Metrics against scikit-learn and against loops that follow the definition."""

from itertools import combinations

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


def test_the_bootstrapped_auc_is_scikit_learns_with_weights() -> None:
    labels = (RNG.random((30, 4)) < 0.2).astype(float)
    scores = RNG.integers(5, size=(30, 4)).astype(float)  # many ties
    weights = np.random.default_rng(3).standard_exponential((50, 30))

    ours = metrics.bootstrapped_macro_auc(labels, scores, n=50, seed=3)

    np.testing.assert_allclose(ours, [roc_auc_score(labels, scores, sample_weight=weight) for weight in weights])


def test_the_bootstrapped_auc_spreads_as_resampling_does() -> None:
    labels = (RNG.random((300, 1)) < 0.3).astype(float)
    scores = labels + RNG.normal(size=labels.shape)
    drawn = RNG.integers(300, size=(1000, 300))

    ours = metrics.bootstrapped_macro_auc(labels, scores)

    assert ours.std() == pytest.approx(np.std([roc_auc_score(labels[draw], scores[draw]) for draw in drawn]), rel=0.15)


def test_without_a_label_that_tells_queries_apart_there_is_no_auc() -> None:
    labels = np.ones((5, 2))

    assert np.isnan([metrics.macro_auc(labels, labels), *metrics.percentile_interval(metrics.bootstrapped_macro_auc(labels, labels))]).all()


@pytest.mark.parametrize("k", [1, 5, 10])
def test_recall_of_the_own_case_is_the_mean_over_every_order_of_ties(k: int) -> None:
    scores = RNG.integers(4, size=(20, 20)).astype(float)
    orders = [np.lexsort((RNG.random(20), -scores[q])) for _ in range(4000) for q in range(20)]
    naive = np.array([q % 20 in order[:k] for q, order in enumerate(orders)]).reshape(4000, 20).mean(axis=0)

    np.testing.assert_allclose(metrics.pair_recall_at(k, scores), naive, atol=0.04)


def test_recall_of_any_relevant_case_asks_whether_one_is_among_the_first() -> None:
    relevant = RNG.random((12, 40)) < 0.05
    naive = [any(relevant[q, case] for case in sorted(range(40), key=lambda c: -SCORES[q, c])[:5]) for q in range(12)]

    np.testing.assert_array_equal(metrics.any_recall_at(5, SCORES, relevant), naive)


def test_a_perfect_match_of_texts_reaches_the_ceiling() -> None:
    texts = np.array([0, 0, 0, 1, 1, 2])
    same = texts[:, None] == texts

    np.testing.assert_allclose(metrics.text_ceiling_at(2, same), metrics.pair_recall_at(2, same.astype(float)))


def test_chance_of_any_relevant_case_is_the_share_of_draws_that_hold_one() -> None:
    same = np.arange(10) < np.array([[1], [4], [9]])
    naive = [np.mean([bool(set(drawn) & set(np.flatnonzero(row))) for drawn in combinations(range(10), 3)]) for row in same]

    np.testing.assert_allclose(metrics.any_chance_at(3, same), naive)


def test_fusion_sums_reciprocal_ranks() -> None:
    a, b = np.array([[0.9, 0.1, 0.5]]), np.array([[0.2, 0.3, 0.1]])

    fused = reciprocal_rank_fusion([a, b])

    np.testing.assert_allclose(fused, [[1 / 61 + 1 / 62, 1 / 63 + 1 / 61, 1 / 62 + 1 / 63]])
