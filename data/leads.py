"""The twelve standard leads: their names in every common spelling, and the laws that bind them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

STANDARD_LEADS: tuple[str, ...] = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
INDEPENDENT_LEADS: tuple[str, ...] = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

_NUMBERED = {"1": "I", "2": "II", "3": "III"}
_BY_KEY = (
    {name.upper(): name for name in STANDARD_LEADS}
    | {f"C{n}": f"V{n}" for n in range(1, 7)}  # as German and Russian devices call the chest leads
    | {f"D{name}": name for name in ("I", "II", "III")}  # "derivação", as in Brazil
    | {f"D{digit}": name for digit, name in _NUMBERED.items()}
)
_PREFIX = re.compile(r"(MDC[ _]ECG[ _]LEAD|LEAD|ABLEITUNG|ABL|ECG|EKG)[ _:.-]*")
_LONGEST_NAME = 100
_IGNORED = re.compile(r"[ _.]|\(EINTHOVEN\)$")


@lru_cache(maxsize=1024)
def standard_lead_name(written: str) -> str | None:
    """The standard name of a lead as some device wrote it, or None where it may be another lead.

    A number alone, or after "ECG", is a channel and not a lead ("ECG1" of a Holter), and a sign changes the lead ("-aVR").

    >>> [standard_lead_name(name) for name in ("avr", "Lead II", "MDC_ECG_LEAD_V3", "C4", "Lead 1", "ECG1", "-aVR", "pleth")]
    ['aVR', 'II', 'V3', 'V4', 'I', None, None, None]
    """
    if len(written) > _LONGEST_NAME:
        return None
    name = unicodedata.normalize("NFKC", written).strip().upper()  # also the one-character Roman numerals
    numbered = False
    while prefix := _PREFIX.match(name):
        numbered |= prefix[1] not in ("ECG", "EKG")
        name = name[prefix.end() :]
    key = _IGNORED.sub("", name)
    return _BY_KEY.get(key) or (_NUMBERED.get(key) if numbered else None)


def with_derived_limb_leads(leads: Sequence[str], signal: npt.NDArray[np.float32]) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Add III, aVR, aVL and aVF where I and II are there and they are not.

    Einthoven (1913): III = II - I. Goldberger (1942): aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2.

    Parameters
    ----------
    leads : standard names
    signal : (n_leads, n_samples) in mV

    Returns
    -------
    leads, signal : in the order of `STANDARD_LEADS`, other leads behind them
    """
    rows = dict(zip(leads, signal, strict=True))
    if "I" in rows and "II" in rows:
        i, ii = rows["I"], rows["II"]
        derived = {"III": ii - i, "aVR": -(i + ii) / 2, "aVL": i - ii / 2, "aVF": ii - i / 2}
        rows = derived | rows
    order = [name for name in STANDARD_LEADS if name in rows] + [name for name in rows if name not in STANDARD_LEADS]
    return tuple(order), np.stack([rows[name] for name in order]).astype(np.float32)
