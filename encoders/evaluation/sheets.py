"""What is left of an ECG's neighbours when the query shows only what a printed sheet, or one lead, would?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from data import EcgRecord
from encoders import metrics
from encoders.encoder import Encoder, Vectors
from encoders.evaluation import estimate
from encoders.evaluation.encoded import KNN, Encoded, ecg_routes
from encoders.evaluation.estimate import Estimate
from encoders.metrics import Floats

ROUTES = ("ECG, both fused", "ECG to ECG")
_COLUMNS, _ROWS = 4, 3


@dataclass(frozen=True)
class Shown:
    """kNN AUC of the superclasses by one route, and its fall from the whole ECG; None for the whole itself."""

    shown: str
    route: str
    auc: Estimate
    fall: Estimate | None


def sheets(asked: Encoded, gallery: Encoded, encoder: Encoder) -> list[Shown]:
    """The gallery keeps its whole ECGs; only the queries show less."""
    wanted, labels = asked.labels("superclass"), gallery.labels("superclass")
    counted = wanted.any(axis=1)
    if not counted.any():
        return []

    def votes(ecgs: Vectors) -> dict[str, Floats]:
        routes = ecg_routes(ecgs[counted], gallery)
        return {route: metrics.knn_label_scores(KNN, metrics.ranking(routes[route]), labels) for route in ROUTES}

    def row(shown: str, route: str, seen: Floats, whole: Floats | None = None) -> Shown:
        fall = None if whole is None else estimate.macro_auc_fall(wanted[counted], whole, seen)
        return Shown(shown, route, estimate.macro_auc(wanted[counted], seen), fall)

    whole = votes(asked.ecgs)
    rows = [row("the whole ECG", route, whole[route]) for route in ROUTES]
    for shown, view in VIEWS.items():
        seen = votes(encoder.encode_ecgs([view(record) for record in asked.records]))
        rows += [row(shown, route, seen[route], whole[route]) for route in ROUTES]
    return rows


def sheet(record: EcgRecord, *, rhythm_strip: bool) -> EcgRecord:
    """A quarter of the time of each lead, in the order of a printed 3x4 sheet; with `rhythm_strip` also lead II throughout."""
    whole = record.standard()
    shown, span = np.full_like(whole.signal, np.nan), whole.n_samples // _COLUMNS
    for column in range(_COLUMNS):
        part = np.s_[column * _ROWS : (column + 1) * _ROWS, column * span : (column + 1) * span]
        shown[part] = whole.signal[part]
    if rhythm_strip:
        shown[whole.leads.index("II")] = whole["II"]
    return whole.changed(signal=shown)


def single_lead(record: EcgRecord, *, lead: str) -> EcgRecord:
    """As a watch or a monitor records it."""
    return record.changed(leads=(lead,), signal=record.standard()[lead][None])


VIEWS: dict[str, Callable[[EcgRecord], EcgRecord]] = {
    "3x4 and rhythm strip II": partial(sheet, rhythm_strip=True),
    "3x4": partial(sheet, rhythm_strip=False),
    "lead I alone": partial(single_lead, lead="I"),
    "lead II alone": partial(single_lead, lead="II"),
}
