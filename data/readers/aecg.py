"""HL7 annotated ECG (aECG): the XML of drug trials and of many resting devices.

Layout: HL7 V3 Annotated ECG R1 (PORT_MT020001); codes of leads and measurements: ISO/IEEE 11073-10102 (MDC).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

import numpy as np

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record, millivolts
from data.readers.format import Format, Given
from data.readers.header_text import kept, sex_code
from data.readers.moments import compact, whole_years
from data.readers.timeline import Part, on_one_timeline
from data.readers.xml import as_number, parsed, root_name, words
from data.record import EcgRecord, Patient, Printed

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
_INTEGERS = re.compile(r"[\s\d-]*", re.ASCII)
_NUMBERS = re.compile(r"[\s\d+.eE-]*", re.ASCII)
_REPORTED_AGE = "21612-7"  # LOINC
_PER_YEAR = {"a": 1.0, "mo": 12.0, "wk": 52.18, "d": 365.25}  # UCUM
_MEASURED = {
    "MDC_ECG_HEART_RATE": "HR", "MDC_ECG_TIME_PD_PR": "PR", "MDC_ECG_TIME_PD_QRS": "QRS", "MDC_ECG_TIME_PD_QT": "QT",
    "MDC_ECG_TIME_PD_QTc": "QTc", "MDC_ECG_ANGLE_QRS_FRONT": "axis",
}  # fmt: skip
_FILTERS = {"LOW_PASS": "low pass", "HIGH_PASS": "high pass", "NOTCH": "notch"}


def sniff(content: bytes) -> bool:
    """The root element of the standard."""
    return root_name(content) == "AnnotatedECG"


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV; representative beats are left out.

    Raises
    ------
    UnreadableEcgError : no waveform, only representative beats, or a sequence without scale, unit or increment
    """
    root = parsed(files[name])
    series = root.findall("component/series")
    if not any(one.find(".//sequence") is not None for one in series):
        raise UnreadableEcgError("is an HL7 aECG without a waveform, wanted one of leads: export it with its waveforms")
    rhythms = [one for one in series if _code(one) in ("RHYTHM", "")]
    if not rhythms:
        raise UnreadableEcgError("is an HL7 aECG with only an averaged beat, wanted the rhythm: export the whole recording")
    parts = [_part(sequences) for one in rhythms for sequences in one.findall("component/sequenceSet")]
    parts = [part for part in parts if part.channels]
    if not parts:
        raise UnreadableEcgError("is an HL7 aECG without a lead, wanted the sequences of leads: export it with its waveforms")
    warnings: list[str] = []
    channels, fs = on_one_timeline(parts, warnings)
    times = ((rhythms[0], "low"), (rhythms[0], "center"), (root, "center"), (root, "low"))
    time = next((at for element, end in times if (at := compact(_value(element, f"effectiveTime/{end}")))), None)
    return ecg_record(
        channels,
        fs=fs,
        patient=_patient(root, time),
        time=time,
        source="HL7 aECG",
        comments=kept(words(text) for text in root.findall(".//subjectFindingComment/text")),
        printed=_printed(rhythms[0]),
        warnings=warnings,
    )


FORMAT = Format("HL7 aECG (XML)", sniff, read)


def _part(sequences: Element) -> Part:
    """One set of sequences: the one of time says rate and begin, the others are leads."""
    start = increment = None
    channels = []
    for sequence in sequences.findall("component/sequence"):
        code, value = _code(sequence), sequence.find("value")
        if value is None:
            continue
        if code.startswith("TIME_"):
            step = value.find("increment")
            seconds = as_number(step.get("value")) if step is not None else None
            unit = _SECONDS.get(step.get("unit", "")) if step is not None else None
            increment = seconds * unit if seconds and unit else None
            start = _start(value)
        elif value.find("digits") is not None:
            channels.append(_channel(code, value))
    if len({len(channel.samples) for channel in channels}) > 1:
        raise UnreadableEcgError("is an HL7 aECG whose leads have unequal lengths, wanted them alike: send it as the device wrote it")
    if channels and (increment is None or increment <= 0):
        raise UnreadableEcgError("is an HL7 aECG without a sampling interval, wanted an increment in s, ms or us: export it again")
    rate = 1 / increment if increment else 0.0
    return Part(start or 0.0, round(rate, 6), channels)


def _start(value: Element) -> float:
    """Seconds on the file's own clock."""
    written = _value(value, "head")
    if at := compact(written):
        fraction = re.search(r"\.\d+", written)
        return (at - at.min).total_seconds() + float(fraction[0] if fraction else 0)
    head = value.find("head")
    return (as_number(written) or 0.0) * _SECONDS.get(head.get("unit", "s") if head is not None else "s", 1.0)


