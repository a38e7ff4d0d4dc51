"""The layouts of a printed sheet: which lead is drawn in which row, from left to right."""

import re
from dataclasses import dataclass

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS, standard_lead_name

CABRERA_LEADS = ("aVL", "I", "-aVR", "II", "aVF", "III", *STANDARD_LEADS[6:])  # frontal axes in their order, -30 to 120 degrees
_SPELLED = re.compile(r"(?P<rows>\d+)x(?P<columns>\d+)(?P<order> cabrera)?(?P<rhythm>(\+[\w-]+)*)", re.IGNORECASE)
_SHEET_SECONDS = 10.0
LIMB_ONLY = "6x1"


@dataclass(frozen=True)
class Layout:
    """Rows of leads, from above. All cells of a row last equally long; a name that begins with "-" is drawn upside down.

    Parameters
    ----------
    name : e.g. "3x4+II", "6x2", "12x1", "3x4 cabrera+II"
    rows : lead names of each row from left to right; a rhythm strip is a row of one
    """

    name: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        return max(map(len, self.rows))

    @property
    def leads(self) -> tuple[str, ...]:
        """Every lead that is drawn, once, under its standard name."""
        return tuple(dict.fromkeys(lead.removeprefix("-") for row in self.rows for lead in row))


def layout_named(name: str, *, order: tuple[str, ...] | None = None) -> Layout:
    """A layout by its name: rows x columns, "cabrera" for that order, then the leads of the rhythm strips.

    Parameters
    ----------
    name : "3x4", "3x4+II", "3x4+V1+II+V5", "6x2", "12x1", "3x4 cabrera+II", "6x1" for the limb leads alone
    order : the leads of the cells, down each column, where they are not the usual ones

    Raises
    ------
    UnreadableEcgError : a layout that is none
    """
    found = _SPELLED.fullmatch(name.strip())
    cells = int(found["rows"]) * int(found["columns"]) if found else 0
    usual = CABRERA_LEADS if found and found["order"] else STANDARD_LEADS
    leads = order or usual[:cells]
    rhythm = [standard_lead_name(lead) for lead in found["rhythm"].split("+")[1:]] if found else []
    named = all(standard_lead_name(lead.removeprefix("-")) for lead in leads)
    if not found or not cells or len(leads) != cells or not named or None in rhythm or (cells != 12 and not order and name != LIMB_ONLY):
        raise UnreadableEcgError(
            f"layout is {name!r}, wanted rows x columns and rhythm leads: write e.g. 3x4+II, 6x2, 12x1, 3x4 cabrera+II"
        )
    n = int(found["rows"])
    rows = [tuple(leads[row::n]) for row in range(n)]
    return Layout(name.strip(), (*rows, *((lead,) for lead in rhythm if lead)))


def cell_seconds(layout: Layout, row: int) -> float:
    """How long each cell of a row lasts on a sheet of ten seconds."""
    return _SHEET_SECONDS / len(layout.rows[row])
