"""A sheet of paper, read: flat, scaled, traced, its leads named, and what is doubtful about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS
from data.paper.arrange import Arrangement
from data.paper.captions import Captions, scale_with_print
from data.paper.flat import PIXELS_PER_MM, FlatSheet, Picture, flattened
from data.paper.ink import Ink, written
from data.paper.layouts import Layout
from data.paper.leftover import row_missed
from data.paper.names import Seen
from data.paper.orientation import View, views
from data.paper.placing import Placing, cut, over, placed, without_edges, without_words
from data.paper.scale import GAINS, SPEEDS, Scale, scale_of
from data.paper.stated import Stated
from data.paper.timing import Span
from data.paper.trace import Line, find_rows, followed, vertical_runs
from data.paper.trust import CHANGE_MM, lead_trust
from data.paper.unruled import unruled
from data.record import EcgRecord

Array = npt.NDArray[Any]

SOURCE = "paper"
LEAST_TRUST = 0.5  # a lead below is masked
_INFERRED = "The lead names are inferred from the layout, not read from the sheet."
_SOME_INFERRED = "Not all lead names were read from the sheet; inferred from the layout: {leads}."
_UPSIDE_DOWN = "The sheet may lie upside down: its printed names do not settle which way is up. Confirm that, or turn the picture."
_ASSUMED = "Neither a calibration pulse nor a printed scale was found: the scale is taken to be the usual 25 mm/s and 10 mm/mV."
_UNRULED = "The sheet has no grid: only its calibration pulses give the scale, taken to be 1 mV and 0.2 s. Confirm or correct it."
_MISSED = "A long line on the sheet belongs to no row that was found: one may be missing. Compare the rows, and confirm or correct them."
_LEAST_CONTRAST = 8.0
_MOST_ROWS = 20  # of traces and words together: each takes time to follow
_CUT_SECONDS = 0.12  # of a beat whose spike is not followed to its tip, either way
_OWN_MM = 3.0  # further from its row than this, a spike that runs into another row's may be the other's
_SPIKE_MM = 2.5  # further from its lead's level than this, a trace is in a wave
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
    captions : the names that were read at rows and cells of the layout
    seen : all lead names and scales that were seen on the sheet, and where
    turned : by how many quarters counterclockwise the picture is to be turned to stand upright
    """

    record: EcgRecord
    sheet: FlatSheet
    lines: tuple[Line, ...]
    layout: Layout
    scale: Scale
    span: Span
    doubts: tuple[str, ...] = ()
    trust: Mapping[str, float] = field(default_factory=dict)
    captions: Captions = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    turned: int = 0

    @property
    def read(self) -> frozenset[tuple[int, int]]:
        """Rows and cells whose name was read and is that of the layout; the others' are inferred, or stated by a person."""
        return Arrangement(self.layout, 0.0, (), self.captions).read

    @property
    def sure(self) -> bool:
        return not self.doubts

    @property
    def telling(self) -> tuple[int, bool]:
        """What tells that the sheet stands upright: names that stand where the layout has them, then nothing that speaks against it."""
        return len(self.read), self.sure

    def confirmed(self) -> EcgRecord:
        """The record after a person has said that layout, lead names and scale are right."""
        unsaid = (_INFERRED, _ASSUMED, _some_inferred(self.layout, self.read))
        said = tuple(warning for warning in self.record.warnings if warning not in unsaid)
        return self.record.changed(warnings=(*said, "A person has confirmed the layout, the lead names and the scale."))


def read_sheet(picture: Picture, stated: Stated | None = None) -> SheetReading:
    """Read the ECG on a picture of a sheet.

    Parameters
    ----------
    picture : (row, column, red-green-blue)
    stated : what a person says about it

    Raises
    ------
    UnreadableEcgError : neither a grid nor calibration pulses, no rows of traces, or no layout that they could be
    """
    stated = stated or Stated()
    try:
        sheet = flattened(picture)
    except UnreadableEcgError:
        plain = unruled(picture, mm_per_second=stated.speed or SPEEDS[0], mm_per_mv=stated.gain or GAINS[1])
        if plain is None:
            raise
        sheet = plain
    return read_ink(sheet, written(sheet), stated)


