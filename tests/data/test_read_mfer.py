"""MFER: specimens of our own making against ecgdatakit, and what must be refused."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_binary import mfer
from tests.data.independent import assert_same, by_ecgdatakit


@pytest.mark.parametrize("big", [True, False])
def test_every_lead_has_the_values_of_ecgdatakit(simulated_record: EcgRecord, tmp_path: Path, big: bool) -> None:
    path = tmp_path / "a.mwf"
    path.write_bytes(mfer(simulated_record, big=big))
    assert_same(path, by_ecgdatakit(path), step=0.005)
    np.testing.assert_allclose(read_ecg(path).signal, simulated_record.signal, atol=0.0026)


@pytest.mark.parametrize("big", [True, False])
def test_what_the_file_says_travels_along_and_the_name_does_not(simulated_record: EcgRecord, big: bool) -> None:
    record = read_ecg(mfer(simulated_record, big=big))

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert record.printed.device == "Maker Model"
    assert "Roe" not in repr(record)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"\x0b\4\0\0", b"\x0b\4\2\0", "without a sampling rate"),
        (b"\x0c\4\0", b"\x0c\4\1", "no plain scale in volts"),
        (b"\x08\2\0\1", b"\x08\2\0\x09", "only an averaged beat"),
        (b"\x06\4\0\0\0\1", b"\x06\4\0\0\0\2", "cut off"),
        (b"\x05\4\0\0\0\x0c", b"\x05\4\0\0\0\0", "of 0 channels"),
        (b"\x06\4\0\0\0\1", b"\x0e\4\0\1\0\0", "packed samples"),
        (b"\x06\4\0\0\0\1", b"\x0d\4\0\1\0\0", "no plain scale in volts"),
        (b"\x06\4\0\0\0\1", b"\x0a\1\x09\0\0\0", "packed samples"),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, old: bytes, new: bytes, said: str) -> None:
    content = mfer(simulated_record)
    assert old in content
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content.replace(old, new, 1))


def test_a_file_that_is_cut_off_is_refused(simulated_record: EcgRecord) -> None:
    with pytest.raises(UnreadableEcgError, match="cut off"):
        read_ecg(mfer(simulated_record)[:-500])
