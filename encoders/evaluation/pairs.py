"""Does an ECG find its own report among those of the same fold, and a report its ECG?"""

from dataclasses import dataclass

import numpy as np

from encoders import metrics
from encoders.evaluation import estimate
from encoders.evaluation.encoded import Encoded
from encoders.evaluation.estimate import Estimate

KS = (1, 5, 10)


@dataclass(frozen=True)
class Recall:
    """Recall in one direction; `exact` of the own pair, `same_text` of any case whose report has the same text."""

    direction: str
    exact: dict[str, Estimate]
    same_text: dict[str, Estimate]


def pairs(cases: Encoded) -> list[Recall]:
    """R@1, R@5 and R@10 of every case among all of them, beside chance and the ceiling that repeated reports impose.

    Who matches texts without fault finds the own one of m equal reports among the first k with probability min(1, k / m): the
    ceiling of exact R@k is the mean of that over queries, in both directions.
    """
    _, first, places = np.unique([case.report for case in cases.cases], return_index=True, return_inverse=True)
    same = places[:, None] == places
    scores = cases.ecgs @ cases.reports[first].T[:, places]  # equal texts tie to the last bit
    rows = [
        Recall(
            direction,
            {f"R@{k}": estimate.mean(metrics.pair_recall_at(k, score)) for k in KS},
            {f"R@{k}": estimate.mean(metrics.any_recall_at(k, score, same)) for k in KS},
        )
        for direction, score in (("ECG to report", scores), ("report to ECG", scores.T))
    ]
    n = len(cases)
    ceiling = Recall(
        "ceiling: the text matched",
        {f"R@{k}": estimate.mean(metrics.text_ceiling_at(k, same)) for k in KS},
        {f"R@{k}": estimate.mean(np.ones(n)) for k in KS},
    )
    chance = Recall(
        "chance",
        {f"R@{k}": estimate.mean(np.full(n, min(1.0, k / n))) for k in KS},
        {f"R@{k}": estimate.mean(metrics.any_chance_at(k, same)) for k in KS},
    )
    return [*rows, chance, ceiling]
