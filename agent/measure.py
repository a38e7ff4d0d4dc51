"""What is measured on one ECG: rate, rhythm, intervals, axis, voltages, from the median beat over all its leads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agent.measurement import boundaries, voltages
from agent.measurement.beats import Beats, find_beats
from agent.measurement.leads import Array, Leads, milliseconds, nanmedian, usable
from agent.measurement.rhythm import Regularity, flutters, rhythm
from data import EcgRecord

LONGEST_S = 60.0  # more of a long recording does not change a median beat
MIN_S = 1.5


FIELDS: Mapping[str, tuple[str, str]] = {  # of `Measurements`: what it is called in a sentence, and what stands behind its number
    "heart_rate_bpm": ("heart rate", "/min"),
    "pr_ms": ("PR", " ms"),
    "qrs_ms": ("QRS", " ms"),
    "qt_ms": ("QT", " ms"),
    "qtc_ms": ("QTc", " ms"),
    "axis_deg": ("axis", "°"),
}
FURTHER: tuple[str, ...] = (
    "qtc_bazett_ms", "qtc_framingham_ms", "regularity", "rr_variation", "ectopic_beats", "early_beats", "st_mv", "r_mv", "s_mv", "lvh_mv",
)  # fmt: skip
"""What else may be None or empty, and then has its reason in `Measurements.missing`."""


@dataclass(frozen=True)
class Basis:
    """What a measurement rests on."""

    beats: int
    leads: int


@dataclass(frozen=True)
class Measurements:
    """What could be measured; None, or empty, where it could not, with the reason in `missing`.

    Intervals come from one median beat seen by all leads at once. RR in s, QT in ms: QTc is Fridericia's (1920), QT / RR^(1/3);
    Bazett's (1920) is QT / RR^(1/2); Framingham's (Sagie et al. 1992) is QT + 154 (1 - RR).
    """

    heart_rate_bpm: float | None = None  # mean rate from beat to beat
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    qtc_ms: float | None = None
    axis_deg: float | None = None  # frontal QRS axis, -180 to 180, from net areas in I and aVF
    qtc_formula: str = "Fridericia"
    beats: int = 0  # beats of the dominant kind that made the median beat
    leads: int = 0  # leads with signal
    missing: Mapping[str, str] = field(default_factory=dict)  # field name to the reason why it is None
    qtc_bazett_ms: float | None = None
    qtc_framingham_ms: float | None = None
    regularity: Regularity | None = None
    rr_variation: float | None = None  # usual difference of neighbouring RR intervals over the usual RR interval
    ectopic_beats: int | None = None  # beats of another shape than the dominant kind
    early_beats: int | None = None  # beats of that shape that come early; None where no beat is expected
    st_mv: Mapping[str, float] = field(default_factory=dict)  # by lead, 60 ms behind the J point against the level before the QRS
    r_mv: Mapping[str, float] = field(default_factory=dict)  # by lead, 0 where there is no R
    s_mv: Mapping[str, float] = field(default_factory=dict)  # by lead, its depth as a positive number
    lvh_mv: Mapping[str, float] = field(default_factory=dict)  # by name of the index; limits in `agent.measurement.voltages`
    rests_on: Mapping[str, Basis] = field(default_factory=dict)  # field name to the beats and leads it comes from


def measure(record: EcgRecord) -> Measurements:
    """Measure an ECG of any leads and length; never raises on a signal, however broken.

    Parameters
    ----------
    record : any `EcgRecord`; missing leads and gaps are left out of the median beat

    Returns
    -------
    Measurements : ms and degrees rounded to whole units, bpm to tenths, mV to hundredths
    """
    leads = usable(record.seconds(0, LONGEST_S) if record.duration > LONGEST_S else record)
    if not leads.names:
        return _nothing("no lead has a signal")
    if leads.seconds < MIN_S:
        return _nothing(f"the recording is shorter than {MIN_S} s", len(leads.names))
    beats = find_beats(leads)
    if isinstance(beats, str):
        return _nothing(beats, len(leads.names))
    return _Measuring(leads, beats).all()


def _nothing(reason: str, n_leads: int = 0) -> Measurements:
    return Measurements(leads=n_leads, missing=dict.fromkeys((*FIELDS, *FURTHER), reason))


class _Measuring:
    """One ECG on its way to its measurements: values and reasons gathered step by step."""

    def __init__(self, leads: Leads, beats: Beats) -> None:
        self._record, self._beats = leads, beats
        self._found: dict[str, Any] = {}
        self._missing: dict[str, str] = {}
        self._rests_on: dict[str, Basis] = {}

    def all(self) -> Measurements:
        beats = self._beats
        whole = np.asarray(np.isfinite(nanmedian(beats.sharp)).all(axis=1))
        if not whole.any():
            return _nothing("no lead holds one whole beat", len(self._record.names))
        self._names = [lead for lead, there in zip(self._record.names, whole, strict=True) if there]
        self._smooth, self._sharp = nanmedian(beats.smooth[:, whole]), nanmedian(beats.sharp[:, whole])
        self._rhythm()
        self._intervals(beats.smooth[:, whole])
        self._voltages()
        return Measurements(**self._found, beats=beats.same.size, leads=len(self._names), missing=self._missing, rests_on=self._rests_on)

    def _put(self, value: Any, *fields: str, beats: int | None = None, leads: int | None = None) -> None:
        for name in fields:
            self._found[name] = value
            self._rests_on[name] = Basis(self._beats.same.size if beats is None else beats, len(self._names) if leads is None else leads)

    def _rhythm(self) -> None:
        beats, told = self._beats, rhythm(self._beats)
        every: dict[str, Any] = {"beats": beats.peaks.size, "leads": len(self._record.names)}
        if beats.mean_rr:
            self._put(round(60 / beats.mean_rr, 1), "heart_rate_bpm", **every)
        else:
            self._missing["heart_rate_bpm"] = "between any two beats a part is not recorded"
        self._put(told.wide_ectopic, "ectopic_beats", **every)
        if beats.rr.size < 3:
            self._missing |= dict.fromkeys(("regularity", "rr_variation", "early_beats"), "fewer than four beats")
            return
        self._put(told.regularity, "regularity", **every)
        self._put(round(told.variation, 2), "rr_variation", **every)
        if told.regularity == "irregular":
            self._missing["early_beats"] = "the rhythm is irregular throughout"
        else:
            self._put(told.early, "early_beats", **every)

    def _intervals(self, each: Array) -> None:
        beats, rr = self._beats, self._beats.mean_rr or float(self._beats.rr.mean())
        onset, offset = boundaries.qrs(self._sharp)
        self._fluttering = flutters(self._record.smooth, beats, onset, offset)
        if self._fluttering:
            onset, offset = boundaries.qrs(self._sharp, resting=80)
        self._qrs = onset, offset
        self._put(_whole(milliseconds(offset - onset)), "qrs_ms")
        if self._fluttering:
            self._missing["pr_ms"] = "flutter waves, and no P waves"
            self._missing |= dict.fromkeys(_QT, "flutter waves hide the end of the T wave")
            return
        t_end = boundaries.t_end(self._smooth, onset, offset, rr, min(0.64, 0.8 * beats.to_next + 0.03))
        if t_end is None:
            self._missing |= dict.fromkeys(_QT, "the end of the T wave is not clear")
        else:
            self._qt(milliseconds(t_end - onset), rr)
        free = beats.from_previous - milliseconds(t_end - onset) / 1000 if t_end else 0.45 * beats.from_previous
        p_onset = boundaries.p_onset(each, self._smooth, onset, free)
        if p_onset is None:
            self._missing["pr_ms"] = "no P wave at a steady distance before the QRS"
        else:
            self._put(_whole(milliseconds(onset - p_onset)), "pr_ms")

    def _qt(self, qt: float, rr: float) -> None:
        corrected = {"qt_ms": qt, "qtc_ms": qt / np.cbrt(rr), "qtc_bazett_ms": qt / np.sqrt(rr), "qtc_framingham_ms": qt + 154 * (1 - rr)}
        for name, value in corrected.items():
            self._put(_whole(value), name)

    def _voltages(self) -> None:
        names, median, (onset, offset) = self._names, self._sharp, self._qrs
        if (axis := voltages.axis(names, median, onset, offset)) is None:
            self._missing["axis_deg"] = "the axis needs leads I and aVF with a net QRS deflection"
        else:
            self._put(_whole(axis), "axis_deg", leads=2)
        r, s = voltages.r_and_s(names, median, onset, offset)
        found = {"r_mv": r, "s_mv": s}
        if self._fluttering:
            self._missing["st_mv"] = "flutter waves hide the ST level"
        else:
            found["st_mv"] = voltages.st_levels(names, self._smooth, onset, offset)
        for name, values in found.items():
            self._put({lead: round(value, 2) for lead, value in values.items()}, name)
        if indices := voltages.hypertrophy_indices(r, s):
            self._put({name: round(value, 2) for name, value in indices.items()}, "lvh_mv")
        else:
            self._missing["lvh_mv"] = "no index of hypertrophy has its leads here"


_QT = ("qt_ms", "qtc_ms", "qtc_bazett_ms", "qtc_framingham_ms")


def _whole(value: float) -> float:
    return float(round(value))
