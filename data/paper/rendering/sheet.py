"""An ECG printed on paper: grid, traces, names, header and calibration pulse, as colours of a raster."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from data.paper.layouts import Layout, cell_seconds, layout_named
from data.record import EcgRecord

Picture = npt.NDArray[np.uint8]  # (row, column, red-green-blue)

PIXELS_PER_MM = 9
_FONTS = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSerif-Regular.ttf", "DejaVuSans.ttf", "DejaVuSansMono.ttf")
GRIDS = {  # paper, thin lines, bold lines
    "red": ((255, 250, 247), (247, 208, 200), (236, 150, 140)),
    "pink": ((255, 238, 244), (250, 205, 222), (240, 150, 185)),
    "orange": ((255, 248, 236), (250, 222, 186), (238, 172, 116)),
    "green": ((248, 253, 247), (200, 230, 198), (130, 190, 130)),
    "blue": ((248, 250, 255), (203, 217, 240), (140, 168, 214)),
    "grey": ((252, 252, 252), (214, 214, 214), (168, 168, 168)),
    "none": ((253, 253, 252), None, None),
}
_PENS = ((20, 20, 24), (0, 0, 0), (24, 26, 84), (60, 56, 60))
_HEADER = (
    "Vent. rate    72 BPM      Sinus rhythm",
    "PR interval   158 ms      Nonspecific T wave abnormality",
    "QRS duration   92 ms      Borderline ECG",
    "QT/QTc    384/420 ms      Unconfirmed",
)


@dataclass(frozen=True)
class Print:
    """How a sheet is printed.

    Parameters
    ----------
    mm_per_second, mm_per_mv : its scale
    grid : "red", "pink", "orange", "green", "blue", "grey" or "none"
    bold_only : lines every 5 mm alone
    pen_mm : width of the traces
    pulse : where the calibration pulse stands: "left", "right" or "none"
    divider : what stands between two leads of a row: "tick", "bar", "gap" or "none"
    names : are lead names printed
    names_at : "above" the trace, "near" it, so that waves run through them, or "below" it
    name_mm : height of their letters
    scale_at : where speed and gain are printed: "footer", "header" or "none"
    """

    layout: Layout
    mm_per_second: float = 25.0
    mm_per_mv: float = 10.0
    grid: str = "red"
    bold_only: bool = False
    pen_mm: float = 0.35
    pen: tuple[int, int, int] = _PENS[0]
    pulse: str = "left"
    divider: str = "tick"
    names: bool = True
    font: str = _FONTS[0]
    header: bool = True
    row_mm: float = 30.0
    names_at: str = "above"
    name_mm: float = 3.2
    scale_at: str = "footer"


def random_print(rng: np.random.Generator, layout: str | None = None) -> Print:
    """A way to print, as devices do: another scale than 25 mm/s and 10 mm/mV never without its calibration pulse."""
    if layout is None:
        rhythm = rng.choice(["II", "V1", "V5"], size=rng.integers(1, 4), replace=False)
        kinds = ["3x4", "3x4+II", "3x4+" + "+".join(rhythm), "6x2", "12x1", "3x4 cabrera+II", "6x2 cabrera"]
        layout = str(rng.choice(kinds, p=[0.12, 0.3, 0.22, 0.12, 0.1, 0.07, 0.07]))
    usual = rng.random() < 0.8
    rows = len(layout_named(layout).rows)
    grid = str(rng.choice(list(GRIDS), p=[0.26, 0.2, 0.12, 0.1, 0.1, 0.16, 0.06]))
    pulsed = not usual or grid == "none" or rng.random() < 0.85
    words = rng.spawn(1)[0]  # of its own, so that what else is drawn of a seed stays as it was
    return Print(
        layout=layout_named(layout),
        mm_per_second=25.0 if usual or rng.random() < 0.6 else 50.0,
        mm_per_mv=10.0 if usual else float(rng.choice([5.0, 10.0, 20.0])),
        grid=grid,
        bold_only=bool(rng.random() < 0.1),
        pen_mm=float(rng.uniform(0.25, 0.5)),
        pen=_PENS[rng.integers(len(_PENS))],
        pulse=str(rng.choice(["left", "right"], p=[0.8, 0.2])) if pulsed else "none",
        divider=str(rng.choice(["tick", "bar", "gap", "none"], p=[0.35, 0.15, 0.2, 0.3])),
        names=bool(rng.random() < 0.9),
        font=_FONTS[rng.integers(len(_FONTS))],
        header=bool(rng.random() < 0.7),
        row_mm=float(rng.uniform(26, 38) if rows < 6 else rng.uniform(20, 26) if rows < 12 else rng.uniform(14, 17)),
        names_at=str(words.choice(["above", "near", "below"], p=[0.5, 0.2, 0.3])),
        name_mm=float(words.uniform(2.4, 4.2)),
        scale_at=str(words.choice(["footer", "header", "none"], p=[0.6, 0.2, 0.2])),
    )


def printed(record: EcgRecord, how: Print, *, pixels_per_mm: int = PIXELS_PER_MM) -> Picture:
    """The sheet as a flat picture without any blemish.

    Parameters
    ----------
    record : (n_leads, n_samples) mV; its first ten seconds are drawn, each lead in its own part of them

    Returns
    -------
    (row, column, red-green-blue), landscape
    """
    width, height = size_mm(how)
    ink = _Ink(width, height, pixels_per_mm, how)
    record = record.standard()
    left = 8 + (12 if how.pulse == "left" else 3)
    for row, leads in enumerate(how.layout.rows):
        baseline = top_mm(how) + (row + 0.5) * how.row_mm
        seconds = cell_seconds(how.layout, row)
        if how.pulse != "none":
            ink.pulse(8 if how.pulse == "left" else left + 10 * how.mm_per_second + 3, baseline)
        for cell, lead in enumerate(leads):
            ink.lead(record, lead, cell * seconds, seconds, left, baseline)
    ink.words(height)
    paper = _paper(width, height, pixels_per_mm, how)
    cover = np.asarray(ink.image, np.float32)[..., None] / 255
    return np.clip(paper * (1 - cover) + np.array(how.pen, np.float32) * cover, 0, 255).astype(np.uint8)


def top_mm(how: Print) -> float:
    """Where the first row begins, from above."""
    return 32.0 if how.header else 8.0


def size_mm(how: Print) -> tuple[float, float]:
    """Width and height of the sheet."""
    return 10 * how.mm_per_second + 35, top_mm(how) + how.row_mm * len(how.layout.rows) + 12


def _paper(width: float, height: float, scale: int, how: Print) -> npt.NDArray[np.float32]:
    blank, thin, bold = GRIDS[how.grid]
    paper = np.full((round(height * scale), round(width * scale), 3), blank, np.float32)
    if thin is None or bold is None:
        return paper
    top = round((top_mm(how) - 4) * scale)
    for step, colour, thick in ((1, thin, 1), (5, bold, 2)):
        if step == 1 and how.bold_only:
            continue
        for at in range(0, paper.shape[1], step * scale):
            paper[top:, at : at + thick] = colour
        for at in range(top, paper.shape[0], step * scale):
            paper[at : at + thick] = colour
    return paper


class _Ink:
    """What the pen and the printer put on the paper: 255 where there is ink."""

    def __init__(self, width: float, height: float, scale: int, how: Print) -> None:
        self.image = Image.new("L", (round(width * scale), round(height * scale)))
        self.canvas = ImageDraw.Draw(self.image)
        self.scale, self.how = scale, how

    def lead(self, record: EcgRecord, lead: str, start: float, seconds: float, left: float, baseline: float) -> None:
        sign = -1 if lead.startswith("-") else 1
        first = round(start * record.fs)
        mv = sign * record[lead.removeprefix("-")][first : first + round(seconds * record.fs) + 1]
        gap = 0.8 if self.how.divider == "gap" else 0.0
        x = left + (start + np.arange(mv.size) / record.fs) * self.how.mm_per_second
        y = baseline - (mv - np.nanmedian(record[lead.removeprefix("-")]) * sign) * self.how.mm_per_mv
        kept = ~np.isnan(mv) & (x <= x[0] + seconds * self.how.mm_per_second - gap)
        self._line(x[kept], y[kept], self.how.pen_mm)
        if start and self.how.divider in ("tick", "bar"):
            reach = 3.0 if self.how.divider == "tick" else 7.0
            self._line(np.array([x[0], x[0]]), np.array([baseline - reach, baseline + reach]), 0.3 if reach == 3 else 0.6)
        if self.how.names:
            lower = {"above": -min(10, 0.38 * self.how.row_mm), "near": -4.0, "below": 1.5}[self.how.names_at]
            self._text(x[0] + 1.0, baseline + lower, lead, self.how.name_mm)

    def pulse(self, x: float, baseline: float) -> None:
        """1 mV for 200 ms."""
        wide, high = 0.2 * self.how.mm_per_second, self.how.mm_per_mv
        side = 1.0 if wide > 5 else 2.5
        xs = x + np.array([0, side, side, side + wide, side + wide, 2 * side + wide])
        self._line(xs, baseline - np.array([0, 0, high, high, 0, 0]), self.how.pen_mm)

    def words(self, height: float) -> None:
        """Header and footer; never a name of a person."""
        if self.how.header:
            for n, line in enumerate(_HEADER):
                self._text(20, 6 + 4.5 * n, line, 3.2)
        scale = f"{self.how.mm_per_second:g} mm/s   {self.how.mm_per_mv:g} mm/mV   0.05-150 Hz"
        if self.how.scale_at == "header":
            self._text(110, 1.5, scale, 3.0)
        self._text(20, height - 8, scale if self.how.scale_at == "footer" else "0.05-150 Hz", 3.0)

    def _line(self, x: npt.NDArray[Any], y: npt.NDArray[Any], wide_mm: float) -> None:
        import cv2

        if x.size < 2:
            return
        points = np.stack([x, y], axis=1) * self.scale * 16
        raster = np.array(self.image)
        cv2.polylines(raster, [points.round().astype(np.int32)], False, 255, max(1, round(wide_mm * self.scale)), cv2.LINE_AA, 4)
        self.image = Image.fromarray(raster)
        self.canvas = ImageDraw.Draw(self.image)

    def _text(self, x: float, y: float, text: str, high_mm: float) -> None:
        self.canvas.text((x * self.scale, y * self.scale), text, fill=255, font=_font(self.how.font, round(high_mm * self.scale * 1.3)))


def _font(name: str, size: int) -> Any:
    try:
        return ImageFont.truetype(name, size)
    except OSError:  # not installed here: the one that comes with Pillow
        return ImageFont.load_default(size)
