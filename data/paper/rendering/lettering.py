"""Printed pages full of words, with known places: what the recogniser of lead names and scales is trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from data.paper.flat import PIXELS_PER_MM, FlatSheet
from data.paper.ink import written
from data.paper.names import VOCABULARY, seen_by_the_recogniser
from data.paper.rendering.camera import Picture
from data.paper.rendering.sheet import printed, random_print
from data.simulated import KINDS, simulate

Array = npt.NDArray[Any]

_WORDS = 90  # on a page
_VOCABULARY, _LEADS = 0.6, 0.75  # share of words that are to be known, and of those that are leads
_UNKNOWN = (
    "V", "aV", "VR", "VL", "IV", "VI", "V0", "V10", "aVB", "aV1", "A", "l", "1", "11", "|", "||", "/", "-", "R", "F", "L", "H", "T", "N",
    "M", "X", "Y", "Z", "J", "U", "VF", "VT", "AV", "aFib", "QRS", "QT", "PR", "ms", "Hz", "mm", "mV", "BPM", "/min", "ECG", "ID:", "P-R-T",
    "axes", "0.05-150 Hz", "40 Hz", "12.5 mm/s", "100 mm/s", "2.5 mm/mV", "72", "158", "384/420", "25", "50", "10", "5", "20", "Vent. rate",
    "Sinus rhythm", "Abnormal ECG", "Normal", "V-rate", "Unconfirmed", "Page 1", "F 60 Hz", "60~", "12SL", "Speed", "Limb", "Chest", "Lead",
)  # fmt: skip
_CHEST = tuple(f"V{n}" for n in range(1, 7))


@dataclass(frozen=True)
class Word:
    """A word of the vocabulary on a page: its middle, mm from the left and from above."""

    name: str
    x: float
    y: float


def lettered(rng: np.random.Generator, fonts: Sequence[Path]) -> tuple[Picture, list[Word]]:
    """A page as the recogniser sees it, and the words of the vocabulary on it.

    Parameters
    ----------
    fonts : files to draw words with

    Returns
    -------
    ink (row, column) 0 to 255 at `FINE` pixels a mm; words
    """
    how = replace(random_print(rng), names=False, scale_at="none")
    record = simulate(str(rng.choice(list(KINDS))), seed=int(rng.integers(1 << 30))).record
    page = Image.fromarray(printed(record, how, pixels_per_mm=PIXELS_PER_MM))
    words = _written_on(page, rng, fonts, how.pen)
    flat = _seen(np.asarray(page), rng)
    everywhere = np.ones(flat.shape[:2], bool)
    nodes = np.zeros((1, 1))
    ink = written(FlatSheet(flat, nodes, nodes, 5, nodes, everywhere))
    return (seen_by_the_recogniser(ink) * 255).astype(np.uint8), words


def _written_on(page: Image.Image, rng: np.random.Generator, fonts: Sequence[Path], pen: tuple[int, int, int]) -> list[Word]:
    canvas, taken, words = ImageDraw.Draw(page), list[tuple[float, ...]](), []
    scale = PIXELS_PER_MM
    own = [str(font) for font in rng.choice(np.array(fonts, object), 3)]  # a device has few fonts
    for _ in range(_WORDS):
        name, text = _word(rng)
        font = ImageFont.truetype(own[rng.integers(3)], round(rng.uniform(2.2, 5.6) * scale))
        spacing = float(rng.choice([0, 0, 0, 0, rng.uniform(-0.2, 1.2)])) * scale
        glyphs = [text] if not spacing or len(text) > 4 else list(text)
        widths = [canvas.textlength(glyph, font=font) + spacing for glyph in glyphs]
        left, top, right, bottom = canvas.textbbox((0, 0), text, font=font)
        right = left + sum(widths) if len(glyphs) > 1 else right
        x, y = rng.uniform(0, page.width - right), rng.uniform(0, page.height - bottom)
        box = (x + left, y + top, x + right, y + bottom)
        pad = 0.8 * scale
        if any(box[0] < t[2] + pad and box[2] > t[0] - pad and box[1] < t[3] + pad and box[3] > t[1] - pad for t in taken):
            continue
        taken.append(box)
        for glyph, before in zip(glyphs, np.cumsum([0, *widths[:-1]]), strict=True):
            canvas.text((x + before, y), glyph, fill=pen, font=font)
        if name:
            words.append(Word(name, (box[0] + box[2]) / 2 / scale, (box[1] + box[3]) / 2 / scale))
    return words


def _word(rng: np.random.Generator) -> tuple[str | None, str]:
    """A word, and as what it is to be known; None for one that is to be passed over."""
    if rng.random() > _VOCABULARY:
        return None, str(rng.choice(_UNKNOWN)) if rng.random() < 0.9 else " ".join(rng.choice(_UNKNOWN, 3))
    scales = [name for name in VOCABULARY if "mm" in name]
    leads = [name for name in VOCABULARY if "mm" not in name]
    if rng.random() > _LEADS:
        name = str(rng.choice(scales))
        number, unit = name.split()
        unit = unit.replace("/s", str(rng.choice(["/s", "/s", "/sec"])))
        number += str(rng.choice(["", "", "", ".0"]))
        return name, number + str(rng.choice([" ", "", " "])) + unit
    rare = np.array([0.25 if name[-1] in "R789" and name != "aVR" else 1.0 for name in leads])
    name = str(rng.choice(leads, p=rare / rare.sum()))
    text = name
    if "aV" in name and rng.random() < 0.3:
        text = name.upper() if rng.random() < 0.8 else name.replace("aV", "av")
    if name in _CHEST and rng.random() < 0.05:
        text = "C" + name[1:]  # as German devices call them
    return name, text


def _seen(page: Picture, rng: np.random.Generator) -> Picture:
    """The page as a device sees it, flat again: coarser, softer, shaded, grainy, and coded."""
    import cv2

    shrink = rng.uniform(2.6, 8.0) / PIXELS_PER_MM
    coarse = cv2.resize(page, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    seen: Array = cv2.GaussianBlur(coarse, (0, 0), rng.uniform(0.2, 0.5 + 1.2 * shrink))
    light = cv2.resize(rng.uniform(rng.uniform(0.5, 1), 1, (3, 3)).astype(np.float32), seen.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    seen = seen * light[..., None]
    if rng.random() < 0.2:
        seen[:] = seen.mean(axis=2, keepdims=True)
    grainy = np.clip(seen + rng.normal(0, rng.uniform(0, 8), seen.shape), 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 97))])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # what was coded a moment ago
    return np.asarray(cv2.resize(decoded, page.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
