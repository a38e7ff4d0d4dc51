"""What the towers learn from: traces with statements, and reports with statements, most of them without a waveform."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from data import Case, ptbxl, simulated
from data.findings import VOCABULARY
from encoders.canvas import Canvas
from encoders.text import SentenceEncoder


@dataclass(frozen=True)
class TrainingSet:
    """Everything in memory: ECGs with their own report first among the reports."""

    traces: torch.Tensor  # (ecg, lead, column), half precision, mV, NaN where not recorded
    patients: torch.Tensor  # (ecg,), equal numbers are the same patient
    ecg_labels: torch.Tensor  # (ecg, statement), 0 or 1
    report_embeddings: torch.Tensor  # (report, text_dim); report i < ecg belongs to ECG i
    report_labels: torch.Tensor  # (report, statement)

    def __len__(self) -> int:
        return len(self.traces)


def collect(
    root: Path, *, folds: Iterable[int], n_simulated: int, seed: int, canvas: Canvas, statements: Sequence[str], sentences: SentenceEncoder
) -> TrainingSet:
    """Read PTB-XL's `folds` and draw simulated ECGs.

    The report tower also learns from the reports of `folds` whose waveform is not there, and from the vocabulary itself, so
    that a question in its words falls among the reports that mean it.
    """
    folds = tuple(folds)
    traces: list[npt.NDArray[np.float16]] = []
    patients: list[str] = []
    labels: list[npt.NDArray[np.float32]] = []
    texts: list[str] = []
    cases: Iterable[Case] = chain(ptbxl.cases(root, folds=folds), simulated.cases(n_simulated, seed=seed))
    for case in tqdm(cases, desc="reading ECGs", unit="ECG"):
        traces.append(canvas.trace(case.record).astype(np.float16))
        patients.append(case.patient.id or case.case_id)
        labels.append(one_hot(case.statements, statements))
        texts.append(case.report)
    more = [(row.report, one_hot(row.statements, statements)) for row in ptbxl.rows(root, folds=folds) if row.path is None]
    for code in statements:
        known = VOCABULARY[code]
        more += [(words, one_hot([code], statements)) for words in (known.name, *chain.from_iterable(known.synonyms.values()))]
    embeddings = sentences.embed(texts + [text for text, _ in more], progress=True)
    return TrainingSet(
        traces=torch.from_numpy(np.stack(traces)),
        patients=torch.from_numpy(np.unique(patients, return_inverse=True)[1]),
        ecg_labels=torch.from_numpy(np.stack(labels)),
        report_embeddings=torch.from_numpy(embeddings),
        report_labels=torch.from_numpy(np.stack(labels + [label for _, label in more])),
    )


def one_hot(stated: Iterable[str], statements: Sequence[str]) -> npt.NDArray[np.float32]:
    """1 for each of `statements` that is stated, whatever its likelihood: PTB-XL writes 0 for "unknown"."""
    stated = set(stated)
    return np.array([code in stated for code in statements], np.float32)
