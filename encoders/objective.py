"""What the towers are trained for: to state what was stated, and to lie near what states the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from encoders.augment import Augmentation, distorted, partly_hidden
from encoders.canvas import Canvas
from encoders.dataset import TrainingSet
from encoders.levels import LEVELS, labels_of, projection
from encoders.losses import contrast, disagreement, doubt, nearness
from encoders.precision import halved
from encoders.teacher import CLASSES, Teacher
from encoders.towers import TwoTowers


@dataclass(frozen=True)
class Weights:
    """Of the parts of the loss, and how sharp the contrasts are."""

    temperature: float = 0.1
    statement: float = 15.0  # of the mean binary cross entropy
    near: float = 10.0  # of each disagreement with the nearness that shared labels give
    contrast: float = 1.5  # of each contrast of ECG and report, which tells an ECG's own report from others that state the same
    teacher: float = 2.0  # of the mean cross entropy with the teacher, if there is one
    levels: tuple[str, ...] = tuple(LEVELS)  # at which shared labels count


class Objective:
    """The loss of a batch, with what it needs besides the towers."""

    def __init__(
        self, data: TrainingSet, statements: Sequence[str], weights: Weights, *, canvas: Canvas, n_reports: int, teacher: Teacher | None
    ) -> None:
        """`n_reports`: how many reports without ECG each batch sees."""
        self._data, self._weights, self._canvas, self._n_reports = data, weights, canvas, n_reports
        self._levels = [torch.from_numpy(projection(statements, level)) for level in weights.levels]
        columns = [labels_of("superclass").index(name) for name in CLASSES]
        self._taught = torch.from_numpy(projection(statements, "superclass")[:, columns])
        self._teacher = teacher

    def __call__(self, model: TwoTowers, picked: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Statements of ECGs and reports; nearness by shared labels; an ECG's own report; the teacher's superclasses."""
        data, weights, device = self._data, self._weights, model.statements.weight.device
        more = torch.randint(len(data.report_labels), (self._n_reports,), generator=generator)
        seen = distorted(data.traces[picked].float(), Augmentation(), generator=generator, unscaled=~data.scaled[picked])
        pictures = self._canvas.paint(partly_hidden(seen, Augmentation(), generator=generator))
        embeddings = torch.cat([data.report_embeddings[picked], data.report_embeddings[more]]).to(device)
        labels = data.ecg_labels[picked].to(device)
        report_labels = torch.cat([labels, data.report_labels[more].to(device)])

        with halved(device):
            ecgs = model.ecg(pictures.to(device))
        ecgs, reports = ecgs.float(), model.report(embeddings)
        logits = model.logits(ecgs)
        stated = binary_cross_entropy_with_logits(logits, labels)
        written = binary_cross_entropy_with_logits(model.logits(reports), report_labels)

        levels = [level.to(device) for level in self._levels]
        shared = nearness(labels, report_labels, levels)
        among = shared[:, : len(picked)]
        patients = data.patients[picked].to(device)
        of_others = among.masked_fill(patients[:, None] == patients[None, :], torch.nan)
        near = (
            disagreement(ecgs, reports, shared)
            + disagreement(ecgs, ecgs, of_others)
            + disagreement(reports, reports, nearness(report_labels, report_labels, levels))
        )
        pair = torch.eye(len(picked), device=device)
        to_reports = torch.cat([among + pair, shared[:, len(picked) :]], dim=1)
        own = contrast(ecgs, reports, to_reports, weights.temperature) + contrast(
            reports[: len(picked)], ecgs, among + pair, weights.temperature
        )
        loss = weights.statement * (stated + written) + weights.near * near + weights.contrast * own
        measured = data.measured[picked]
        if self._teacher is not None and measured.any():
            wanted = self._teacher(torch.nan_to_num(seen[measured]).to(device))
            loss = loss + weights.teacher * doubt(logits[measured.to(device)], self._taught.to(device), wanted).mean()
        return loss
