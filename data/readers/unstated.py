"""What a table or an array leaves open: taken from the caller, or from the amplitude where that leaves one choice, else refused."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.quality import limb_lead_error, spread
from data.readers.bundle import own_name
from data.readers.channels import millivolts


def agreed_unit(in_file: str | None, given: str | None) -> str | None:
    """The unit that file and caller state, None where neither does; raises `UnreadableEcgError` where they disagree or state no voltage."""
    if in_file and given and millivolts(in_file) != millivolts(given):
        raise UnreadableEcgError(f"states the unit {own_name(in_file)} and {own_name(given)} was given: leave one of them out")
    unit = in_file or given or None
    if unit is not None and millivolts(unit) is None:
        raise UnreadableEcgError(f"is in the unit {own_name(unit)!r}, wanted V, mV or uV: correct the unit")
    return unit


def unmistakable_unit(labels: Sequence[str], values: npt.NDArray[np.float64]) -> str:
    """The unit where the amplitude leaves one choice: not whole numbers (counts of a converter), not scaled lead by lead.

    An ECG's leads span some 0.3 to 8 mV; the spans in mV and in uV are 1,000 apart and so cannot be mistaken for each other.

    Raises
    ------
    UnreadableEcgError : more than one choice
    """
    spans = np.array([spread(row) for row in values])
    span, recorded = float(np.median(spans)), values[np.isfinite(values)]
    tops = np.array([np.nanmax(np.abs(row)) for row in values if np.isfinite(row).any()])
    scaled = len(tops) > 1 and bool(np.ptp(tops) < 0.01 * tops.max())
    error = limb_lead_error(labels, values.astype(np.float32))
    if not (recorded == np.round(recorded)).all() and not scaled and (error is None or error < 0.05):
        if 0.3 <= span <= 8 and tops.max() != 1.0:
            return "mV"
        if 300 <= span <= 8000:
            return "uV"
    raise UnreadableEcgError(
        "states no unit and its values leave more than one open, wanted mV or uV: add a line '# unit: uV', or give unit="
    )


def said_of_unit(unit: str) -> str:
    """The warning that goes with an unstated unit."""
    return f"The table states no unit; its amplitude is that of an ECG in {unit}, and it was read so."
