"""Mortara (Welch Allyn, Hillrom) XML as ELI electrocardiographs and ELI Link write it: root `ECG`, everything in attributes."""

import base64
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import PER_YEAR, kept, sex_code
from data.readers.moments import OLDEST, compact, whole_years
from data.readers.text import decoded
from data.readers.xml import as_number, parsed, root_name
from data.record import EcgRecord, Patient, Printed

_HEAD = 20_000
_MARKS = ("ACQUISITION_TIME", "<TYPICAL_CYCLE", "<CHANNEL")  # "ECG" alone could be anybody's root
_OF_THE_BEAT = {"PR": "PR_DURATION", "QRS": "QRS_DURATION", "QT": "QT", "QTc": "QTC", "axis": "QRS_AXIS"}
_STORED = {"BITS": "16", "FORMAT": "SIGNED", "ENCODING": "BASE64"}


def sniff(content: bytes) -> bool:
    """The root element of the format, and one of its own names near it."""
    return root_name(content) == "ECG" and any(mark in decoded(content[:_HEAD]) for mark in _MARKS)


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV; the median beat is left out.

    Raises
    ------
    UnreadableEcgError : no rhythm, or a lead whose rate, unit, count or bytes are not stated, are unusual, or contradict each other
    """
    root = parsed(files[name])
    found = root.findall("CHANNEL")
    if not found:
        raise UnreadableEcgError("is a Mortara ECG without waveforms, wanted the rhythm: export it with its channels")
    channels, rates = [_channel(one) for one in found], {_said(one, "SAMPLE_FREQ") for one in found}
    if len({len(channel.samples) for channel in channels}) > 1 or len(rates) > 1:
        alike = "wanted them alike: send it as the device wrote it"
        raise UnreadableEcgError(f"is a Mortara ECG whose leads have unequal lengths or rates, {alike}")
    time = compact(_said(root, "ACQUISITION_TIME"))
    who, device, beat = (root.find(part) for part in ("SUBJECT", "SOURCE", "TYPICAL_CYCLE"))
    born = compact(_said(who, "DOB"))
    return ecg_record(
        channels,
        fs=as_number(rates.pop()) or 0.0,
        patient=Patient(
            id=_said(who, "ID") or None,
            age=_age(root) if _said(root, "AGE") else whole_years(born.date() if born else None, time),
            sex=sex_code(_said(who, "GENDER")),
        ),
        time=time,
        source="Mortara XML",
        printed=Printed(
            interpretation=kept(_statements(root)),
            measurements=_numbers(root, {"HR": "VENT_RATE"}) | _numbers(beat, _OF_THE_BEAT),
            device=" ".join(filter(None, (_said(device, "MANUFACTURER") or "Mortara", _said(device, "MODEL")))),
            filters=f"to {limit} Hz" if (limit := _said(device, "LOW_PASS_FILTER")) else "",
        ),
    )


FORMAT = Format("Mortara XML", sniff, read)


def _channel(one: Element) -> Channel:
    """millivolts = sample / units per mV; little-endian integers in Base64. What an offset means is published nowhere."""
    label, steps = _said(one, "NAME"), as_number(_said(one, "UNITS_PER_MV"))
    whose = f"is a Mortara ECG whose lead {own_name(label)}"
    if not steps or steps < 0:
        raise UnreadableEcgError(f"{whose} states no units a millivolt, wanted them: export it again")
    if other := [f"{key} {said}" for key, usual in _STORED.items() if (said := _said(one, key).upper()) not in ("", usual)]:
        raise UnreadableEcgError(f"{whose} is stored as {own_name(', '.join(other))}, wanted signed 16 bits in Base64: export it again")
    if as_number(_said(one, "OFFSET") or "0") != 0:
        raise UnreadableEcgError(f"{whose} has an offset, whose meaning is not published, wanted none: export it in another format")
    samples = np.frombuffer(base64.b64decode("".join((one.get("DATA") or one.text or "").split()), validate=True), "<i2")
    if (claimed := as_number(_said(one, "DURATION"))) and claimed not in (len(samples), _milliseconds(one, len(samples))):
        counts = f"claims {claimed:,.0f} samples and has {len(samples):,}"
        raise UnreadableEcgError(f"{whose} {counts}, wanted them alike: send it as the device wrote it")
    return Channel(label, samples / steps, "mV")


def _milliseconds(one: Element, n_samples: int) -> float | None:
    """How long so many samples last: some devices state that for their number."""
    rate = as_number(_said(one, "SAMPLE_FREQ"))
    return round(n_samples * 1000 / rate) if rate else None


def _age(root: Element) -> float | None:
    age, per_year = as_number(_said(root, "AGE")), PER_YEAR.get((_said(root, "AGE_UNITS") or "YEARS").upper()[:1])
    return round(age / per_year, 2) if age is not None and per_year and 0 <= age / per_year <= OLDEST else None


def _statements(root: Element) -> Iterator[str]:
    return (_said(one, "TEXT") or " ".join((one.text or "").split()) for one in root.findall("AUTOMATIC_INTERPRETATION/STATEMENT"))


def _numbers(element: Element | None, keys: dict[str, str]) -> dict[str, float]:
    return {name: value for name, key in keys.items() if (value := as_number(_said(element, key))) is not None}


def _said(element: Element | None, key: str) -> str:
    return " ".join((element.get(key) or "").split()) if element is not None else ""
