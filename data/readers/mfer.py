"""MFER (ISO 22077-1), the format of Japanese devices: a row of tagged values, those before a waveform say how it is to be read."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle
from data.readers.channels import MAX_SAMPLES, Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import sex_code
from data.readers.lead_codes import LEAD_OF_NUMBER
from data.readers.moments import OLDEST, whole_years
from data.readers.timeline import Part, on_one_timeline
from data.record import EcgRecord, Patient, Printed

_ORDER, _BLOCK, _CHANNELS, _SEQUENCES, _KIND, _LEAD, _TYPE, _INTERVAL, _SENSITIVITY, _OFFSET = 1, 4, 5, 6, 8, 9, 10, 11, 12, 13
_COMPRESSION, _NULL, _MAKER, _WAVEFORM, _OF_CHANNEL, _PREAMBLE, _END = 14, 0x12, 0x17, 0x1E, 0x3F, 0x40, 0x80
_ID, _AGE, _SEX, _TIME = 0x82, 0x83, 0x84, 0x85
_TYPES = {0: "i2", 1: "u2", 2: "i4", 3: "u1", 5: "i1", 6: "u4", 7: "f4", 8: "f8"}
_DOMINANT_BEAT = 9
_MAX_CHANNELS = 64
_SEXES = {1: "M", 2: "F"}


@dataclass
class _Said:
    """What has been said so far: of all channels, and of each."""

    big: bool = True
    of_all: dict[int, bytes] = field(default_factory=dict)
    of_each: dict[int, dict[int, bytes]] = field(default_factory=dict)

    def number(self, tag: int, default: int) -> int:
        value = self.of_all.get(tag)
        return self.whole(value) if value else default

    def whole(self, value: bytes, *, signed: bool = False) -> int:
        return int.from_bytes(value[:4], "big" if self.big else "little", signed=signed)

    def of(self, channel: int, tag: int) -> bytes:
        return self.of_each.get(channel, {}).get(tag, b"") or (self.of_all.get(tag, b"") if tag != _LEAD else b"")

    def scaled(self, value: bytes) -> tuple[int, float]:
        """Code of the unit, and mantissa times a power of ten."""
        if len(value) < 3:
            return -1, 0.0
        return value[0], self.whole(value[2:], signed=True) * 10.0 ** struct.unpack("b", value[1:2])[0]


def sniff(content: bytes) -> bool:
    """The preamble, or the byte order with another tag of the format behind it."""
    if content[:1] == bytes([_PREAMBLE]) and content[2:6] == b"MFR ":
        return True
    return (
        content[:2] == b"\1\1" and content[2:3] in (b"\0", b"\1") and content[3:4] in (b"\2", b"\3", b"\4", b"\5", b"\6", b"\10", b"\x40")
    )


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The rhythm leads in mV; a dominant beat is left out.

    Raises
    ------
    UnreadableEcgError : cut off, packed, or a channel whose rate, scale or place is not stated
    """
    said, parts, averaged = _Said(), list[Part](), False
    for tag, channel, value in _tags(files[name]):
        if tag == _WAVEFORM:
            if said.whole(said.of_all.get(_KIND, b"")[:2]) == _DOMINANT_BEAT:
                averaged = True
            else:
                parts.append(_part(value, said))
        elif tag == _ORDER:
            said.big = value[:1] != b"\1"
        elif tag == _OF_CHANNEL:
            said.of_each.setdefault(channel, {}).update((inner, part) for inner, _, part in _tags(value))
        else:
            said.of_all[tag] = value
            if tag == _CHANNELS:
                said.of_each.clear()
    if not parts:
        what = "only an averaged beat" if averaged else "no waveform"
        raise UnreadableEcgError(f"is an MFER file with {what}, wanted the rhythm: export it whole")
    warnings: list[str] = []
    channels, fs = on_one_timeline(parts[:1], warnings)
    if len(parts) > 1:
        warnings.append("The file has several recordings; the first one is used.")
    time = _time(said)
    return ecg_record(
        channels,
        fs=fs,
        patient=Patient(id=_text(said.of_all.get(_ID, b"")) or None, age=_age(said, time), sex=_sex(said)),
        time=time,
        source="MFER",
        printed=Printed(device=" ".join(filter(None, _text(said.of_all.get(_MAKER, b"")).split("^")[:2]))),
        warnings=warnings,
    )


FORMAT = Format("MFER", sniff, read)


