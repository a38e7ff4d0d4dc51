import numpy as np
import pytest

from agent.library.fusion import WEIGHTS, Ranking, fuse
from encoders.fusion import reciprocal_rank_fusion


def naive(rankings: list[Ranking], constant: float = 60.0) -> dict[str, float]:
    """Reciprocal rank fusion, case by case and ranking by ranking."""
    scores = {}
    for case_id in {name for ranking in rankings for name in ranking.similarities}:
        total = 0.0
        for ranking in rankings:
            if case_id in ranking.similarities:
                better = sum(other > ranking.similarities[case_id] for other in ranking.similarities.values())
                total += 1 / (constant + 1 + better)
        scores[case_id] = total * (constant + 1) / len(rankings)
    return scores


def random_rankings(seed: int) -> list[Ranking]:
    random = np.random.default_rng(seed)
    names = [f"case/{i}" for i in range(40)]
    return [
        Ranking(asked, modality, {name: round(random.random(), 2) for name in random.choice(names, 20, replace=False)})
        for asked, modality in WEIGHTS
    ]


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_loop_over_every_case(seed: int) -> None:
    rankings = random_rankings(seed)
    assert {found.case_id: found.score for found in fuse(rankings)} == pytest.approx(naive(rankings))


@pytest.mark.parametrize("seed", range(5))
def test_orders_as_the_evaluation_does_where_every_case_is_ranked(seed: int) -> None:
    scores = np.random.default_rng(seed).permuted(np.tile(np.linspace(-1, 1, 80), (2, 1)), axis=1)  # (ranking, case), no ties
    names = [f"{i:02}" for i in range(80)]
    rankings = [
        Ranking(asked, modality, dict(zip(names, row, strict=True))) for (asked, modality), row in zip(WEIGHTS, scores, strict=False)
    ]
    dense = reciprocal_rank_fusion(list(scores[:, None]))[0]
    assert [int(found.case_id) for found in fuse(rankings)] == np.argsort(-dense.round(12), kind="stable").tolist()


def test_best_first_and_ties_by_case_id() -> None:
    rankings = [Ranking("ecg", "ecg", {"b": 0.5, "a": 0.5, "c": 0.9})]
    assert [found.case_id for found in fuse(rankings)] == ["c", "a", "b"]


def test_first_in_every_ranking_scores_one() -> None:
    rankings = [Ranking("ecg", "ecg", {"a": 0.9, "b": 0.1}), Ranking("ecg", "report", {"a": 0.3})]
    assert fuse(rankings)[0].score == pytest.approx(1.0)


def test_equals_share_a_rank() -> None:
    ranks = {found.case_id: found.matches[0].rank for found in fuse([Ranking("ecg", "report", {"a": 0.8, "b": 0.8, "c": 0.7})])}
    assert ranks == {"a": 1, "b": 1, "c": 3}


def test_a_match_keeps_the_way_it_was_found() -> None:
    found = fuse([Ranking("text", "report", {"a": 0.4})])[0]
    assert [(m.asked, m.modality, m.rank, m.similarity) for m in found.matches] == [("text", "report", 1, 0.4)]
