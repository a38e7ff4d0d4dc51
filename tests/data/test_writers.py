"""Round trips: a record written as WFDB, CSV or DICOM and read again, within the quantisation of what was written."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
import wfdb as wfdb_library

from data import EcgRecord, Patient, read_upload
from data.record import Printed
from data.writers import csv, dicom, specimens_binary, specimens_xml, wfdb
from tests.data.independent import whole

WRITERS = {"wfdb": wfdb.written, "csv": csv.written, "dicom": dicom.written}
HALF_A_STEP = {"wfdb": 0.00011, "csv": 0.00001, "dicom": 0.00011}  # mV, of an ECG of up to 3.2 mV


@pytest.mark.parametrize("kind", WRITERS)
def test_what_was_written_is_read(simulated_record: EcgRecord, kind: str) -> None:
    record = read_upload(WRITERS[kind](simulated_record))
    assert (record.leads, record.fs) == (simulated_record.leads, simulated_record.fs)
    np.testing.assert_allclose(record.signal, simulated_record.signal, atol=HALF_A_STEP[kind])


@pytest.mark.parametrize("kind", WRITERS)
def test_gaps_stay_gaps(simulated_record: EcgRecord, kind: str) -> None:
    signal = simulated_record.signal.copy()
    signal[6:, :2500] = np.nan
    record = read_upload(WRITERS[kind](simulated_record.changed(signal=signal)))
    np.testing.assert_array_equal(np.isnan(record.signal), np.isnan(signal))


@pytest.mark.parametrize("kind", WRITERS)
def test_facts_and_statements_stay(simulated_record: EcgRecord, kind: str) -> None:
    record = simulated_record.changed(
        patient=Patient(age=64, sex="F"), time=datetime(2024, 1, 31, 12, 30, 5), printed=Printed(("Sinus rhythm", "Long QT"))
    )
    found = read_upload(WRITERS[kind](record))

    assert (found.patient.age, found.patient.sex, found.time) == (64, "F", record.time)
    assert {"Sinus rhythm", "Long QT"} <= {*found.comments, *found.printed.interpretation}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("factor", [0.01, 50.0])
def test_very_small_and_very_large_voltages_keep_their_precision(simulated_record: EcgRecord, kind: str, factor: float) -> None:
    record = simulated_record.changed(signal=simulated_record.signal * factor)
    step = float(np.abs(record.signal).max()) / 12_000  # a round number of steps uses at least so many of 16 bits
    np.testing.assert_allclose(read_upload(WRITERS[kind](record)).signal, record.signal, atol=max(step, 0.0001))


def test_wfdb_reads_what_was_written(simulated_record: EcgRecord, tmp_path: Path) -> None:
    for name, content in wfdb.written(simulated_record, "a b").items():
        (tmp_path / name).write_bytes(content)
    reference = wfdb_library.rdrecord(str(tmp_path / "a_b"))
    np.testing.assert_allclose(reference.p_signal.T, simulated_record.signal, atol=HALF_A_STEP["wfdb"])


def test_pydicom_reads_what_was_written(simulated_record: EcgRecord, tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(dicom.written(simulated_record)["ecg.dcm"])
    reference = pydicom.dcmread(tmp_path / "a.dcm").waveform_array(0).T / 1000
    np.testing.assert_allclose(reference, simulated_record.signal, atol=HALF_A_STEP["dicom"])


def test_leads_beyond_the_twelve_stay(simulated_record: EcgRecord) -> None:
    record = simulated_record.changed(leads=(*simulated_record.leads[:11], "V7"))
    assert read_upload(dicom.written(record)).leads == record.leads


DEVICE_FILES = {
    "aecg": specimens_xml.aecg, "mortara": specimens_xml.mortara, "muse": specimens_xml.muse, "philips": specimens_xml.philips,
    "ishne": specimens_binary.ishne, "mfer": specimens_binary.mfer, "scp": specimens_binary.scp,
}  # fmt: skip


@pytest.mark.parametrize("device", DEVICE_FILES)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_device_file_stays_itself_through_every_kept_format(simulated_record: EcgRecord, tmp_path: Path, device: str, kind: str) -> None:
    path = tmp_path / "device"
    path.write_bytes(DEVICE_FILES[device](simulated_record))
    record = whole(path)
    again = read_upload(WRITERS[kind](record))
    assert again.leads == record.leads
    np.testing.assert_allclose(again.signal, record.signal, atol=HALF_A_STEP[kind])
