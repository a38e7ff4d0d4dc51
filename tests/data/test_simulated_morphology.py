"""Simulated normal waves, hypertrophy, infarction, repolarisation and voltage look as textbooks draw them."""

import numpy as np
import pytest

from data.leads import STANDARD_LEADS
from data.simulated import KINDS
from tests.data.simulated_ecgs import level_80ms_after_j, median_beat, of, part, qrs, t_wave


def test_r_waves_grow_from_v1_to_v4_and_s_waves_shrink_from_v2_to_v6() -> None:
    for made in of("normal"):
        r = [qrs(made, lead).max() for lead in ("V1", "V2", "V4")]
        s = [-qrs(made, lead).min() for lead in ("V2", "V4", "V6")]

        assert r == sorted(r)
        assert s == sorted(s, reverse=True)


def test_in_a_normal_ecg_avr_points_down_and_t_waves_are_upright_where_the_qrs_is() -> None:
    for made in of("normal"):
        assert qrs(made, "aVR").sum() < 0
        assert all(t_wave(made, lead) > 0 for lead in ("I", "II", "V3", "V4", "V5", "V6"))


@pytest.mark.parametrize("kind", [kind for kind, what in KINDS.items() if "LVH" in what.statements])
def test_left_hypertrophy_passes_sokolow_and_lyon(kind: str) -> None:
    assert all(max(qrs(made, "V5").max(), qrs(made, "V6").max()) - qrs(made, "V1").min() > 3.4 for made in of(kind))


def test_strain_points_the_st_segment_and_t_wave_down_in_v6() -> None:
    assert all(t_wave(made, "V6") < -0.08 for made in of("left ventricular hypertrophy with strain"))


def test_right_hypertrophy_is_tall_in_v1_with_a_right_axis() -> None:
    for made in of("right ventricular hypertrophy"):
        v1 = qrs(made, "V1")

        assert v1.max() > -v1.min()
        assert made.truth.axis_deg > 95


def test_an_old_inferior_infarction_has_q_waves_in_iii_and_avf() -> None:
    for made in of("old inferior infarction"):
        for lead in ("III", "aVF"):
            start = part(median_beat(made)[lead], 0, 0.4 * made.truth.qrs_ms)

            assert start.min() < -0.12
            assert start.max() < 0.1


def test_an_old_anteroseptal_infarction_has_no_r_wave_in_v1_to_v3() -> None:
    assert all(qrs(made, lead).max() < 0.12 for made in of("old anteroseptal infarction") for lead in ("V1", "V2", "V3"))


@pytest.mark.parametrize(
    ("kind", "up", "down"),
    [("acute inferior ST elevation", ("II", "III", "aVF"), ("aVL",)), ("acute anterior ST elevation", ("V1", "V2", "V3", "V4"), ("III",))],
)
def test_acute_infarction_lifts_the_st_segment_where_it_is_and_lowers_it_opposite(kind: str, up: tuple, down: tuple) -> None:
    for made in of(kind):
        assert all(level_80ms_after_j(made, lead) > 0.1 for lead in up)
        assert all(level_80ms_after_j(made, lead) < -0.02 for lead in down)


def test_a_normal_st_segment_is_level() -> None:
    assert all(abs(level_80ms_after_j(made, lead)) < 0.1 for made in of("normal") for lead in ("I", "II", "III", "aVL", "aVF", "V1", "V6"))


def test_inverted_t_waves_are_inverted_where_the_report_says() -> None:
    assert all(t_wave(made, lead) < -0.05 for made in of("T-wave inversion") for lead in ("V4", "V5", "V6"))


def test_non_specific_changes_flatten_the_t_wave() -> None:
    changed, normal = (np.median([t_wave(made, "V5") for made in of(kind)]) for kind in ("non-specific ST-T changes", "normal"))

    assert changed < 0.6 * normal


def test_low_voltage_is_below_half_a_millivolt_in_the_limbs_and_one_in_the_chest() -> None:
    for made in of("low voltage"):
        assert all(np.ptp(qrs(made, lead)) < (1.0 if lead.startswith("V") else 0.52) for lead in STANDARD_LEADS)


def test_long_qt_is_long_and_no_other_kind_in_sinus_rhythm_with_a_narrow_qrs_is() -> None:
    long = {kind for kind in KINDS if min(made.truth.qtc_ms for made in of(kind)) > 480}

    assert long == {"long QT"}


def test_qt_shortens_with_the_rate_as_fridericia_says() -> None:
    fast, slow = (np.mean([made.truth.qt_ms for made in of(kind)]) for kind in ("sinus tachycardia", "sinus bradycardia"))

    assert fast < 0.85 * slow
