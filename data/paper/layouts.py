"""The layouts of a printed sheet: which lead is drawn in which row, from left to right."""

import re
from dataclasses import dataclass

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS, standard_lead_name

CABRERA_LEADS = ("aVL", "I", "-aVR", "II", "aVF", "III", *STANDARD_LEADS[6:])  # frontal axes in their order, -30 to 120 degrees
OTHER_LEADS = ("-aVR", "V3R", "V4R", "V5R", "V6R", "V7", "V8", "V9")  # are told from the standard ones, and not kept
_SPELLED = re.compile(
    r"(?P<rows>\d+)x(?P<columns>\d+)(?P<order> cabrera)?(?P<leads>( -?[a-z]+\d?r?)*)(?P<rhythm>(\+[\w-]+)*)", re.IGNORECASE | re.ASCII
)
_WHOLE_ROWS = re.compile(r"[\w-]+(\+[\w-]+)*", re.ASCII)
_SHEET_SECONDS = 10.0
_MOST_CELLS = 100
LIMB_ONLY = "6x1"
_FORMS = "3x4+II, 6x2, 12x1, 3x4 cabrera+II, V1+II for rows of one lead, 3x2 V1 V2 V3 V4 V5 V6 for a piece and its leads column by column"


@dataclass(frozen=True)
class Layout:
    """Rows of leads, from above. All cells of a row last equally long; a name that begins with "-" is drawn upside down.

    Parameters
    ----------
    name : e.g. "3x4+II", "6x2", "12x1", "3x4 cabrera+II"
    rows : lead names of each row from left to right; a rhythm strip is a row of one
    whole : is it a sheet of ten seconds; a piece or a strip lasts as long as it is drawn
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    whole: bool = True

    @property
    def columns(self) -> int:
        return max(map(len, self.rows))

    @property
    def leads(self) -> tuple[str, ...]:
        """Every lead that is drawn, once, under its standard name."""
        return tuple(dict.fromkeys(lead.removeprefix("-") for row in self.rows for lead in row))


def layout_named(name: str, *, order: tuple[str, ...] | None = None) -> Layout:
    """A layout by its name: rows x columns, "cabrera" for that order or the leads themselves, then the leads of the rhythm strips.

    Parameters
    ----------
    name : "3x4", "3x4+II", "3x4+V1+II+V5", "6x2", "12x1", "3x4 cabrera+II", "6x1" for the limb leads alone; "II" or "V1+II+V5" for
        rows of one lead each, and "3x2 V1 V2 V3 V4 V5 V6" for a piece of a sheet: these last as long as they are drawn
    order : the leads of the cells, down each column, where they are not the usual ones

    Raises
    ------
    UnreadableEcgError : a layout that is none
    """
    name = name.strip()
    found = _SPELLED.fullmatch(name)
    if not found:
        return _whole_rows(name)
    n, cells = int(found["rows"]), int(found["rows"]) * int(found["columns"])
    said = tuple(_lead(lead) or "" for lead in found["leads"].split()) or order
    leads = said or (CABRERA_LEADS if found["order"] else STANDARD_LEADS)[:cells]
    rhythm = [standard_lead_name(lead) for lead in found["rhythm"].split("+")[1:]]
    known = all(_lead(lead) for lead in leads) and None not in rhythm
    if not 0 < cells <= _MOST_CELLS or len(leads) != cells or not known or (cells != 12 and not said and name != LIMB_ONLY):
        raise _unknown(name)
    rows = [tuple(leads[row::n]) for row in range(n)]
    return Layout(name, (*rows, *((lead,) for lead in rhythm if lead)), whole=cells == 12 or not found["leads"])


def _whole_rows(name: str) -> Layout:
    leads = [_lead(lead) for lead in name.split("+")] if _WHOLE_ROWS.fullmatch(name) else [None]
    if None in leads or len(set(leads)) < len(leads):
        raise _unknown(name)
    return Layout(name, tuple((lead,) for lead in leads if lead), whole=False)


def _lead(written: str) -> str | None:
    """The name of a lead that a sheet may show; None for what is none."""
    other = {lead.upper(): lead for lead in OTHER_LEADS}.get(written.upper())
    return other or standard_lead_name(written)


def _unknown(name: str) -> UnreadableEcgError:
    return UnreadableEcgError(f"layout is {name[:60]!r}, wanted rows x columns and rhythm leads: write e.g. {_FORMS}")


def cell_seconds(layout: Layout, row: int) -> float:
    """How long each cell of a row lasts on a sheet of ten seconds."""
    return _SHEET_SECONDS / len(layout.rows[row])
