"""DICOM waveforms (12-lead, general, ambulatory ECG), parsed by pydicom.

Module and attributes: DICOM PS3.3 C.10.9; lead codes: PS3.16 CID 3001 (MDC, SCPECG).
"""

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import standard_lead_name
from data.paper.pictures import is_picture
from data.readers import paper
from data.readers.bundle import Bundle
from data.readers.channels import Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import PER_YEAR, kept, sex_code
from data.readers.lead_codes import LEAD_OF_NUMBER
from data.readers.moments import OLDEST, compact, whole_years
from data.readers.timeline import Part, on_one_timeline
from data.record import EcgRecord, Patient, Printed

if TYPE_CHECKING:
    from pydicom import Dataset

_PREAMBLE = 128
_WITHOUT_PREAMBLE = re.compile(rb"[\x02\x08]\0[\0\x05\x08\x12\x13\x14\x16\x18]\0(?:UL|CS|DA|TM|UI|.\0\0\0)", re.DOTALL)
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_WANTED = [
    "WaveformSequence", "PatientID", "PatientAge", "PatientSex", "PatientBirthDate", "SOPClassUID",
    "AcquisitionDateTime", "ContentDate", "ContentTime", "StudyDate", "StudyTime", "WaveformAnnotationSequence",
    "Manufacturer", "ManufacturerModelName", "EncapsulatedDocument",
]  # fmt: skip
_SAMPLE_TYPES = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4"}
_AVERAGED = re.compile(r"MEDIAN|AVERAGE|MEAN|TEMPLATE|REPRESENTATIVE", re.IGNORECASE)
_MEASURED = {  # by the meaning of the concept, which vendors agree on better than on its code
    "pr interval": "PR", "qrs duration": "QRS", "qt interval": "QT", "qtc interval": "QTc", "qrs axis": "axis",
    "ventricular heart rate": "HR", "heart rate": "HR", "ventricular rate": "HR",
}  # fmt: skip
_LEAD_CODE = re.compile(r"(?:2:|5\.6\.3-9-)(\d+)")  # MDC and SCP-ECG number the leads alike


def sniff(content: bytes) -> bool:
    """The DICOM mark behind the preamble, or the first element of a data set that some devices save without it."""
    return content[_PREAMBLE : _PREAMBLE + 4] == b"DICM" or _WITHOUT_PREAMBLE.match(content) is not None


def read(name: str, files: Bundle, given: Given) -> EcgRecord:
    """The rhythm of the file, in mV; an averaged beat beside it is left out. The PDF of a printed sheet is read as paper.

    Raises
    ------
    UnreadableEcgError : no waveform, only an averaged beat, or a group whose size, unit or lead codes contradict each other
    """
    from pydicom import dcmread

    content = files[name]
    if _DEFLATED in content:  # unpacks to any size before a limit could be set
        raise UnreadableEcgError("is a deflated DICOM file, wanted an uncompressed one: export it as Explicit VR Little Endian")
    dataset = dcmread(io.BytesIO(content), specific_tags=_WANTED, force=True)
    groups = list(dataset.get("WaveformSequence") or [])
    time, warnings = _time(dataset), list[str]()
    patient = Patient(id=_text(dataset, "PatientID") or None, age=_age(dataset, time), sex=sex_code(_text(dataset, "PatientSex")))
    if "EncapsulatedDocument" in dataset and not groups:
        return paper.sheet(_document(dataset), given).changed(patient=patient, time=time)
    if not groups:
        raise UnreadableEcgError(
            "is a DICOM file without a waveform, wanted a 12-lead ECG waveform: export the ECG itself, not its picture or report"
        )
    rhythms = [group for group in groups if not _is_averaged(group)]
    if not rhythms:
        raise UnreadableEcgError("is a DICOM file with only an averaged beat, wanted the rhythm: export the full disclosure of the ECG")
    order = ">" if dataset.file_meta.get("TransferSyntaxUID") == _BIG_ENDIAN else "<"
    channels, fs = on_one_timeline([_part(group, order) for group in rhythms], warnings)
    return ecg_record(
        channels,
        fs=fs,
        patient=patient,
        time=time,
        source="DICOM",
        printed=_printed(dataset, rhythms[0]),
        warnings=warnings,
    )


FORMAT = Format("DICOM waveform", sniff, read)


def _document(dataset: "Dataset") -> bytes:
    """The document that the file carries."""
    content = bytes(dataset.EncapsulatedDocument)
    if not is_picture(content):
        raise UnreadableEcgError("is a DICOM file of a document that is no PDF, wanted a 12-lead ECG waveform: export the ECG itself")
    return content


def _is_averaged(group: "Dataset") -> bool:
    return bool(_AVERAGED.search(_text(group, "MultiplexGroupLabel"))) or (
        _text(group, "WaveformOriginality") == "DERIVED" and "TriggerSamplePosition" in group
    )


def _part(group: "Dataset", byte_order: str) -> Part:
    return Part(
        start=_number(group, "MultiplexGroupTimeOffset", 0.0) / 1000,  # it is in ms
        fs=_number(group, "SamplingFrequency", 0.0),
        channels=_channels(group, byte_order),
    )


def _channels(group: "Dataset", byte_order: str) -> list[Channel]:
    """value = sample * sensitivity * correction + baseline, in the unit of the sensitivity (PS3.3 C.10.9.1.4)."""
    definitions = list(group.ChannelDefinitionSequence)
    samples = _samples(group, len(definitions), byte_order)  # (n_channels, n_samples)
    return [
        Channel(
            _label(definition),
            row * _number(definition, "ChannelSensitivity", 1.0) * _number(definition, "ChannelSensitivityCorrectionFactor", 1.0)
            + _number(definition, "ChannelBaseline", 0.0),
            _unit(definition),
        )
        for definition, row in zip(definitions, samples, strict=True)
    ]


