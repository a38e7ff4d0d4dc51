"""DICOM waveforms (12-lead, general, ambulatory ECG), parsed by pydicom.

Module and attributes: DICOM PS3.3 C.10.9; lead codes: PS3.16 CID 3001 (MDC, SCPECG).
"""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import standard_lead_name
from data.readers.bundle import Bundle
from data.readers.channels import MAX_SAMPLES, Channel, checked_rate, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import PER_YEAR, sex_code
from data.record import EcgRecord, Patient

if TYPE_CHECKING:
    from pydicom import Dataset

_PREAMBLE = 128
_MAX_OFFSET_SECONDS = 60  # between groups of one sheet
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_WANTED = [
    "WaveformSequence", "PatientID", "PatientAge", "PatientSex", "PatientBirthDate", "SOPClassUID",
    "AcquisitionDateTime", "ContentDate", "ContentTime", "StudyDate", "StudyTime",
]  # fmt: skip
_SAMPLE_TYPES = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4"}
_AVERAGED = re.compile(r"MEDIAN|AVERAGE|MEAN|TEMPLATE|REPRESENTATIVE", re.IGNORECASE)
_LEAD_NUMBERS = {1: "I", 2: "II", 61: "III", 62: "aVR", 63: "aVL", 64: "aVF"} | {n + 2: f"V{n}" for n in range(1, 7)}
_LEAD_CODE = re.compile(r"(?:2:|5\.6\.3-9-)(\d+)")  # MDC and SCP-ECG number the leads alike


def sniff(content: bytes) -> bool:
    """The DICOM mark behind the preamble."""
    return content[_PREAMBLE : _PREAMBLE + 4] == b"DICM"


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm of the file, in mV; an averaged beat beside it is left out.

    Raises
    ------
    UnreadableEcgError : no waveform, only an averaged beat, or a group whose size, unit or lead codes contradict each other
    """
    from pydicom import dcmread

    content = files[name]
    if _DEFLATED in content:  # unpacks to any size before a limit could be set
        raise UnreadableEcgError("is a deflated DICOM file, wanted an uncompressed one: export it as Explicit VR Little Endian")
    dataset = dcmread(io.BytesIO(content), specific_tags=_WANTED)
    groups = list(dataset.get("WaveformSequence") or [])
    if not groups:
        raise UnreadableEcgError(
            "is a DICOM file without a waveform, wanted a 12-lead ECG waveform: export the ECG itself, not its picture or report"
        )
    rhythms = [group for group in groups if not _is_averaged(group)]
    if not rhythms:
        raise UnreadableEcgError("is a DICOM file with only an averaged beat, wanted the rhythm: export the full disclosure of the ECG")
    order = ">" if dataset.file_meta.get("TransferSyntaxUID") == _BIG_ENDIAN else "<"
    time, warnings = _time(dataset), list[str]()
    channels, fs = _joined(rhythms, order, warnings)
    return ecg_record(
        channels,
        fs=fs,
        patient=Patient(id=_text(dataset, "PatientID") or None, age=_age(dataset, time), sex=sex_code(_text(dataset, "PatientSex"))),
        time=time,
        source="DICOM",
        warnings=warnings,
    )


FORMAT = Format("DICOM waveform", sniff, read)


def _is_averaged(group: "Dataset") -> bool:
    return bool(_AVERAGED.search(_text(group, "MultiplexGroupLabel"))) or (
        _text(group, "WaveformOriginality") == "DERIVED" and "TriggerSamplePosition" in group
    )


def _joined(groups: Sequence["Dataset"], byte_order: str, warnings: list[str]) -> tuple[list[Channel], float]:
    """The channels of all groups on one timeline; a sheet of 3 x 4 leads comes as groups that begin one after the other.

    Of a lead that is in several groups the longest recording counts.
    """
    longest_first = sorted(groups, key=_n_samples, reverse=True)
    fs, begin = checked_rate(_number(longest_first[0], "SamplingFrequency", 0.0)), _offset_seconds(longest_first[0])
    placed: dict[str, tuple[int, Channel]] = {}
    for group in longest_first:
        late = _offset_seconds(group) - begin
        start = round(late * fs)
        if _number(group, "SamplingFrequency", 0.0) != fs or abs(late) > _MAX_OFFSET_SECONDS:
            warnings.append("The file has a further recording, of another rate or time; it is left out.")
            continue
        channels = _channels(group, byte_order)
        new = {channel.label: (start, channel) for channel in channels if channel.label not in placed}
        if len(new) < len(channels):
            warnings.append("The file has leads more than once; the longest recording of each is used.")
        placed |= new
    first = min(start for start, _ in placed.values())
    n_samples = max(start - first + len(channel.samples) for start, channel in placed.values())
    if n_samples * len(placed) > MAX_SAMPLES:  # a few bytes with a rate and an offset could otherwise claim gigabytes
        raise UnreadableEcgError(
            f"is a DICOM file of {n_samples:,} samples in {len(placed)} channels, wanted one ECG: export the ECG alone"
        )
    return [
        Channel(channel.label, _placed(channel.samples, start - first, n_samples), channel.unit) for start, channel in placed.values()
    ], fs


def _placed(samples: npt.NDArray[np.floating[Any]], start: int, n_samples: int) -> npt.NDArray[np.floating[Any]]:
    return np.pad(samples, (start, n_samples - start - len(samples)), constant_values=np.nan)


def _offset_seconds(group: "Dataset") -> float:
    return _number(group, "MultiplexGroupTimeOffset", 0.0) / 1000  # it is in ms


def _n_samples(group: "Dataset") -> int:
    return int(group.NumberOfWaveformSamples)


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
    if padding is not None:
        filler = np.frombuffer(padding, dtype)[0] if isinstance(padding, bytes) else padding
        values[samples == filler] = np.nan
    return values


def _label(channel: "Dataset") -> str:
    """The lead by its code, where the code is one we know and the words beside it do not say another lead."""
    source = next(iter(channel.get("ChannelSourceSequence") or []), None)
    words = [_text(channel, "ChannelLabel")] + ([_text(source, "CodeMeaning"), _text(source, "CodeValue")] if source else [])
    code = _LEAD_CODE.fullmatch(_text(source, "CodeValue")) if source else None
    coded = _LEAD_NUMBERS.get(int(code[1])) if code else None
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
    for written in (
        _text(dataset, "AcquisitionDateTime"),
        _text(dataset, "ContentDate") + _text(dataset, "ContentTime"),
        _text(dataset, "StudyDate") + _text(dataset, "StudyTime"),
    ):
        digits = re.match(r"\d{8}(?:\d{6})?", written)
        if digits:
            try:
                return datetime.strptime(digits[0].ljust(14, "0"), "%Y%m%d%H%M%S")
            except ValueError:
                continue
    return None


def _age(dataset: "Dataset", at: datetime | None) -> float | None:
    """Patient's Age (nnnD, W, M or Y), else from the birth date."""
    if written := re.fullmatch(r"(\d{1,3})([DWMY])", _text(dataset, "PatientAge")):
        age = int(written[1]) / PER_YEAR[written[2]]
        return round(age, 2) if age <= 120 else None
    born = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", _text(dataset, "PatientBirthDate"))
    if born is None or at is None:
        return None
    try:
        years = (at.date() - date(*map(int, born.groups()))).days / 365.25
    except ValueError:
        return None
    return float(int(years)) if 0 <= years <= 120 else None
