"""SCP-ECG in every packing: specimens of our own making against ecgdatakit and, where it is there, biosig."""

import struct
from binascii import crc_hqx
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.readers.scp_samples import decoded, huffman_tables
from data.writers.specimens_binary import scp
from tests.data.independent import assert_same, by_biosig, by_ecgdatakit


@pytest.mark.parametrize("huffman", [True, False])
@pytest.mark.parametrize("differences", [0, 1, 2])
@pytest.mark.parametrize("subtract", [True, False])
def test_every_packing_has_the_values_of_ecgdatakit(
    simulated_record: EcgRecord, tmp_path: Path, huffman: bool, differences: int, subtract: bool
) -> None:
    path = tmp_path / "a.scp"
    path.write_bytes(scp(simulated_record, huffman=huffman, differences=differences, subtract=subtract))

    np.testing.assert_allclose(read_ecg(path).signal, simulated_record.signal, atol=0.0026)
    assert_same(path, by_ecgdatakit(path), step=0.005)


@pytest.mark.parametrize("huffman", [True, False])
@pytest.mark.parametrize("differences", [0, 1, 2])
def test_plain_and_huffman_have_the_values_of_biosig(simulated_record: EcgRecord, tmp_path: Path, huffman: bool, differences: int) -> None:
    """Not with a reference beat, which biosig 2.5 puts back at other samples than ecgdatakit and the writer."""
    path = tmp_path / "a.scp"
    path.write_bytes(scp(simulated_record, huffman=huffman, differences=differences))
    expected = by_biosig(path)
    np.testing.assert_allclose(read_ecg(path).signal, expected[:, :5000], atol=0.0025)


def test_what_the_file_says_travels_along_and_the_name_does_not(simulated_record: EcgRecord) -> None:
    record = read_ecg(scp(simulated_record))

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert record.printed.interpretation == ("Sinus rhythm",)
    assert record.printed.measurements == {"HR": 60, "PR": 150, "QRS": 96, "QT": 390, "axis": 45}
    assert (record.printed.device, record.printed.filters) == ("MAC55", "0.05-150 Hz")
    assert "Roe" not in repr(record)
    assert read_ecg(scp(simulated_record), keep_id=True).patient.id == "4711"


def test_the_examples_of_the_default_table() -> None:
    """0 is 0, 1 is 100, -1 is 101, 2 is 1100; larger values stand behind nine ones and a zero, or ten ones."""
    bits = "0" + "100" + "101" + "1100" + "1111111110" + f"{-100 & 255:08b}" + "1111111111" + f"{1000:016b}" + "0"
    assert len(bits) % 8 == 0
    data = int(bits, 2).to_bytes(len(bits) // 8, "big")
    assert decoded(data, 6, huffman_tables(struct.pack("<H", 19999)), 0).tolist() == [0, 1, -1, 2, -100, 1000]


def test_a_table_of_the_files_own_with_a_switch() -> None:
    """Table 1: 0 means 5, 10 goes on in table 2; table 2: 0 means -7, 1 goes back."""
    tables = struct.pack("<H", 2)
    tables += struct.pack("<H", 2) + struct.pack("<BBBhI", 1, 1, 1, 5, 0) + struct.pack("<BBBhI", 2, 2, 0, 2, 1)
    tables += struct.pack("<H", 2) + struct.pack("<BBBhI", 1, 1, 1, -7, 0) + struct.pack("<BBBhI", 1, 1, 0, 1, 1)
    assert decoded(bytes([0b0_10_0_0_1_0_0]), 5, huffman_tables(tables), 0).tolist() == [5, -7, -7, 5, 5]


def _section(content: bytes, number: int) -> int:
    """Where a section begins."""
    return next(index - 1 for i in range(12) for n, _, index in [struct.unpack_from("<HII", content, 22 + 10 * i)] if n == number)


def _changed(content: bytes, number: int, at: int, new: bytes) -> bytes:
    """Bytes of a section replaced, its checksum put right."""
    start = _section(content, number)
    (size,) = struct.unpack_from("<I", content, start + 4)
    section = bytearray(content[start : start + size])
    section[16 + at : 16 + at + len(new)] = new
    section[:2] = struct.pack("<H", crc_hqx(bytes(section[2:]), 0xFFFF))
    return content[:start] + bytes(section) + content[start + size :]


@pytest.mark.parametrize(
    ("number", "at", "new", "said"),
    [
        (3, 0, b"\0", "of 0 leads"),
        (3, 2, struct.pack("<II", 5, 4), "begin or end nowhere"),
        (3, 6, struct.pack("<I", 2**31), "begin or end nowhere"),
        (3, 6, struct.pack("<I", 6000), "cut off within a lead, wanted 6,000 samples"),
        (6, 0, struct.pack("<H", 0), "without scale"),
        (6, 2, struct.pack("<H", 0), "sampling rate is 0 Hz"),
        (6, 5, b"\1", "bimodal"),
        (6, 6, struct.pack("<H", 65535), "cut off"),
        (2, 0, struct.pack("<H", 500), "of 500 Huffman tables"),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, number: int, at: int, new: bytes, said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(_changed(scp(simulated_record), number, at, new))


def test_a_wrong_checksum_is_refused(simulated_record: EcgRecord) -> None:
    content = bytearray(scp(simulated_record))
    content[-200] ^= 1
    content[_section(bytes(content), 6) + 100] ^= 1
    with pytest.raises(UnreadableEcgError, match="wrong checksum of section 6"):
        read_ecg(bytes(content))


def test_only_a_beat_is_no_rhythm(simulated_record: EcgRecord) -> None:
    content = bytearray(scp(simulated_record, subtract=True))
    content[22 + 60 + 2 : 22 + 60 + 10] = bytes(8)  # the pointer to section 6
    with pytest.raises(UnreadableEcgError, match="only an averaged beat"):
        read_ecg(bytes(content))
