"""Lead names and scales that are printed on a sheet: found anywhere on it by a small convolutional network."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.leads import STANDARD_LEADS
from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink
from data.paper.layouts import OTHER_LEADS

Array = npt.NDArray[Any]

VOCABULARY = (*STANDARD_LEADS, *OTHER_LEADS, "25 mm/s", "50 mm/s", "5 mm/mV", "10 mm/mV", "20 mm/mV")
FINE = 4  # pixels a mm that the network sees
WEIGHTS = Path(__file__).with_name("names.safetensors")
# (channels, side of the kernel, stride, dilation) of each layer; the last one tells the words of the vocabulary, and none, apart.
_WORDS = (1 + len(VOCABULARY), 1, 1, 1)
LAYERS = ((16, 5, 2, 1), (24, 3, 1, 1), (32, 3, 2, 1), (40, 3, 1, 1), (48, 3, 1, 1), (48, 3, 1, 2), (64, 3, 1, 3), _WORDS)
STEP_MM = 1.0  # between the places that the network judges
_LEAST = 0.3  # of certainty, below which nothing is seen
_MOST = 0.999  # certain is only what a file says in letters
_APART_MM = 3.0  # two words are no nearer


@dataclass(frozen=True)
class Seen:
    """A word of the vocabulary where it was seen.

    Parameters
    ----------
    x, y : its middle, pixels of the flat sheet
    certainty : 0 to 1; 1 where it was not recognised but is text
    """

    name: str
    x: float
    y: float
    certainty: float


def seen_by_the_recogniser(ink: Ink) -> Array:
    """Ink (row, column), 0 to 1, at `FINE` pixels a mm."""
    import cv2

    shrink = FINE / PIXELS_PER_MM
    return np.asarray(cv2.resize(ink.amount.astype(np.float32), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))


def names_seen(ink: Ink) -> list[Seen]:
    """Every word of the vocabulary on a sheet, the surest first."""
    import cv2

    likely = _likely(seen_by_the_recogniser(ink))
    known = likely[1:]
    best = known.max(axis=0)
    around = round(_APART_MM / STEP_MM) | 1
    tops = (best >= _LEAST) & (best >= cv2.dilate(best, np.ones((around, around), np.uint8)))
    found = []
    for row, column in np.argwhere(tops):
        near = known[:, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        which = int(known[:, row, column].argmax())
        weight = near[which]
        y, x = np.mgrid[max(0, row - 1) : max(0, row - 1) + weight.shape[0], max(0, column - 1) : max(0, column - 1) + weight.shape[1]]
        scale = STEP_MM * PIXELS_PER_MM
        right, below = ((float((weight * side).sum() / weight.sum()) + 0.5) * scale for side in (x, y))
        found.append(Seen(VOCABULARY[which], right, below, min(_MOST, float(best[row, column]))))
    return sorted(found, key=lambda seen: -seen.certainty)


def _likely(picture: Array) -> Array:
    """Probability (1 + word, row, column) of none and of each word of the vocabulary with its middle there, a `STEP_MM` apart."""
    layer = picture[None].astype(np.float32)
    for number, (_, _, stride, dilation) in enumerate(LAYERS):
        kernel, bias = _weights()[number]
        layer = convolved(layer, kernel, stride, dilation) + bias[:, None, None]
        if number + 1 < len(LAYERS):
            np.maximum(layer, 0, out=layer)
    layer = np.exp(layer - layer.max(axis=0))
    return np.asarray(layer / layer.sum(axis=0))


def convolved(layer: Array, kernel: Array, stride: int, dilation: int) -> Array:
    """A convolution with zeros around, as torch's `conv2d` with padding `dilation * (side // 2)`.

    Parameters
    ----------
    layer : (channel, row, column)
    kernel : (out, channel, side, side)

    Returns
    -------
    (out, row, column)
    """
    side = kernel.shape[2]
    pad = dilation * (side // 2)
    padded = np.pad(layer, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = (-(-n // stride) for n in layer.shape[1:])
    total = np.zeros((kernel.shape[0], rows * columns), np.float32)
    for i in range(side):  # one product of matrices for each place of the kernel: as quick as gathering them all, with less memory
        for j in range(side):
            part = padded[:, i * dilation :: stride, j * dilation :: stride][:, :rows, :columns]
            total += kernel[:, :, i, j] @ np.ascontiguousarray(part).reshape(layer.shape[0], -1)
    return total.reshape(-1, rows, columns)


@cache
def _weights() -> list[tuple[Array, Array]]:
    from safetensors.numpy import load_file

    kept = load_file(WEIGHTS)
    return [(kept[f"{n}.weight"].astype(np.float32), kept[f"{n}.bias"].astype(np.float32)) for n in range(len(LAYERS))]
