"""What an `EcgRecord` holds, refuses and can be turned into."""

import numpy as np
import pytest

from data import STANDARD_LEADS, EcgRecord, InvalidEcgError


def test_leads_get_their_standard_spelling() -> None:
    assert EcgRecord(leads=("lead i", "AVR", "VX"), signal=np.zeros((3, 10), np.float32), fs=100).leads == ("I", "aVR", "VX")


def test_the_signal_is_a_read_only_copy() -> None:
    signal = np.zeros((1, 10), np.float32)
    record = EcgRecord(leads=("I",), signal=signal, fs=100)
    signal[0, 0] = 1

    assert record.signal.dtype == np.float32
    assert record["I"][0] == 0
    with pytest.raises(ValueError, match="read-only"):
        record.signal[0, 0] = 1


@pytest.mark.parametrize(
    ("leads", "signal", "fs", "said"),
    [
        (("I",), np.zeros(10), 100, r"shape \(10,\)"),
        (("I",), np.zeros((2, 10)), 100, r"wanted \(1 leads, samples\)"),
        (("I",), np.zeros((1, 0)), 100, "shape"),
        (("I", "Lead I"), np.zeros((2, 10)), 100, "lead I is there more than once"),
        (("I",), np.zeros((1, 10)), 0, "sampling rate is 0"),
        (("I",), np.zeros((1, 10)), float("nan"), "sampling rate is nan"),
        (("I",), np.full((1, 10), np.inf), 100, "infinite"),
    ],
)
def test_what_no_ecg_can_be_is_refused(leads: tuple[str, ...], signal: np.ndarray, fs: float, said: str) -> None:
    with pytest.raises(InvalidEcgError, match=said):
        EcgRecord(leads=leads, signal=signal, fs=fs)


def test_standard_has_twelve_leads_derived_or_open() -> None:
    record = EcgRecord(leads=("VX", "II", "I"), signal=np.array([[9.0], [1.0], [0.4]]), fs=100).standard()

    assert record.leads == STANDARD_LEADS
    assert record["aVF"][0] == pytest.approx(0.8)
    assert np.isnan(record["V1"]).all()


def test_resampling_keeps_a_wave_and_its_length() -> None:
    seconds = np.arange(5000) / 500
    wave = (0.7 + np.sin(2 * np.pi * 3 * seconds)).astype(np.float32)
    record = EcgRecord(leads=("II",), signal=wave[None], fs=500).resampled(100)

    assert (record.fs, record.n_samples, record.duration) == (100, 1000, 10)
    np.testing.assert_allclose(record["II"][20:-20], wave[::5][20:-20], atol=5e-3)


@pytest.mark.parametrize("fs", [500, 360, 257.3])
def test_resampling_there_and_back_is_the_same_ecg(ecg_mv: np.ndarray, fs: float) -> None:
    record = EcgRecord(leads=("II",), signal=ecg_mv[1:2], fs=500)
    back = record.resampled(fs).resampled(500)
    np.testing.assert_allclose(back.signal[:, 50:4950], record.signal[:, 50:4950], atol=0.02)


def test_a_gap_stays_open_and_does_not_ring_into_what_was_recorded() -> None:
    signal = np.full((1, 5000), 1.5)
    signal[0, 2000:3000] = np.nan
    row = EcgRecord(leads=("II",), signal=signal, fs=500).resampled(100)["II"]

    assert np.isnan(row[400:600]).all()
    np.testing.assert_allclose(np.concatenate([row[:400], row[600:]]), 1.5, atol=0.01)


def test_a_lead_that_was_never_recorded_stays_open() -> None:
    signal = np.stack([np.ones(1000), np.full(1000, np.nan)])
    record = EcgRecord(leads=("I", "II"), signal=signal, fs=500).resampled(250)
    assert np.isnan(record["II"]).all()
    assert np.isfinite(record["I"]).all()


def test_an_odd_rate_is_resampled_without_a_giant_filter() -> None:
    record = EcgRecord(leads=("I",), signal=np.ones((1, 2000), np.float32), fs=199.9973).resampled(500)
    assert record.n_samples == pytest.approx(5000, abs=2)


def test_seconds_cuts_by_time() -> None:
    record = EcgRecord(leads=("I",), signal=np.arange(1000, dtype=np.float32)[None], fs=100).seconds(2, 4.5)
    assert (record["I"][0], record.duration) == (200, 2.5)
