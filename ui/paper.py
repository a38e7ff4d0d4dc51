"""An ECG on ECG paper: an SVG whose one unit is a millimetre of paper, 25 mm/s and 10 mm/mV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from data import STANDARD_LEADS, EcgRecord

Array = npt.NDArray[Any]

MM_PER_SECOND = 25.0
MM_PER_MV = 10.0
SHEET_SECONDS = 10.0
STANDARD = "3x4+II"
NARROW = "6x2@2.5+II"  # half as wide as the standard sheet: for phones
SCALE = "25 mm/s  10 mm/mV"

_MARGIN = 4.0  # free paper around the traces, mm
_PULSE = 12.5  # room for the calibration pulse before the first column, mm
_FOOT = 6.0  # the line that names the scale, mm
_REACH = (8.0, 32.0)  # a row reaches at least and at most this far above and below its baseline, mm
_POINTS_PER_MM = 10.0  # finer than any screen shows
_PAPER, _FINE, _BOLD, _INK, _FAINT = "#fffaf7", "#f7d8d1", "#eba99e", "#1b1b22", "#7a4a44"
_LAYOUT = re.compile(r"(?P<rows>\d+)x(?P<columns>\d+)(@(?P<seconds>[\d.]+))?(?P<rhythm>(\+\w+)*)")


@dataclass(frozen=True)
class _Strip:
    """One lead over one span of time in one place of the sheet."""

    lead: str
    row: int
    start: float  # seconds into the record
    seconds: float
    x: float  # mm from the left edge of the sheet


def ecg_svg(record: EcgRecord, *, layout: str = STANDARD) -> str:
    """Draw an ECG on paper, to scale.

    Parameters
    ----------
    record : leads of (n_samples,) mV; NaN, and leads that are not there, stay empty paper
    layout : rows x columns, then the seconds of a column where they are not ten seconds shared out, then rhythm strips below:
        "3x4+II", "12x1", "6x2@2.5+II". Leads fill the columns from above; a column goes on in time where the one before it ends

    Returns
    -------
    svg : text; its viewBox is in mm of paper. Each lead is moved to its median, as a machine's high-pass would; a trace that leaves
        its row by more than 3.2 mV is cut there and says so

    Raises
    ------
    ValueError : a layout that is none
    """
    record = record.standard()
    strips, width = _place(record, layout)
    traces = [_trace(record, strip) for strip in strips]
    baselines, height = _baselines(strips, traces)
    body = [_grid(width, height)]
    body += [_pulse(baseline) for baseline in baselines]
    for strip, (times, mm) in zip(strips, traces, strict=True):
        body.append(_drawn(strip, times, mm, baselines[strip.row]))
    body.append(f'<text class="scale" x="{_MARGIN:g}" y="{height - 2:g}">{SCALE}</text>')
    drawn = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}mm" height="{height:g}mm">\n'
        f"<title>{escape(describe(record))}</title>\n<style>"
        f"polyline{{fill:none;stroke:{_INK};stroke-width:.32;stroke-linejoin:round;stroke-linecap:round}}"
        f"text{{font:600 3.6px Helvetica,Arial,sans-serif;fill:{_INK};paint-order:stroke;stroke:{_PAPER};stroke-width:.9}}"
        f".tick{{stroke:{_INK};stroke-width:.25}}.none{{font-weight:400;fill:{_FAINT}}}.scale{{font-weight:400;font-size:3.2px;white-space:pre}}"
        f"</style>\n{drawn}\n</svg>\n"
    )


def describe(record: EcgRecord) -> str:
    """What the drawing shows, in words: for those who do not see it."""
    recorded = [lead for lead, row in zip(record.leads, record.signal, strict=True) if not np.isnan(row).all()]
    leads = "12 leads" if set(STANDARD_LEADS) <= set(recorded) else "leads " + ", ".join(recorded) if recorded else "no lead"
    return f"ECG of {min(record.duration, SHEET_SECONDS):.3g} seconds, {leads}, drawn at {SCALE.replace('  ', ' and ')}"


def _place(record: EcgRecord, layout: str) -> tuple[list[_Strip], float]:
    """Where each lead goes, and the width of the sheet in mm."""
    found = _LAYOUT.fullmatch(layout)
    rhythm = found["rhythm"].split("+")[1:] if found else []
    if not found or int(found["rows"]) * int(found["columns"]) != len(STANDARD_LEADS) or not set(rhythm) <= set(STANDARD_LEADS):
        raise ValueError(f"layout is {layout!r}, wanted rows x columns of twelve leads and rhythm leads, e.g. {STANDARD!r} or '12x1'")
    rows, columns = int(found["rows"]), int(found["columns"])
    seconds = float(found["seconds"] or SHEET_SECONDS / columns)
    strips = []
    for index, lead in enumerate(STANDARD_LEADS):
        column, row = divmod(index, rows)
        start = _recorded_from(record, lead, column * seconds, seconds)
        strips.append(_Strip(lead, row, start, seconds, _MARGIN + _PULSE + column * seconds * MM_PER_SECOND))
    strips += [_Strip(lead, rows + n, 0.0, seconds * columns, _MARGIN + _PULSE) for n, lead in enumerate(rhythm)]
    return strips, 2 * _MARGIN + _PULSE + seconds * columns * MM_PER_SECOND


def _recorded_from(record: EcgRecord, lead: str, start: float, seconds: float) -> float:
    """`start`, or where the lead has more to show if most of that span was not recorded: a short record still shows every lead."""
    recorded = np.flatnonzero(~np.isnan(record[lead])) / record.fs
    here = np.count_nonzero((recorded >= start) & (recorded < start + seconds)) / (seconds * record.fs)
    return start if here > 0.5 or not recorded.size else float(max(recorded[0], min(start, recorded[-1] - seconds)))


def _trace(record: EcgRecord, strip: _Strip) -> tuple[Array, Array]:
    """Times in seconds from the strip's start and heights in mm above the baseline, (n_points,) each, NaN in gaps."""
    first = round(strip.start * record.fs)
    mv = record[strip.lead][first : first + round(strip.seconds * record.fs) + 1]
    times = np.arange(mv.size, dtype=np.float32) / np.float32(record.fs)
    keep = _peaks_kept(mv, int(record.fs / (MM_PER_SECOND * _POINTS_PER_MM)))
    baseline = np.nanmedian(record[strip.lead]) if not np.isnan(mv).all() else 0.0
    return times[keep], (mv[keep] - baseline) * MM_PER_MV


