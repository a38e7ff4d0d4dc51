"""Several rankings of cases into one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.hits import Asked, Match, Modality

CONSTANT = 60.0  # of reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009
WEIGHTS: Mapping[tuple[Asked, Modality], float] = {
    ("ecg", "ecg"): 1.0,
    ("ecg", "report"): 1.0,
    ("text", "report"): 1.0,
    ("text", "ecg"): 1.0,
}
"""How much each way to a case counts: question to what of the case."""

_DECIMALS = 5  # cosines nearer than this are equal: float32 through the index is good to 1e-6


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
    rankings: Iterable[Ranking], *, weights: Mapping[tuple[Asked, Modality], float] = WEIGHTS, constant: float = CONSTANT
) -> list[Fused]:
    """Reciprocal rank fusion, best first, ties by case id.

    A case scores sum(weight / (constant + rank)) over the rankings that found it, divided by what rank 1 in each ranking
    would score. Equal similarities share the better rank, as many cases have word for word the same report.
    """
    rankings = list(rankings)
    best = sum(weights[ranking.asked, ranking.modality] for ranking in rankings) / (constant + 1)
    scores: dict[str, float] = {}
    matches: dict[str, list[Match]] = {}
    for ranking in rankings:
        weight = weights[ranking.asked, ranking.modality]
        rank, last = 0, float("inf")
        for place, (case_id, similarity) in enumerate(sorted(ranking.similarities.items(), key=lambda item: -item[1]), start=1):
            if (rounded := round(similarity, _DECIMALS)) < last:
                rank, last = place, rounded
            scores[case_id] = scores.get(case_id, 0.0) + weight / (constant + rank)
            matches.setdefault(case_id, []).append(Match(ranking.modality, rank, similarity, ranking.asked))
    order = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))
    return [Fused(case_id, scores[case_id] / best, tuple(matches[case_id])) for case_id in order]
