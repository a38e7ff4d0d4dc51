"""Several rankings of cases into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.hits import Asked, Match, Modality
from encoders.fusion import CONSTANT

WEIGHTS: Mapping[tuple[Asked, Modality], float] = {
    ("ecg", "ecg"): 1.0,
    ("ecg", "report"): 1.0,
    ("text", "report"): 1.0,
    ("text", "ecg"): 1.0,
}
"""How much each way to a case counts: question to what of the case."""

_EQUAL = 1e-5  # cosines nearer than this are equal: float32 through the index is good to 1e-6


@dataclass(frozen=True)
class Ranking:
    """What one question found among one modality: case ids with their cosine."""

    asked: Asked
    modality: Modality
    similarities: Mapping[str, float]


@dataclass(frozen=True)
class Fused:
    """A case with its place in the rankings that found it."""

    case_id: str
    score: float  # 0 to 1
    matches: tuple[Match, ...]


def fuse(
    rankings: Sequence[Ranking],
    *,
    k: int | None = None,
    weights: Mapping[tuple[Asked, Modality], float] = WEIGHTS,
    constant: float = CONSTANT,
) -> list[Fused]:
    """Reciprocal rank fusion: the best k cases, or all of them, best first, ties by case id.

    A case scores sum(weight / (constant + rank)) over the rankings that found it, divided by what rank 1 in each ranking
    would score. Equal similarities share the better rank, as many cases have word for word the same report.
    """
    ranks = [_ranks(ranking.similarities) for ranking in rankings]
    scores: dict[str, float] = {}
    for ranking, rank in zip(rankings, ranks, strict=True):
        weight = weights[ranking.asked, ranking.modality]
        for case_id, place in rank.items():
            scores[case_id] = scores.get(case_id, 0.0) + weight / (constant + place)
    best = sum(weights[ranking.asked, ranking.modality] for ranking in rankings) / (constant + 1)
    order = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))[:k]
    return [Fused(case_id, scores[case_id] / best, _matches(case_id, rankings, ranks)) for case_id in order]


def _ranks(similarities: Mapping[str, float]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    rank, last = 0, float("inf")
    for place, case_id in enumerate(sorted(similarities, key=similarities.__getitem__, reverse=True), start=1):
        if last - similarities[case_id] > _EQUAL:
            rank, last = place, similarities[case_id]
        ranks[case_id] = rank
    return ranks


def _matches(case_id: str, rankings: Sequence[Ranking], ranks: Sequence[Mapping[str, int]]) -> tuple[Match, ...]:
    return tuple(
        Match(ranking.modality, rank[case_id], ranking.similarities[case_id], ranking.asked)
        for ranking, rank in zip(rankings, ranks, strict=True)
        if case_id in rank
    )
