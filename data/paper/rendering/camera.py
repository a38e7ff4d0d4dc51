"""What a scanner or a phone makes of a printed sheet: four levels of distortion."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]  # (row, column, red-green-blue)
Pixels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Level:
    """How strong each distortion is; ranges are drawn from evenly.

    Parameters
    ----------
    pixels_per_mm : of what the device sees
    turn : degrees, either way
    tilt : how far each corner moves, as a share of the sheet
    bend : how far the paper is from flat, mm
    shade : how much darker the darkest place is
    blur : sigma, pixels
    noise : sigma, grey levels
    wear : folds, stains and handwriting
    table : is there something around the sheet
    """

    pixels_per_mm: tuple[float, float]
    turn: float
    tilt: float = 0.0
    bend: float = 0.0
    shade: float = 0.0
    blur: tuple[float, float] = (0.3, 0.6)
    noise: tuple[float, float] = (0.0, 2.0)
    wear: int = 0
    table: bool = False
    quality: tuple[int, int] = (85, 96)
    colourless: float = 0.0  # share of sheets without colour


LEVELS = {
    "clean scan": Level((6, 10), turn=0.7),
    "worn scan": Level((5, 9), turn=3, shade=0.1, blur=(0.4, 0.9), noise=(1, 5), wear=3, quality=(60, 90), colourless=0.25),
    "good photo": Level((7, 10), turn=6, tilt=0.04, bend=0.8, shade=0.25, blur=(0.5, 1.0), noise=(1, 4), table=True, quality=(75, 92)),
    "bad photo": Level((5, 9), turn=15, tilt=0.1, bend=2.5, shade=0.5, blur=(0.8, 1.8), noise=(3, 9), wear=2, table=True, quality=(40, 80)),
}


def photographed(sheet: Picture, level: str, rng: np.random.Generator, *, pixels_per_mm: float) -> Picture:
    """The sheet as a device sees it.

    Parameters
    ----------
    sheet : (row, column, colour), flat
    level : a key of `LEVELS`
    pixels_per_mm : of the sheet
    """
    how = LEVELS[level]
    seen = _folded_and_stained(sheet.astype(np.float32), how, rng, pixels_per_mm)
    seen = _projected(seen, how, rng, pixels_per_mm)
    seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(*how.blur)), np.float32)
    seen *= _light(seen.shape[:2], how, rng)[..., None]
    if how.table:
        seen *= rng.uniform(0.85, 1.0) * rng.uniform(0.93, 1.0, 3).astype(np.float32)  # the colour of the light
    if rng.random() < how.colourless:
        seen[:] = seen.mean(axis=2, keepdims=True)
    seen += rng.normal(0, rng.uniform(*how.noise), seen.shape).astype(np.float32)
    pixels = np.clip(seen, 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*how.quality))])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # what was coded a moment ago
    return np.ascontiguousarray(decoded[..., ::-1])


def _folded_and_stained(sheet: Pixels, how: Level, rng: np.random.Generator, scale: float) -> Pixels:
    height, width = sheet.shape[:2]
    for _ in range(rng.integers(0, how.wear + 1)):  # folds: a line of light with a shadow
        across = rng.random() < 0.5
        at = rng.uniform(0.15, 0.85) * (height if across else width)
        distance = (np.arange(height if across else width) - at) / (0.8 * scale)
        profile = 1 + (0.1 * np.exp(-(distance**2)) - 0.18 * np.exp(-((distance - 1.2) ** 2))).astype(np.float32)
        sheet *= profile[:, None, None] if across else profile[None, :, None]
    for _ in range(rng.integers(0, how.wear + 1)):  # stains
        spot = np.zeros((height, width), np.float32)
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        cv2.ellipse(spot, centre, tuple(int(r) for r in rng.uniform(5, 25, 2) * scale), rng.uniform(0, 180), 0, 360, 1.0, -1)
        soft = cv2.resize(cv2.GaussianBlur(cv2.resize(spot, None, fx=0.1, fy=0.1), (0, 0), 0.2 * scale), (width, height))
        sheet *= 1 - soft[..., None] * np.array([0.05, 0.12, 0.25], np.float32)
    for _ in range(rng.integers(0, how.wear + 1) if how.wear else 0):  # handwriting
        start = rng.uniform([0.1 * width, 0.1 * height], [0.8 * width, 0.9 * height])
        steps = np.cumsum(rng.normal([1.2, 0], [1.0, 2.0], (12, 2)) * scale, axis=0)
        points = (start + steps).round().astype(np.int32)
        cv2.polylines(sheet, [points], False, [float(c) for c in rng.uniform(20, 110, 3)], round(0.5 * scale), cv2.LINE_AA)
    return sheet


def _projected(sheet: Pixels, how: Level, rng: np.random.Generator, scale: float) -> Pixels:
    """Turned, in perspective, bent, and at the resolution of the device."""
    height, width = sheet.shape[:2]
    ratio = rng.uniform(*how.pixels_per_mm) / scale
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(rng.uniform(-how.turn, how.turn))
    turned = (corners - corners.mean(0)) @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * ratio
    turned += rng.uniform(-how.tilt, how.tilt, (4, 2)) * ratio * np.array([width, height])
    margin = (rng.uniform(0.03, 0.1) if how.table else 0.002) * width * ratio
    turned -= turned.min(0) - margin
    size = np.ceil(turned.max(0) + margin).astype(int)
    back = cv2.getPerspectiveTransform(turned.astype(np.float32), corners)
    xs, ys = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    depth = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
    on_x = ((back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / depth).astype(np.float32)
    on_y = ((back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / depth).astype(np.float32)
    if how.bend:
        on_x += _wave(on_y, on_x, height, width, how.bend * scale, rng)
        on_y += _wave(on_x, on_y, width, height, how.bend * scale, rng)
    if ratio < 1:
        sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.4 / ratio), np.float32)
    table = [float(c) for c in (rng.uniform(40, 170) * rng.uniform(0.75, 1, 3) if how.table else (250, 250, 250))]
    return np.asarray(cv2.remap(sheet, on_x, on_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=table), np.float32)


def _wave(along: Pixels, across: Pixels, length: int, breadth: int, size: float, rng: np.random.Generator) -> Pixels:
    """A smooth displacement of at most `size` pixels, as of paper that does not lie flat."""
    phase, bias = rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    wave = np.sin(2 * np.pi * rng.uniform(0.4, 1.0) * along / length + phase) * np.cos(
        np.pi * rng.uniform(0.3, 0.8) * across / breadth + bias
    )
    return (rng.uniform(0.3, 1) * size * wave).astype(np.float32)


def _light(shape: tuple[int, ...], how: Level, rng: np.random.Generator) -> npt.NDArray[Any]:
    """The light on each pixel, at most 1: a gradient and a soft shadow."""
    if not how.shade:
        return np.ones(shape, np.float32)
    small = rng.uniform(0, 1, (3, 3)).astype(np.float32)
    return 1 - how.shade * rng.uniform(0.4, 1) * np.clip(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1)
