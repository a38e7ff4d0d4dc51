"""Voltages of the median beat: frontal axis, R and S, ST level, and the indices of left ventricular hypertrophy."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from scipy.signal import find_peaks

from agent.measurement.leads import FS, Array

ST_AFTER_J_S = 0.06
SMALLEST_MV = 0.03  # a deflection below it is no wave
LVH_LIMITS_MV: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "Sokolow-Lyon": (3.5, 3.5),  # S in V1 + the larger R of V5 and V6: Sokolow & Lyon (1949), Am Heart J 37:161
        "R in aVL": (1.1, 1.1),  # the same
        "Cornell": (2.0, 2.8),  # R in aVL + S in V3: Casale et al. (1985), J Am Coll Cardiol 6:572
        "Lewis": (1.7, 1.7),  # R in I - S in I + S in III - R in III: Lewis (1914), Heart 5:367
        "Peguero-Lo Presti": (2.3, 2.8),  # the deepest S of all leads + S in V4: Peguero et al. (2017), J Am Coll Cardiol 69:1694
    }
)
"""Indices of left ventricular hypertrophy, and the voltage in mV above which they speak for it in women and in men."""


def levels(median: Array, onset: int) -> Array:
    """(n_leads, 1) mV just before the QRS, from which voltages count."""
    return np.asarray(np.median(median[:, max(0, onset - round(0.016 * FS)) : max(1, onset - round(0.004 * FS))], axis=1, keepdims=True))


def r_and_s(leads: Sequence[str], median: Array, onset: int, offset: int) -> tuple[dict[str, float], dict[str, float]]:
    """Height of R and depth of S in each lead, mV, both positive, 0 where there is none.

    R is the highest wave above the level, R' among them; S the deepest behind the first, or a QS complex. A wave turns back within the
    complex: one that ends in a raised ST segment is none.
    """
    complexes = (median - levels(median, onset))[:, onset : offset + 1]
    r, s = {}, {}
    for lead, row in zip(leads, complexes, strict=True):
        tops = find_peaks(row, height=SMALLEST_MV, prominence=SMALLEST_MV)[0]
        r[lead] = float(row[tops].max()) if tops.size else 0.0
        s[lead] = max(0.0, float(-row[tops[0] if tops.size else 0 :].min()))
    return r, s


def st_levels(leads: Sequence[str], median: Array, onset: int, offset: int) -> dict[str, float]:
    """ST level 60 ms behind the J point in each lead, mV against the level before the QRS."""
    at = offset + round(ST_AFTER_J_S * FS)
    around = (median - levels(median, onset))[:, at - 2 : at + 3]
    return {lead: float(row.mean()) for lead, row in zip(leads, around, strict=True)} if around.size else {}


def hypertrophy_indices(r: Mapping[str, float], s: Mapping[str, float]) -> dict[str, float]:
    """The indices of `LVH_LIMITS_MV` whose leads are there, mV."""
    formulas = {
        "Sokolow-Lyon": (("V1", "V5", "V6"), lambda: s["V1"] + max(r["V5"], r["V6"])),
        "R in aVL": (("aVL",), lambda: r["aVL"]),
        "Cornell": (("aVL", "V3"), lambda: r["aVL"] + s["V3"]),
        "Lewis": (("I", "III"), lambda: r["I"] - s["I"] + s["III"] - r["III"]),
        "Peguero-Lo Presti": (("V1", "V2", "V3", "V4", "V5", "V6"), lambda: max(s.values()) + s["V4"]),
    }
    return {name: float(formula()) for name, (needed, formula) in formulas.items() if set(needed) <= r.keys()}


def axis(leads: Sequence[str], median: Array, onset: int, offset: int) -> float | None:
    """Direction of the net QRS area in the frontal plane, degrees; aVF is a Goldberger lead, 2/sqrt(3) brings it to the scale of I.

    None without leads I and aVF, or without a net deflection in them.
    """
    if not {"I", "aVF"} <= set(leads):
        return None
    area = (median - levels(median, onset))[:, onset : offset + 1].sum(axis=1) / FS  # mV s
    x, y = area[leads.index("I")], area[leads.index("aVF")] * 2 / np.sqrt(3)
    return float(np.degrees(np.arctan2(y, x))) if np.hypot(x, y) > 1e-3 else None
