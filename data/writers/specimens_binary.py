"""Specimens of the binary files that devices write, made from the published layouts: for tests, the fuzzing and the benchmark."""

import struct
from binascii import crc_hqx
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from data.readers.lead_codes import LEAD_OF_NUMBER
from data.record import EcgRecord
from data.writers.counts import counted

GAIN = 200.0  # steps a millivolt: 5 uV a step
_NANOVOLTS = round(1e6 / GAIN)
_ISHNE = {"I": 5, "II": 6, "III": 7, "aVR": 8, "aVL": 9, "aVF": 10, "V1": 11, "V2": 12, "V3": 13, "V4": 14, "V5": 15, "V6": 16}


def ishne(record: EcgRecord) -> bytes:
    """ISHNE Holter file of up to twelve leads."""
    samples = counted(record.signal, GAIN).T.tobytes()
    n_leads = len(record.leads)
    codes = [_ISHNE[lead] for lead in record.leads] + [-9] * (12 - n_leads)
    steps = [_NANOVOLTS] * n_leads + [-9] * (12 - n_leads)
    fields = struct.pack(
        "<iiiih40s40s20sHH9H", 0, record.n_samples, 522, 522, 1, b"", b"Roe", b"4711", 2, 0, 31, 1, 1960, 31, 1, 2024, 31, 1, 2024
    )
    fields += struct.pack(
        "<3HH12h12h12hH40sH80s80s88s", 12, 30, 5, n_leads, *codes, *[0] * 12, *steps, 0, b"digital", round(record.fs), b"", b"", b""
    )
    return b"ISHNE1.0" + struct.pack("<H", crc_hqx(fields, 0xFFFF)) + fields + samples


def mfer(record: EcgRecord, *, big: bool = True) -> bytes:
    """MFER file of one sequence."""
    order = ">" if big else "<"

    def tagged(tag: int, value: bytes) -> bytes:
        n = len(value)
        return bytes([tag]) + (bytes([n]) if n < 128 else b"\x84" + n.to_bytes(4, "big")) + value

    numbers = {lead: number for number, lead in LEAD_OF_NUMBER.items()}
    whole = struct.Struct(order + "I")
    content = tagged(0x01, bytes([0 if big else 1])) + tagged(0x40, b"MFR ".ljust(32)) + tagged(0x82, b"4711") + tagged(0x81, b"Roe")
    content += tagged(0x83, struct.pack(order + "BHHBB", 64, 0, 1960, 1, 31)) + tagged(0x84, b"\2")
    content += tagged(0x85, struct.pack(order + "H5BHH", 2024, 1, 31, 12, 30, 5, 0, 0))
    content += tagged(0x17, b"Maker^Model^1^2") + tagged(0x08, struct.pack(order + "H", 1))
    content += tagged(0x0B, b"\0\0" + struct.pack(order + "H", round(record.fs))) + tagged(
        0x0C, struct.pack(order + "BbH", 0, -9, _NANOVOLTS)
    )
    content += tagged(0x04, whole.pack(record.n_samples)) + tagged(0x05, whole.pack(len(record.leads))) + tagged(0x06, whole.pack(1))
    for i, lead in enumerate(record.leads):
        inner = tagged(0x09, struct.pack(order + "H", numbers[lead]))
        content += bytes([0x3F, i, len(inner)]) + inner
    return content + tagged(0x1E, counted(record.signal, GAIN).astype(order + "i2").tobytes()) + b"\x80\0"


