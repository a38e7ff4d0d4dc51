"""ISHNE Holter files: specimens of our own making against ecgdatakit, and what must be refused."""

import struct
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_binary import ishne
from tests.data.independent import assert_same, by_ecgdatakit


def test_every_lead_has_the_values_of_ecgdatakit(simulated_record: EcgRecord, tmp_path: Path) -> None:
    path = tmp_path / "a.ecg"
    path.write_bytes(ishne(simulated_record))
    assert_same(path, by_ecgdatakit(path), step=0.005)
    np.testing.assert_allclose(read_ecg(path).signal, simulated_record.signal, atol=0.0026)


def test_what_the_file_says_travels_along_and_the_name_does_not(simulated_record: EcgRecord) -> None:
    record = read_ecg(ishne(simulated_record))

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert "Roe" not in repr(record)
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (14, struct.pack("<i", 99), "states 99"),
        (22, struct.pack("<i", 10**9), "lie nowhere"),
        (156, struct.pack("<H", 0), "of 0 leads"),
        (206, struct.pack("<h", 0), "without resolution"),
        (272, struct.pack("<H", 1), "sampling rate is 1 Hz"),
    ],
)
def test_what_cannot_be_is_refused(simulated_record: EcgRecord, at: int, value: bytes, said: str) -> None:
    content = ishne(simulated_record)
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content[:at] + value + content[at + len(value) :])


def test_a_wrong_checksum_of_the_header_is_said(simulated_record: EcgRecord) -> None:
    content = ishne(simulated_record)
    assert "The header's checksum is wrong." in read_ecg(content[:40] + b"?" + content[41:]).warnings


def test_some_bytes_behind_the_samples_do_not_matter(simulated_record: EcgRecord) -> None:
    content = ishne(simulated_record)
    np.testing.assert_array_equal(read_ecg(content + bytes(100)).signal, read_ecg(content).signal)