def _peaks_kept(mv: Array, step: int) -> Array:
    """Indices of the lowest and highest sample of every 2 x `step`, in order: thinner, but no peak or pacing spike is lost."""
    if step < 2 or not mv.size:
        return np.arange(mv.size)
    starts = np.arange(0, mv.size, 2 * step)
    filled = np.nan_to_num(mv)
    bins = [filled[start : start + 2 * step] for start in starts]
    ends = [index for start, part in zip(starts, bins, strict=True) for index in (start + part.argmin(), start + part.argmax())]
    gaps = np.flatnonzero(np.diff(np.isnan(mv).astype(int)))  # keep both sides of where a gap begins or ends
    return np.unique(np.concatenate([ends, gaps, gaps + 1, [0, mv.size - 1]]).astype(int))


def _baselines(strips: list[_Strip], traces: list[tuple[Array, Array]]) -> tuple[list[float], float]:
    """The baseline of each row, on a bold line of the grid, and the height of the sheet, mm: rows make room for what they hold."""
    reach = [[_REACH[0], _REACH[0]] for _ in range(strips[-1].row + 1)]
    for strip, (_, mm) in zip(strips, traces, strict=True):
        for side, sign in enumerate((1, -1)):
            reach[strip.row][side] = min(max(reach[strip.row][side], float(np.nanmax(sign * mm, initial=0.0))), _REACH[1])
    baselines, below = [], 0.0
    for up, down in reach:
        baselines.append(float(5 * np.ceil((below + max(up, MM_PER_MV) + 2) / 5)))
        below = baselines[-1] + down
    return baselines, float(5 * np.ceil((below + _FOOT) / 5))


def _drawn(strip: _Strip, times: Array, mm: Array, baseline: float) -> str:
    """One strip: its name, and a polyline for every stretch that was recorded."""
    recorded, cut = not np.isnan(mm).all(), bool(np.nanmax(np.abs(mm), initial=0.0) > _REACH[1])
    note = "" if recorded else ", not recorded"
    note += ", cut at 3.2 mV" if cut else ""
    name = f'<text x="{strip.x + 1:g}" y="{baseline - 6.5:g}">{escape(strip.lead)}<tspan class="none">{note}</tspan></text>'
    xs, ys = strip.x + times * MM_PER_SECOND, baseline - np.clip(mm, -_REACH[1], _REACH[1])
    edge = strip.x + strip.seconds * MM_PER_SECOND
    lines = [_polyline(strip.lead, xs[part], ys[part]) for part in _stretches(mm, xs <= edge + 1e-3)]
    tick = f'<path class="tick" d="M{strip.x:g} {baseline - 3:g}v6"/>' if strip.x > _MARGIN + _PULSE else ""
    return "\n".join([name, tick, *lines])  # no name hides a wave


def _stretches(mm: Array, inside: Array) -> Iterator[slice]:
    """Runs of samples that were recorded and lie on the strip."""
    there = np.concatenate([[False], ~np.isnan(mm) & inside, [False]]).astype(int)
    starts, stops = np.flatnonzero(np.diff(there) == 1), np.flatnonzero(np.diff(there) == -1)
    return (slice(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True))


def _polyline(lead: str, xs: Array, ys: Array) -> str:
    points = " ".join(f"{x:.5g},{y:.5g}" for x, y in zip(xs.round(2), ys.round(2), strict=True))
    return f'<polyline data-lead="{escape(lead)}" points="{points}"/>'


def _pulse(baseline: float) -> str:
    """1 mV for 200 ms, the mark that proves the scale."""
    xs, ys = np.array([0, 2.5, 2.5, 7.5, 7.5, 10]) + _MARGIN, baseline - np.array([0, 0, 10, 10, 0, 0])
    return _polyline("calibration", xs, ys)


def _grid(width: float, height: float) -> str:
    """The paper: a line each millimetre, a bold one every five."""

    def lines(step: int, skip: int) -> str:
        across = "".join(f"M{x} 0V{height:g}" for x in range(0, int(width) + 1, step) if not skip or x % skip)
        return across + "".join(f"M0 {y}H{width:g}" for y in range(0, int(height) + 1, step) if not skip or y % skip)

    return (
        f'<rect width="{width:g}" height="{height:g}" fill="{_PAPER}"/>'
        f'<path d="{lines(1, 5)}" stroke="{_FINE}" stroke-width=".12"/><path d="{lines(5, 0)}" stroke="{_BOLD}" stroke-width=".18"/>'
    )