def _channel(code: str, value: Element) -> Channel:
    """value = origin + digit * scale."""
    origin, scale = value.find("origin"), value.find("scale")
    factor, unit = (as_number(scale.get("value")), scale.get("unit", "")) if scale is not None else (None, "")
    if not factor or millivolts(unit) is None:
        raise UnreadableEcgError(f"is an HL7 aECG whose lead {own_name(code)} has no scale in V, mV or uV, wanted one: export it again")
    zero = (as_number(origin.get("value")) or 0.0) if origin is not None else 0.0
    if zero and origin is not None and origin.get("unit", unit) != unit:
        raise UnreadableEcgError("is an HL7 aECG with origin and scale in different units, wanted one unit: export it again")
    text = value.findtext("digits") or ""
    if not text.strip() or not _NUMBERS.fullmatch(text):
        raise UnreadableEcgError(f"is an HL7 aECG whose lead {own_name(code)} is not all numbers, wanted its digits: export it again")
    kind = np.int64 if _INTEGERS.fullmatch(text) else np.float64  # whole numbers are read in a tenth of the time
    values = np.asarray(np.fromstring(text, dtype=kind, sep=" ") * factor + zero, np.float64)
    return Channel(code, values, unit)


def _patient(root: Element, time: datetime | None) -> Patient:
    who = root.find(".//trialSubject")
    if who is None:
        return Patient()
    person = who.find("subjectDemographicPerson")
    sex = person.find("administrativeGenderCode") if person is not None else None
    mark = who.find("id")
    born = compact(_value(person, "birthTime")) if person is not None else None
    return Patient(
        id=(mark.get("extension") or None) if mark is not None else None,
        age=_stated_age(root) or whole_years(born.date() if born else None, time),
        sex=sex_code(sex.get("code", "")) if sex is not None else None,
    )


def _stated_age(root: Element) -> float | None:
    for observed in root.findall("controlVariable/relatedObservation"):
        value = observed.find("value")
        if _code(observed) == _REPORTED_AGE and value is not None:
            age, per_year = as_number(value.get("value")), _PER_YEAR.get(value.get("unit", "a"))
            return round(age / per_year, 2) if age is not None and per_year and 0 <= age / per_year <= 120 else None
    return None


def _printed(series: Element) -> Printed:
    """Statements, and measurements of the whole recording; those of single beats are left out."""
    statements: list[str] = []
    measurements: dict[str, float] = {}
    for note in series.findall("subjectOf/annotationSet/component/annotation"):
        code, value = _code(note), note.find("value")
        if name := _MEASURED.get(code):
            _measure(measurements, name, value)
        elif "INTERPRETATION" in code:
            statements += [text for inner in note.iter("value") if (text := words(inner) or inner.get("displayName", ""))]
        elif code == "MDC_ECG_RHY" and value is not None and value.get("displayName"):
            statements.append(value.get("displayName", ""))
        for inner in note.findall("component/annotation") if not code.startswith("MDC_ECG_BEAT") else ():
            if name := _MEASURED.get(_code(inner)):
                _measure(measurements, name, inner.find("value"))
    author = series.find("author/seriesAuthor")
    device = [words(author, "manufacturerOrganization/name"), words(author, "manufacturedSeriesDevice/manufacturerModelName")]
    return Printed(kept(statements), measurements, " ".join(filter(None, device)), ", ".join(_filters(series)))


def _measure(measurements: dict[str, float], name: str, value: Element | None) -> None:
    number = as_number(value.get("value")) if value is not None else None
    if number is not None and value is not None:
        measurements.setdefault(name, number * 1000 if value.get("unit") == "s" else number)


def _filters(series: Element) -> Iterator[str]:
    for control in series.findall("controlVariable/controlVariable"):
        kind = next((words_ for code, words_ in _FILTERS.items() if _code(control).endswith(f"FILTER_{code}")), None)
        for inner in control.findall("component/controlVariable") if kind else ():
            value = inner.find("value")
            hertz = as_number(value.get("value")) if value is not None and value.get("unit") == "Hz" else None
            if hertz:
                yield f"{kind} {hertz:g} Hz"


def _code(element: Element) -> str:
    code = element.find("code")
    return code.get("code", "") if code is not None else ""


def _value(element: Element | None, path: str) -> str:
    found = element.find(path) if element is not None else None
    return found.get("value", "") if found is not None else ""
