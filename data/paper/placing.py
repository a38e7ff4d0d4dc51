"""Which lead each row shows and when: layout and time from names, laws and what a person says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.paper.arrange import Arrangement, arranged, arranged_as
from data.paper.captions import Columns, captions_at, columns_of
from data.paper.flat import PIXELS_PER_MM
from data.paper.ink import Ink
from data.paper.layouts import Layout, layout_named
from data.paper.names import Seen
from data.paper.scale import Scale, pulses_of
from data.paper.stated import Stated
from data.paper.timing import Span, drawn_part, time_span
from data.paper.trace import Line

Array = npt.NDArray[Any]

LEAST_SECONDS = 2.0  # of a strip: less shows no rhythm
_COLUMNS_OF_ROWS = {3: (4,), 4: (4,), 5: (4,), 6: (4, 2, 1), 7: (2,), 12: (1,), 13: (1,)}
_NAME_MM = 3.0  # before the middle of its name a lead begins
_INSIDE_MM = 12.0  # names further from the edge of what is drawn stand inside a piece of a longer strip
_TRACED, _WRITTEN = 0.95, 0.8  # share of its length in which a trace has ink, and that lines of text do not reach
_BENT_MM, _STRAIGHT_MM = 10.0, 0.5  # paper bends over longer, and nine tenths of an edge are straighter, than anything that a heart draws
_NEARER = 0.8  # times as far from the laws as a usual layout an unusual one is at most, or a name was misread
_LONG = "shows rows of more than ten seconds at {speed:g} mm/s: state another speed, or send the part that is one ECG"


@dataclass(frozen=True)
class Placing:
    """A layout with the part of the sheet that it covers, and which of its names were read."""

    arrangement: Arrangement
    span: Span

    @property
    def layout(self) -> Layout:
        return self.arrangement.layout

    def nearer_to_laws_than(self, other: "Placing") -> bool:
        return self.arrangement.error < _NEARER * other.arrangement.error


def placed(lines: Sequence[Line], ink: Ink, scale: Scale, stated: Stated, seen: Sequence[Seen]) -> Placing:
    """The layout and where its time begins. Each number of columns has its own guess of where, and names and laws decide.

    Raises
    ------
    UnreadableEcgError : no layout that the rows could be, or not the one that is stated
    """
    if stated.layout:
        return _as_stated(lines, ink, scale, layout_named(stated.layout, order=stated.order), seen)
    found, refusal = [], None
    for columns in _COLUMNS_OF_ROWS.get(len(lines), ()):
        try:
            span = _span_of(lines, ink, scale, columns)
        except UnreadableEcgError as error:
            refusal = error
            continue
        captions = captions_at(seen, lines, span, columns)
        arrangement = arranged(cut(lines, span, scale), scale.mm_per_second * PIXELS_PER_MM, columns, captions)
        found += [Placing(arrangement, span)] if arrangement else []
    best = min(found, key=lambda one: one.arrangement.rank, default=None)
    if best is None or (best.arrangement.doubts and not best.arrangement.named):
        named = _by_names(lines, scale, seen)
        if named and (best is None or (named.arrangement.rank < best.arrangement.rank and named.nearer_to_laws_than(best))):
            best = named
    if best is None:
        raise refusal or UnreadableEcgError(
            f"shows {len(lines)} rows of traces, wanted a layout that can be told from its rows: state it, e.g. --layout 3x4+II"
        )
    return best


def without_words(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that follow a line of text: letters leave gaps, a trace leaves next to none."""
    covered = []
    for line in lines:
        there = np.flatnonzero(line.inked)
        covered.append(float(line.inked[there[0] : there[-1] + 1].mean()) if there.size else 0.0)
    if max(covered, default=0) < _TRACED:
        return list(lines)
    return [line for line, share in zip(lines, covered, strict=True) if share >= _WRITTEN]


def without_edges(lines: Sequence[Line]) -> list[Line]:
    """The lines without a first or last one that follows the edge of the paper: straight nearly from end to end, as no other is.

    A row with a calibration pulse is none, however small its lead.
    """
    from scipy.ndimage import gaussian_filter1d

    def straight(line: Line) -> bool:
        y = line.y[~np.isnan(line.y)]
        return (
            y.size > 0
            and float(np.quantile(np.abs(y - gaussian_filter1d(y, _BENT_MM * PIXELS_PER_MM)), 0.9)) < _STRAIGHT_MM * PIXELS_PER_MM
        )

    pulses = pulses_of(lines)
    inner = range(1, len(lines) - 1)
    kept = [line for number, line in enumerate(lines) if number in inner or pulses[number] or not straight(line)]
    return kept if kept and not all(map(straight, kept)) else list(lines)


