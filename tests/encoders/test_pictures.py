"""The pictures that an ECG can be painted as, and how they are cut into tokens."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from data import simulated
from encoders import Encoder, load_encoder
from encoders.canvas import Canvas
from encoders.checkpoint import CONFIG, CheckpointConfig, save_checkpoint
from encoders.pictures import PICTURES, PictureError
from encoders.towers import EcgTower, TowerShape, TwoTowers

ECG = simulated.simulate("normal", seed=3).record
TOKENS = {
    "strip": 50,
    "strip-no-shape": 50,
    "strip-bands": 50,
    "strip-50hz": 50,
    "strip-patches": 50,
    "strip-lead-patches": 12 * 20,
    "page": 12 * 18,
    "rows": 12 * 18,
    "fields": 14 * 14,
}


def traces(n: int = 1) -> torch.Tensor:
    return torch.from_numpy(Canvas().trace(ECG)).repeat(n, 1, 1)


@pytest.fixture(autouse=True)
def _with_pyts(request: pytest.FixtureRequest) -> None:
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") == "fields":
        pytest.importorskip("pyts", reason="the picture 'fields' is an extra: pip install 'ecg-cases[pictures]'")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_cut_into_its_tokens(name: str) -> None:
    tower = EcgTower(TowerShape(depth=1, dim=8, picture=name)).eval()

    assert tower.n_tokens == TOKENS[name]


@pytest.mark.parametrize("name", PICTURES)
def test_every_weight_of_a_tower_learns_from_its_picture(name: str) -> None:
    tower = EcgTower(TowerShape(depth=1, dim=8, dropout=0, picture=name))
    pictures = Canvas(picture=name).paint(traces(2) * torch.tensor([1.0, 0.5])[:, None, None])

    tower(pictures)[:, 0].sum().backward()

    assert [key for key, weight in tower.named_parameters() if weight.grad is None] == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_checkpoint_keeps_its_picture(name: str, tmp_path: Path) -> None:
    shape = TowerShape(depth=1, dim=8, n_statements=3, picture=name)
    config = CheckpointConfig(canvas=Canvas(picture=name), shape=shape)
    model = TwoTowers(shape)

    save_checkpoint(tmp_path / "small", model, config)

    kept = load_encoder(tmp_path / "small")
    cosine = kept.encode_ecgs([ECG]) @ Encoder(model, config, "in memory", kept.sentences).encode_ecgs([ECG]).T
    assert cosine.item() > 0.9999


def test_a_checkpoint_from_before_there_was_a_choice_is_of_strips(tmp_path: Path) -> None:
    shape = TowerShape(depth=1, dim=8, n_statements=3)
    save_checkpoint(tmp_path / "small", TwoTowers(shape), CheckpointConfig(shape=shape))
    config = json.loads((tmp_path / "small" / CONFIG).read_text())
    del config["canvas"]["picture"], config["shape"]["picture"]
    (tmp_path / "small" / CONFIG).write_text(json.dumps(config))

    assert load_encoder(tmp_path / "small").config.canvas.picture == "strip"


@pytest.mark.parametrize("name", PICTURES)
def test_what_was_not_recorded_at_all_is_zero(name: str) -> None:
    assert Canvas(picture=name).paint(torch.full((1, 12, 1000), torch.nan)).abs().max() == 0


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_does_not_depend_on_its_batch(name: str) -> None:
    batch = traces(3) * torch.tensor([1.0, 2.0, 0.3])[:, None, None]
    canvas = Canvas(picture=name)

    torch.testing.assert_close(canvas.paint(batch)[1:2], canvas.paint(batch[1:2]))


def test_slow_and_fast_add_up_to_the_voltage() -> None:
    painted = dict(zip(PICTURES["strip-bands"].channels, Canvas(picture="strip-bands").paint(traces())[0], strict=True))

    torch.testing.assert_close(painted["slow"] + painted["fast"], painted["voltage"])


def test_half_the_columns_are_the_means_of_two() -> None:
    whole, half = (Canvas(picture=name).paint(traces()) for name in ("strip", "strip-50hz"))

    torch.testing.assert_close(half, (whole[..., 0::2] + whole[..., 1::2]) / 2)


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(PictureError, match="picture is 'photo', wanted one of strip,"):
        Canvas(picture="photo")


def test_relative_positions_move_the_vectors_of_a_tower() -> None:
    torch.manual_seed(0)
    tower = EcgTower(TowerShape(depth=1, dim=8, picture="strip-lead-patches")).eval()
    pictures = Canvas(picture="strip-lead-patches").paint(traces())
    before = tower(pictures).detach()

    with torch.no_grad():
        tower.relative.relative_position_bias_table.normal_()  # type: ignore[union-attr]

    assert not np.allclose(before, tower(pictures).detach(), atol=1e-4)