def read_ink(sheet: FlatSheet, ink: Ink, stated: Stated | None = None) -> SheetReading:
    """The same from the ink on a sheet that lies flat."""
    stated = stated or Stated()
    if ink.contrast < _LEAST_CONTRAST:
        raise UnreadableEcgError(
            "shows no grid of ECG paper with ink that stands out, wanted a legible sheet: take the picture in better light"
        )
    ways = views(sheet, ink)
    first: SheetReading | UnreadableEcgError
    try:
        first = _read(ways[0], stated)
    except UnreadableEcgError as refusal:
        first = refusal
    if isinstance(first, UnreadableEcgError) or first.doubts:
        try:
            other = _read(ways[1], stated)
        except UnreadableEcgError:
            other = None
        if other and (isinstance(first, UnreadableEcgError) or other.telling > first.telling):
            return replace(other, doubts=(_UPSIDE_DOWN, *other.doubts)) if other.turned and not other.read else other
    if isinstance(first, UnreadableEcgError):
        raise first
    if ways[1].legible > max(1.0, ways[0].legible):  # more can be read the other way up, if not enough to be sure
        return replace(first, doubts=(_UPSIDE_DOWN, *first.doubts))
    return first


def _read(view: View, stated: Stated) -> SheetReading:
    sheet, ink = view.sheet, view.ink
    runs = vertical_runs(ink)
    rows = find_rows(runs, ink.mask.shape)
    if len(rows) > _MOST_ROWS:
        raise UnreadableEcgError(f"shows {len(rows)} rows of traces, wanted one ECG: photograph the whole sheet, and nothing else")
    lines = without_edges(without_words(followed(runs, rows, ink)))
    if not lines:
        raise UnreadableEcgError("shows paper without rows of traces, wanted an ECG sheet: photograph the whole sheet")
    scale, doubts = _scale(lines, stated, view.seen)
    if not sheet.ruled and not (stated.speed and stated.gain):
        doubts = [_UNRULED, *doubts]
    placing = placed(lines, ink, scale, stated, view.seen)
    layout, span = placing.layout, placing.span
    signals, trust = _leads(lines, layout, span, scale)
    record = _record(signals, trust, scale, placing, stated)
    if record is None:
        raise UnreadableEcgError("shows traces of which none can be trusted, wanted a legible sheet: take the picture again from above")
    doubts += [*placing.arrangement.doubts, *_masked_doubts(trust)]
    doubts += [_MISSED] if row_missed(ink, [line.y for line in lines]) else []
    return SheetReading(
        record, sheet, tuple(lines), layout, scale, span, tuple(doubts), trust, placing.arrangement.captions, tuple(view.seen), view.turned
    )


def _scale(lines: list[Line], stated: Stated, seen: Sequence[Seen]) -> tuple[Scale, list[str]]:
    found, doubts = scale_with_print(scale_of(lines), seen)
    scale = Scale(stated.speed or found.mm_per_second, stated.gain or found.mm_per_mv, found.proven, found.pulses)
    return scale, [] if stated.speed and stated.gain else doubts


