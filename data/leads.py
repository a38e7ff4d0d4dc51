"""The twelve standard leads: their names in every common spelling, and the laws that bind them."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

STANDARD_LEADS: tuple[str, ...] = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
INDEPENDENT_LEADS: tuple[str, ...] = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

_BY_KEY = {name.upper(): name for name in STANDARD_LEADS} | {"1": "I", "2": "II", "3": "III"} | {f"C{n}": f"V{n}" for n in range(1, 7)}
_NOISE = re.compile(r"^(MDC[_ ]?ECG[_ ]?LEAD|LEAD|ABLEITUNG|ECG|EKG)|[^A-Z0-9]")


def standard_lead_name(written: str) -> str | None:
    """The standard name of a lead as some device wrote it, or None.

    >>> [standard_lead_name(name) for name in ("avr", "Lead II", "MDC_ECG_LEAD_V3", "C4", "pleth")]
    ['aVR', 'II', 'V3', 'V4', None]
    """
    return _BY_KEY.get(_NOISE.sub("", _NOISE.sub("", written.strip().upper())))


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
