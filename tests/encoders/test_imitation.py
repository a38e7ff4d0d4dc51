"""Learning what a teacher says of an ECG, and what it sees in it."""

from dataclasses import replace

import pytest
import torch

from encoders.imitation import Imitation
from encoders.settings import Weights
from encoders.teacher import CLASSES, N_FEATURES, Teacher

SIZES = torch.tensor([0.1, 0.3, 1.0, 3.0, 10.0, 30.0])  # so different that the teacher's features spread
TRACES = SIZES[:, None, None] * torch.randn(6, 12, 1000, generator=torch.Generator().manual_seed(0))
LEVEL = torch.eye(len(CLASSES))
NONE, ALL = torch.zeros(6, dtype=torch.bool), torch.ones(6, dtype=torch.bool)


@pytest.fixture
def teacher() -> Teacher:
    torch.manual_seed(0)
    return Teacher(torch.ones(12)).eval().requires_grad_(False)


def imitation(teacher: Teacher, weights: Weights) -> Imitation:
    """Of a tower that has as many features as the teacher, taken over as they are."""
    made = Imitation(teacher, TRACES, n_features=N_FEATURES, level=LEVEL, weights=weights)
    made.to_teacher.load_state_dict({"weight": torch.eye(N_FEATURES), "bias": torch.zeros(N_FEATURES)})
    return made


def spread_alike(features: torch.Tensor) -> torch.Tensor:
    return (features - features.mean(0)) / (features.std(0) + 1e-3)


def test_a_tower_that_sees_what_the_teacher_sees_has_nothing_to_learn(teacher: Teacher) -> None:
    seen = spread_alike(teacher(TRACES).features)

    loss = imitation(teacher, Weights(features=1.0, teacher=0.0))(seen, torch.zeros(6, 5), TRACES, NONE)

    assert loss.item() == pytest.approx(0.0, abs=1e-2)


def test_a_tower_that_sees_nothing_is_a_standard_deviation_off(teacher: Teacher) -> None:
    loss = imitation(teacher, Weights(features=1.0, teacher=0.0))(torch.zeros(6, N_FEATURES), torch.zeros(6, 5), TRACES, NONE)

    assert loss.item() == pytest.approx(5 / 6, rel=0.05)  # the sample's variance is over n - 1


def test_classes_are_learned_only_where_the_size_is_that_of_a_recording(teacher: Teacher) -> None:
    weights = Weights(features=0.0, teacher=1.0)

    loss = imitation(teacher, weights)(torch.zeros(6, N_FEATURES), torch.zeros(6, 5), TRACES, NONE)

    assert loss.item() == 0.0


def test_the_classes_that_the_teacher_gives_cost_least(teacher: Teacher) -> None:
    learned = imitation(teacher, Weights(features=0.0, teacher=1.0))
    said = torch.logit(teacher(TRACES).classes)

    losses = [learned(torch.zeros(6, N_FEATURES), said + off, TRACES, ALL).item() for off in (-1.0, 0.0, 1.0)]

    assert min(losses) == losses[1]


def test_the_teacher_does_not_learn(teacher: Teacher) -> None:
    learned = imitation(teacher, Weights())

    learned(torch.zeros(6, N_FEATURES), torch.zeros(6, 5), TRACES, ALL).backward()

    assert [name for name, p in learned.named_parameters() if p.grad is not None] == ["to_teacher.weight", "to_teacher.bias"]


def test_what_was_not_recorded_is_no_harm(teacher: Teacher) -> None:
    gaps = TRACES.clone()
    gaps[:, 3, :500] = torch.nan

    loss = imitation(teacher, replace(Weights(), teacher=1.0))(torch.zeros(6, N_FEATURES), torch.zeros(6, 5), gaps, ALL)

    assert bool(torch.isfinite(loss))