def _as_stated(lines: Sequence[Line], ink: Ink, scale: Scale, layout: Layout, seen: Sequence[Seen]) -> Placing:
    if len(layout.rows) != len(lines):
        raise UnreadableEcgError(
            f"shows {len(lines)} rows of traces, {layout.name} has {len(layout.rows)}: state the layout that is printed, e.g. 3x4+II"
        )
    if not layout.whole:
        return Placing(Arrangement(layout, 0.0, ()), _drawn_span(lines, scale, columns_of(seen, lines), layout.columns))
    span = _span_of(lines, ink, scale, layout.columns)
    return Placing(Arrangement(layout, 0.0, (), captions_at(seen, lines, span, layout.columns)), span)


def _by_names(lines: Sequence[Line], scale: Scale, seen: Sequence[Seen]) -> Placing | None:
    """A strip, or a piece of a sheet, as its printed names say; None where a row or a column has none."""
    columns = columns_of(seen, lines)
    if columns is None or any(word is None for row in columns.names for word in row):
        return None
    words = [[word for word in row if word] for row in columns.names]
    names = tuple(tuple(word.name for word in row) for row in words)
    down = [row[column] for column in range(len(names[0])) for row in names]
    if len(set(down)) < len(down):
        return None
    spelled = "+".join(down) if len(names[0]) == 1 else f"{len(names)}x{len(names[0])} {' '.join(down)}"
    span = _drawn_span(lines, scale, columns, len(names[0]))
    captions = {(row, cell): word for row, cells in enumerate(words) for cell, word in enumerate(cells)}
    layout = layout_named(spelled)
    arrangement = arranged_as(cut(lines, span, scale), scale.mm_per_second * PIXELS_PER_MM, layout, captions)
    return Placing(arrangement, span)


def _drawn_span(lines: Sequence[Line], scale: Scale, columns: Columns | None, n: int) -> Span:
    """The part of a strip or a piece that is drawn, from where the first names stand if that is inside it.

    Raises
    ------
    UnreadableEcgError : less than `LEAST_SECONDS`
    """
    first, last = drawn_part(lines, scale)
    start, stop = first, last
    if columns is not None and len(columns.x) == n:
        begins = columns.x[0] - _NAME_MM * PIXELS_PER_MM
        start = begins if begins - first > _INSIDE_MM * PIXELS_PER_MM else first
        if n > 1:
            start, width = begins, float(np.median(np.diff(columns.x)))
            stop = start + n * width
    drawn = max(first, start), min(last, stop)
    seconds = (drawn[1] - drawn[0]) / (PIXELS_PER_MM * scale.mm_per_second)
    if seconds < LEAST_SECONDS:
        raise UnreadableEcgError(f"shows {max(seconds, 0):.1f} s of an ECG, wanted at least {LEAST_SECONDS:g}: send a longer piece")
    return Span(start, stop, drawn)


def _span_of(lines: Sequence[Line], ink: Ink, scale: Scale, columns: int) -> Span:
    rows = lines[: {4: 3, 2: 6}.get(columns, len(lines))]
    span = time_span(rows, ink, replace(scale, pulses=scale.pulses[: len(rows)]), columns)
    if span is None:
        raise UnreadableEcgError(_LONG.format(speed=scale.mm_per_second))
    return span


def cut(lines: Sequence[Line], span: Span, scale: Scale) -> Array:
    """The rows over the span, (row, sample) mV, one sample a pixel column; NaN where nothing is drawn."""
    return np.stack([over(span, (line.baseline - line.y) / (PIXELS_PER_MM * scale.mm_per_mv), np.nan) for line in lines])


def over(span: Span, row: Array, missing: float) -> Array:
    """What of a row (column,) lies in the drawn part of the span, (sample,); `missing` elsewhere."""
    n, first = round(span.stop - span.start), round(span.start)
    cut = np.full(n, missing)
    low, high = max(first, round(span.drawn[0]), 0), min(first + n, row.size, round(span.drawn[1]) + 1)
    if low < high:
        cut[low - first : high - first] = row[low:high]
    return cut
