"""Simulated conduction, bundle by bundle: QRS duration, axis and the shapes that tell one block from another."""

import numpy as np
import pytest
from scipy.signal import find_peaks

from data.simulated import KINDS, SimulatedEcg
from tests.data.simulated_ecgs import ecg, median_beat, of, part, qrs, t_wave


def qrs_width_ms(made: SimulatedEcg) -> float:
    """Where the spatial velocity of the median beat passes a tenth of its largest value for the first and the last time."""
    origin = made.events.within(0, 10)[0].origin
    leads = np.stack(list(median_beat(made, origin).values()))
    speed = np.convolve(np.linalg.norm(np.gradient(leads, axis=1), axis=0), np.ones(5) / 5, mode="same")[125:260]
    above = np.flatnonzero(speed > 0.1 * speed.max())
    return float(2 * (above[-1] - above[0]))


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("normal", 75, 105),
        ("incomplete right bundle branch block", 100, 119),
        ("complete right bundle branch block", 120, 165),
        ("left bundle branch block", 120, 170),
        ("WPW", 110, 150),
        ("ventricular pacing", 130, 190),
        ("complete AV block with ventricular escape", 130, 190),
    ],
)
def test_qrs_duration_of_the_truth_is_that_of_the_kind(kind: str, low: float, high: float) -> None:
    assert all(low <= made.truth.qrs_ms <= high for made in of(kind))


@pytest.mark.parametrize("kind", ["normal", "incomplete right bundle branch block", "complete right bundle branch block"])
def test_qrs_duration_in_the_signal_is_that_of_the_truth(kind: str) -> None:
    assert abs(np.median([qrs_width_ms(made) - made.truth.qrs_ms for made in of(kind)])) < 16


def test_right_bundle_branch_block_ends_to_the_right_and_front() -> None:
    for made in of("complete right bundle branch block"):
        last = {lead: part(median_beat(made)[lead], 0.6 * made.truth.qrs_ms, made.truth.qrs_ms).mean() for lead in ("V1", "I", "V6")}

        assert last["V1"] > 0.1
        assert last["I"] < 0
        assert last["V6"] < -0.05


def test_left_bundle_branch_block_is_upright_in_v6_deep_in_v1_and_discordant() -> None:
    for made in of("left bundle branch block"):
        assert qrs(made, "V6").min() > -0.15
        assert qrs(made, "V1").min() < -0.6
        assert t_wave(made, "V6") < 0 < t_wave(made, "V1")


@pytest.mark.parametrize("kind", [kind for kind, what in KINDS.items() if "LAFB" in what.statements])
def test_left_anterior_fascicular_block_has_an_axis_beyond_minus_45(kind: str) -> None:
    assert all(made.truth.axis_deg < -45 for made in of(kind))


def test_left_anterior_fascicular_block_is_qr_in_avl_and_rs_in_iii() -> None:
    for made in of("left anterior fascicular block"):
        avl, iii = qrs(made, "aVL"), qrs(made, "III")

        assert avl.argmin() < avl.argmax()
        assert iii.argmax() < iii.argmin()
        assert iii.max() < -iii.min()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("atrial flutter", "ventricular pacing")])  # F waves, spikes
def test_the_axis_of_the_truth_is_that_of_the_limb_leads(kind: str) -> None:
    made = ecg(kind, 0)
    origin = made.events.within(0, 10)[0].origin
    net = [qrs(made, lead, origin).sum() for lead in ("I", "aVF")]

    away = (np.degrees(np.arctan2(net[1] * 2 / np.sqrt(3), net[0])) - made.truth.axis_deg + 180) % 360 - 180

    assert abs(away) < 15


def test_wpw_is_short_in_pr_with_a_slow_start() -> None:
    for made in of("WPW"):
        v5 = median_beat(made)["V5"]

        assert made.truth.pr_ms is not None
        assert made.truth.pr_ms < 120
        assert 0 < part(v5, 20, 40).mean() < 0.6 * qrs(made, "V5").max()


def test_pacing_has_spikes_just_before_each_wide_beat() -> None:
    for made in of("ventricular pacing"):
        jumps = np.abs(np.diff(made.record["III"])).astype(float)
        spikes, _ = find_peaks(jumps, height=0.35, distance=100)

        assert len(spikes) == pytest.approx(len(made.events.within(0.005, 10)), abs=1)
