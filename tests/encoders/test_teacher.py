"""The network that superclasses are learned from."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score

from data import ptbxl
from encoders.canvas import Canvas
from encoders.dataset import typical_size
from encoders.levels import labelled, one_hot
from encoders.teacher import CLASSES, Teacher, TeacherError, load_teacher


def test_probabilities_for_every_class() -> None:
    said = Teacher(torch.ones(12)).eval()(torch.randn(3, 12, 1000)).classes

    assert (tuple(said.shape), bool(((said > 0) & (said < 1)).all())) == ((3, 5), True)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    save_file({"head.weight": torch.ones(2, 2)}, tmp_path / "model.safetensors")

    with pytest.raises(TeacherError, match="not the teacher's safetensors"):
        load_teacher(tmp_path / "model.safetensors", torch.ones(12))


def test_the_published_weights_tell_superclasses_apart(shared: Path) -> None:
    cases = list(ptbxl.cases(shared / "ptbxl", folds=[9]))
    traces = np.stack([Canvas().trace(case.record) for case in cases])
    labels = np.stack([one_hot(labelled(case.statements, "superclass"), CLASSES) for case in cases])

    teacher = load_teacher(shared / "weights" / "ecg_resnet1d" / "model.safetensors", torch.from_numpy(typical_size(traces)))

    assert roc_auc_score(labels, teacher(torch.from_numpy(traces)).classes.numpy(), average="macro") > 0.9
