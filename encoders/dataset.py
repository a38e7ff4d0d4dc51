"""What the towers learn from: traces with statements, and reports with statements, most of them without a waveform."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from data import STANDARD_LEADS, DataSetError, EcgRecord, ptbxl, simulated, unscaled
from data.findings import VOCABULARY
from encoders.canvas import Canvas
from encoders.levels import likelihoods, one_hot
from encoders.text import SentenceEncoder


@dataclass(frozen=True)
class TrainingSet:
    """Everything in memory: ECGs with their own report first among the reports."""

    traces: torch.Tensor  # (ecg, lead, column), half precision, mV, NaN where not recorded
    patients: torch.Tensor  # (ecg,), equal numbers are the same patient
    scaled: torch.Tensor  # (ecg,), bool; False where only the shape is known, drawn at a typical size
    measured: torch.Tensor  # (ecg,), bool; True where the ECG was recorded, with its size: neither simulated nor unscaled
    ecg_labels: torch.Tensor  # (ecg, statement), 0 or 1
    ecg_likelihoods: torch.Tensor  # (ecg, statement), 0 to 1
    report_embeddings: torch.Tensor  # (report, text_dim); report i < ecg belongs to ECG i
    report_labels: torch.Tensor  # (report, statement)

    def __len__(self) -> int:
        return len(self.traces)

    def only(self, kept: torch.Tensor) -> "TrainingSet":
        """The ECGs of `kept`, (ecg,) bool; the reports of all others stay, as reports without ECG."""
        order = torch.arange(len(self.report_labels))
        order = torch.cat([order[: len(self)][kept], order[: len(self)][~kept], order[len(self) :]])
        ecgs = {name: getattr(self, name)[kept] for name in ("traces", "patients", "scaled", "measured", "ecg_labels", "ecg_likelihoods")}
        return replace(self, **ecgs, report_embeddings=self.report_embeddings[order], report_labels=self.report_labels[order])


def collect(
    root: Path,
    *,
    folds: Iterable[int],
    n_simulated: int,
    seed: int,
    canvas: Canvas,
    statements: Sequence[str],
    sentences: SentenceEncoder,
    unscaled_root: Path | None = None,
) -> TrainingSet:
    """Read PTB-XL's `folds`, and those of its ECGs that `unscaled_root` holds without size, and draw simulated ECGs.

    The report tower also learns from the reports of `folds` whose waveform is not there, and from the vocabulary itself, so
    that a question in its words falls among the reports that mean it.

    Raises
    ------
    DataSetError : one of the folders is not what it should be, or PTB-XL has no waveform in these folds
    """
    rows = {row.ecg_id: row for row in ptbxl.rows(root, folds=tuple(folds))}
    cases = [*ptbxl.cases(root, folds=tuple(folds)), *simulated.cases(n_simulated, seed=seed)]
    traces = [canvas.trace(case.record).astype(np.float16) for case in tqdm(cases, desc="reading ECGs", unit="ECG")]
    patients = [case.patient.id or case.case_id for case in cases]
    stated = [(case.report, one_hot(case.statements, statements)) for case in cases]
    likely = [likelihoods(case.statements, statements) for case in cases]
    n_scaled, n_recorded = len(cases), sum(case.source == ptbxl.SOURCE for case in cases)
    if not n_recorded:
        raise DataSetError(f"{root.name} has no waveform in the folds asked for: fetch it with `ecg-cases download ptb-xl DIR`")

    learned = {row.ecg_id for row in rows.values() if row.path is not None}
    if unscaled_root is not None:
        typical_mv = typical_size(np.stack(traces[:n_recorded]))
        for number, signal in unscaled.ecgs(unscaled_root):
            if number not in rows or number in learned:
                continue
            learned.add(number)
            record = EcgRecord(STANDARD_LEADS, signal * typical_mv[:, None], unscaled.FS)
            traces.append(canvas.trace(record).astype(np.float16))
            patients.append(rows[number].patient.id or rows[number].case_id)
            stated.append((rows[number].report, one_hot(rows[number].statements, statements)))
            likely.append(likelihoods(rows[number].statements, statements))

    stated += [(row.report, one_hot(row.statements, statements)) for row in rows.values() if row.ecg_id not in learned]
    for code in statements:
        known = VOCABULARY[code]
        stated += [(words, one_hot([code], statements)) for words in (known.name, *chain.from_iterable(known.synonyms.values()))]
    embeddings = sentences.embed([text for text, _ in stated], progress=True)
    labels = torch.from_numpy(np.stack([label for _, label in stated]))
    order = torch.arange(len(traces))
    return TrainingSet(
        traces=torch.from_numpy(np.stack(traces)),
        patients=torch.from_numpy(np.unique(patients, return_inverse=True)[1]),
        scaled=order < n_scaled,
        measured=order < n_recorded,
        ecg_labels=labels[: len(traces)],
        ecg_likelihoods=torch.from_numpy(np.stack(likely)),
        report_embeddings=torch.from_numpy(embeddings),
        report_labels=labels,
    )


def batches(n: int, size: int, generator: torch.Generator) -> Iterator[torch.Tensor]:
    """The numbers below n, shuffled, in batches (size,); what is left over is left out."""
    order = torch.randperm(n, generator=generator)
    yield from order[: max(1, n // size) * size].split(size)


def typical_size(traces: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Standard deviation in mV of each lead, (lead,), over ECGs (ecg, lead, column) whose mean is 0."""
    return np.sqrt(np.nanmean(np.square(traces.astype(np.float32)), axis=(0, 2)))
