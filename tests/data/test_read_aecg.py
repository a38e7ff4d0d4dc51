"""HL7 aECG: the files of the standard and of the FDA, against ecgdatakit; and what must be refused."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_xml import aecg
from tests.data.independent import assert_same, by_ecgdatakit

SAMPLES = ["example_aecg", "subject1_0", "subject1_1", "subject1_2"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_lead_has_the_values_of_ecgdatakit(shared: Path, name: str) -> None:
    path = shared / f"formats/aecg/{name}.xml"
    assert_same(path, by_ecgdatakit(path), step=0.0025)


def test_every_sample_is_origin_and_digit_times_scale(shared: Path) -> None:
    content = (shared / "formats/aecg/example_aecg.xml").read_text()
    lead_v1 = content[content.index("MDC_ECG_LEAD_V1") :]
    digits = re.search(r"<digits>([\s\d-]+)</digits>", lead_v1)
    assert digits is not None
    np.testing.assert_allclose(read_ecg(content.encode())["V1"], np.array(digits[1].split(), float) * 0.0025, atol=1e-6)


def test_patient_time_device_and_statement_travel_along_and_the_name_does_not(shared: Path) -> None:
    record = read_ecg(shared / "formats/aecg/example_aecg.xml")

    assert (record.patient.age, record.patient.sex, record.patient.id) == (46, "M", None)
    assert record.time == datetime(2002, 11, 22, 9, 10)
    assert record.printed.interpretation == ("Sinus Rhythm",)
    assert record.printed.device == "Mortara Instrument, Inc. ELI250"
    assert record.printed.filters == "low pass 150 Hz, notch 60 Hz"
    assert "Clark" not in repr(record)
    assert read_ecg(shared / "formats/aecg/example_aecg.xml", keep_id=True).patient.id == "SBJ-123"


@pytest.mark.parametrize(("name", "said"), [("empty", "without a waveform"), ("minimum_aecg", "lasts 0.03 s, wanted at least 1 s")])
def test_a_file_without_an_ecg_is_refused(shared: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(shared / f"formats/aecg/{name}.xml")


def _without(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, "", text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without(r"<increment[^>]*>"), "without a sampling interval"),
        (lambda text: text.replace('unit="s"', 'unit="h"'), "without a sampling interval"),
        (lambda text: text.replace('value="0.002"', 'value="0.0000001"'), "sampling rate is 1e\\+07 Hz"),
        (_without(r"<scale[^>]*>"), "has no scale in V, mV or uV"),
        (lambda text: text.replace('value="5" unit="uV"', 'value="5" unit="mmHg"'), "has no scale in V, mV or uV"),
        (lambda text: text.replace("<digits>", "<digits>1 2 3 ", 1), "unequal lengths"),
        (lambda text: text.replace("<digits>", "<digits>seven ", 1), "not all numbers"),
        (lambda text: text.replace('"RHYTHM"', '"REPRESENTATIVE_BEAT"'), "only an averaged beat"),
        (lambda text: text[: len(text) // 2], "damaged or cut off"),
        (lambda text: text.replace("<AnnotatedECG", '<!DOCTYPE a [<!ENTITY b "c">]><AnnotatedECG', 1), "entities of its own"),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, change: Callable[[str], str], said: str) -> None:
    content = change(aecg(simulated_record).decode())
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content.encode(), name="a.xml")


def test_leads_that_follow_one_another_share_a_timeline(simulated_record: EcgRecord) -> None:
    content = aecg(simulated_record).decode()
    sequences = re.search(r"<component><sequenceSet>.*</sequenceSet></component>", content)
    assert sequences is not None
    limb = simulated_record.changed(leads=("I", "II"), signal=simulated_record.signal[:2, :1250])
    chest = simulated_record.changed(leads=("V1", "V2"), signal=simulated_record.signal[6:8, 1250:2500])
    sets = [re.search(r"<component><sequenceSet>.*</sequenceSet></component>", aecg(part).decode()) for part in (limb, chest)]
    both = "".join(found[0] for found in sets if found).replace("120000.000", "120002.500").replace("120002.500", "120000.000", 1)
    record = read_ecg(content.replace(sequences[0], both).encode())

    assert record.n_samples == 2500
    assert np.isnan(record["V1"][:1250]).all()
    np.testing.assert_allclose(record["V1"][1250:], simulated_record["V1"][1250:2500], atol=0.0025)


def test_a_bomb_of_entities_is_refused_at_once() -> None:
    bomb = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">' for i in range(1, 12))
    content = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b0 "ha">{bomb}]><AnnotatedECG>&b11;</AnnotatedECG>'
    with pytest.raises(UnreadableEcgError, match="entities of its own, which are never expanded"):
        read_ecg(content.encode(), name="a.xml")


def test_no_other_file_is_looked_at(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("1 2 3")
    content = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY s SYSTEM "{secret.as_uri()}">]><AnnotatedECG>&s;</AnnotatedECG>'
    with pytest.raises(UnreadableEcgError, match="entities of its own"):
        read_ecg(content.encode(), name="a.xml")
