"""Which printed name stands at which trace, and what scale is printed: from the words seen on a sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import PIXELS_PER_MM
from data.paper.names import Seen
from data.paper.scale import Scale
from data.paper.timing import Span
from data.paper.trace import Line

Array = npt.NDArray[Any]
Captions = Mapping[tuple[int, int], Seen]  # by row and cell

SURE = 0.9  # a name this certain contradicts what was inferred
_READ = 0.5  # and one this certain confirms it
_BESIDE, _BESIDE_MM = 0.7, (40.0, 2.0)  # so certain are two halves of a scale that stand so near to each other in a line
_END_MM = 4.0, 2.0  # right of the middle of a word and below, the middle of its end is nearer
_BEFORE_MM, _BEHIND_MM = 9.0, 14.0  # of where a lead begins, a name's middle may stand
_TOGETHER_MM = (4.0, 3.5)  # across and down, names stand alike to the beginnings of their leads
_COLUMN_MM = 8.0  # names of one column are nearer to each other
_EVEN = 0.15  # of their distance, columns may be off

_ONLY_PRINTED = "Only the printed {scale.mm_per_second:g} mm/s and {scale.mm_per_mv:g} mm/mV say the scale: confirm or correct it."
_OTHER_SPEED = "The sheet prints {printed}, its calibration pulse says {found:g} {unit}. Confirm or correct the scale."


@dataclass(frozen=True)
class Columns:
    """Where printed names say that leads begin.

    Parameters
    ----------
    names : of each row and column, or None where none was read
    x : of each column's names, pixels
    """

    names: tuple[tuple[Seen | None, ...], ...]
    x: tuple[float, ...]


def captions_at(seen: Sequence[Seen], lines: Sequence[Line], span: Span, columns: int) -> Captions:
    """The name at each cell of `columns` columns, where one was read; a row of one lead is named at its first cell."""
    width = (span.stop - span.start) / columns
    near = []
    for word in _leads(seen):
        row, below = _row_of(word, lines)
        cell = min(columns - 1, max(0, int(np.floor((word.x - span.start + _BEFORE_MM * PIXELS_PER_MM) / width))))
        right = (word.x - max(span.start + cell * width, span.drawn[0] if cell == 0 else 0)) / PIXELS_PER_MM
        if -_BEFORE_MM <= right <= _BEHIND_MM and below is not None:
            near.append(((row, cell), word, right, below))
    found: dict[tuple[int, int], Seen] = {}
    for place, word in _alike(near):
        if place not in found or word.certainty > found[place].certainty:
            found[place] = word
    return found


def columns_of(seen: Sequence[Seen], lines: Sequence[Line]) -> Columns | None:
    """The columns in which names stand, wherever on the sheet; None where they stand in no even columns."""
    placed = [(row, word, below) for word in _leads(seen) for row, below in [_row_of(word, lines)] if below is not None]
    if not placed:
        return None
    middle = _heavy_median([below for _, _, below in placed], [word.certainty for _, word, _ in placed])
    placed = [(row, word, below) for row, word, below in placed if abs(below - middle) < _TOGETHER_MM[1]]
    placed.sort(key=lambda one: one[1].x)
    groups: list[list[tuple[int, Seen]]] = []
    for row, word, _ in placed:
        if not groups or word.x - groups[-1][-1][1].x > _COLUMN_MM * PIXELS_PER_MM:
            groups.append([])
        groups[-1].append((row, word))
    groups = [group for group in groups if len({row for row, _ in group}) > len(lines) / 2]
    x = tuple(float(np.median([word.x for _, word in group])) for group in groups)
    apart = np.diff(x)
    if not groups or (len(apart) > 1 and np.abs(apart / np.median(apart) - 1).max() > _EVEN):
        return None
    best = [{row: max((w for r, w in group if r == row), key=lambda w: w.certainty) for row, _ in group} for group in groups]
    return Columns(tuple(tuple(column.get(row) for column in best) for row in range(len(lines))), x)


def printed_scale(seen: Sequence[Seen], *, in_a_line: bool = False) -> tuple[float | None, float | None]:
    """Speed in mm/s and gain in mm/mV as they are printed, or None where none or several are.

    Parameters
    ----------
    in_a_line : believe less certain words too, where a speed and a gain stand beside each other
    """
    speeds, gains = ([word for word in seen if word.name.endswith(f" {unit}")] for unit in ("mm/s", "mm/mV"))
    gains = _whole_words(gains)
    found = []
    for words, others in ((speeds, gains), (gains, speeds)):
        numbers = {float(word.name.split()[0]) for word in words if word.certainty >= SURE or (in_a_line and _in_a_line(word, others))}
        found.append(numbers.pop() if len(numbers) == 1 else None)
    return found[0], found[1]


def _whole_words(gains: Sequence[Seen]) -> list[Seen]:
    """Gains without the ends of longer ones: "10 mm/mV" is also seen as "5 mm/mV" a little further right, and more certainly.

    That there is a word at all is then as certain as its end.
    """
    ends = {longer: [word for word in gains if _is_end(word, longer)] for longer in gains}
    shorter = {word for words in ends.values() for word in words}
    return [
        replace(word, certainty=max([word.certainty, *(end.certainty for end in ends[word])])) if word.certainty >= _READ else word
        for word in gains
        if word not in shorter
    ]


def _is_end(word: Seen, longer: Seen) -> bool:
    right, below = ((getattr(word, side) - getattr(longer, side)) / PIXELS_PER_MM for side in ("x", "y"))
    return len(word.name) < len(longer.name) and 0 < right < _END_MM[0] and abs(below) < _END_MM[1]


def _in_a_line(word: Seen, others: Sequence[Seen]) -> bool:
    """Does it stand beside the other half of a scale, as speed and gain are printed? Then both need less certainty."""
    across, down = (mm * PIXELS_PER_MM for mm in _BESIDE_MM)
    near = [other for other in others if 0 < abs(other.x - word.x) < across and abs(other.y - word.y) < down]
    return word.certainty >= _BESIDE and any(other.certainty >= _BESIDE for other in near)


def scale_with_print(found: Scale, seen: Sequence[Seen]) -> tuple[Scale, list[str]]:
    """The scale that the pulses prove, checked against what is printed; where there are no pulses, what is printed."""
    speed, gain = printed_scale(seen)
    if found.proven:
        said = [
            _OTHER_SPEED.format(printed=f"{printed:g} {unit}", found=value, unit=unit)
            for printed, value, unit in ((speed, found.mm_per_second, "mm/s"), (gain, found.mm_per_mv, "mm/mV"))
            if printed and printed != value
        ]
        return found, said
    both = speed is not None and gain is not None
    likely_speed, likely_gain = printed_scale(seen, in_a_line=True)
    scale = Scale(speed or likely_speed or found.mm_per_second, gain or likely_gain or found.mm_per_mv, both, found.pulses)
    usual = (scale.mm_per_second, scale.mm_per_mv) == (found.mm_per_second, found.mm_per_mv)
    typed = all(word.certainty == 1 for word in seen if "mm" in word.name)
    return scale, [] if usual or typed else [_ONLY_PRINTED.format(scale=scale)]


def _leads(seen: Sequence[Seen]) -> list[Seen]:
    return [word for word in seen if "mm" not in word.name and word.certainty >= _READ]


def _row_of(word: Seen, lines: Sequence[Line]) -> tuple[int, float | None]:
    """The row whose level is nearest, and how far below it the word stands in mm; None where it stands nearer to no row."""
    levels = np.array([line.baseline for line in lines])
    row = int(np.abs(levels - word.y).argmin())
    spacing = float(np.median(np.diff(levels))) if len(levels) > 1 else 30.0 * PIXELS_PER_MM
    below = word.y - levels[row]
    return row, below / PIXELS_PER_MM if abs(below) < 0.6 * spacing else None


def _alike(near: Sequence[tuple[tuple[int, int], Seen, float, float]]) -> list[tuple[tuple[int, int], Seen]]:
    """Those that stand to their leads' beginnings as most do: other words are none of these."""
    if not near:
        return []
    certain = [word.certainty for _, word, _, _ in near]
    middle_right = _heavy_median([right for _, _, right, _ in near], certain)
    middle_below = _heavy_median([below for _, _, _, below in near], certain)
    return [
        (place, word)
        for place, word, right, below in near
        if abs(right - middle_right) < _TOGETHER_MM[0] and abs(below - middle_below) < _TOGETHER_MM[1]
    ]


def _heavy_median(values: Sequence[float], weights: Sequence[float]) -> float:
    order = np.argsort(values)
    heavy = np.cumsum(np.array(weights)[order])
    return float(np.array(values)[order][np.searchsorted(heavy, heavy[-1] / 2)])
