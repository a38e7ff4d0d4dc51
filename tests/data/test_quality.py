"""What the checks say of a sound ECG (nothing), of mixed-up leads, of a wrong unit, and of what is no ECG."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.quality import doubts, lead_qualities, limb_lead_doubt, limb_lead_error, unusable_reason

TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def _record(signal: np.ndarray, leads: tuple[str, ...] = TWELVE) -> EcgRecord:
    return EcgRecord(leads=leads, signal=signal, fs=500)


def _with(signal: np.ndarray, **leads: np.ndarray) -> EcgRecord:
    changed = signal.copy()
    for lead, row in leads.items():
        changed[TWELVE.index(lead)] = row
    return _record(changed)


def test_a_sound_ecg_raises_no_doubt(ecg_mv: np.ndarray) -> None:
    assert doubts(_record(ecg_mv)) == ()
    assert unusable_reason(_record(ecg_mv)) is None


def test_offsets_of_the_leads_break_no_law(ecg_mv: np.ndarray) -> None:
    assert limb_lead_error(TWELVE, (ecg_mv + np.arange(12)[:, None]).astype(np.float32)) == pytest.approx(0, abs=1e-3)


def test_two_leads_are_bound_by_no_law(ecg_mv: np.ndarray) -> None:
    assert limb_lead_error(("I", "II"), ecg_mv[:2].astype(np.float32)) is None


def test_swapped_leads_are_named(ecg_mv: np.ndarray) -> None:
    doubt = limb_lead_doubt(_with(ecg_mv, II=ecg_mv[4], aVL=ecg_mv[1]))
    assert doubt is not None
    assert doubt.endswith("II and aVL look swapped.")


def test_an_inverted_lead_is_named(ecg_mv: np.ndarray) -> None:
    doubt = limb_lead_doubt(_with(ecg_mv, aVF=-ecg_mv[5]))
    assert doubt is not None
    assert doubt.endswith("aVF looks inverted.")


@pytest.mark.parametrize("factor", [0.5, 2, 1000])
def test_a_lead_of_another_scale_is_named_with_its_factor(ecg_mv: np.ndarray, factor: float) -> None:
    doubt = limb_lead_doubt(_with(ecg_mv, III=factor * ecg_mv[2]))
    assert doubt is not None
    assert f"III looks {'half as large' if factor == 0.5 else f'{factor:,} times as large'} as it should be" in doubt


def test_with_three_leads_every_explanation_is_given(ecg_mv: np.ndarray) -> None:
    doubt = limb_lead_doubt(_record(ecg_mv[[0, 2, 1]], ("I", "II", "III")))
    assert doubt is not None
    assert "II and III look swapped or I looks inverted" in doubt


def test_reversed_arm_electrodes_are_suspected(ecg_mv: np.ndarray) -> None:
    i, ii, iii, avr, avl, avf = ecg_mv[:6]
    (doubt,) = doubts(_with(ecg_mv, I=-i, II=iii, III=ii, aVR=avl, aVL=avr, aVF=avf))
    assert "the arm electrodes may be reversed" in doubt


def test_microvolts_taken_as_millivolts_are_doubted(ecg_mv: np.ndarray) -> None:
    (doubt,) = doubts(_record(ecg_mv * 1000))
    assert "the unit may be wrong, such as uV taken as mV" in doubt


def test_volts_taken_as_millivolts_are_doubted(ecg_mv: np.ndarray) -> None:
    assert any("the unit may be wrong" in doubt for doubt in doubts(_record(ecg_mv / 1000)))


def test_a_flat_lead_and_a_noisy_lead_are_named(ecg_mv: np.ndarray) -> None:
    noise = np.random.default_rng(0).normal(0, 0.3, 5000)
    found = doubts(_with(ecg_mv, V2=np.zeros(5000), V4=noise))
    assert found == ("Lead V2: flat.", "Lead V4: no beats stand out from the noise.")


def test_a_3x4_sheet_without_simultaneous_limb_leads_breaks_no_law(ecg_mv: np.ndarray) -> None:
    sheet = np.full((12, 5000), np.nan)
    for column in range(4):
        window = slice(1250 * column, 1250 * (column + 1))
        sheet[3 * column : 3 * column + 3, window] = ecg_mv[3 * column : 3 * column + 3, window]
    assert limb_lead_doubt(_record(sheet)) is None
    assert set(lead_qualities(_record(sheet)).values()) == {"ok"}


NOISES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "white": lambda rng: rng.normal(0, 0.5, (12, 5000)),
    "uniform": lambda rng: rng.uniform(-1, 1, (12, 5000)),
    "pink": lambda rng: np.fft.irfft(np.fft.rfft(rng.normal(0, 0.5, (12, 5000))) / np.sqrt(np.arange(1, 2502))),
}


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_unusable(kind: str) -> None:
    reason = unusable_reason(_record(NOISES[kind](np.random.default_rng(1))))
    assert reason is not None
    assert "noise" in reason


def test_a_flat_line_is_unusable() -> None:
    assert unusable_reason(_record(np.full((2, 5000), 0.4), ("I", "II"))) == "No lead shows an ECG: I, II are flat."


def test_nothing_recorded_is_unusable() -> None:
    assert unusable_reason(_record(np.full((1, 5000), np.nan), ("I",))) == "No lead shows an ECG: nothing was recorded."


def test_fast_ventricular_waves_are_no_noise() -> None:
    rng = np.random.default_rng(2)
    fibrillation = np.sin(2 * np.pi * np.cumsum(rng.normal(5, 1, 5000)) / 500)
    assert unusable_reason(_record(fibrillation[None], ("II",))) is None


def test_one_clean_lead_is_enough(ecg_mv: np.ndarray) -> None:
    signal = np.zeros((12, 5000))
    signal[1] = ecg_mv[1]
    assert unusable_reason(_record(signal)) is None


def test_real_ecgs_are_usable_and_keep_the_laws(ptbxl_root: Path) -> None:
    for path in sorted((ptbxl_root / "records100").glob("*/*.hea"))[::60]:
        record = read_ecg(path)
        assert unusable_reason(record) is None
        assert limb_lead_doubt(record) is None


def test_leads_that_a_sheet_shows_for_a_part_are_told_in_one_sentence() -> None:
    signal = np.ones((3, 1000), np.float32)
    signal[0, 250:], signal[1, 180:], signal[2, :] = np.nan, np.nan, np.nan
    assert [doubt for doubt in doubts(EcgRecord(("I", "II", "V1"), signal, 100)) if "recorded" in doubt] == [
        "Lead V1: not recorded.",
        "Leads I, II: not recorded for 75% to 82% of the time.",
    ]
