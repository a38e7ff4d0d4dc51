"""Philips Sierra XML: real files against sierraecg, every version and packing against what was written."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from data.writers.specimens_xml import philips
from tests.data.independent import assert_same, by_ecgdatakit

REAL = ["129DYPRG.XML", "3191723_ZZDEMOPTONLY_1-04_orig.xml"]


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_has_the_values_of_sierraecg(shared: Path, name: str) -> None:
    sierraecg = pytest.importorskip("sierraecg", reason="sierraecg, the independent reader, is not installed")
    path = shared / "formats/philips" / name
    expected = {lead.label: lead.samples[:5000] * 0.005 for lead in sierraecg.read_file(str(path)).leads}
    assert_same(path, expected, step=0.005)


@pytest.mark.parametrize("name", REAL)
def test_the_calibration_pulse_behind_the_ecg_is_left_out_and_that_is_said(shared: Path, name: str) -> None:
    record = read_ecg(shared / "formats/philips" / name, seconds=None)
    assert record.duration == 10
    assert record.warnings == ("Behind the ten seconds of ECG the file has the device's calibration pulse; it is left out.",)


def test_patient_interpretation_and_measurements_travel_along(shared: Path) -> None:
    record = read_ecg(shared / "formats/philips" / REAL[1])

    assert (record.patient.age, record.patient.sex, record.patient.id) == (60, "M", None)
    assert record.time == datetime(2010, 1, 19, 15, 19, 22)
    assert record.printed.interpretation == (
        "SINUS RHYTHM", "PROBABLE LEFT VENTRICULAR HYPERTROPHY", "ANTERIOR ST ELEVATION, PROBABLY DUE TO LVH", "ABNORMAL ECG",
    )  # fmt: skip
    assert record.printed.measurements == {"HR": 84, "PR": 144, "QRS": 84, "QT": 352, "QTc": 417, "axis": 78}
    assert "ZZDEMO" not in repr(record)


@pytest.mark.parametrize(
    ("name", "said"), [("invalid-doc-type.xml", "of type MortaraECG 1.03"), ("invalid-doc-version.xml", "of type SierraECG 1.05")]
)
def test_another_type_or_version_is_refused(shared: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=f"{said}, wanted SierraECG or PhilipsECG 1.03 to 1.04.02"):
        read_ecg(shared / "formats/philips" / name)


@pytest.mark.parametrize("version", ["1.03", "1.04", "1.04.01", "1.04.02"])
@pytest.mark.parametrize("packed", [True, False])
def test_every_version_is_read_packed_and_plain(simulated_record: EcgRecord, tmp_path: Path, version: str, packed: bool) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(philips(simulated_record, version=version, packed=packed))

    np.testing.assert_allclose(read_ecg(path).signal, simulated_record.signal, atol=0.0026)
    assert_same(path, by_ecgdatakit(path), step=0.005)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('resolution="5"', 'resolution="2.5"', "states two resolution"),
        ('samplespersecond="500"', 'samplespersecond="250"', "states two sampling rate"),
        ("<samplingrate>500</samplingrate>", "<samplingrate/>", None),
        ('numberofleads="12"', 'numberofleads="13"', "leads are not named"),
        ('durationperchannel="10000"', 'durationperchannel="11000"', "cut off"),
        ('durationperchannel="10000"', 'durationperchannel="1000"', "more samples than it lasts"),
        ('durationperchannel="10000"', 'durationperchannel="1e11"', "wanted one resting ECG"),
        ('"XLI"', '"ZIP"', "packed by ZIP"),
        ('dataencoding="Base64"', 'dataencoding="Plain"', "not in Base64"),
        ('bitspersample="16"', 'bitspersample="12"', "states two bits"),
        ("</parsedwaveforms>", "!</parsedwaveforms>", "damaged"),
    ],
)
def test_what_is_not_sure_is_refused(simulated_record: EcgRecord, old: str, new: str, said: str | None) -> None:
    content = philips(simulated_record).decode()
    assert old in content
    changed = content.replace(old, new).encode()
    if said is None:
        assert read_ecg(changed).fs == 500
    else:
        with pytest.raises(UnreadableEcgError, match=said):
            read_ecg(changed)
