"""From the channels of a file, each with its own label and unit, to one `EcgRecord`: the same rules for every format."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS, standard_lead_name
from data.record import EcgRecord

_MILLIVOLTS = {"v": 1e3, "volt": 1e3, "mv": 1.0, "millivolt": 1.0, "uv": 1e-3, "microvolt": 1e-3, "nv": 1e-6, "nanovolt": 1e-6}
# Electrodes beside the standard twelve. They keep their name: nothing of the ECG is lost, and none is taken for another lead.
_OTHER_ECG_LEAD = re.compile(r"V|V[789]|V[3-9]R|V?[XYZ]|C[MCSR]\d|MV\d|MLI|MLIII|ECG.*|EKG.*", re.IGNORECASE)
_MODIFIED_II = re.compile(r"MLII|ML2|MOD\.?[ _]?II", re.IGNORECASE)
RATES = (40.0, 50_000.0)  # samples per second that an ECG can have
MAX_SAMPLES = 100_000_000  # over all channels of one file


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel as the file has it: samples (n_samples,) in `unit`, NaN where not recorded."""

    label: str
    samples: npt.NDArray[np.floating[Any]]
    unit: str


def millivolts(unit: str) -> float | None:
    """How many millivolts the unit is, or None where it is no voltage.

    >>> [millivolts(unit) for unit in ("mV", "µV", "Microvolts", "mmHg")]
    [1.0, 0.001, 0.001, None]
    """
    written = unit.strip().replace("µ", "u").replace("μ", "u")
    return None if written.startswith("MV") else _MILLIVOLTS.get(written.lower().removesuffix("s"))


def checked_rate(fs: float) -> float:
    """The same samples per second; raises `UnreadableEcgError` where no ECG has so many or so few."""
    if not RATES[0] <= fs <= RATES[1]:
        raise UnreadableEcgError(f"sampling rate is {fs:g} Hz, wanted {RATES[0]:g} to {RATES[1]:g} Hz: correct the rate in the file")
    return fs


def ecg_record(channels: Iterable[Channel], *, fs: float, warnings: Sequence[str] = (), **fields: Any) -> EcgRecord:
    """The ECG leads among the channels: the standard twelve in their order, other ECG leads behind them.

    Parameters
    ----------
    channels : all of one length
    fs : samples per second
    warnings : what the reader has to say already
    fields : the other fields of `EcgRecord`

    Raises
    ------
    UnreadableEcgError : no standard lead in a unit of voltage, or a rate that no ECG has
    """
    checked_rate(fs)
    notes: list[str] = list(warnings)
    rows: dict[str, npt.NDArray[np.float32]] = {}
    dropped: list[str] = []
    for channel in channels:
        lead, sign = _lead_and_sign(channel.label, notes)
        factor = millivolts(channel.unit)
        if lead is None or factor is None:
            dropped.append(_brief(channel.label) or "a channel without name")
        elif lead in rows:
            notes.append(f"Lead {lead} is in the file more than once; the first one is used.")
        else:
            with np.errstate(over="ignore"):
                rows[lead] = (channel.samples if sign * factor == 1 else channel.samples * (sign * factor)).astype(np.float32)
    if not any(lead in rows for lead in STANDARD_LEADS):
        raise UnreadableEcgError(
            f"no standard ECG lead in a unit of voltage among {_listed(dropped + list(rows))}: name the leads I, II, ... V6"
        )
    if dropped:
        notes.append(f"Left out, not an ECG lead in a unit of voltage: {_listed(dropped)}.")
    if others := [lead for lead in rows if lead not in STANDARD_LEADS]:
        notes.append(f"Not one of the standard twelve leads, kept under its own name: {_listed(others)}.")
    order = [lead for lead in STANDARD_LEADS if lead in rows] + others
    signal = np.stack([rows[lead] for lead in order])
    if np.isinf(signal).any():
        raise UnreadableEcgError("holds values beyond any voltage: export the ECG again, in mV or uV")
    return EcgRecord(leads=tuple(order), signal=signal, fs=fs, warnings=tuple(notes), **fields)


def _lead_and_sign(label: str, notes: list[str]) -> tuple[str | None, int]:
    """Name in the record and sign; a Cabrera sequence has -aVR, which is aVR upside down."""
    label = label.strip()
    if name := standard_lead_name(label):
        return name, 1
    if label.startswith("-") and (name := standard_lead_name(label[1:])):
        notes.append(f"The file has -{name}; it was inverted to {name}.")
        return name, -1
    if _MODIFIED_II.fullmatch(label):
        notes.append(f"{label} is a modified lead II, from electrodes on the trunk; it is read as lead II, its amplitudes and axis differ.")
        return "II", 1
    return (_brief(label).upper(), 1) if _OTHER_ECG_LEAD.fullmatch(label) else (None, 1)


def _brief(label: str) -> str:
    return "".join(c for c in label.strip() if c.isprintable())[:24]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "its channels"
