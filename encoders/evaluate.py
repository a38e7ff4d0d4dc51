"""The retrieval benchmark on PTB-XL: a gallery of past cases, queries of other patients, relevance by shared statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from data import Case, DataSetError, ptbxl
from encoders import metrics
from encoders.encoder import Encoder
from encoders.fusion import reciprocal_rank_fusion
from encoders.levels import LEVELS, labelled, labels_of, one_hot
from encoders.metrics import Floats
from encoders.towers import TwoTowers

KNN = 20  # neighbours that vote for a label


@dataclass(frozen=True)
class Row:
    """One method at one level: the mean of each measure and its 95 % interval; None where it cannot be told."""

    method: str
    level: str
    measures: dict[str, tuple[float, tuple[float, float] | None]]


def evaluate(root: Path, encoder: Encoder, *, gallery: Collection[int] = range(1, 9), queries: Collection[int] = (9,)) -> list[Row]:
    """Rank the gallery's cases for each query, by every route, beside what knows less: chance, random weights, a spectrum.

    Raises
    ------
    DataSetError : `root` is not PTB-XL, or has no waveform in one of the two
    """
    past, asked = list(ptbxl.cases(root, folds=gallery)), list(ptbxl.cases(root, folds=queries))
    if not past or not asked:
        raise DataSetError(f"no waveforms in folds {list(gallery if not past else queries)}: wanted some for gallery and queries")
    ecgs, asked_ecgs = (encoder.encode_ecgs([case.record for case in cases]) for cases in (past, asked))
    reports, asked_reports = (encoder.encode_reports([case.report for case in cases]) for cases in (past, asked))
    blind, asked_blind = (_untrained(encoder).encode_ecgs([case.record for case in cases]) for cases in (past, asked))
    scores = {
        "ECG to ECG": asked_ecgs @ ecgs.T,
        "ECG to report": asked_ecgs @ reports.T,
        "ECG, both fused": reciprocal_rank_fusion([asked_ecgs @ ecgs.T, asked_ecgs @ reports.T]),
        "report to ECG": asked_reports @ ecgs.T,
        "report to report (knows the answer's words)": asked_reports @ reports.T,
        "random weights": asked_blind @ blind.T,
        "log spectrum, PCA": _spectrum_scores(encoder, past, asked),
        "chance": np.random.default_rng(0).random((len(asked), len(past))),
    }
    return [_row(method, level, score, past, asked) for level in LEVELS for method, score in scores.items()]


def _row(method: str, level: str, scores: Floats, past: Sequence[Case], asked: Sequence[Case]) -> Row:
    labels, wanted = (
        np.stack([one_hot(labelled(case.statements, level), labels_of(level)) for case in cases]).astype(float) for cases in (past, asked)
    )
    counted = wanted.any(axis=1)
    scores, wanted = scores[counted], wanted[counted]
    gains, ranked = metrics.jaccard(wanted, labels), metrics.ranking(scores)
    per_query = {f"P@{k}": metrics.precision_at(k, gains, ranked) for k in (1, 5, 10)}
    per_query |= {"NDCG@10": metrics.ndcg_at(10, gains, ranked), "mAP": metrics.average_precision(gains, ranked)}
    auc = metrics.macro_auc(wanted, metrics.knn_label_scores(KNN, ranked, labels))
    measures = {name: (float(values.mean()), metrics.bootstrap_interval(values)) for name, values in per_query.items()}
    return Row(method, level, {**measures, "kNN AUC": (auc, None)})


def _untrained(encoder: Encoder) -> Encoder:
    torch.manual_seed(0)
    return Encoder(TwoTowers(encoder.config.shape), encoder.config, "untrained")


def _spectrum_scores(encoder: Encoder, past: Sequence[Case], asked: Sequence[Case], n_components: int = 64) -> Floats:
    """Cosines of the principal components of every lead's log amplitude spectrum."""

    def spectra(cases: Sequence[Case]) -> Floats:
        traces = np.nan_to_num(np.stack([encoder.config.canvas.trace(case.record) for case in cases]))
        return np.log(np.abs(np.fft.rfft(traces, axis=-1))[..., :400] + 1e-3).reshape(len(cases), -1)

    known, new = spectra(past), spectra(asked)
    mean = known.mean(axis=0)
    axes = np.linalg.svd(known - mean, full_matrices=False)[2][:n_components].T
    a, b = (new - mean) @ axes, (known - mean) @ axes
    return (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T