def _leads(lines: list[Line], layout: Layout, span: Span, scale: Scale) -> tuple[dict[str, Array], dict[str, float]]:
    """Each lead over the whole span, its baseline at zero, and how far it can be trusted; of two drawings the longer one.

    Beats whose spike is cut short are left out.
    """
    from scipy.ndimage import binary_dilation

    rows = cut(lines, span, scale)
    fs = scale.mm_per_second * PIXELS_PER_MM
    heights = rows * PIXELS_PER_MM * scale.mm_per_mv - np.array([[line.baseline] for line in lines])
    shared, leapt, short = (np.stack([over(span, getattr(line, what), 0.0) for line in lines]) for what in ("shared", "leapt", "cut"))
    trusted = lead_trust(rows, heights, shared, leapt, layout, span, fs)
    short = np.maximum(short, (shared > 0) & (np.abs(rows) * scale.mm_per_mv > _OWN_MM))
    for number, names in enumerate(layout.rows):
        for change in np.linspace(0, short.shape[1], len(names) + 1)[1:-1]:  # where the mark between two leads stands
            short[number, round(change - _MARK_MM * PIXELS_PER_MM) : round(change + _MARK_MM * PIXELS_PER_MM)] = 0
    cut_off = binary_dilation(short > 0, np.ones((1, 2 * round(_CUT_SECONDS * fs) + 1)))
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
            inside = _without_half_spikes(row, inside, _SPIKE_MM / scale.mm_per_mv, first=cell == 0, last=cell + 1 == len(names))
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


def _without_half_spikes(row: Array, inside: slice, tall: float, *, first: bool, last: bool) -> slice:
    """The part without a spike that stands across its end where leads change, and so may be the other lead's."""
    near = round(CHANGE_MM * PIXELS_PER_MM)
    part = row[inside]
    if part.size < 2 * near or np.isnan(part).all():
        return inside
    level = np.abs(part - np.nanmedian(part)) < tall  # also false where there is nothing
    begin = 0 if first else int(level[:near].argmax())
    end = 0 if last else int(level[: -near - 1 : -1].argmax())
    return slice(inside.start + begin, inside.stop - end)


def _record(signals: dict[str, Array], trust: dict[str, float], scale: Scale, placing: Placing, stated: Stated) -> EcgRecord | None:
    kept = {lead: signals[lead] for lead in signals if trust[lead] >= LEAST_TRUST and not np.isnan(signals[lead]).all()}
    if not kept:
        return None
    leads = [lead for lead in STANDARD_LEADS if lead in signals]
    missing = np.full(next(iter(signals.values())).size, np.nan)
    said = [f"Read from paper: {placing.layout.name}, {scale.mm_per_second:g} mm/s, {scale.mm_per_mv:g} mm/mV."]
    said += lead_names_said(scale, placing, stated)
    if masked := [lead for lead in leads if lead not in kept]:
        said.append(f"Not legible enough and left out: {', '.join(masked)}.")
    rows = np.stack([kept.get(lead, missing) for lead in leads]).astype(np.float32)
    return EcgRecord(tuple(leads), rows, scale.mm_per_second * PIXELS_PER_MM, source=SOURCE, warnings=tuple(said))


def lead_names_said(scale: Scale, placing: Placing, stated: Stated) -> list[str]:
    """What of the lead names and the scale was not read from the sheet, in sentences."""
    inferred = None if stated.layout else _some_inferred(placing.layout, placing.arrangement.read)
    said = [inferred] if inferred else []
    if not scale.proven and not (stated.speed and stated.gain):
        said.append(_ASSUMED)
    if "?" in (row[0] for row in placing.layout.rows):
        said.append("Which lead a rhythm strip shows could not be told; the strip is left out.")
    return said


def _some_inferred(layout: Layout, read: frozenset[tuple[int, int]]) -> str | None:
    """Which names were not read; None where all were."""
    places = [(row, cell) for row, names in enumerate(layout.rows) for cell in range(len(names))]
    inferred = [layout.rows[row][cell] for row, cell in places if (row, cell) not in read]
    if not inferred:
        return None
    return _INFERRED if len(inferred) == len(places) else _SOME_INFERRED.format(leads=", ".join(dict.fromkeys(inferred)))


def _masked_doubts(trust: Mapping[str, float]) -> list[str]:
    masked = [lead for lead, value in trust.items() if value < LEAST_TRUST]
    if len(masked) <= len(trust) / 2:
        return []
    return [f"{len(masked)} of {len(trust)} leads are not legible enough. Take the picture again from above, in even light."]
