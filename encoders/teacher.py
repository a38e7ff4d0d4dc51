"""A network that has seen more ECGs, to learn its doubts from: knowledge distillation (Hinton et al. 2015).

The one that is read here is the small residual network that iskoo-14/ecgresnet-ptbxl trained on folds 1-8 of the whole of
PTB-XL: 12 leads, 3 s at 100 Hz, five superclasses. It is used in training only and is no part of a checkpoint.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import max_pool1d, relu

from data import EcgCasesError

CLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
WINDOW = 300  # columns, 3 s
N_FEATURES = 128


class TeacherError(EcgCasesError, ValueError):
    """A file that is not the teacher's weights."""


class Taught(NamedTuple):
    """What the teacher makes of ECGs: means over their half-overlapping windows."""

    classes: torch.Tensor  # (batch, class), probabilities
    features: torch.Tensor  # (batch, feature), what it tells the classes from


class Block(nn.Module):
    """Two convolutions over time and a way around them."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(n_in, n_out, 7, stride=stride, padding=3, bias=False)
        self.bn1 = nn.BatchNorm1d(n_out)
        self.conv2 = nn.Conv1d(n_out, n_out, 7, padding=3, bias=False)
        self.bn2 = nn.BatchNorm1d(n_out)
        around = [nn.Conv1d(n_in, n_out, 1, stride=stride, bias=False), nn.BatchNorm1d(n_out)] if stride > 1 else []
        self.shortcut = nn.Sequential(*around)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return relu(self.bn2(self.conv2(relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


class Teacher(nn.Module):
    """Traces (batch, lead, column) in mV, all recorded, to the five superclasses' probabilities and what lies behind them.

    Its authors take the largest score of the half-overlapping windows, which ranks ECGs as well as the mean that is taken here,
    but is no probability: it says each class too often.
    """

    def __init__(self, typical_mv: torch.Tensor) -> None:
        """`typical_mv`: standard deviation of each lead over the training set, (lead,)."""
        super().__init__()
        self.stem = nn.Sequential(nn.Conv1d(12, 64, 15, stride=2, padding=7, bias=False), nn.BatchNorm1d(64))
        self.blocks = nn.Sequential(Block(64, 64, 1), Block(64, N_FEATURES, 2))
        self.head = nn.Linear(N_FEATURES, len(CLASSES))
        self.register_buffer("typical_mv", typical_mv[:, None], persistent=False)

    @torch.no_grad()
    def forward(self, traces: torch.Tensor) -> Taught:
        scaled = traces / self.get_buffer("typical_mv")
        windows = scaled.unfold(2, WINDOW, WINDOW // 2).transpose(1, 2)  # (batch, window, lead, column)
        hidden = max_pool1d(relu(self.stem(windows.flatten(0, 1))), 3, 2, 1)
        features = self.blocks(hidden).float().mean(-1)
        scores = self.head(features).float().sigmoid()
        return Taught(*(of.view(len(traces), -1, of.shape[1]).mean(1) for of in (scores, features)))


def load_teacher(weights: Path, typical_mv: torch.Tensor) -> Teacher:
    """The teacher of a safetensors file, for traces whose leads have these standard deviations, (lead,) in mV.

    Raises
    ------
    TeacherError : no such file, or the weights of another network
    """
    teacher = Teacher(typical_mv)
    try:
        teacher.load_state_dict(load_file(weights))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise TeacherError(f"{weights.name} is not the teacher's safetensors ({type(error).__name__}): wanted ecg_resnet1d's") from error
    return teacher.eval().requires_grad_(False)
