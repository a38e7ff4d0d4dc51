"""A PDF whose curves are vectors, read as they were drawn: no pixel is looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data.leads import STANDARD_LEADS, standard_lead_name
from data.paper.captions import scale_with_print
from data.paper.flat import PIXELS_PER_MM, FlatSheet
from data.paper.ink import Ink
from data.paper.layouts import OTHER_LEADS
from data.paper.names import VOCABULARY, Seen
from data.paper.placing import Placing, placed
from data.paper.reading import SheetReading, lead_names_said
from data.paper.scale import Scale, scale_of
from data.paper.stated import Stated
from data.paper.trace import Line
from data.paper.vectors import Page, Stroke
from data.record import EcgRecord

Array = npt.NDArray[Any]

SOURCE = "paper, as vectors"
_SCALE = re.compile(r"(\d+(?:[.,]\d+)?)\s*mm\s*/\s*(sec|s|mV)\b", re.IGNORECASE)
_RULES = (1.0, 5.0)  # mm between the lines of a grid
_STRAIGHT_MM, _LONG_MM, _MOST_CORNERS = 0.02, 15.0, 5
_FITTED = 1.7  # a page is shrunk or enlarged by no more
_LEAST_LINES = 20
_TRACE_POINTS, _TRACE_MM, _BACK_MM = 30, 15.0, 0.02
_PULSE_MM = (3.0, 16.0)  # wide
_FOOT_MM = 2.0
_EVEN = 0.1  # of a step between samples that one may be off
_REGULAR = 0.98  # share of samples in even steps: else the curve was thinned, and is sampled anew
_ANEW_HZ = 500.0
_MOST_SIDE_MM = 1500.0


@dataclass(frozen=True, eq=False)
class _Row:
    """What is drawn in a row from left to right, (point, x y) each in mm."""

    pieces: tuple[Array, ...]
    pulses: tuple[Array, ...]

    @property
    def level(self) -> float:
        return float(np.median(np.concatenate(self.pieces)[:, 1]))


def read_vectors(page: Page, stated: Stated | None = None) -> SheetReading | None:
    """The ECG of a page of vectors; None where it holds none, so that it is to be read as a picture.

    Raises
    ------
    UnreadableEcgError : rows of traces in no layout that can be told, or not in the one that is stated
    """
    stated = stated or Stated()
    curves = [stroke for stroke in page.strokes if _is_trace(stroke.points)]
    fit = _fit(page.strokes)
    if not curves or (fit is None and not _SCALE.search(page.text)) or max(page.size_mm) > _MOST_SIDE_MM:
        return None
    true = fit or 1.0  # mm of paper for each of the page
    rows = _rows([stroke.points * true for stroke in curves], [s.points * true for s in page.strokes if _is_pulse(s.points * true)])
    width, height = (round(side * true * PIXELS_PER_MM) for side in page.size_mm)
    lines = [_line(row, width) for row in rows]
    seen = _seen(page, true)
    scale, doubts = scale_with_print(scale_of(lines), seen)
    if fit is None and not scale.proven:
        return None
    scale = Scale(stated.speed or scale.mm_per_second, stated.gain or scale.mm_per_mv, scale.proven, scale.pulses)
    placing = placed(lines, _ink(page.strokes, true, (height, width)), scale, stated, seen)
    record = _record(rows, lines, placing, scale, stated)
    sheet = _sheet(page, true, (height, width))
    doubts = [] if stated.speed and stated.gain else doubts
    return SheetReading(
        record, sheet, tuple(lines), placing.layout, scale, placing.span, (*doubts, *placing.arrangement.doubts),
        dict.fromkeys(record.leads, 1.0), placing.arrangement.captions, tuple(seen), page.turned,
    )  # fmt: skip


def _is_trace(points: Array) -> bool:
    """Does a line go on to the right through many points, as a curve over time does?"""
    if len(points) < _TRACE_POINTS:
        return False
    steps = np.diff(points[:, 0])
    return bool(np.ptp(points[:, 0]) > _TRACE_MM and np.mean(steps >= -_BACK_MM) > 0.99)


def _is_pulse(points: Array) -> bool:
    """Does a line of few corners go up, on, and down again to where it began?"""
    if not 4 <= len(points) < _TRACE_POINTS or not _PULSE_MM[0] <= np.ptp(points[:, 0]) <= _PULSE_MM[1]:
        return False
    return bool(
        abs(points[0, 1] - points[-1, 1]) < 0.1 and np.ptp(points[:, 1]) > _PULSE_MM[0] and (np.diff(points[:, 0]) >= -_BACK_MM).all()
    )


def _fit(strokes: Sequence[Stroke]) -> float | None:
    """How many mm of paper a mm of the page is, from the grid; None where there is none."""
    steps = []
    for side in (0, 1):
        at = []
        for stroke in strokes:
            points = stroke.points
            if len(points) <= _MOST_CORNERS and np.ptp(points[:, 1 - side]) > _LONG_MM:
                flat = np.abs(np.diff(points[:, side])) < _STRAIGHT_MM
                at += points[:-1, side][flat & (np.abs(np.diff(points[:, 1 - side])) > _LONG_MM)].tolist()
        rules = np.sort(at)
        rules = rules[np.append(True, np.diff(rules) > 0.1)] if rules.size else rules  # bold lines lie on thin ones
        if rules.size < _LEAST_LINES:
            return None
        apart = np.diff(rules)
        step = float(np.median(apart))
        if np.mean(np.abs(apart - step) < 0.05 * step) < 0.8:
            return None
        steps.append(step)
    if abs(steps[0] / steps[1] - 1) > 0.02:
        return None
    whole = min(_RULES, key=lambda rule: abs(np.log(rule / steps[0])))
    return whole / float(np.mean(steps)) if 1 / _FITTED < whole / steps[0] < _FITTED else None


def _rows(curves: Sequence[Array], pulses: Sequence[Array]) -> list[_Row]:
    """Rows from above: the curves that begin at the left, and to the right of each those that lie at its level."""
    begin = min(points[0, 0] for points in curves)
    firsts = sorted((points for points in curves if points[0, 0] < begin + _TRACE_MM), key=lambda points: np.median(points[:, 1]))
    levels = np.array([np.median(points[:, 1]) for points in firsts])
    rows = [[points] for points in firsts]
    for points in sorted((p for p in curves if p[0, 0] >= begin + _TRACE_MM), key=lambda points: points[0, 0]):
        near = np.argsort(np.abs(levels - np.median(points[:, 1])))
        free = [row for row in near if rows[row][-1][-1, 0] <= points[0, 0] + 1]
        if free:
            rows[free[0]].append(points)
    stands = [int(np.abs(levels - pulse[0, 1]).argmin()) for pulse in pulses]
    return [
        _Row(tuple(pieces), tuple(pulse for pulse, row in zip(pulses, stands, strict=True) if row == number))
        for number, pieces in enumerate(rows)
    ]


def _line(row: _Row, width: int) -> Line:
    """A row as a line over pixel columns, as the tracing of a picture would give it."""
    y = np.full(width, np.nan)
    middles = (np.arange(width) + 0.5) / PIXELS_PER_MM
    drawn = np.zeros(width, bool)
    for points in (*row.pieces, *row.pulses):
        inside = (middles >= points[0, 0] - _FOOT_MM) & (middles <= points[-1, 0] + _FOOT_MM) & ~drawn  # a pulse is known by its feet
        y[inside] = np.interp(middles[inside], points[:, 0], points[:, 1]) * PIXELS_PER_MM
        drawn |= inside & (middles >= points[0, 0]) & (middles <= points[-1, 0])
    nothing = np.zeros(width, bool)
    return Line(row.level * PIXELS_PER_MM, y, drawn, shared=nothing, leapt=nothing, cut=nothing)


def _seen(page: Page, true: float) -> list[Seen]:
    """Lead names and scales among the words of a page, which are certain."""
    found = []
    for word in page.words:
        name = word.said if word.said in OTHER_LEADS else standard_lead_name(word.said)
        if name:
            found.append(Seen(name, word.x * true * PIXELS_PER_MM, word.y * true * PIXELS_PER_MM, 1.0))
    for number, unit in _SCALE.findall(page.text):
        name = f"{float(number.replace(',', '.')):g} {'mm/mV' if unit.lower() == 'mv' else 'mm/s'}"
        if name in VOCABULARY:
            found.append(Seen(name, 0.0, 0.0, 1.0))
    return found


def _ink(strokes: Sequence[Stroke], true: float, shape: tuple[int, int]) -> Ink:
    """Everything but the grid, drawn: where leads change a stroke may stand."""
    import cv2

    mask = np.zeros(shape, np.uint8)
    for stroke in strokes:
        if np.ptp(stroke.points, axis=0).min() > _STRAIGHT_MM or np.ptp(stroke.points, axis=0).max() < _LONG_MM:
            cv2.polylines(mask, [(stroke.points * true * PIXELS_PER_MM).round().astype(np.int32)], False, 1, 2)
    return Ink(mask.astype(float), mask > 0, np.inf)


def _record(rows: Sequence[_Row], lines: Sequence[Line], placing: Placing, scale: Scale, stated: Stated) -> EcgRecord:
    """Every lead at the samples that were drawn, in even steps; where the curve was thinned, at `_ANEW_HZ` along it."""
    layout, span = placing.layout, placing.span
    steps = np.concatenate([np.diff(piece[:, 0]) for row in rows for piece in row.pieces])
    step = float(np.median(steps))
    step = float(np.mean(steps[np.abs(steps - step) < _EVEN * step]))
    regular = bool(np.mean(np.abs(steps - step) < _EVEN * step) > _REGULAR)
    fs = float(f"{scale.mm_per_second / step:.5g}") if regular else _ANEW_HZ
    if regular and abs(fs - round(fs)) < 1e-3 * fs:
        fs = float(round(fs))
    step = scale.mm_per_second / fs
    start, stop = span.start / PIXELS_PER_MM, span.stop / PIXELS_PER_MM
    firsts = [row.pieces[0][0, 0] for row in rows]
    start += float(np.median([first - start for first in firsts if abs(first - start) < 1.5] or [0]))  # sharper than a pixel
    if layout.whole:
        n = round((stop - span.start / PIXELS_PER_MM) / step)
    else:  # as long as it is drawn
        n = round((max(row.pieces[-1][-1, 0] for row in rows) - start) / step) + 1
    signals: dict[str, Array] = {}
    for names, row, line in zip(layout.rows, rows, lines, strict=True):
        wide = n * step / len(names)
        for cell, name in enumerate(names):
            lead = name.removeprefix("-")
            if lead not in STANDARD_LEADS or (lead in signals and len(names) > 1):
                continue
            low, high = start + cell * wide, start + (cell + 1) * wide
            own = [piece for piece in row.pieces if len(row.pieces) == len(names) and abs(piece[0, 0] - low) < 0.1 * wide]
            parts = own or [piece[(piece[:, 0] > low - step / 2) & (piece[:, 0] < high - step / 2)] for piece in row.pieces]
            filled = _sampled(parts, start, step, n, regular)
            if not np.isnan(filled).all():
                signals[lead] = (line.baseline / PIXELS_PER_MM - filled) / scale.mm_per_mv * (-1 if name.startswith("-") else 1)
    leads = tuple(lead for lead in STANDARD_LEADS if lead in signals)
    signal = np.stack([signals[lead] - np.nanmedian(signals[lead]) for lead in leads]).astype(np.float32)
    said = [f"Read from the vectors of a PDF: {layout.name}, {scale.mm_per_second:g} mm/s, {scale.mm_per_mv:g} mm/mV."]
    return EcgRecord(leads, signal, fs, source=SOURCE, warnings=(*said, *lead_names_said(scale, placing, stated)))


def _sampled(parts: Sequence[Array], start: float, step: float, n: int, regular: bool) -> Array:
    """Heights (sample,) in mm from above: each point at the sample that it is nearest to, or along the lines between them."""
    filled = np.full(n, np.nan)
    for points in parts:
        if len(points) < 2:
            continue
        steps = (points[:, 0] - points[0, 0]) / step  # from one of its own, or rounding would swap neighbours
        at = np.round(steps).astype(int) + round((points[0, 0] - start) / step)
        if not regular:
            wanted = np.arange(max(0, at[0]), min(n, at[-1] + 1))
            filled[wanted] = np.interp(start + wanted * step, points[:, 0], points[:, 1])
            continue
        inside = (at >= 0) & (at < n)
        filled[at[inside]] = points[inside, 1]
    return filled


def _sheet(page: Page, true: float, shape: tuple[int, int]) -> FlatSheet:
    """A sheet in place of a photographed one: where its points lie on the page as it is shown, in points of the page."""
    squares = [side // (5 * PIXELS_PER_MM) + 2 for side in shape]
    y, x = np.mgrid[: squares[0], : squares[1]] * 5.0 / true
    across, down = (row[0] * x + row[1] * y + row[2] for row in page.to_points)
    blank = np.full((*shape, 3), 255, np.uint8)
    return FlatSheet(blank, across, down, 5, np.ones((squares[0] - 1, squares[1] - 1)), np.ones(shape, bool))


def shown_at(reading: SheetReading, scale: float) -> SheetReading:
    """The same reading of a page that is shown with `scale` pixels for each of its points."""
    sheet = reading.sheet
    return replace(reading, sheet=replace(sheet, across=sheet.across * scale - 0.5, down=sheet.down * scale - 0.5))
