"""Learning from a teacher: what it says of an ECG, and what it sees in it (Romero et al. 2015, FitNets)."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import mse_loss

from encoders.dataset import TrainingSet, typical_size
from encoders.levels import labels_of, projection
from encoders.losses import doubt
from encoders.precision import halved
from encoders.settings import Weights
from encoders.teacher import CLASSES, N_FEATURES, Teacher, load_teacher

_AT_ONCE = 64


class Imitation(nn.Module):
    """How far the ECG tower is from its teacher.

    The teacher may be asked about any ECG: distorted, mixed, or of unknown labels. So its features teach more than labels can.
    """

    def __init__(self, teacher: Teacher, traces: torch.Tensor, *, n_features: int, level: torch.Tensor, weights: Weights) -> None:
        """Measure how the teacher's features spread over `traces`, so that all count alike.

        Parameters
        ----------
        traces : (ecg, lead, column) in mV with NaN, some that are typical
        n_features : of the tower
        level : (statement, class) of 0 and 1, the teacher's classes in order
        """
        super().__init__()
        self._teacher, self._weights = teacher, weights
        self.to_teacher = nn.Linear(n_features, N_FEATURES)
        seen = torch.cat([teacher(torch.nan_to_num(batch.float())).features for batch in traces.split(_AT_ONCE)])
        self.register_buffer("centre", seen.mean(0), persistent=False)
        self.register_buffer("spread", seen.std(0) + 1e-3, persistent=False)
        self.register_buffer("level", level, persistent=False)

    def forward(self, features: torch.Tensor, logits: torch.Tensor, traces: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
        """The weighted loss.

        Parameters
        ----------
        features : (batch, n_features), the tower's
        logits : (batch, statement)
        traces : (batch, lead, column) in mV with NaN, all that the tower was shown and what was hidden from it
        measured : (batch,), bool, the ECGs whose size is that of a recording, which the teacher's classes hold for
        """
        asked = torch.ones_like(measured) if self._weights.features else measured  # the classes alone need no more
        if not asked.any():
            return logits.sum() * 0.0
        with halved(features.device):
            taught = self._teacher(torch.nan_to_num(traces[asked]))
        wanted = ((taught.features - self.get_buffer("centre")) / self.get_buffer("spread")).clamp(-4, 4)
        loss = self._weights.features * mse_loss(self.to_teacher(features[asked]), wanted)
        if measured.any():
            said = doubt(logits[measured], self.get_buffer("level"), taught.classes[measured[asked]])
            loss = loss + self._weights.teacher * said.mean()
        return loss


def imitation_of(teacher: Path, data: TrainingSet, statements: Sequence[str], weights: Weights, *, n_features: int) -> Imitation:
    """The imitation of the teacher in a file, for the traces that are learned from.

    Raises
    ------
    TeacherError : no such file, or the weights of another network
    """
    traces = data.traces[data.measured]
    columns = [labels_of("superclass").index(name) for name in CLASSES]
    level = torch.from_numpy(projection(statements, "superclass")[:, columns])
    taught_by = load_teacher(teacher, torch.from_numpy(typical_size(traces.numpy())))
    return Imitation(taught_by, traces, n_features=n_features, level=level, weights=weights)