def _samples(group: "Dataset", n_channels: int, byte_order: str) -> npt.NDArray[np.float64]:
    kind = _SAMPLE_TYPES.get(_text(group, "WaveformSampleInterpretation"))
    if kind is None or int(kind[1]) * 8 != int(group.WaveformBitsAllocated):
        raise UnreadableEcgError("is a DICOM waveform of compressed samples, wanted 8, 16 or 32 bit integers: export it uncompressed")
    dtype, n_samples = np.dtype(byte_order + kind), int(group.NumberOfWaveformSamples)
    data = bytes(group.WaveformData)
    needed = n_samples * n_channels * dtype.itemsize
    if int(group.NumberOfWaveformChannels) != n_channels or n_samples <= 0 or n_channels == 0:
        raise UnreadableEcgError("is a DICOM waveform whose channels are not all described, wanted one description each: export it again")
    if needed > len(data):
        raise UnreadableEcgError(f"is a DICOM waveform that is cut off: it claims {needed:,} bytes and has {len(data):,}; send it whole")
    samples = np.frombuffer(data[:needed], dtype).reshape(n_samples, n_channels).T
    padding = group.get("WaveformPaddingValue")
    values = samples.astype(np.float64)
    bits = int(_number(group.ChannelDefinitionSequence[0], "WaveformBitsStored", 8 * dtype.itemsize))
    if dtype.kind == "i" and 1 < bits < 8 * dtype.itemsize and 2 ** (bits - 1) <= samples.max() < 2**bits and samples.min() >= 0:
        values[samples >= 2 ** (bits - 1)] -= 2**bits  # written without extending the sign over the unused bits
    if padding is not None:
        filler = np.frombuffer(padding, dtype)[0] if isinstance(padding, bytes) else padding
        values[samples == filler] = np.nan
    return values


def _label(channel: "Dataset") -> str:
    """The lead by its code, where the code is one we know and the words beside it do not say another lead."""
    source = next(iter(channel.get("ChannelSourceSequence") or []), None)
    words = [_text(channel, "ChannelLabel")] + ([_text(source, "CodeMeaning"), _text(source, "CodeValue")] if source else [])
    code = _LEAD_CODE.fullmatch(_text(source, "CodeValue")) if source else None
    coded = LEAD_OF_NUMBER.get(int(code[1])) if code else None
    said = {lead for word in words if (lead := standard_lead_name(word))} | ({coded} if coded else set())
    if len(said) > 1:
        raise UnreadableEcgError(f"calls one channel both {' and '.join(sorted(said))}, wanted one lead name: export it again")
    return said.pop() if said else next((word for word in words if word), "")


def _unit(channel: "Dataset") -> str:
    units = next(iter(channel.get("ChannelSensitivityUnitsSequence") or []), None)
    if units is None or "ChannelSensitivity" not in channel:
        raise UnreadableEcgError("is a DICOM waveform without sensitivity or unit, wanted both: export it again from the device")
    return _text(units, "CodeValue")


def _number(dataset: "Dataset", keyword: str, default: float) -> float:
    value = dataset.get(keyword)
    return default if value is None else float(value)


def _text(dataset: "Dataset", keyword: str) -> str:
    value: Any = dataset.get(keyword)
    return "" if value is None else str(value).strip()


def _time(dataset: "Dataset") -> datetime | None:
    written = (
        _text(dataset, "AcquisitionDateTime"),
        _text(dataset, "ContentDate") + _text(dataset, "ContentTime"),
        _text(dataset, "StudyDate") + _text(dataset, "StudyTime"),
    )
    return next((at for text in written if (at := compact(text))), None)


def _age(dataset: "Dataset", at: datetime | None) -> float | None:
    """Patient's Age (nnnD, W, M or Y), else from the birth date."""
    if written := re.fullmatch(r"(\d{1,3})([DWMY])", _text(dataset, "PatientAge")):
        age = int(written[1]) / PER_YEAR[written[2]]
        return round(age, 2) if age <= OLDEST else None
    born = compact(_text(dataset, "PatientBirthDate"))
    return whole_years(born.date() if born else None, at)


def _printed(dataset: "Dataset", rhythm: "Dataset") -> Printed:
    """Statements and measurements of the waveform annotations (PS3.3 C.10.10), filters of the first channel."""
    statements, measurements = list[str](), dict[str, float]()
    for note in dataset.get("WaveformAnnotationSequence") or []:
        concept = next(iter(note.get("ConceptNameCodeSequence") or []), None)
        if concept is None:
            statements += _text(note, "UnformattedTextValue").splitlines()
        elif "NumericValue" in note and (name := _MEASURED.get(_text(concept, "CodeMeaning").lower().removeprefix("global "))):
            measurements.setdefault(name, _number(note, "NumericValue", 0.0))
    channel = rhythm.ChannelDefinitionSequence[0]
    low, high, notch = (_number(channel, f"{name}Frequency", 0.0) for name in ("FilterLow", "FilterHigh", "NotchFilter"))
    filters = (f"{low:g}-{high:g} Hz" if high else "", f"notch {notch:g} Hz" if notch else "")
    device = " ".join(filter(None, (_text(dataset, "Manufacturer"), _text(dataset, "ManufacturerModelName"))))
    return Printed(kept(statements), measurements, device, ", ".join(filter(None, filters)))
