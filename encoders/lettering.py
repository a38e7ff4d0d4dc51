"""Training the small network that reads lead names and scales on sheets of paper; `data.paper.names` runs it without torch."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from data.paper.names import FINE, LAYERS, STEP_MM, VOCABULARY
from data.paper.rendering.lettering import Word, lettered

Array = npt.NDArray[Any]
Say = Callable[[str], object]
Page = tuple[npt.NDArray[np.uint8], list[Word]]

_CROP_MM = (24, 40)
_MIDDLE_MM, _AROUND_MM = 1.0, 2.2  # a cell this near to a word's middle is the word; a little further either is right
_UNNAMED = 0.25  # weight of a cell without a word
_TURN, _STRETCH = 4.0, (0.8, 1.25)  # degrees and factor by which a crop is distorted
_BATCH, _RATE, _TUNING_RATE, _STEEPEST = 24, 4e-3, 1.2e-3, 5.0
_EITHER = -1
_PARTS = ("weight", "bias")
_NONE_FIRST = 5.0  # logit of none to begin with: nearly all cells are


def recogniser(*, normalised: bool) -> nn.Sequential:
    """(batch, 1, row, column) ink to (batch, 1 + word, row, column) logits, a cell each `STEP_MM`."""
    layers: list[nn.Module] = []
    before = 1
    for number, (channels, side, stride, dilation) in enumerate(LAYERS):
        last = number + 1 == len(LAYERS)
        plain = last or not normalised
        layers.append(nn.Conv2d(before, channels, side, stride, dilation * (side // 2), dilation, bias=plain))
        layers += [] if last else [nn.ReLU()] if plain else [nn.BatchNorm2d(channels), nn.ReLU()]
        before = channels
    bias = layers[-1].bias
    assert isinstance(bias, nn.Parameter)
    nn.init.constant_(bias[:1], _NONE_FIRST)
    return nn.Sequential(*layers)


def folded(network: nn.Sequential) -> nn.Sequential:
    """The same function without normalisation, which is taken into the layers before it."""
    plain = recogniser(normalised=False)
    norms = [layer for layer in network if isinstance(layer, nn.BatchNorm2d)]
    for number, (to, layer) in enumerate(zip(_convolutions(plain), _convolutions(network), strict=True)):
        to.weight.data = layer.weight.detach().clone()
        assert to.bias is not None
        if number == len(norms):
            assert layer.bias is not None
            to.bias.data = layer.bias.detach().clone()
            continue
        norm = norms[number]
        assert norm.running_var is not None
        assert norm.running_mean is not None
        size = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
        to.weight.data *= size[:, None, None, None]
        to.bias.data = norm.bias.detach() - norm.running_mean * size
    return plain


def _convolutions(network: nn.Sequential) -> list[nn.Conv2d]:
    return [layer for layer in network if isinstance(layer, nn.Conv2d)]


def train(
    out: Path, fonts: Sequence[Path], *, pages: int = 540, steps: int = 1500, tuned: int = 1000, seed: int = 0, say: Say = print
) -> Path:
    """Draw pages with words in these fonts, learn to find the words, and write the weights to `out` in half precision.

    Parameters
    ----------
    fonts : font files; none of those that sheets are printed with to measure it, or it would flatter itself
    steps, tuned : of training with batch normalisation, and afterwards without
    """
    from safetensors.numpy import save_file

    drawn = []
    for number in range(pages):
        drawn.append(lettered(np.random.default_rng([seed, number]), fonts))
        if number % 20 == 0:
            say(f"page {number} of {pages}")
    network = learned(drawn, steps=steps, tuned=tuned, seed=seed, say=say)
    layers = enumerate(_convolutions(network))
    save_file({f"{n}.{part}": getattr(layer, part).detach().numpy().astype(np.float16) for n, layer in layers for part in _PARTS}, out)
    return out


def learned(drawn: Sequence[Page], *, steps: int, tuned: int, seed: int, say: Say) -> nn.Sequential:
    """A network, without normalisation, that finds the words on such pages."""
    torch.manual_seed(seed)
    crops = _crops(drawn, np.random.default_rng(seed))
    network = recogniser(normalised=True)
    _taught(network, crops, steps, _RATE, say)
    plain = folded(network.eval())
    _taught(plain, crops, tuned, _TUNING_RATE, say)
    return plain.eval()


def _taught(network: nn.Sequential, crops: Iterator[tuple[Array, Array]], steps: int, rate: float, say: Say) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    total = right = found = 0.0
    for step in range(steps):
        pictures, wanted = zip(*(next(crops) for _ in range(_BATCH)), strict=True)
        logits = network(torch.from_numpy(np.stack(pictures))[:, None])
        target = torch.from_numpy(np.stack(wanted))
        loss = _loss(logits, target)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), _STEEPEST)
        optimiser.step()
        schedule.step()
        named = target > 0
        total += float(loss.detach())
        right += float((logits.detach().argmax(1)[named] == target[named]).sum())
        found += float(named.sum())
        if step % 50 == 49:
            say(f"step {step + 1} of {steps}: loss {total / 50:.3f}, cells right {right / max(found, 1):.3f}")
            total = right = found = 0.0


def _loss(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    each = functional.cross_entropy(logits, target, ignore_index=_EITHER, reduction="none")
    named = target > 0
    return (each * torch.where(named, 1.0, _UNNAMED)).sum() / named.sum().clamp(min=1)


def _crops(drawn: Sequence[Page], rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Pieces of pages (row, column) 0 to 1, and what each cell is (row, column): a word from 1, 0 for none, `_EITHER`."""
    import cv2

    height, width = _CROP_MM
    while True:
        page, words = drawn[int(rng.integers(len(drawn)))]
        mm = np.array(page.shape) / FINE
        middle = rng.uniform(0, 1, 2) * mm
        if words and rng.random() < 0.7:
            word = words[rng.integers(len(words))]
            middle = np.array([word.y, word.x]) + rng.uniform(-0.45, 0.45, 2) * _CROP_MM
        turn, stretch = np.deg2rad(rng.uniform(-_TURN, _TURN)), rng.uniform(*_STRETCH) * rng.uniform(0.9, 1.1, 2)
        cos, sin = np.cos(turn), np.sin(turn)
        move = np.array([[cos, -sin], [sin, cos]]) * stretch  # of x and y, mm of the page from its middle to mm of the crop
        shift = np.array([width, height]) / 2 - move @ middle[::-1]
        # pixel centres: a pixel's place in mm is (n + 0.5) / FINE
        offset = FINE * (move @ np.full(2, 0.5 / FINE) + shift) - 0.5
        crop = cv2.warpAffine(page, np.column_stack([move, offset]), (width * FINE, height * FINE), flags=cv2.INTER_LINEAR)
        picture = np.clip(crop.astype(np.float32) / 255 * rng.uniform(0.6, 1.2) + rng.normal(0, 0.01), 0, 1)
        yield picture, _cells([(w.name, *(move @ (w.x, w.y) + shift)) for w in words])


def _cells(words: Sequence[tuple[str, float, float]]) -> Array:
    height, width = _CROP_MM
    ys, xs = (np.mgrid[:height, :width] + 0.5) * STEP_MM
    cells = np.zeros(xs.shape, np.int64)
    for name, x, y in words:
        apart = np.maximum(np.abs(xs - x), np.abs(ys - y))
        cells[(apart < _AROUND_MM) & (cells == 0)] = _EITHER
        cells[apart < _MIDDLE_MM] = 1 + VOCABULARY.index(name)
    return cells
