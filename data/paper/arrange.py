"""Which lead is which: the layout that printed names, the laws of the limb leads and the rhythm strips bear out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data.leads import STANDARD_LEADS
from data.paper.captions import SURE, Captions
from data.paper.layouts import LIMB_ONLY, Layout, layout_named
from data.quality import limb_lead_error

Array = npt.NDArray[Any]

_SLOWEST_HZ = 0.8  # what is slower is breathing and the paper's own waves
_LAWFUL = 0.35  # limb leads that are further from Einthoven's law were not read right, or are others
_MARGIN = 1.25  # the next best layout is so much further from it
_SAME = 0.4  # a rhythm strip differs from its lead by less of its size
_PRINTED = 0.6  # or less than this where its name is printed
_ALONE = 2.5  # and from every other by so many times as much power
_FAR, _CLEAR = 6.0, 0.18  # and by so many times as much, or by so much of its size: chest leads look like II
_USUAL_STRIPS = ("II", "V1", "V5")  # another is only believed where its name is printed: chest leads look alike
_SHIFTS = range(-12, 13, 2)  # pixels, 1.5 mm either way: pens and photographs set rows off against each other
_UNNAMED = 0.2  # of error that a strip which repeats no lead is worth: in the right layout each does
_NAMED, _MANY = 2 / 3, 6  # share of cells, and number, whose printed names settle a layout that the laws do not speak against
_FAR_BETTER = 2.0  # another layout is so much nearer to the laws that names alone do not settle it
_UNLAWFUL = "Which lead is where cannot be told: the limb leads fit no usual layout. Confirm or correct the layout."
_RARE_STRIP = "A rhythm strip was read as {lead}, which few sheets show at length. Confirm or correct its name."
_NAMES_AGAINST_LAWS = "The printed lead names and the laws of the limb leads speak for different layouts. Confirm or correct the layout."
_ONLY_NAMES = "Only the printed names say which leads these are: nothing on the sheet can check them. Confirm or correct them."
_STRANGE_STRIP = "A rhythm strip repeats none of the leads above it, as it would in this layout. Confirm or correct the layout."


@dataclass(frozen=True)
class Arrangement:
    """A layout, and how well the sheet bears it out.

    Parameters
    ----------
    error : how far the limb leads are from Einthoven's and Goldberger's laws, 0 to 1, and more for strips that repeat no lead
    doubts : why it may be another, in sentences
    captions : the printed names that were read
    contradicted : printed names that say otherwise, as "V3R for V3"
    """

    layout: Layout
    error: float
    doubts: tuple[str, ...]
    captions: Captions = field(default_factory=dict)
    contradicted: tuple[str, ...] = ()

    @property
    def read(self) -> frozenset[tuple[int, int]]:
        """Rows and cells whose printed name was read and is that of the layout; the others' names are inferred."""
        return frozenset(place for place, word in self.captions.items() if _name_at(self.layout, place) == word.name)

    @property
    def rank(self) -> float:
        """To be as small as can be: what speaks against it, less what speaks for it."""
        cells = sum(map(len, self.layout.rows))
        return self.error + (2 * len(self.contradicted) - len(self.read)) / cells

    @property
    def named(self) -> bool:
        """Do printed names settle it?"""
        cells = sum(map(len, self.layout.rows))
        return len(self.read) >= min(cells, max(_MANY, _NAMED * cells)) and not self.contradicted


def arranged(rows: Array, fs: float, columns: int, captions: Captions | None = None) -> Arrangement | None:
    """The layout of a sheet from its traces and names, or None where no known one has so many rows.

    Parameters
    ----------
    rows : (row, sample) mV, over the part of the sheet where leads are drawn, NaN in gaps
    columns : leads in a row
    captions : the printed names that were read
    """
    rows = _without_drift(rows, fs)
    known = [layout for layout in _candidates(len(rows)) if layout.columns == columns]
    found = sorted((_borne_out(rows, layout, captions or {}) for layout in known), key=lambda one: one.rank)
    return _doubted(found) if found else None