def scp(record: EcgRecord, *, huffman: bool = True, differences: int = 2, subtract: bool = False) -> bytes:
    """SCP-ECG file.

    Parameters
    ----------
    huffman : by the default table of the standard; without, plain 16-bit numbers
    differences : 0, 1 or 2 taken
    subtract : a reference beat taken out around every second, as if beats came so
    """
    rows = counted(record.signal, GAIN).astype(np.int64)
    n_leads, n_samples = rows.shape
    head = struct.pack("<HH", _NANOVOLTS, round(1e6 / record.fs))
    sections = {1: _patient()}
    if huffman:
        sections[2] = struct.pack("<H", 19999)
    number_of = {lead: number for number, lead in LEAD_OF_NUMBER.items()}
    sections[3] = struct.pack("BB", n_leads, int(subtract) | 4 | n_leads << 3 & 255)
    sections[3] += b"".join(struct.pack("<IIB", 1, n_samples, number_of[lead]) for lead in record.leads)
    if subtract:
        n_beat, period = round(0.4 * record.fs), round(record.fs)
        starts = list(range(0, n_samples - n_beat, period))
        beat = np.mean(np.stack([rows[:, start : start + n_beat] for start in starts]), axis=0).round().astype(np.int64)
        places = [(start + 1, start + 1 + n_beat // 2, start + n_beat) for start in starts]
        sections[4] = struct.pack("<HHH", round(1000 * n_beat / record.fs), n_beat // 2 + 1, len(places))
        sections[4] += b"".join(struct.pack("<HIII", 0, *place) for place in places)
        sections[4] += b"".join(struct.pack("<II", first, last) for first, _, last in places)
        sections[5] = head + _leads(beat, huffman=huffman, differences=differences)
        rows = rows.copy()
        for start in starts:
            rows[:, start : start + n_beat] -= beat
    sections[6] = head + _leads(rows, huffman=huffman, differences=differences)
    sections[7] = struct.pack("<BBHH5H3h", 1, 0, 1000, 1000, 100, 200, 250, 346, 640, 30, 45, 60)
    sections[8] = struct.pack("<BHBBBBBB", 1, 2024, 1, 31, 12, 30, 5, 1) + struct.pack("<BH", 1, 13) + b"Sinus rhythm\0"
    return _scp_file(sections)


def _patient() -> bytes:
    facts = {0: b"Roe\0", 2: b"4711\0", 4: struct.pack("<HB", 64, 1), 8: b"\x02", 14: bytes(8) + b"MAC55\0" + bytes(24)}
    facts |= {25: struct.pack("<HBB", 2024, 1, 31), 26: bytes([12, 30, 5]), 27: struct.pack("<H", 5), 28: struct.pack("<H", 150)}
    return b"".join(struct.pack("<BH", tag, len(value)) + value for tag, value in facts.items()) + b"\xff\0\0"


def _leads(rows: npt.NDArray[np.int64], *, huffman: bool, differences: int) -> bytes:
    stored = [np.concatenate([row[:differences], np.diff(row, n=differences)]) if differences else row for row in rows]
    if differences == 2:
        stored = [np.concatenate([row[:2], np.diff(row, n=2)]) for row in rows]
    coded = [_huffman(row.tolist()) if huffman else row.astype("<i2").tobytes() for row in stored]
    coded = [data + bytes(len(data) % 2) for data in coded]
    return struct.pack("BB", differences, 0) + b"".join(struct.pack("<H", len(data)) for data in coded) + b"".join(coded)


def _huffman(values: Sequence[int]) -> bytes:
    def code(value: int) -> str:
        if value == 0:
            return "0"
        if abs(value) <= 8:
            return "1" * abs(value) + "0" + ("1" if value < 0 else "0")
        if -128 <= value < 128:
            return "1" * 9 + "0" + f"{value & 255:08b}"
        return "1" * 10 + f"{value & 65535:016b}"

    bits = "".join(map(code, values))
    n_bytes = -(-len(bits) // 8)
    return int(bits.ljust(8 * n_bytes, "0"), 2).to_bytes(n_bytes, "big")


def _scp_file(sections: dict[int, bytes]) -> bytes:
    n_pointers = 12
    at = 6 + 16 + 10 * n_pointers
    pointers, body = struct.pack("<HII", 0, 16 + 10 * n_pointers, 7), b""
    for number in range(1, n_pointers):
        content = sections.get(number, b"")
        content += bytes(len(content) % 2)
        size = 16 + len(content) if content else 0
        pointers += struct.pack("<HII", number, size, at + 1 if size else 0)
        if content:
            head = struct.pack("<HIBB6s", number, size, 20, 20, bytes(6))
            body += struct.pack("<H", crc_hqx(head + content, 0xFFFF)) + head + content
            at += size
    first = struct.pack("<HIBB6s", 0, 16 + len(pointers), 20, 20, b"SCPECG") + pointers
    whole = struct.pack("<H", crc_hqx(first, 0xFFFF)) + first + body
    whole = struct.pack("<I", len(whole) + 6) + whole
    return struct.pack("<H", crc_hqx(whole, 0xFFFF)) + whole
