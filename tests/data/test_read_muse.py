"""GE MUSE XML: specimens of our own making against ecgdatakit, and what must be refused."""

import base64
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_xml import muse
from tests.data.independent import assert_same, by_ecgdatakit


def test_the_rhythm_and_not_the_median_beat_has_the_values_of_ecgdatakit(simulated_record: EcgRecord, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(muse(simulated_record))
    assert_same(path, by_ecgdatakit(path), step=0.005)


def test_the_leads_that_muse_does_not_store_follow_from_those_it_does(simulated_record: EcgRecord) -> None:
    record = read_ecg(muse(simulated_record))
    assert record.leads == ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    np.testing.assert_allclose(record.standard().signal, simulated_record.signal, atol=0.0051)


def test_what_the_file_says_travels_along_and_the_name_does_not(simulated_record: EcgRecord) -> None:
    record = read_ecg(muse(simulated_record))

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert record.printed.interpretation == ("Sinus rhythm with short PR", "Otherwise normal ECG")
    assert record.printed.measurements == {"HR": 60, "QRS": 96}
    assert record.printed.device == "GE MAC55"
    assert "Roe" not in repr(record)


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        ("<WaveformType>Rhythm", "<WaveformType>Median", "only an averaged beat"),
        (r"<Waveform>.*</Waveform>", "", "no waveform"),
        ("MICROVOLTS", "UNKNOWN", "states no voltage a bit"),
        ("<LeadAmplitudeUnitsPerBit>5</LeadAmplitudeUnitsPerBit>", "", "states no voltage a bit"),
        ("<LeadSampleCountTotal>5000", "<LeadSampleCountTotal>4999", "claims 4,999 samples and has 5,000"),
        ("<SampleBase>500", "<SampleBase>-500", "sampling rate is -500 Hz"),
        ("<LeadSampleSize>2", "<LeadSampleSize>3", "samples of 3 bytes"),
        ("<LeadID>", "<LeadOffsetFirstSample>9</LeadOffsetFirstSample><LeadID>", "begins late"),
        ("<LeadID>V6", "<LeadID>V5", None),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, pattern: str, new: str, said: str | None) -> None:
    content = re.sub(pattern, new, muse(simulated_record).decode()).encode()
    if said is None:
        assert "Lead V5 is in the file more than once; the first one is used." in read_ecg(content).warnings
    else:
        with pytest.raises(UnreadableEcgError, match=said):
            read_ecg(content)


def test_leads_of_unequal_length_are_refused(simulated_record: EcgRecord) -> None:
    content = muse(simulated_record).decode()
    first = content.rindex("<WaveFormData>") + len("<WaveFormData>")
    short = base64.b64encode(bytes(2000)).decode()
    changed = content[:first] + short + content[content.index("</WaveFormData>", first) :]
    with pytest.raises(UnreadableEcgError, match="unequal lengths"):
        read_ecg(re.sub("<LeadSampleCountTotal>.*?</LeadSampleCountTotal>", "", changed).encode())