def _tags(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag, channel (of what is said of one channel) and value."""
    at = 0
    while at < len(content):
        tag, channel = content[at], 0
        at += 1
        if tag == 0:
            continue
        if tag == _END or at >= len(content):
            return
        if tag == _OF_CHANNEL:
            channel = content[at] & 0x7F
            at += 1
        length = content[at] if at < len(content) else 0
        at += 1
        if length > 0x84 or length == 0x80:
            raise UnreadableEcgError(
                "is an MFER file with a length that cannot be followed, wanted it sound: send it as the device wrote it"
            )
        if length > 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(content[at : at + count], "big"), at + count
        if length > len(content) - at:
            raise UnreadableEcgError("is an MFER file that is cut off, wanted it whole: send it as the device wrote it")
        yield tag, channel, content[at : at + length]
        at += length


def _part(data: bytes, said: _Said) -> Part:
    """Sequences of blocks, in each a block of samples a channel."""
    n_channels, block = said.number(_CHANNELS, 1), said.number(_BLOCK, 1)
    kind = _TYPES.get((said.of_all.get(_TYPE) or b"\0")[0])
    if kind is None or any(said.of_all.get(_COMPRESSION, b"")[:2]):
        raise UnreadableEcgError("is an MFER file of packed samples, wanted plain ones: export it uncompressed")
    if not 0 < n_channels <= _MAX_CHANNELS or block <= 0:
        raise UnreadableEcgError(f"is an MFER file of {n_channels} channels, wanted 1 to {_MAX_CHANNELS}: export it again")
    if any({_BLOCK, _SEQUENCES, _TYPE, _INTERVAL} & one.keys() for one in said.of_each.values()):
        raise UnreadableEcgError("is an MFER file whose channels differ in rate or type, wanted them alike: export it again")
    dtype = np.dtype((">" if said.big else "<") + kind)
    n_sequences = said.number(_SEQUENCES, len(data) // (n_channels * block * dtype.itemsize))
    count = n_sequences * n_channels * block
    if not 0 < count <= MAX_SAMPLES or count * dtype.itemsize > len(data):
        raise UnreadableEcgError(f"is an MFER file that is cut off: it claims {count:,} samples; send it whole")
    samples = np.frombuffer(data, dtype, count=count).reshape(n_sequences, n_channels, block).swapaxes(0, 1).reshape(n_channels, -1)
    unit, interval = said.scaled(said.of_all.get(_INTERVAL, b""))
    if unit not in (0, 1) or interval <= 0:
        raise UnreadableEcgError("is an MFER file without a sampling rate, wanted one in Hz or s: export it again")
    fs = interval if unit == 0 else 1 / interval
    return Part(0.0, round(fs, 6), [_channel(row, number, said, dtype) for number, row in enumerate(samples)])


def _channel(row: npt.NDArray[np.generic], number: int, said: _Said, dtype: "np.dtype[np.generic]") -> Channel:
    unit, volts = said.scaled(said.of(number, _SENSITIVITY))
    if unit != 0 or volts <= 0 or any(said.of(number, _OFFSET)):
        raise UnreadableEcgError(f"is an MFER file whose channel {number + 1} has no plain scale in volts, wanted one: export it again")
    code = said.of(number, _LEAD)
    label = LEAD_OF_NUMBER.get(said.whole(code[:2]) if len(code) > 1 else (code or b"\0")[0], "")
    values = row.astype(np.float64)
    if len(null := said.of(number, _NULL)) == dtype.itemsize:
        values[row == np.frombuffer(null, dtype)[0]] = np.nan
    return Channel(label or f"channel {number + 1}", values * volts, "V")


def _text(value: bytes) -> str:
    text = value.split(b"\0")[0].decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable()).strip()


def _sex(said: _Said) -> str | None:
    return sex_code(_SEXES.get((said.of_all.get(_SEX) or b"\0")[0], ""))


def _age(said: _Said, time: datetime | None) -> float | None:
    """Years and days, then year, month and day of birth."""
    value = said.of_all.get(_AGE, b"")
    if value and 0 < value[0] <= OLDEST:
        return float(value[0])
    try:
        return whole_years(date(said.whole(value[3:5]), value[5], value[6]), time) if len(value) >= 7 else None
    except ValueError:
        return None


def _time(said: _Said) -> datetime | None:
    value = said.of_all.get(_TIME, b"")
    try:
        return datetime(said.whole(value[:2]), value[2], value[3], value[4], value[5], value[6]) if len(value) >= 7 else None
    except ValueError:
        return None
