"""What an ECG is here: named leads in millivolts at one rate, with what was not recorded left open."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import firwin, resample_poly

from data.errors import InvalidEcgError
from data.leads import STANDARD_LEADS, standard_lead_name, with_derived_limb_leads

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Patient:
    """Whose ECG it is, as far as retrieval needs it. Names are never kept."""

    id: str | None = None  # a pseudonym, only to leave the same patient's cases out
    age: float | None = None  # years
    sex: str | None = None  # "F" or "M"


@dataclass(frozen=True)
class Printed:
    """What the device put beside the curves; shown and searched as its statement, never taken for ours.

    Parameters
    ----------
    interpretation : its statements, line by line
    measurements : "HR" in beats a minute, "PR", "QRS", "QT", "QTc" in ms, "axis" of the QRS in degrees
    device : maker and model
    filters : as "0.05-150 Hz, notch 60 Hz"
    """

    interpretation: tuple[str, ...] = ()
    measurements: Mapping[str, float] = field(default_factory=dict)
    device: str = ""
    filters: str = ""


@dataclass(frozen=True, eq=False)
class EcgRecord:
    """One ECG.

    Parameters
    ----------
    leads : names in any common spelling; kept in their standard spelling
    signal : (n_leads, n_samples), float32, mV, NaN where not recorded
    fs : samples per second
    patient, time, source : what the file said; `source` names the format, never a path
    comments : free text of the file's header
    printed : the device's own interpretation, measurements and filters, where the file holds them
    warnings : what a reader doubts or assumed, in sentences for a person

    Raises
    ------
    InvalidEcgError : shape, rate or lead names that no ECG can have
    """

    leads: tuple[str, ...]
    signal: Signal
    fs: float
    patient: Patient = field(default_factory=Patient)
    time: datetime | None = None
    source: str = ""
    comments: tuple[str, ...] = ()
    printed: Printed = field(default_factory=Printed)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        signal = np.array(self.signal, dtype=np.float32)
        leads = tuple(standard_lead_name(name) or name for name in self.leads)
        if signal.ndim != 2 or signal.shape[0] != len(leads) or signal.shape[1] == 0:
            raise InvalidEcgError(f"signal has shape {signal.shape}, wanted ({len(leads)} leads, samples): pass one row per lead name")
        if not np.isfinite(self.fs) or self.fs <= 0:
            raise InvalidEcgError(f"sampling rate is {self.fs!r}, wanted samples per second above 0")
        if repeated := sorted({name for name in leads if leads.count(name) > 1}):
            raise InvalidEcgError(f"lead {', '.join(repeated)} is there more than once: keep one of them")
        if np.isinf(signal).any():
            raise InvalidEcgError("signal has infinite values: wanted mV, with NaN where nothing was recorded")
        signal.setflags(write=False)
        object.__setattr__(self, "signal", signal)
        object.__setattr__(self, "leads", leads)
        object.__setattr__(self, "fs", float(self.fs))

    @property
    def n_samples(self) -> int:
        return int(self.signal.shape[1])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.fs

    def __getitem__(self, lead: str) -> Signal:
        """One lead, (n_samples,) in mV."""
        return self.signal[self.leads.index(lead)]

    def changed(self, **changes: Any) -> "EcgRecord":
        """The same record with some fields replaced."""
        return replace(self, **changes)

    def standard(self) -> "EcgRecord":
        """All twelve standard leads in their order: derived where they can be, NaN where they were not recorded."""
        leads, signal = with_derived_limb_leads(self.leads, self.signal)
        rows = dict(zip(leads, signal, strict=True))
        missing = np.full(self.n_samples, np.nan, np.float32)
        return self.changed(leads=STANDARD_LEADS, signal=np.stack([rows.get(name, missing) for name in STANDARD_LEADS]))

    def resampled(self, fs: float) -> "EcgRecord":
        """The same ECG at another rate, by polyphase filtering; a sample next to a gap stays open."""
        if fs == self.fs:
            return self
        ratio = Fraction(fs / self.fs).limit_denominator(1000)  # exact for all common rates, and the filter stays short for odd ones
        up, down = ratio.numerator, ratio.denominator
        gaps = np.isnan(self.signal)
        bridged = _bridged(self.signal, gaps) if gaps.any() else self.signal
        resampled = resample_poly(bridged, up, down, axis=1, padtype="line", window=_low_pass(max(up, down)))
        if gaps.any():
            nearest = np.minimum((np.arange(resampled.shape[1]) * down / up).round().astype(int), self.n_samples - 1)
            resampled[gaps[:, nearest]] = np.nan
        return self.changed(signal=resampled.astype(np.float32), fs=fs)

    def seconds(self, start: float, stop: float) -> "EcgRecord":
        """The part from `start` to `stop` seconds."""
        return self.changed(signal=self.signal[:, round(start * self.fs) : round(stop * self.fs)])


@lru_cache
def _low_pass(rate: int) -> npt.NDArray[np.float32]:
    """The filter that `resample_poly` would design anew at every call: twenty periods long, Kaiser window of 5."""
    return np.asarray(firwin(20 * rate + 1, 1 / rate, window=("kaiser", 5.0)), np.float32)


def _bridged(signal: Signal, gaps: npt.NDArray[np.bool_]) -> Signal:
    """The signal with straight lines over its gaps, so that a filter finds no step there; zero where a lead was never recorded."""
    bridged = np.where(gaps, np.float32(0), signal)
    at = np.arange(signal.shape[1])
    for row, gap in zip(bridged, gaps, strict=True):
        if gap.any() and not gap.all():
            row[gap] = np.interp(at[gap], at[~gap], row[~gap])
    return bridged
