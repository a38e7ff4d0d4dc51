"""A measure over queries, and how far chance may have moved it."""

from dataclasses import dataclass

from encoders import metrics
from encoders.metrics import Floats


@dataclass(frozen=True)
class Estimate:
    """A value with its bootstrap 95 % interval over queries; NaN where it cannot be told."""

    value: float
    low: float
    high: float


def mean(values: Floats) -> Estimate:
    """Of (query,)."""
    return Estimate(float(values.mean()), *metrics.bootstrap_interval(values))


def macro_auc(labels: Floats, scores: Floats) -> Estimate:
    """Of labels (query, label) told by scores (query, label)."""
    return Estimate(metrics.macro_auc(labels, scores), *metrics.percentile_interval(metrics.bootstrapped_macro_auc(labels, scores)))


def macro_auc_fall(labels: Floats, before: Floats, after: Floats) -> Estimate:
    """By how much the macro AUC falls where `after` replaces `before`; both (query, label), of the same queries in every resample."""
    draws = metrics.bootstrapped_macro_auc(labels, before) - metrics.bootstrapped_macro_auc(labels, after)
    return Estimate(metrics.macro_auc(labels, before) - metrics.macro_auc(labels, after), *metrics.percentile_interval(draws))
