"""Mortara XML: specimens of our own making against ecgdatakit, and what must be refused."""

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_xml import mortara
from tests.data.independent import assert_same, by_ecgdatakit


def test_the_rhythm_and_not_the_median_beat_has_the_values_of_ecgdatakit(simulated_record: EcgRecord, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(mortara(simulated_record))
    assert_same(path, by_ecgdatakit(path), step=0.005)


def test_the_values_are_those_it_was_made_from(simulated_record: EcgRecord) -> None:
    np.testing.assert_allclose(read_ecg(mortara(simulated_record)).signal, simulated_record.signal, atol=0.0026)


def test_what_the_file_says_travels_along_and_the_name_does_not(simulated_record: EcgRecord) -> None:
    record = read_ecg(mortara(simulated_record))

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert record.printed.interpretation == ("Sinus rhythm", "Otherwise normal ECG")
    assert record.printed.measurements == {"HR": 60, "QRS": 96, "QT": 400}
    assert (record.printed.device, record.printed.filters) == ("Mortara Instrument ELI 250", "to 150 Hz")
    assert "Roe" not in repr(record)


def test_the_age_follows_from_the_birth_date_where_none_is_stated(simulated_record: EcgRecord) -> None:
    assert read_ecg(mortara(simulated_record).replace(b'AGE="64" ', b"")).patient.age == 64


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        ("<CHANNEL .*/>", "", "without waveforms"),
        ('(<CHANNEL .*?)UNITS_PER_MV="200"', r"\1", "states no units a millivolt"),
        ('(<CHANNEL .*?DURATION=)"5000"', r'\1"4999"', "claims 4,999 samples and has 5,000"),
        ('(<CHANNEL .*?SAMPLE_FREQ=)"500"', r'\1"1000"', "unequal lengths or rates"),
        ('(<CHANNEL .*?ENCODING=)"BASE64"', r'\1"HEX"', "stored as ENCODING HEX"),
        ('(<CHANNEL .*?OFFSET=)"0"', r'\1"9"', "has an offset"),
        ('(<CHANNEL .*?DATA=")', r"\1!", "damaged"),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, pattern: str, new: str, said: str) -> None:
    content = re.sub(pattern, new, mortara(simulated_record).decode(), count=1).encode()
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content)


def test_another_document_with_that_root_is_no_mortara_file() -> None:
    with pytest.raises(UnreadableEcgError, match="XML or HTML"):
        read_ecg(b"<ECG><lead>1 2 3</lead></ECG>")
