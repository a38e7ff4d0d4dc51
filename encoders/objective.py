"""What the towers are trained for: to state what was stated, and to lie near what states the same."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from encoders.augment import distorted, mixed, partly_hidden, shares
from encoders.canvas import Canvas
from encoders.dataset import TrainingSet
from encoders.imitation import Imitation
from encoders.levels import projection
from encoders.losses import contrast, disagreement, nearness
from encoders.precision import halved
from encoders.settings import Training
from encoders.towers import TwoTowers


class Objective(nn.Module):
    """The loss of a batch, with what it needs besides the towers."""

    def __init__(
        self, data: TrainingSet, statements: Sequence[str], how: Training, *, canvas: Canvas, imitation: Imitation | None = None
    ) -> None:
        super().__init__()
        self._data, self._how, self._canvas = data, how, canvas
        self._levels = [torch.from_numpy(projection(statements, level)) for level in how.weights.levels]
        self.imitation = imitation

    def forward(self, model: TwoTowers, picked: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Statements of ECGs and reports; nearness by shared labels; an ECG's own report; the teacher."""
        data, how, weights, device = self._data, self._how, self._how.weights, model.statements.weight.device
        more = torch.randint(len(data.report_labels), (how.n_reports,), generator=generator)
        seen = distorted(data.traces[picked].float(), how.augmentation, generator=generator, unscaled=~data.scaled[picked])
        share = shares(len(picked), how.augmentation, generator=generator)
        seen = mixed(seen, share)
        pictures = self._canvas.paint(partly_hidden(seen, how.augmentation, generator=generator))
        embeddings = torch.cat([data.report_embeddings[picked], data.report_embeddings[more]]).to(device)
        labels = data.ecg_labels[picked].to(device)
        report_labels = torch.cat([labels, data.report_labels[more].to(device)])

        with halved(device):
            features = model.ecg.features(pictures.to(device))
            ecgs = model.ecg.project(features).float()
        reports = model.report(embeddings)
        logits = model.logits(ecgs)
        said = mixed((data.ecg_likelihoods if weights.likely else data.ecg_labels)[picked], share).to(device)
        stated = binary_cross_entropy_with_logits(logits, said)
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
        if self.imitation is not None:
            loss = loss + self.imitation(features.float(), logits, seen.to(device), data.measured[picked].to(device))
        return loss
