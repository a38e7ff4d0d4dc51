"""GE MUSE XML (root `RestingECG`), as exported by MUSE and MAC devices."""

import base64
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record, millivolts
from data.readers.format import Format, Given
from data.readers.header_text import PER_YEAR, kept, sex_code
from data.readers.moments import day_and_time, whole_years
from data.readers.xml import number, numbers, parsed, root_name, words
from data.record import EcgRecord, Patient, Printed

_DATES = ("%m-%d-%Y", "%Y-%m-%d", "%d-%b-%Y")
_MEASURED = {
    "HR": "VentricularRate", "PR": "PRInterval", "QRS": "QRSDuration", "QT": "QTInterval", "QTc": "QTCorrected", "axis": "RAxis",
}  # fmt: skip


def sniff(content: bytes) -> bool:
    """The root element of the format."""
    return root_name(content) == "RestingECG"


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV; the median beat is left out.

    Raises
    ------
    UnreadableEcgError : no rhythm, or a lead whose rate, unit, count or bytes are not stated or contradict each other
    """
    root = parsed(files[name])
    waveforms = root.findall("Waveform")
    rhythm = next((one for one in waveforms if words(one, "WaveformType").lower() == "rhythm"), None)
    if rhythm is None:
        what = "only an averaged beat" if waveforms else "no waveform"
        raise UnreadableEcgError(f"is a MUSE ECG with {what}, wanted the rhythm: export it with its rhythm waveforms")
    fs = (number(rhythm, "SampleBase") or 0.0) * 10 ** min(9.0, number(rhythm, "SampleExponent") or 0.0)
    channels = [_channel(lead) for lead in rhythm.findall("LeadData")]
    if len({len(channel.samples) for channel in channels}) > 1:
        raise UnreadableEcgError("is a MUSE ECG whose leads have unequal lengths, wanted them alike: send it as the device wrote it")
    test, who = root.find("TestDemographics"), root.find("PatientDemographics")
    time = day_and_time(words(test, "AcquisitionDate"), words(test, "AcquisitionTime"), *_DATES)
    born = day_and_time(words(who, "DateofBirth"), "", *_DATES)
    return ecg_record(
        channels,
        fs=fs,
        patient=Patient(
            id=words(who, "PatientID") or None,
            age=_age(who) if who is not None and words(who, "PatientAge") else whole_years(born.date() if born else None, time),
            sex=sex_code(words(who, "Gender")),
        ),
        time=time,
        source="GE MUSE XML",
        printed=Printed(
            interpretation=kept(_statements(root)),
            measurements=numbers(root.find("RestingECGMeasurements"), _MEASURED),
            device=f"GE {words(test, 'AcquisitionDevice')}".strip(),
            filters=_filters(rhythm),
        ),
    )


FORMAT = Format("GE MUSE XML", sniff, read)


def _channel(lead: Element) -> Channel:
    """value = sample * units per bit; little-endian integers in Base64."""
    label, factor, unit = words(lead, "LeadID"), number(lead, "LeadAmplitudeUnitsPerBit"), words(lead, "LeadAmplitudeUnits")
    if not factor or millivolts(unit) is None:
        raise UnreadableEcgError(f"is a MUSE ECG whose lead {own_name(label)} states no voltage a bit, wanted it: export it again")
    if any(number(lead, late) for late in ("LeadOffsetFirstSample", "FirstSampleBaseline", "LeadTimeOffset")):
        raise UnreadableEcgError(
            f"is a MUSE ECG whose lead {own_name(label)} begins late, wanted all leads from the start: export it whole"
        )
    size = number(lead, "LeadSampleSize") or 2
    if size not in (1, 2, 4):
        raise UnreadableEcgError(f"is a MUSE ECG with samples of {size:g} bytes, wanted 1, 2 or 4: export it again")
    samples: npt.NDArray[np.signedinteger] = np.frombuffer(
        base64.b64decode("".join((lead.findtext("WaveFormData") or "").split()), validate=True), f"<i{int(size)}"
    )
    if (claimed := number(lead, "LeadSampleCountTotal")) is not None and claimed != len(samples):
        counts = f"claims {claimed:,.0f} samples and has {len(samples):,}"
        raise UnreadableEcgError(f"is a MUSE ECG whose lead {own_name(label)} {counts}, wanted them alike: send it as the device wrote it")
    return Channel(label, samples * factor, unit)


def _age(who: Element) -> float | None:
    age, unit = number(who, "PatientAge"), (words(who, "AgeUnits") or "YEARS").upper()
    per_year = PER_YEAR.get(unit[:1])
    return round(age / per_year, 2) if age is not None and per_year and 0 <= age / per_year <= 120 else None


def _statements(root: Element) -> Iterator[str]:
    """The confirmed diagnosis where there is one, else that of the device; its pieces up to a line's end are one statement."""
    pieces: list[str] = []
    for statement in root.findall("Diagnosis/DiagnosisStatement") or root.findall("OriginalDiagnosis/DiagnosisStatement"):
        pieces.append(words(statement, "StmtText"))
        if any(words(flag).upper() == "ENDSLINE" for flag in statement.findall("StmtFlag")):
            yield " ".join(filter(None, pieces))
            pieces.clear()
    yield " ".join(filter(None, pieces))


def _filters(rhythm: Element) -> str:
    low, high, notch = words(rhythm, "HighPassFilter"), words(rhythm, "LowPassFilter"), words(rhythm, "ACFilter")
    return ", ".join(filter(None, (f"{low}-{high} Hz" if low and high else "", f"notch {notch} Hz" if number(rhythm, "ACFilter") else "")))
