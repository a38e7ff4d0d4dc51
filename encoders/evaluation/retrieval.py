"""Are the nearest cases alike? Every route at every level, beside what knows less and what knows everything."""

from dataclasses import dataclass

import numpy as np

from encoders import metrics
from encoders.encoder import Encoder
from encoders.evaluation import estimate
from encoders.evaluation.baselines import spectrum_scores, untrained
from encoders.evaluation.encoded import KNN, Encoded, ecg_routes
from encoders.evaluation.estimate import Estimate
from encoders.levels import LEVELS
from encoders.metrics import Floats


@dataclass(frozen=True)
class Quality:
    """One method at one level."""

    method: str
    level: str
    measures: dict[str, Estimate]


def retrieval(asked: Encoded, gallery: Encoded, encoder: Encoder) -> list[Quality]:
    """P@k counts any shared label, NDCG@10 weighs by the Jaccard overlap; the AUC is of labels voted for by the nearest."""
    blind = untrained(encoder)
    scores = {
        **ecg_routes(asked.ecgs, gallery),
        "report to ECG": asked.reports @ gallery.ecgs.T,
        "report to report (true words)": asked.reports @ gallery.reports.T,  # what a perfect writer of reports would find
        "random weights": blind.encode_ecgs(asked.records) @ blind.encode_ecgs(gallery.records).T,
        "log spectrum, PCA": spectrum_scores(asked.records, gallery.records),
        "chance": np.random.default_rng(0).random((len(asked), len(gallery))),
    }
    rows = []
    for level in LEVELS:
        wanted, labels = asked.labels(level), gallery.labels(level)
        rows += [Quality(method, level, measures(score, wanted, labels)) for method, score in scores.items()]
        rows.append(Quality("ceiling: true labels", level, measures(_knowing(wanted, labels), wanted, labels)))
    return rows


def measures(scores: Floats, wanted: Floats, labels: Floats) -> dict[str, Estimate]:
    """How good a ranking is.

    Parameters
    ----------
    scores : (query, case), larger is nearer
    wanted : (query, label) of 0 and 1; queries without any label are left out
    labels : (case, label)
    """
    counted = wanted.any(axis=1)
    if not counted.any():
        return {}
    scores, wanted = scores[counted], wanted[counted]
    gains, ranked = metrics.jaccard(wanted, labels), metrics.ranking(scores)
    per_query = {f"P@{k}": metrics.precision_at(k, gains, ranked) for k in (1, 5, 10)}
    per_query |= {"NDCG@10": metrics.ndcg_at(10, gains, ranked), "mAP": metrics.average_precision(gains, ranked)}
    told = {name: estimate.mean(values) for name, values in per_query.items()}
    return told | {"kNN AUC": estimate.macro_auc(wanted, metrics.knn_label_scores(KNN, ranked, labels))}


def _knowing(wanted: Floats, labels: Floats) -> Floats:
    """The gallery ranked by the query's own labels: Jaccard overlap, ties broken at random."""
    overlap = metrics.jaccard(wanted, labels)
    return overlap + 1e-6 * np.random.default_rng(0).random(overlap.shape)  # two overlaps differ by more
