"""SCP-ECG (EN 1064, ISO 11073-91064): the binary format of European resting devices."""

import struct
from binascii import crc_hqx
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.readers import scp_samples
from data.readers.bundle import Bundle
from data.readers.channels import Channel, checked_rate, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import kept, sex_code
from data.readers.lead_codes import LEAD_OF_NUMBER
from data.readers.moments import OLDEST, whole_years
from data.readers.text import decoded
from data.readers.timeline import Part, on_one_timeline
from data.record import EcgRecord, Patient, Printed

_RECORD, _SECTION = 6, 16  # bytes of their headers
_PATIENT, _HUFFMAN, _LEADS, _BEATS, _REFERENCE, _RHYTHM, _MEASURED, _STATEMENTS = range(1, 9)
_MAX_SAMPLES = 10_000_000  # of all leads; a length of 16 bits keeps real ones far below
_MAX_LEADS = 64
_NOT_MEASURED = 29_000  # and above: codes for why there is no value
_PER_YEAR = {1: 1.0, 2: 12.0, 3: 52.18, 4: 365.25}  # years, months, weeks, days
_SEX = {1: "M", 2: "F"}

Sections = Mapping[int, bytes]


@dataclass(frozen=True)
class _Waveform:
    """Head of section 5 or 6, and the bytes of each lead."""

    nanovolts: int
    microseconds: int
    differences: int
    bimodal: bool
    leads: tuple[bytes, ...]


def sniff(content: bytes) -> bool:
    """The name of the format in section 0, or the file's own size where the record header has it."""
    if len(content) < _RECORD + _SECTION:
        return False
    bitmap = content[:2] == b"BM" and content[6:10] == bytes(4)  # it has its own size in the same place
    sized = int.from_bytes(content[2:6], "little") == len(content) and not bitmap
    return content[8:10] == b"\0\0" and (content[16:22] == b"SCPECG" or sized)


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV.

    Raises
    ------
    UnreadableEcgError : no rhythm, cut off, a section whose checksum is wrong, or compression that is not understood
    """
    sections = _sections(files[name])
    if _RHYTHM not in sections or _LEADS not in sections:
        what = "only an averaged beat" if _REFERENCE in sections else "no rhythm"
        raise UnreadableEcgError(f"is an SCP-ECG file with {what}, wanted the rhythm: export it with its rhythm data")
    count, flags = sections[_LEADS][:2]
    if not 0 < count <= _MAX_LEADS:
        raise UnreadableEcgError(f"is an SCP-ECG file of {count} leads, wanted 1 to {_MAX_LEADS}: export it again")
    leads = [struct.unpack_from("<IIB", sections[_LEADS], 2 + 9 * i) for i in range(count)]
    if any(not 0 < first <= last for first, last, _ in leads) or sum(last - first + 1 for first, last, _ in leads) > _MAX_SAMPLES:
        raise UnreadableEcgError("is an SCP-ECG file whose leads begin or end nowhere, wanted first and last sample: export it again")
    rhythm = _waveform(sections[_RHYTHM], count)
    fs = checked_rate(round(1e6 / rhythm.microseconds, 6) if rhythm.microseconds else 0.0)
    rows = _rows(sections, rhythm, [last - first + 1 for first, last, _ in leads], subtracted=bool(flags & 1))
    parts = [
        Part(first / fs, fs, [Channel(LEAD_OF_NUMBER.get(code, f"SCP lead {code}"), row * rhythm.nanovolts, "nV")])
        for (first, _, code), row in zip(leads, rows, strict=True)
    ]
    warnings: list[str] = []
    channels, fs = on_one_timeline(parts, warnings)
    facts = _facts(sections.get(_PATIENT, b""))
    time = _time(facts)
    return ecg_record(
        channels,
        fs=fs,
        patient=_patient(facts, time),
        time=time,
        source="SCP-ECG",
        printed=Printed(
            interpretation=kept(_statements(sections.get(_STATEMENTS, b""))),
            measurements=_measurements(sections.get(_MEASURED, b"")),
            device=_text(facts.get(14, b"")[8:14]),
            filters=_filters(facts),
        ),
        warnings=warnings,
    )


FORMAT = Format("SCP-ECG", sniff, read)


def _sections(content: bytes) -> Sections:
    """The content of each section that section 0 points to, behind the section's own header."""
    found: dict[int, bytes] = {}
    (length,) = struct.unpack_from("<I", content, _RECORD + 4)
    pointers = content[_RECORD + _SECTION : _RECORD + min(length, 1 << 16)]
    for at in range(0, len(pointers) - 9, 10):
        number, size, index = struct.unpack_from("<HII", pointers, at)
        if number == 0 or size <= _SECTION:
            continue
        whole = content[index - 1 : index - 1 + size] if index else b""
        if len(whole) < size or struct.unpack_from("<H", whole, 2)[0] != number:
            raise UnreadableEcgError(f"is an SCP-ECG file without its section {number}, wanted it whole: send it as the device wrote it")
        (checksum,) = struct.unpack_from("<H", whole)
        if _HUFFMAN <= number <= _RHYTHM and checksum not in (0, crc_hqx(whole[2:], 0xFFFF)):
            raise UnreadableEcgError(f"is an SCP-ECG file with a wrong checksum of section {number}, wanted it sound: send it again")
        found.setdefault(number, whole[_SECTION:])
    return found


