"""Philips Sierra XML (PageWriter, HeartStart, TraceMaster), versions 1.03 to 1.04.02, packed and plain.

Layout: as sierra-ecg-tools (https://github.com/sixlettervariables/sierra-ecg-tools) describes it.
"""

import base64
from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.quality import LAW_TOLERANCE, STANDARD_SECONDS, limb_lead_error
from data.readers import xli
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, checked_rate, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import kept, sex_code
from data.readers.moments import day_and_time, whole_years
from data.readers.xml import as_number, every, number, numbers, parsed, root_name, words
from data.record import EcgRecord, Patient, Printed

_TYPES = ("SierraECG", "PhilipsECG")
_VERSIONS = ("1.03", "1.04", "1.04.01", "1.04.02")
_STANDARD = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_LIMB = _STANDARD[:6]
_STANDARD_TYPES = ("STD-12", "10-WIRE")
_MOST_SAMPLES = 10_000_000  # of all leads
_MEASURED = {"HR": "heartrate", "PR": "print", "QRS": "qrsdur", "QT": "qtint", "QTc": "qtcb", "axis": "qrsfrontaxis"}
_MEASURED_103 = {"HR": "heartrate", "PR": "meanprint", "QRS": "meanqrsdur", "QT": "meanqtint", "QTc": "meanqtc", "axis": "qrsfrontaxis"}


