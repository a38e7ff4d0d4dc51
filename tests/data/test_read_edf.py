"""EDF, EDF+ and BDF, written and read by pyedflib, an independent library."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError, read_ecg
from tests.data.independent import assert_same

pyedflib = pytest.importorskip("pyedflib", reason="pyedflib, the independent writer, is not installed")
KINDS = {"EDF": pyedflib.FILETYPE_EDF, "EDF+": pyedflib.FILETYPE_EDFPLUS, "BDF": pyedflib.FILETYPE_BDF, "BDF+": pyedflib.FILETYPE_BDFPLUS}


def _write(path: Path, record: EcgRecord, kind: str, *, unit: str = "uV", label: str = "ECG {}", respiration: bool = False) -> Path:
    signals = [row.astype(np.float64) * {"uV": 1e3, "mV": 1.0, "%": 1.0}[unit] for row in record.signal]
    heads = [{"label": label.format(lead), "dimension": unit, "sample_frequency": record.fs} for lead in record.leads]
    if respiration:
        signals.append(np.zeros(250))
        heads.append({"label": "Resp", "dimension": "", "sample_frequency": 25})
    digital = 8_388_607 if kind.startswith("BDF") else 32_767
    with pyedflib.EdfWriter(str(path), len(signals), file_type=KINDS[kind]) as writer:
        for i, head in enumerate(heads):
            limits = {"physical_max": 10_000, "physical_min": -10_000, "digital_max": digital, "digital_min": -digital - 1}
            writer.setSignalHeader(i, {"prefilter": "HP:0.05Hz LP:150Hz", "transducer": ""} | limits | head)
        writer.setStartdatetime(datetime(2024, 1, 31, 12, 30, 5))
        if kind.endswith("+"):
            writer.setPatientName("Roe")
            writer.setPatientCode("4711")
            writer.setSex(0)
            writer.setBirthdate(date(1960, 1, 31))
        writer.writeSamples(signals)
    return path


def _by_pyedflib(path: Path) -> dict[str, np.ndarray]:
    with pyedflib.EdfReader(str(path)) as reader:
        return {label.removeprefix("ECG "): reader.readSignal(i) / 1000 for i, label in enumerate(reader.getSignalLabels())}


@pytest.mark.parametrize("kind", KINDS)
def test_every_lead_has_the_values_of_pyedflib(simulated_record: EcgRecord, tmp_path: Path, kind: str) -> None:
    path = _write(tmp_path / "a.edf", simulated_record, kind)
    assert_same(path, _by_pyedflib(path), step=20 / 2**24 if kind.startswith("BDF") else 20 / 2**16)
    np.testing.assert_allclose(read_ecg(path).signal, simulated_record.signal, atol=20 / 2**16)


def test_what_edf_plus_says_of_the_patient_travels_along_and_the_name_does_not(simulated_record: EcgRecord, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.edf", simulated_record, "EDF+")
    record = read_ecg(path)

    assert (record.patient.age, record.patient.sex, record.patient.id) == (64, "F", None)
    assert record.time == datetime(2024, 1, 31, 12, 30, 5)
    assert record.printed.filters == "HP:0.05Hz LP:150Hz"
    assert "Roe" not in repr(record)
    assert read_ecg(path, keep_id=True).patient.id == "4711"


def test_a_signal_of_another_rate_is_left_out_and_named(simulated_record: EcgRecord, tmp_path: Path) -> None:
    record = read_ecg(_write(tmp_path / "a.edf", simulated_record, "EDF", respiration=True))
    assert record.leads == simulated_record.leads
    assert "Left out, sampled at another rate than the other channels: Resp." in record.warnings


def test_millivolts_are_millivolts(simulated_record: EcgRecord, tmp_path: Path) -> None:
    record = read_ecg(_write(tmp_path / "a.edf", simulated_record, "BDF", unit="mV"))
    np.testing.assert_allclose(record.signal, simulated_record.signal, atol=0.002)


@pytest.mark.parametrize("letter", ["µ".encode("latin-1"), "µ".encode()])
def test_microvolts_in_greek_and_names_with_accents_are_read(simulated_record: EcgRecord, tmp_path: Path, letter: bytes) -> None:
    content = _write(tmp_path / "a.edf", simulated_record, "EDF").read_bytes()
    greek = content.replace(b"uV".ljust(8), (letter + b"V").ljust(8)).replace(content[8:88], "Müller".encode("latin-1").ljust(80), 1)
    np.testing.assert_array_equal(read_ecg(greek).signal, read_ecg(content).signal)


@pytest.mark.parametrize(("unit", "label"), [("%", "ECG {}"), ("uV", "EEG {}")])
def test_without_a_lead_in_a_unit_of_voltage_it_is_refused(simulated_record: EcgRecord, tmp_path: Path, unit: str, label: str) -> None:
    with pytest.raises(UnreadableEcgError, match="no standard ECG lead in a unit of voltage"):
        read_ecg(_write(tmp_path / "a.edf", simulated_record, "EDF", unit=unit, label=label))


@pytest.mark.parametrize(
    ("at", "new", "said"),
    [
        (236, b"99999999", "cut off"),
        (236, b"0       ", "cut off"),
        (252, b"0   ", "header is cut off"),
        (252, b"9999", "header is cut off"),
        (192, b"EDF+D", "with interruptions"),
    ],
)
def test_a_header_that_cannot_be_is_refused(simulated_record: EcgRecord, tmp_path: Path, at: int, new: bytes, said: str) -> None:
    content = _write(tmp_path / "a.edf", simulated_record, "EDF").read_bytes()
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content[:at] + new + content[at + len(new) :])