def arranged_as(rows: Array, fs: float, layout: Layout, captions: Captions) -> Arrangement:
    """A layout that printed names alone have given: which of them the laws can check, and how that ends."""
    rows = _without_drift(rows, fs)
    error = law_error(rows, layout)
    typed = all(word.certainty == 1 for word in captions.values())  # text of a file, not recognised
    doubt = (None if typed else _ONLY_NAMES) if error == 1 else _NAMES_AGAINST_LAWS if error >= _LAWFUL else None
    return Arrangement(layout, error, (doubt,) if doubt else (), captions)


def _doubted(found: Sequence[Arrangement]) -> Arrangement:
    """The first of some arrangements, with a doubt where one of the others may be right."""
    best, others = found[0], [one for one in found[1:] if not one.contradicted or found[0].contradicted]
    if best.contradicted:
        said = f"The sheet prints {', '.join(best.contradicted)}. Confirm or correct the layout."
        return replace(best, doubts=(said, *best.doubts))
    if best.named:
        best = replace(best, doubts=tuple(doubt for doubt in best.doubts if doubt != _STRANGE_STRIP))  # it is left out, and that is said
        if any(_FAR_BETTER * one.error < best.error < 1 for one in found[1:]) and best.error > _LAWFUL / 2:
            return replace(best, doubts=(*best.doubts, _NAMES_AGAINST_LAWS))
        return best
    if others and min(one.error for one in others) < _MARGIN * best.error and not best.doubts:
        return replace(best, doubts=(_UNLAWFUL,))
    return best


def _borne_out(rows: Array, layout: Layout, captions: Captions) -> Arrangement:
    """The layout with its strips named, and what speaks for and against it."""
    error, named = law_error(rows, layout), _with_rhythm(rows, layout, captions)
    right = {word.name for place, word in captions.items() if _name_at(named, place) == word.name and len(named.rows[place[0]]) > 1}
    against = [
        (word.name, printed)
        for place, word in sorted(captions.items(), key=lambda one: one[0])
        if (printed := _name_at(named, place)) not in (None, "?", word.name)
        and word.certainty >= SURE
        and word.name.removeprefix("-") != printed.removeprefix("-")  # some print aVR where they draw it upside down, and the laws tell
        and word.name not in right  # no sheet has a name twice: it was misread here
    ]
    if len(against) == 1 and against[0][0] in named.leads and len(right) >= _MANY + 2 and error < _LAWFUL:
        against = []  # leads are exchanged in twos: one that stands alone among so many that are right was misread
    unnamed = sum(row == ("?",) for row in named.rows)
    doubts = ((_UNLAWFUL,) if error >= _LAWFUL else ()) + ((_STRANGE_STRIP,) if unnamed else ()) + _rare_strips(named, captions)
    said = tuple(f"{name} for {printed}" for name, printed in against)
    return Arrangement(named, error + _UNNAMED * unnamed, doubts, captions, said)


def _rare_strips(layout: Layout, captions: Captions) -> tuple[str, ...]:
    """A doubt for each strip of a lead that strips seldom show: its name was recognised, and may be another's."""
    rare = [
        row[0]
        for number, row in enumerate(layout.rows)
        if len(row) == 1 < layout.columns and row[0] not in (*_USUAL_STRIPS, "?") and captions[number, 0].certainty < 1
    ]
    return tuple(_RARE_STRIP.format(lead=lead) for lead in rare)


def _name_at(layout: Layout, place: tuple[int, int]) -> str | None:
    row = layout.rows[place[0]]
    return row[place[1]] if place[1] < len(row) else None