def sniff(content: bytes) -> bool:
    """The root element of the format."""
    return root_name(content) == "restingecgdata"


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV; representative beats are left out.

    Raises
    ------
    UnreadableEcgError : another type or version, no waveform, samples whose rate, unit or lead names are not stated
    """
    root = parsed(files[name])
    kind, version = words(root, "documentinfo/documenttype"), words(root, "documentinfo/documentversion")
    if kind not in _TYPES or version not in _VERSIONS:
        raise UnreadableEcgError(
            f"is a resting ECG of type {own_name(kind) or 'none'} {own_name(version)}, "
            f"wanted {' or '.join(_TYPES)} {_VERSIONS[0]} to {_VERSIONS[-1]}: export it as one of these"
        )
    waveform = root.find("waveforms/parsedwaveforms")
    acquired = root.find("dataacquisition")
    signal = acquired.find("signalcharacteristics") if acquired is not None else None
    if waveform is None or acquired is None or signal is None:
        raise UnreadableEcgError("is a Philips ECG without a waveform, wanted its leads: export it with its waveforms")
    fs = checked_rate(_agreed(waveform.get("samplespersecond"), words(signal, "samplingrate"), "sampling rate"))
    stated = words(signal, "resolution") or words(signal, "signalresolution")
    microvolts = _agreed(waveform.get("resolution"), stated, "resolution")
    if _agreed(waveform.get("bitspersample") or waveform.get("nbitspersample"), words(signal, "bitspersample") or "16", "bits") != 16:
        raise UnreadableEcgError("is a Philips ECG of samples that have not 16 bits, wanted 16: export it again")
    offset = as_number(waveform.get("signaloffset") or words(signal, "signaloffset")) or 0.0
    labels = _labels(waveform, signal)
    leads, warnings = _leads(waveform, labels, fs), list[str]()
    if _ends_in_calibration(leads, round(STANDARD_SECONDS * fs), microvolts):
        leads = [row[: round(STANDARD_SECONDS * fs)] for row in leads]
        warnings.append("Behind the ten seconds of ECG the file has the device's calibration pulse; it is left out.")
    time = day_and_time(acquired.get("date", ""), acquired.get("time", ""), "%Y-%m-%d")
    return ecg_record(
        [Channel(label, (row - offset) * microvolts, "uV") for label, row in zip(labels, leads, strict=True)],
        fs=fs,
        patient=_patient(root, time.date() if time else None),
        time=time,
        source="Philips Sierra XML",
        printed=_printed(root, acquired, signal),
        warnings=warnings,
    )


FORMAT = Format("Philips Sierra XML", sniff, read)


def _agreed(of_waveform: str | None, of_recording: str, what: str) -> float:
    """What both places say; versions from 1.04 on state it twice."""
    said = {value for value in (as_number(of_waveform), as_number(of_recording)) if value}
    if len(said) != 1:
        raise UnreadableEcgError(f"is a Philips ECG that states {'no' if not said else 'two'} {what}, wanted one: export it again")
    return said.pop()


def _labels(waveform: Element, signal: Element) -> list[str]:
    written = (waveform.get("leadlabels") or "").split()
    count = int(as_number(waveform.get("numberofleads")) or number(signal, "numberchannelsallocated") or 0)
    if written and count and len(written) >= count:
        return written[:count]
    if words(signal, "acquisitiontype") in _STANDARD_TYPES and count == len(_STANDARD):
        return list(_STANDARD)
    raise UnreadableEcgError("is a Philips ECG whose leads are not named, wanted their names: export it again")


def _leads(waveform: Element, labels: Sequence[str], fs: float) -> list[npt.NDArray[np.int64]]:
    """Stored numbers of each lead, (n_samples,)."""
    n_samples = round((as_number(waveform.get("durationperchannel")) or 0.0) / 1000 * fs)
    if not 0 < n_samples * len(labels) <= _MOST_SAMPLES:
        raise UnreadableEcgError(f"is a Philips ECG of {n_samples:,} samples a lead, wanted one resting ECG: export it again")
    if waveform.get("dataencoding") != "Base64":
        raise UnreadableEcgError("is a Philips ECG whose samples are not in Base64, wanted that: export it again")
    data = base64.b64decode("".join((waveform.text or "").split()), validate=True)
    packing = waveform.get("compressmethod") or waveform.get("compression") or "Uncompressed"
    if packing == "XLI":
        rows = [row.astype(np.int64) for row in xli.unpacked(data, len(labels), at_most=n_samples)]
    elif packing in ("Uncompressed", "None"):
        rows = list(np.frombuffer(data[: len(data) // (2 * n_samples) * 2 * n_samples], "<i2").reshape(-1, n_samples).astype(np.int64))
    else:
        raise UnreadableEcgError(f"is a Philips ECG packed by {own_name(packing)}, wanted XLI or none: export it uncompressed")
    if len(rows) < len(labels) or any(len(row) < n_samples for row in rows[: len(labels)]):
        raise UnreadableEcgError("is a Philips ECG whose leads are cut off, wanted them whole: send it as the device wrote it")
    rows = [row[:n_samples] for row in rows[: len(labels)]]
    return _restored(rows, labels, packed=packing == "XLI")


def _restored(rows: list[npt.NDArray[np.int64]], labels: Sequence[str], *, packed: bool) -> list[npt.NDArray[np.int64]]:
    """Of III, aVR, aVL and aVF only the difference to what I and II make of them is packed; plain files are asked by Einthoven's law."""
    if tuple(labels[:6]) != _LIMB:
        return rows
    i, ii, iii, avr, avl, avf = rows[:6]
    whole_iii = ii - i - iii
    limb = [i, ii, whole_iii, -avr - (i + ii) // 2, (i - whole_iii) // 2 - avl, (ii + whole_iii) // 2 - avf]
    errors = [limb_lead_error(labels[:6], np.stack(six).astype(np.float32)) for six in (limb, rows[:6])]
    if packed or (errors[0] is not None and errors[1] is not None and errors[0] < LAW_TOLERANCE < errors[1]):
        return limb + rows[6:]
    return rows


def _ends_in_calibration(leads: Sequence[npt.NDArray[np.int64]], start: int, microvolts: float) -> bool:
    """Whether all leads jump by some 1 mV at the same moment behind the ECG, as no heart does: V1 to V6 have nothing in common with I."""
    behind = np.stack(leads)[:, start:] * microvolts
    return behind.shape[1] > 1 and bool((np.diff(behind, axis=1).min(axis=0) > 500).any())


def _patient(root: Element, on: date | None) -> Patient:
    who = root.find("patient/generalpatientdata")
    age = number(who, "age/years")
    born = day_and_time(words(who, "age/dateofbirth"), "", "%Y-%m-%d")
    at = day_and_time(on.isoformat(), "", "%Y-%m-%d") if on else None
    return Patient(
        id=words(who, "patientid") or None,
        age=age if age is not None and 0 <= age <= 120 else whole_years(born.date() if born else None, at),
        sex=sex_code(words(who, "sex")),
    )


def _printed(root: Element, acquired: Element, signal: Element) -> Printed:
    read_out = root.find("interpretations/interpretation")
    statements: list[str] = []
    for statement in read_out.findall("statement") if read_out is not None else ():
        statements.append(words(statement, "leftstatement"))
    severity = " ".join(every(read_out, "severity")) if read_out is not None else ""
    measured = numbers(read_out, {name: f"interpretationmeasurements/{path}" for name, path in _MEASURED_103.items()})
    measured |= numbers(read_out, {name: f"globalmeasurements/{path}" for name, path in _MEASURED.items()})
    device = words(acquired, "machine")
    band = words(signal, "signalbandwidth") or "-".join(filter(None, (words(signal, "hipass"), words(signal, "lowpass"))))
    return Printed(
        interpretation=kept([*statements, severity.strip("- ")]),
        measurements=measured,
        device=f"Philips {device}" if device else "Philips",
        filters=f"{band} Hz" if band else "",
    )
