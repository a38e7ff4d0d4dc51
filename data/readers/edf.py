"""EDF, EDF+ and BDF, parsed by edfio. Layout: https://www.edfplus.info/specs/edfplus.html."""

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import sex_code
from data.readers.moments import day_and_time, whole_years
from data.record import EcgRecord, Patient, Printed

if TYPE_CHECKING:
    from edfio import Bdf, Edf

_FIXED, _OF_SIGNAL = 256, 256  # bytes of the header, and of each signal's part of it
_VERSIONS = {b"0       ": 2, b"\xffBIOSEMI": 3}  # to bytes a sample
_MAX_SIGNALS = 256
_PATIENT = re.compile(r"(\S+) ([MFX]) (\S+) \S+")  # EDF+: code, sex, birth date, name


def sniff(content: bytes) -> bool:
    """The version field, and a count of signals where it belongs."""
    return content[:8] in _VERSIONS and content[252:256].strip().isdigit()


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The signals of the rate that most ECG leads have, in mV.

    Raises
    ------
    UnreadableEcgError : interrupted, cut off, or no ECG lead in a unit of voltage
    """
    from edfio import read_bdf, read_edf

    content = files[name]
    _check_length(content)
    if content[192:197] in (b"EDF+D", b"BDF+D"):
        raise UnreadableEcgError("is an EDF+ file with interruptions, wanted a continuous one: export one stretch of it")
    file = (read_edf if content.startswith(b"0") else read_bdf)(io.BytesIO(_with_ascii_units(content)))
    warnings: list[str] = []
    rates = [signal.sampling_frequency for signal in file.signals]
    if not rates:
        raise UnreadableEcgError("is an EDF file without signals, wanted ECG leads: export it again")
    fs = max(rates, key=rates.count)
    if others := [own_name(signal.label) for signal in file.signals if signal.sampling_frequency != fs]:
        warnings.append(f"Left out, sampled at another rate than the other channels: {', '.join(others[:8])}.")
    chosen = [signal for signal in file.signals if signal.sampling_frequency == fs]
    for signal in chosen:
        if signal.physical_range.min == signal.physical_range.max:
            raise UnreadableEcgError(f"is an EDF file whose signal {own_name(signal.label)} has no scale, wanted one: export it again")
    time = _time(content)
    return ecg_record(
        [Channel(signal.label, signal.data, signal.physical_dimension) for signal in chosen],
        fs=fs,
        patient=_patient(content, time),
        time=time,
        source="BDF" if content[:1] == b"\xff" else "EDF",
        printed=Printed(filters=_common_filter(file)),
        warnings=warnings,
    )


FORMAT = Format("EDF, EDF+ or BDF", sniff, read)


def _with_ascii_units(content: bytes) -> bytes:
    """The same file with "uV" where a device wrote the Greek letter, which EDF does not have and edfio does not read."""
    end = _FIXED + _count(content[252:256]) * _OF_SIGNAL
    head = content[:end]
    if head[1:].isascii():  # the first byte of BDF is none
        return content
    head = head.replace(b"\xc2\xb5V", b"uV ").replace(b"\xb5V", b"uV")
    return head[:1] + bytes(byte if byte < 128 else ord("?") for byte in head[1:]) + content[end:]


def _check_length(content: bytes) -> None:
    """Counts before anything is allocated for them."""
    n_signals, n_records = _count(content[252:256]), _count(content[236:244])
    if not 0 < n_signals <= _MAX_SIGNALS or len(content) < _FIXED + n_signals * _OF_SIGNAL:
        raise UnreadableEcgError("is an EDF file whose header is cut off, wanted it whole: send it as the device wrote it")
    at = _FIXED + n_signals * 216  # samples in each data record, eight digits a signal
    a_record = [_count(content[at + 8 * i : at + 8 * i + 8]) for i in range(n_signals)]
    if min(a_record) < 0 or sum(a_record) == 0:
        raise UnreadableEcgError("is an EDF file without samples, wanted a recording: send it as the device wrote it")
    needed = _FIXED + n_signals * _OF_SIGNAL + n_records * sum(a_record) * _VERSIONS[content[:8]]
    if n_records == 0 or needed > len(content):
        raise UnreadableEcgError(
            f"is an EDF file that is cut off, wanted {needed:,} bytes by its header and got {len(content):,}: send it whole"
        )


def _count(field: bytes) -> int:
    """The whole number of a header field; -1, as EDF writes for "not known", where it is none."""
    text = field.decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else -1


def _patient(content: bytes, time: datetime | None) -> Patient:
    """Of the patient field only what EDF+ lays down: its code, sex and birth date; the name is not read."""
    stated = _PATIENT.match(content[8:88].decode("ascii", "replace").strip())
    if stated is None:
        return Patient()
    born = day_and_time(stated[3].title(), "", "%d-%b-%Y")
    return Patient(
        id=None if stated[1] == "X" else stated[1],
        age=whole_years(born.date() if born else None, time),
        sex=sex_code(stated[2]),
    )


def _time(content: bytes) -> datetime | None:
    """Start date and time; a year of two digits is one from 1985 to 2084, as the format lays down."""
    written = re.match(r"(\d\d)\.(\d\d)\.(\d\d)(\d\d)\.(\d\d)\.(\d\d)", content[168:184].decode("ascii", "replace"))
    if written is None:
        return None
    day, month, year, hour, minute, second = map(int, written.groups())
    try:
        return datetime(year + (1900 if year >= 85 else 2000), month, day, hour, minute, second)
    except ValueError:
        return None


def _common_filter(file: "Edf | Bdf") -> str:
    """What all signals say of their filters, where they say the same."""
    said = {" ".join(signal.prefiltering.split()) for signal in file.signals}
    return said.pop() if len(said) == 1 else ""
