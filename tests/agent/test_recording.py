import numpy as np
import pytest

from agent.library.recording import MAX_FS, STEP, pack, unpack
from data import STANDARD_LEADS, EcgRecord, Patient
from tests.agent.cases import wave

HALF_A_STEP = STEP / 2 + 1e-6


@pytest.mark.parametrize("leads", [("II",), ("I", "II", "V1"), STANDARD_LEADS, ("aVF", "I", "V2", "II")])
def test_every_sample_comes_back_within_half_a_step(leads: tuple[str, ...]) -> None:
    record = wave(3, leads=leads)
    again = unpack(pack(record))
    assert np.abs(again.signal - record.signal).max() <= HALF_A_STEP


def test_the_limb_leads_need_not_obey_einthoven() -> None:
    record = wave(4, leads=STANDARD_LEADS)
    assert np.abs(unpack(pack(record))["aVL"] - record["aVL"]).max() <= HALF_A_STEP


def test_what_was_not_recorded_stays_open() -> None:
    signal = wave(5).signal.copy()
    signal[0, :250] = np.nan
    signal[1, 400:] = np.nan
    record = EcgRecord(("I", "II", "V1"), signal, 100)
    np.testing.assert_array_equal(np.isnan(unpack(pack(record)).signal), np.isnan(signal))


def test_leads_rate_time_and_warnings_come_back() -> None:
    record = wave(6).changed(warnings=("one lead is flat",), source="WFDB")
    again = unpack(pack(record), Patient(id="p", age=50))
    assert (again.leads, again.fs, again.warnings, again.source, again.patient) == (
        record.leads, 100.0, ("one lead is flat",), "WFDB", Patient(id="p", age=50),
    )  # fmt: skip


def test_a_faster_record_is_kept_at_250_hz() -> None:
    record = wave(7, fs=500.0)
    again = unpack(pack(record))
    assert again.fs == MAX_FS
    assert np.abs(again.signal - record.resampled(250).signal).max() <= HALF_A_STEP


def test_the_largest_jump_that_int16_can_hold_comes_back() -> None:
    record = EcgRecord(("V1",), np.array([[-160.0, 160.0, -160.0, 0.0]]), 100)
    assert np.abs(unpack(pack(record)).signal - record.signal).max() <= HALF_A_STEP


def test_header_comments_are_not_kept() -> None:
    record = wave(8).changed(comments=("Patient: Doe, Jane",), patient=Patient(id="secret"))
    assert unpack(pack(record)).comments == ()
    assert unpack(pack(record)).patient == Patient()
