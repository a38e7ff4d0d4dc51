"""Simulated rhythms are what a person who knows ECGs expects of them, in the signal where it can be measured there."""

import numpy as np
import pytest

from data.simulated import KINDS, SimulatedEcg
from tests.data.simulated_ecgs import median_beat, of, part, r_times, t_wave

SINUS_KINDS = ("normal", "sinus bradycardia", "sinus tachycardia", "first-degree AV block", "old inferior infarction")


@pytest.mark.parametrize("kind", [kind for kind, what in KINDS.items() if not {"PVC", "PACE"} & set(what.statements)])
def test_heart_rate_is_that_of_the_qrs_complexes_in_the_signal(kind: str) -> None:
    for made in of(kind):
        found = r_times(made.record)

        assert 60 * (len(found) - 1) / (found[-1] - found[0]) == pytest.approx(made.truth.heart_rate_bpm, rel=0.06)


@pytest.mark.parametrize("kind", SINUS_KINDS)
def test_sinus_rhythm_is_regular(kind: str) -> None:
    assert all(np.diff(r_times(made.record)).std() < 0.07 * 60 / made.truth.heart_rate_bpm for made in of(kind))


def test_sinus_arrhythmia_varies_with_the_breath_and_not_from_beat_to_beat() -> None:
    for made in of("sinus arrhythmia"):
        rr = np.diff(r_times(made.record))

        assert rr.max() - rr.min() > 0.12


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("atrial fibrillation")])
def test_fibrillation_is_irregular(kind: str) -> None:
    assert all(np.diff(r_times(made.record)).std() > 0.09 * 60 / made.truth.heart_rate_bpm for made in of(kind))


def p_wave_height(made: SimulatedEcg) -> float:
    """Rise of lead II before the QRS in the median beat: only what is tied to the QRS is left of it."""
    beat = median_beat(made)["II"]
    segment = part(beat, -250, -20)
    return float(np.convolve(segment, np.ones(9) / 9, mode="valid").max() - np.median(segment))


def test_p_waves_precede_the_qrs_in_sinus_rhythm() -> None:
    assert min(p_wave_height(made) for made in of("normal")) > 0.05


def test_fibrillation_has_no_p_waves() -> None:
    fibrillating, sinus = (np.median([p_wave_height(made) for made in of(kind)]) for kind in ("atrial fibrillation", "normal"))

    assert fibrillating < 0.5 * sinus


def test_flutter_waves_come_at_250_to_350_a_minute_in_the_inferior_leads() -> None:
    for made in of("atrial flutter"):
        leads = made.record["aVF"].astype(float)
        power = np.abs(np.fft.rfft((leads - leads.mean()) * np.hanning(len(leads)))) ** 2
        f = np.fft.rfftfreq(len(leads), 1 / made.record.fs)
        share = power[(f > 250 / 60) & (f < 350 / 60)].sum() / power[(f > 0.5) & (f < 15)].sum()

        assert share > 0.2


def test_flutter_is_conducted_two_three_or_four_to_one() -> None:
    for made in of("atrial flutter"):
        cycle = made.events.atria[0].cycle
        ratios = np.diff([beat.time for beat in made.events.beats]) / cycle

        assert set(np.round(ratios, 6)) <= {2.0, 3.0, 4.0}


def test_wenckebach_pr_lengthens_by_less_each_time_until_a_beat_is_dropped() -> None:
    for made in of("Wenckebach AV block"):
        prs = np.array([beat.pr for beat in made.events.beats], dtype=float)
        groups = np.split(prs, np.flatnonzero(np.diff(prs) < 0) + 1)[1:-1]

        assert all((np.diff(group) > 0).all() and (np.diff(group, 2) < 1e-9).all() for group in groups)


def test_wenckebach_drops_one_p_wave_a_group() -> None:
    for made in of("Wenckebach AV block"):
        assert len(made.events.atria) - len(made.events.beats) >= 2


@pytest.mark.parametrize("kind", ["complete AV block", "complete AV block with ventricular escape"])
def test_complete_block_has_faster_atria_without_relation_to_a_regular_escape(kind: str) -> None:
    for made in of(kind):
        beats, atria = (np.array([event.time for event in events]) for events in (made.events.beats, made.events.atria))
        before = np.array([t - atria[atria < t].max() for t in beats[1:]])

        assert np.diff(atria).mean() < 0.75 * np.diff(beats).mean()
        assert before.std() > 0.03


def test_first_degree_block_conducts_every_p_wave_late() -> None:
    assert all(made.truth.pr_ms is not None and made.truth.pr_ms > 200 for made in of("first-degree AV block"))


def test_a_premature_atrial_beat_is_early_and_narrow_with_a_short_pause() -> None:
    for made in of("premature atrial beats"):
        rr = np.diff([beat.time for beat in made.events.beats])
        early = int(rr.argmin())

        assert rr[early] < 0.8 * np.median(rr)
        assert rr[early] + rr[early + 1] < 1.95 * np.median(rr)


def test_the_pause_after_a_premature_ventricular_beat_compensates() -> None:
    for made in of("premature ventricular beats"):
        beats = made.events.beats
        k = next(k for k in range(2, len(beats)) if beats[k].origin == "ventricular")
        around = beats[k + 1].time - beats[k - 1].time

        assert around == pytest.approx(2 * np.median(np.diff([b.time for b in beats])), rel=0.12)


def test_bigeminy_alternates() -> None:
    for made in of("ventricular bigeminy"):
        origins = [beat.origin for beat in made.events.within(0, 10)]

        assert len(set(origins[::2])) == len(set(origins[1::2])) == 1
        assert origins[0] != origins[1]


def test_a_premature_ventricular_beat_is_wide_and_its_t_wave_is_opposite() -> None:
    for made in of("ventricular bigeminy"):
        for lead in ("V1", "V2"):
            deflection = part(median_beat(made, "ventricular")[lead], 0, 160)
            main = deflection[np.abs(deflection).argmax()]

            assert main * t_wave(made, lead, "ventricular") < 0
