"""Which way a sheet lies: traces run along its rows, and printed names can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import FlatSheet
from data.paper.ink import Ink
from data.paper.names import Seen, names_seen

Array = npt.NDArray[Any]

_LIKE_UPSIDE_DOWN = ("I", "II", "III")  # read alike from both sides
_CERTAIN = 0.8  # a word that counts; specks reach .78
_TELLING, _MORE = 1.5, 2.0  # certainty in all that tells which way is up, and how many times that of the other way
CLEARLY = 1.5  # traces run so much more evenly along rows than across them, or names must tell which is which


@dataclass(frozen=True, eq=False)
class View:
    """A sheet turned one way.

    Parameters
    ----------
    turned : by how many quarters counterclockwise from how it was photographed
    """

    sheet: FlatSheet
    ink: Ink
    turned: int = 0

    @cached_property
    def seen(self) -> Sequence[Seen]:
        """Names and scales that can be read this way."""
        return names_seen(self.ink)

    @property
    def legible(self) -> float:
        """How many words tell up from down. Specks pass for words with less certainty, and there may be a hundred."""
        return sum(word.certainty for word in self.seen if word.certainty >= _CERTAIN and word.name not in _LIKE_UPSIDE_DOWN)

    def by(self, quarters: int) -> "View":
        """The same, turned on counterclockwise."""
        if quarters % 4 == 0:
            return self
        sheet, ink = self.sheet, self.ink
        picture, across, down, gridded, inside, amount, mask = (
            np.ascontiguousarray(np.rot90(part, quarters))
            for part in (sheet.picture, sheet.across, sheet.down, sheet.gridded, sheet.inside, ink.amount, ink.mask)
        )
        flat = replace(sheet, picture=picture, across=across, down=down, gridded=gridded, inside=inside)
        return View(flat, replace(ink, amount=amount, mask=mask), (self.turned + quarters) % 4)


def views(sheet: FlatSheet, ink: Ink) -> tuple[View, View]:
    """Two ways in which a sheet may lie, one upside down to the other: first that which printed names tell, or as it was photographed."""
    view = View(sheet, ink)
    along = evenness(ink.mask) / evenness(ink.mask.T)
    if along < 1 / CLEARLY:
        view = view.by(1)
    others = [view.by(2)] if max(along, 1 / along) > CLEARLY else [view.by(2), view.by(1), view.by(3)]
    best, second = sorted((view, *others), key=lambda one: -one.legible)[:2]
    if best.legible >= _TELLING and best.legible > _MORE * second.legible:
        return best, next((way for way in (view, *others) if way.turned == (best.turned + 2) % 4), best.by(2))
    return view, others[0]


def evenness(mask: Array) -> float:
    """How even the number of strokes is from column to column of ink (row, column): its mean over its standard deviation.

    Time runs along the columns if each is crossed once by every row's trace. Spikes that stand below each other may hold more ink
    than the rows do, but leave most of their sheet empty.
    """
    strokes = (np.diff(mask.astype(np.int8), axis=0, prepend=0) == 1).sum(axis=0)
    there = np.trim_zeros(strokes)
    return float(there.mean() / (there.std() + 1e-6)) if there.size else 0.0