def _waveform(section: bytes, n_leads: int) -> _Waveform:
    nanovolts, microseconds, differences, bimodal = struct.unpack_from("<HHBB", section)
    sizes = struct.unpack_from(f"<{n_leads}H", section, 6)
    ends = (6 + 2 * n_leads + np.cumsum((0, *sizes))).tolist()
    if ends[-1] > len(section) or differences > 2 or nanovolts == 0:
        raise UnreadableEcgError(
            "is an SCP-ECG file whose leads are cut off or without scale, wanted them whole: send it as the device wrote it"
        )
    leads = tuple(section[start:stop] for start, stop in pairwise(ends))
    return _Waveform(nanovolts, microseconds, differences, bool(bimodal), leads)


def _rows(sections: Sections, rhythm: _Waveform, lengths: Sequence[int], *, subtracted: bool) -> list[npt.NDArray[np.float64]]:
    """The leads in units of the rhythm, the reference beat put back."""
    if rhythm.bimodal:
        raise UnreadableEcgError("is an SCP-ECG file of bimodal compression, wanted one without: export it uncompressed")
    tables = scp_samples.huffman_tables(sections[_HUFFMAN]) if _HUFFMAN in sections else []
    rows = [scp_samples.decoded(data, n_samples, tables, rhythm.differences) for data, n_samples in zip(rhythm.leads, lengths, strict=True)]
    if not subtracted:
        return [row.astype(np.float64) for row in rows]
    if _BEATS not in sections or _REFERENCE not in sections:
        raise UnreadableEcgError("is an SCP-ECG file without the beat that was taken out of its leads, wanted it too: export it again")
    reference, where = _waveform(sections[_REFERENCE], len(lengths)), scp_samples.beats(sections[_BEATS])
    if reference.microseconds != rhythm.microseconds:
        raise UnreadableEcgError("is an SCP-ECG file whose reference beat has another rate, wanted one rate: export it uncompressed")
    (milliseconds,) = struct.unpack_from("<H", sections[_BEATS])
    n_reference = milliseconds * 1000 // reference.microseconds
    whole = []
    for row, data in zip(rows, reference.leads, strict=True):
        beat = scp_samples.decoded(data, n_reference, tables, reference.differences)
        whole.append(scp_samples.with_beats(row, np.asarray(beat * (reference.nanovolts / rhythm.nanovolts), np.float64), where))
    return whole


def _facts(section: bytes) -> dict[int, bytes]:
    """Tag to value of section 1."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 3 <= len(section) and section[at] != 255:
        (size,) = struct.unpack_from("<H", section, at + 1)
        found.setdefault(section[at], section[at + 3 : at + 3 + size])
        at += 3 + size
    return found


def _text(field: bytes) -> str:
    return "".join(c for c in decoded(field.split(b"\0")[0]) if c.isprintable()).strip()


def _day(field: bytes | None) -> date | None:
    try:
        return date(*struct.unpack("<HBB", field or b""))
    except (ValueError, struct.error):
        return None


def _time(facts: Mapping[int, bytes]) -> datetime | None:
    day, clock = _day(facts.get(25)), facts.get(26, b"")
    if day is None or len(clock) != 3 or clock[0] > 23 or max(clock[1:]) > 59:
        return datetime(day.year, day.month, day.day) if day else None
    return datetime(day.year, day.month, day.day, *clock)


def _patient(facts: Mapping[int, bytes], time: datetime | None) -> Patient:
    age = None
    if len(stated := facts.get(4, b"")) == 3:
        value, unit = struct.unpack("<HB", stated)
        years = value / _PER_YEAR[unit] if unit in _PER_YEAR else 0.0
        age = round(years, 2) if 0 < years <= OLDEST else None
    return Patient(
        id=_text(facts.get(2, b"")) or None,
        age=age if age is not None else whole_years(_day(facts.get(5)), time),
        sex=sex_code(_SEX.get(facts.get(8, b"\0")[0], "")) if facts.get(8) else None,
    )


def _filters(facts: Mapping[int, bytes]) -> str:
    low, high = facts.get(27, b""), facts.get(28, b"")
    if len(low) != 2 or len(high) != 2:
        return ""
    return f"{int.from_bytes(low, 'little') / 100:g}-{int.from_bytes(high, 'little')} Hz"


def _measurements(section: bytes) -> dict[str, float]:
    """Of section 7 the mean cycle, and the intervals of the first reference beat."""
    if len(section) < 22:
        return {}
    beat_to_beat = struct.unpack_from("<H", section, 2)[0]
    p_on, _, qrs_on, qrs_off, t_off, _, axis, _ = struct.unpack_from("<5H3h", section, 6)
    found = {"HR": round(60_000 / beat_to_beat, 1)} if 0 < beat_to_beat < _NOT_MEASURED else {}
    for name, start, stop in (("PR", p_on, qrs_on), ("QRS", qrs_on, qrs_off), ("QT", qrs_on, t_off)):
        if start < stop < _NOT_MEASURED:
            found[name] = float(stop - start)
    return found | ({"axis": float(axis)} if -180 <= axis <= 180 else {})


def _statements(section: bytes) -> list[str]:
    """Of section 8 the text of each statement."""
    if len(section) < 9:
        return []
    found, at = [], 9
    for _ in range(section[8]):
        if at + 3 > len(section):
            break
        (size,) = struct.unpack_from("<H", section, at + 1)
        found.append(_text(section[at + 3 : at + 3 + size]))
        at += 3 + size
    return found