def law_error(rows: Array, layout: Layout) -> float:
    """Root mean square over the columns of what their limb leads leave unexplained, as a share; 1 where there is nothing to check."""
    errors = []
    for column in range(layout.columns):
        cells = [(row[column], trace) for row, trace in zip(layout.rows, rows, strict=False) if len(row) == layout.columns]
        cells = [(lead, trace) for lead, trace in cells if lead.removeprefix("-") in STANDARD_LEADS[:6]]
        edges = np.linspace(0, rows.shape[1], layout.columns + 1).astype(int)
        part = slice(edges[column] + rows.shape[1] // 80, edges[column + 1] - rows.shape[1] // 80)
        signs = [-1 if lead.startswith("-") else 1 for lead, _ in cells]
        together = (
            np.stack([sign * trace[part] for sign, (_, trace) in zip(signs, cells, strict=True)]) if len(cells) > 2 else np.empty((0, 0))
        )
        together = together[:, ~np.isnan(together).any(axis=0)] if together.size else together
        if together.shape[-1] > 20 and together.size:
            error = limb_lead_error([lead.removeprefix("-") for lead, _ in cells], together.astype(np.float32))
            errors.append(1.0 if error is None else error)
    return float(np.sqrt(np.mean(np.square(errors)))) if errors else 1.0


def _candidates(rows: int) -> list[Layout]:
    """Every layout with so many rows; rhythm strips still without a name."""
    names = []
    for base, cells in (("3x4", 3), ("6x2", 6), ("12x1", 12)):
        strips = rows - cells
        if 0 <= strips <= (3 if cells == 3 else 1):
            names += [f"{base}{order}{'+II' * strips}" for order in ("", " cabrera")]
    return [layout_named(name) for name in names + [LIMB_ONLY] * (rows == 6)]


def _with_rhythm(rows: Array, layout: Layout, captions: Captions) -> Layout:
    """The same layout with each rhythm strip named after the lead that it repeats; "?" where it repeats none.

    Where it may repeat several, its printed name says which.
    """
    cells = [row for row in layout.rows if len(row) == layout.columns]
    if layout.columns == 1 or len(cells) == len(layout.rows):
        return layout
    named = []
    for number in range(len(cells), len(rows)):
        printed = captions.get((number, 0))
        named.append(rhythm_lead(rows, cells, rows[number], printed.name if printed else None) or "?")
    base = layout.name.split("+")[0]
    return Layout("+".join([base, *named]), (*cells, *((lead,) for lead in named)))


def rhythm_lead(rows: Array, cells: Sequence[tuple[str, ...]], strip: Array, printed: str | None = None) -> str | None:
    """The lead that a strip shows: the one whose cell is the same as the strip at the same time.

    Parameters
    ----------
    printed : the name that stands at the strip; it decides between leads that are alike. One that strips seldom show is only
        believed where the strip is nearest to that lead: it is more easily misread than printed
    """
    edges = np.linspace(0, rows.shape[1], len(cells[0]) + 1).astype(int)
    trim = max(rows.shape[1] // 80, _SHIFTS.stop)
    differences = {}
    for leads, row in zip(cells, rows, strict=False):
        for column, lead in enumerate(leads):
            part = slice(edges[column] + trim, edges[column + 1] - trim)
            shifted = (strip[part.start + shift : part.stop + shift] for shift in _SHIFTS)
            apart = [value for ours in shifted if (value := _difference(ours, row[part])) is not None]
            if apart and not lead.startswith("-"):
                differences[lead] = min(apart)
    best = sorted(differences, key=differences.__getitem__)
    if printed in differences and differences[printed] < min(_PRINTED**2, _ALONE * differences[best[0]] + 0.01):
        if printed in _USUAL_STRIPS or printed == best[0]:
            return printed
        meant = [lead for lead in best if lead in _USUAL_STRIPS and lead[0] == printed[0] and differences[lead] < differences[printed]]
        if meant:
            return meant[0]  # V5 is easily read as V6
    if not best or differences[best[0]] > _SAME**2:
        return None
    alone = len(best) == 1 or differences[best[1]] > max(_ALONE * differences[best[0]], min(_CLEAR, _FAR * differences[best[0]]))
    return best[0] if alone and best[0] in _USUAL_STRIPS else None


def _difference(ours: Array, its: Array) -> float | None:
    """Mean square of the difference of two traces as a share of their size; None where they are hardly ever both there."""
    both = ~np.isnan(ours) & ~np.isnan(its)
    if both.mean() <= 0.5:
        return None
    size = np.sqrt(np.mean(ours[both] ** 2) * np.mean(its[both] ** 2)) + 1e-9
    return float(np.mean((ours[both] - its[both]) ** 2) / size)


def _without_drift(rows: Array, fs: float) -> Array:
    """The same traces without what is slower than beats, gaps left as they are."""
    from scipy.ndimage import gaussian_filter1d

    sigma = fs / (2 * np.pi * _SLOWEST_HZ)
    there = ~np.isnan(rows)
    weight = gaussian_filter1d(there.astype(float), sigma, axis=1, mode="constant")
    slow = gaussian_filter1d(np.nan_to_num(rows), sigma, axis=1, mode="constant") / np.maximum(weight, 1e-6)
    return np.asarray(rows - slow)
