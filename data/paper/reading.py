"""A sheet of paper, read: flat, scaled, traced, its leads named, and what is doubtful about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS
from data.paper.arrange import Arrangement, arranged
from data.paper.flat import PIXELS_PER_MM, FlatSheet, Picture, flattened
from data.paper.ink import Ink, written
from data.paper.layouts import Layout, layout_named
from data.paper.scale import Scale, scale_of
from data.paper.stated import Stated
from data.paper.timing import Span, time_span
from data.paper.trace import Line, find_rows, followed, vertical_runs
from data.paper.trust import CHANGE_MM, lead_trust
from data.record import EcgRecord

Array = npt.NDArray[Any]

SOURCE = "paper"
LEAST_TRUST = 0.5  # a lead below is masked
_INFERRED = "The lead names are inferred from the layout, not read from the sheet."
_ASSUMED = "No calibration pulse was found: the scale is taken to be the usual 25 mm/s and 10 mm/mV."
_LEAST_CONTRAST = 8.0
_CUT_SECONDS = 0.12  # of a beat whose spike is not followed to its tip, either way
_MARK_MM = 2.5
_EDGE_MM = 0.6  # next to where leads change nothing is read: the pen jumps, or a mark stands there


@dataclass(frozen=True, eq=False)
class SheetReading:
    """Everything that was read from a sheet.

    Parameters
    ----------
    record : leads over ten seconds, NaN where nothing was drawn or what was drawn cannot be trusted
    doubts : why this may be misread, in sentences; where there are any, nothing should be concluded before a person has confirmed it
    trust : of each lead that is drawn, 0 to 1; those below `LEAST_TRUST` are masked in the record
    """

    record: EcgRecord
    sheet: FlatSheet
    lines: tuple[Line, ...]
    layout: Layout
    scale: Scale
    span: Span
    doubts: tuple[str, ...] = ()
    trust: Mapping[str, float] = field(default_factory=dict)

    @property
    def sure(self) -> bool:
        return not self.doubts

    def confirmed(self) -> EcgRecord:
        """The record after a person has said that layout, lead names and scale are right."""
        said = tuple(warning for warning in self.record.warnings if warning not in (_INFERRED, _ASSUMED))
        return self.record.changed(warnings=(*said, "A person has confirmed the layout, the lead names and the scale."))


def read_sheet(picture: Picture, stated: Stated | None = None) -> SheetReading:
    """Read the ECG on a picture of a sheet.

    Parameters
    ----------
    picture : (row, column, red-green-blue)
    stated : what a person says about it

    Raises
    ------
    UnreadableEcgError : no grid, no rows of traces, or no layout that they could be
    """
    sheet = flattened(picture)
    return read_ink(sheet, written(sheet), stated)


def read_ink(sheet: FlatSheet, ink: Ink, stated: Stated | None = None) -> SheetReading:
    """The same from the ink on a sheet that lies flat."""
    stated = stated or Stated()
    if ink.contrast < _LEAST_CONTRAST:
        raise UnreadableEcgError("shows ink that hardly stands out, wanted a legible sheet: take the picture again in better light")
    runs = vertical_runs(ink)
    lines = followed(runs, find_rows(runs, ink.mask.shape), ink)
    if not lines:
        raise UnreadableEcgError("shows paper without rows of traces, wanted an ECG sheet: photograph the whole sheet")
    scale, doubts = _scale(lines, stated)
    layout, span, more = _placed(lines, ink, scale, stated)
    signals, trust = _leads(lines, layout, span, scale)
    record = _record(signals, trust, scale, layout, stated)
    if record is None:
        raise UnreadableEcgError("shows traces of which none can be trusted, wanted a legible sheet: take the picture again from above")
    return SheetReading(record, sheet, tuple(lines), layout, scale, span, (*doubts, *more, *_masked_doubts(trust)), trust)


def _scale(lines: list[Line], stated: Stated) -> tuple[Scale, list[str]]:
    found = scale_of(lines)
    scale = Scale(stated.speed or found.mm_per_second, stated.gain or found.mm_per_mv, found.proven, found.pulses)
    return scale, []


def _placed(lines: list[Line], ink: Ink, scale: Scale, stated: Stated) -> tuple[Layout, Span, list[str]]:
    """The layout and where its time begins. Each number of columns has its own guess of where, and the laws decide."""
    if stated.layout:
        layout = layout_named(stated.layout, order=stated.order)
        if len(layout.rows) != len(lines):
            raise UnreadableEcgError(
                f"shows {len(lines)} rows of traces, {stated.layout} has {len(layout.rows)}: state the layout that is printed, e.g. 3x4+II"
            )
        span = _span_of(lines, ink, scale, layout.columns)
        return layout, span, []
    best: tuple[Arrangement, Span] | None = None
    for columns in {3: (4,), 4: (4,), 5: (4,), 6: (4, 2, 1), 7: (2,), 12: (1,), 13: (1,)}.get(len(lines), ()):
        span = _span_of(lines, ink, scale, columns)
        found = arranged(_cut(lines, span, scale), scale.mm_per_second * PIXELS_PER_MM, columns)
        if found and (best is None or found.error < best[0].error):
            best = found, span
    if best is None:
        raise UnreadableEcgError(
            f"shows {len(lines)} rows of traces, wanted a layout that can be told from its rows: state it, e.g. --layout 3x4+II"
        )
    return best[0].layout, best[1], list(best[0].doubts)


def _span_of(lines: list[Line], ink: Ink, scale: Scale, columns: int) -> Span:
    rows = lines[: {4: 3, 2: 6}.get(columns, len(lines))]
    span = time_span(rows, ink, Scale(scale.mm_per_second, scale.mm_per_mv, scale.proven, scale.pulses[: len(rows)]), columns)
    if span is None:
        raise UnreadableEcgError(
            f"shows rows of more than ten seconds at {scale.mm_per_second:g} mm/s: state another speed, or send the part that is one ECG"
        )
    return span


def _cut(lines: list[Line], span: Span, scale: Scale) -> Array:
    """The rows over the span, (row, sample) mV, one sample a pixel column; NaN where nothing is drawn."""
    return np.stack([_over(span, (line.baseline - line.y) / (PIXELS_PER_MM * scale.mm_per_mv), np.nan) for line in lines])


def _over(span: Span, row: Array, missing: float) -> Array:
    """What of a row (column,) lies in the drawn part of the span, (sample,); `missing` elsewhere."""
    n, first = round(span.stop - span.start), round(span.start)
    cut = np.full(n, missing)
    low, high = max(first, round(span.drawn[0]), 0), min(first + n, row.size, round(span.drawn[1]) + 1)
    if low < high:
        cut[low - first : high - first] = row[low:high]
    return cut


def _leads(lines: list[Line], layout: Layout, span: Span, scale: Scale) -> tuple[dict[str, Array], dict[str, float]]:
    """Each lead over the whole span, its baseline at zero, and how far it can be trusted; of two drawings the longer one.

    Beats whose spike is cut short are left out.
    """
    from scipy.ndimage import binary_dilation

    rows = _cut(lines, span, scale)
    fs = scale.mm_per_second * PIXELS_PER_MM
    heights = rows * PIXELS_PER_MM * scale.mm_per_mv - np.array([[line.baseline] for line in lines])
    shared, leapt, cut = (np.stack([_over(span, getattr(line, what), 0.0) for line in lines]) for what in ("shared", "leapt", "cut"))
    trusted = lead_trust(rows, heights, shared, leapt, layout, span, fs)
    for number, names in enumerate(layout.rows):
        for change in np.linspace(0, cut.shape[1], len(names) + 1)[1:-1]:  # where the mark between two leads stands
            cut[number, round(change - _MARK_MM * PIXELS_PER_MM) : round(change + _MARK_MM * PIXELS_PER_MM)] = 0
    cut_off = binary_dilation(cut > 0, np.ones((1, 2 * round(_CUT_SECONDS * fs) + 1)))
    signals: dict[str, Array] = {}
    trust: dict[str, float] = {}
    for number, (names, row) in enumerate(zip(layout.rows, rows, strict=True)):
        bounds = np.linspace(0, row.size, len(names) + 1).round().astype(int)
        for cell, name in enumerate(names):
            lead = name.removeprefix("-")
            if lead not in STANDARD_LEADS:
                continue
            part = np.full(row.size, np.nan)
            inside = _own_part(bounds[cell], bounds[cell + 1], leapt[number], first=cell == 0, last=cell + 1 == len(names))
            part[inside] = row[inside] * (-1 if name.startswith("-") else 1)
            part[cut_off[number]] = np.nan
            part -= np.nanmedian(part) if not np.isnan(part).all() else 0
            how_far = trusted[number, cell]
            longer = lead not in signals or (len(names) == 1 and how_far >= LEAST_TRUST)
            if longer:
                signals[lead], trust[lead] = part, how_far
    return signals, trust


def _own_part(start: int, stop: int, leapt: Array, *, first: bool, last: bool) -> slice:
    """What of a cell is surely its own: near its ends a mark may stand, or the line leaps to a word, a pulse or the lead before."""
    near, edge = round(CHANGE_MM * PIXELS_PER_MM), round(_EDGE_MM * PIXELS_PER_MM)
    entered, left = np.flatnonzero(leapt[start : start + near]), np.flatnonzero(leapt[stop - near : stop])
    begin = start + max(edge * (not first), int(entered[-1]) + 1 if entered.size else 0)
    end = stop - max(edge * (not last), near - int(left[0]) if left.size else 0)
    return slice(begin, max(begin, end))


def _record(signals: dict[str, Array], trust: dict[str, float], scale: Scale, layout: Layout, stated: Stated) -> EcgRecord | None:
    kept = {lead: signals[lead] for lead in signals if trust[lead] >= LEAST_TRUST and not np.isnan(signals[lead]).all()}
    if not kept:
        return None
    leads = [lead for lead in STANDARD_LEADS if lead in signals]
    missing = np.full(next(iter(signals.values())).size, np.nan)
    said = [f"Read from paper: {layout.name}, {scale.mm_per_second:g} mm/s, {scale.mm_per_mv:g} mm/mV."]
    if not stated.layout:
        said.append(_INFERRED)
    if not scale.proven and not (stated.speed and stated.gain):
        said.append(_ASSUMED)
    if "?" in (row[0] for row in layout.rows):
        said.append("Which lead a rhythm strip shows could not be told; the strip is left out.")
    if masked := [lead for lead in leads if lead not in kept]:
        said.append(f"Not legible enough and left out: {', '.join(masked)}.")
    rows = np.stack([kept.get(lead, missing) for lead in leads]).astype(np.float32)
    return EcgRecord(tuple(leads), rows, scale.mm_per_second * PIXELS_PER_MM, source=SOURCE, warnings=tuple(said))


def _masked_doubts(trust: Mapping[str, float]) -> list[str]:
    masked = [lead for lead, value in trust.items() if value < LEAST_TRUST]
    if len(masked) <= len(trust) / 2:
        return []
    return [f"{len(masked)} of {len(trust)} leads are not legible enough. Take the picture again from above, in even light."]
