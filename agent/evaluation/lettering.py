"""Sheets printed with and without lead names, and laid every way round: what of their names, scales, layouts and lie is read."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data import Case, UnreadableEcgError
from data.paper.captions import printed_scale
from data.paper.reading import SheetReading, read_sheet
from data.paper.rendering import LEVELS, Print, photographed, printed, random_print
from data.paper.rendering.sheet import PIXELS_PER_MM

Say = Callable[[str], object]


@dataclass(frozen=True)
class LetteringScores:
    """What was read of the words on the sheets of one level of distortion.

    Parameters
    ----------
    names_right, names_wrong : shares of the names on the sheets that were read; the others were not seen
    scales_right, scales_wrong : the same of speeds and gains
    upright : share of the sheets with names, laid every way round, that were read the right way up
    layout_named, layout_bare : share of the sheets with and without names, of those read, whose layout is the printed one
    sure_named, sure_bare : share of all those sheets that were read without doubt
    wrong : share of all sheets that were read without doubt in another layout, at another scale, or not upright
    """

    level: str
    sheets: int
    names_right: float
    names_wrong: float
    scales_right: float
    scales_wrong: float
    upright: float
    layout_named: float
    layout_bare: float
    sure_named: float
    sure_bare: float
    wrong: float


def evaluate(
    cases: Sequence[Case], *, levels: Sequence[str] = tuple(LEVELS), seed: int = 0, progress: Say | None = None
) -> list[LetteringScores]:
    """Print every case twice for each level, once with names and turned by lot, once without, and read the sheets.

    Parameters
    ----------
    levels : names among `data.paper.rendering.LEVELS`
    seed : of the printing, the turns and the distortions
    """
    say = progress or (lambda _: None)
    rows = []
    for level in levels:
        counts: Counter[str] = Counter()
        for number, case in enumerate(cases):
            say(f"{level}: sheet {number + 1} of {len(cases)}")
            for names in (True, False):
                rng = np.random.default_rng([seed, list(LEVELS).index(level), number])
                how = replace(random_print(rng), names=names)
                picture = photographed(printed(case.record, how), level, rng, pixels_per_mm=PIXELS_PER_MM)
                turns = int(rng.integers(4)) if names else 0
                _count(counts, how, turns, _read(np.ascontiguousarray(np.rot90(picture, turns))))
        rows.append(_scores(level, len(cases), counts))
    return rows


def _read(picture: np.ndarray) -> SheetReading | None:
    try:
        return read_sheet(picture)
    except UnreadableEcgError:
        return None


def _count(counts: Counter[str], how: Print, turns: int, reading: SheetReading | None) -> None:
    kind = "named" if how.names else "bare"
    if reading is None:
        return
    upright = (reading.turned + turns) % 4 == 0
    same = reading.layout.rows == how.layout.rows
    scale = (reading.scale.mm_per_second, reading.scale.mm_per_mv) == (how.mm_per_second, how.mm_per_mv)
    counts[f"read {kind}"] += 1
    counts[f"upright {kind}"] += upright
    counts[f"layout {kind}"] += same
    counts[f"sure {kind}"] += reading.sure
    counts["wrong"] += reading.sure and not (upright and same and scale)
    if how.names and upright and len(reading.layout.rows) == len(how.layout.rows):
        for row, leads in enumerate(how.layout.rows):
            for cell, lead in enumerate(leads):
                word = reading.captions.get((row, cell))
                counts["names"] += 1
                counts["names right"] += word is not None and word.name == lead
                counts["names wrong"] += word is not None and word.name != lead
    if how.scale_at != "none" and upright:
        for said, true in zip(printed_scale(reading.seen), (how.mm_per_second, how.mm_per_mv), strict=True):
            counts["scales"] += 1
            counts["scales right"] += said == true
            counts["scales wrong"] += said not in (None, true)


def _scores(level: str, n: int, counts: Counter[str]) -> LetteringScores:
    def share(what: str, of: int) -> float:
        return counts[what] / of if of else float("nan")

    return LetteringScores(
        level=level,
        sheets=n,
        names_right=share("names right", counts["names"]),
        names_wrong=share("names wrong", counts["names"]),
        scales_right=share("scales right", counts["scales"]),
        scales_wrong=share("scales wrong", counts["scales"]),
        upright=share("upright named", counts["read named"]),
        layout_named=share("layout named", counts["read named"]),
        layout_bare=share("layout bare", counts["read bare"]),
        sure_named=share("sure named", n),
        sure_bare=share("sure bare", n),
        wrong=share("wrong", 2 * n),
    )


def as_lines(rows: Sequence[LetteringScores]) -> list[list[str]]:
    """A table's cells, its head first."""
    head = [
        "sheets",
        "",
        "names right",
        "wrong",
        "scales right",
        "wrong",
        "upright",
        "layout, named",
        "bare",
        "sure, named",
        "bare",
        "sure, wrong",
    ]
    return [head] + [
        [
            row.level, str(row.sheets),
            *(
                "-" if np.isnan(share) else f"{share:.0%}"
                for share in (
                    row.names_right, row.names_wrong, row.scales_right, row.scales_wrong, row.upright, row.layout_named, row.layout_bare,
                    row.sure_named, row.sure_bare, row.wrong,
                )
            ),
        ]
        for row in rows
    ]  # fmt: skip
