"""Learning to draw what is hidden of an ECG from what is left of it."""

from dataclasses import replace

import pytest
import torch

from data import simulated
from encoders.canvas import Canvas
from encoders.masking import CELLS, LEAST_MV, MOMENTS, Hidden, pretrain
from encoders.towers import EcgTower, TowerShape

CANVAS = Canvas()


@pytest.fixture
def tower() -> EcgTower:
    torch.manual_seed(0)
    return EcgTower(TowerShape(depth=1)).eval()


@pytest.fixture(scope="module")
def traces() -> torch.Tensor:
    return torch.stack([torch.from_numpy(CANVAS.trace(case.record)) for case in simulated.cases(12, seed=0)])


def test_more_than_half_is_hidden_and_often_all_leads_at_once(tower: EcgTower) -> None:
    hidden = Hidden(tower, CANVAS).drawn_by_lot(50, torch.Generator().manual_seed(0))

    assert hidden.float().mean().item() == pytest.approx(1 - (1 - MOMENTS) * (1 - CELLS), abs=0.02)
    assert hidden.all(dim=1).float().mean().item() == pytest.approx(MOMENTS, abs=0.03)


def test_drawing_nothing_costs_what_is_hidden_and_was_recorded(tower: EcgTower, traces: torch.Tensor) -> None:
    hidden = Hidden(tower, CANVAS)
    torch.nn.init.zeros_(hidden.drawn.weight)
    torch.nn.init.zeros_(hidden.drawn.bias)
    limb_leads = traces.clone()
    limb_leads[:, 6:] = torch.nan

    loss = hidden(tower, limb_leads, torch.Generator().manual_seed(3))

    where = hidden.drawn_by_lot(len(traces), torch.Generator().manual_seed(3))[:, :6]
    sizes = traces[:, :6].square().mean(-1, keepdim=True).sqrt() + LEAST_MV
    own = (traces[:, :6] / sizes)[where].abs()
    expected = torch.where(own < 1, own.square() / 2, own - 0.5).mean()  # Girshick 2015
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)


def test_it_is_learned_without_labels(tower: EcgTower, traces: torch.Tensor) -> None:
    losses = pretrain(tower, traces, CANVAS, epochs=12, seed=0, device="cpu")

    assert losses[-1] < 0.9 * losses[0]


def test_a_picture_of_which_the_tokens_are_no_moments_is_refused() -> None:
    canvas = replace(CANVAS, picture="strip-lead-patches")

    with pytest.raises(ValueError, match="rows of tokens"):
        Hidden(EcgTower(TowerShape(depth=1, picture=canvas.picture)), canvas)
