"""Voltages, axis, rhythm and corrected QT of ECGs that are drawn here, wave by wave, so that every value is known."""

import numpy as np
import pytest

from agent import Measurements, measure
from agent.measurement.voltages import LVH_LIMITS_MV, hypertrophy_indices, r_and_s
from data import EcgRecord, simulated

FS = 500
R_MV = {"I": 1.0, "II": 1.2, "V1": 0.2, "V2": 0.4, "V3": 0.6, "V4": 1.5, "V5": 1.8, "V6": 1.4}
S_MV = {"I": 0.1, "II": 0.1, "V1": 1.9, "V2": 1.5, "V3": 1.1, "V4": 0.5, "V5": 0.2, "V6": 0.1}
ST_MV = {"I": 0.0, "II": 0.0, "V1": 0.0, "V2": 0.3, "V3": 0.2, "V4": 0.0, "V5": -0.15, "V6": 0.0}


def drawn(r_times: np.ndarray) -> EcgRecord:
    """P, R and S waves of the heights above, 40 ms apart, an ST segment from 60 to 200 ms behind R, and a T wave."""
    t = np.arange(10 * FS) / FS
    rows = []
    for lead, r in R_MV.items():
        row = np.zeros_like(t)
        for at in r_times:
            for centre, width, height in ((-0.16, 0.02, 0.1), (0.0, 0.009, r), (0.04, 0.009, -S_MV[lead]), (0.3, 0.035, 0.3)):
                row += height * np.exp(-0.5 * ((t - at - centre) / width) ** 2)
            row += ST_MV[lead] * 0.5 * (np.tanh((t - at - 0.08) / 0.006) - np.tanh((t - at - 0.2) / 0.02))
        rows.append(row)
    return EcgRecord(tuple(R_MV), np.stack(rows), FS)


@pytest.fixture(scope="module")
def regular() -> Measurements:
    return measure(drawn(np.arange(0.5, 10, 0.8)))


@pytest.mark.parametrize("lead", R_MV)
class TestOfEachLead:
    def test_r_is_its_height(self, regular: Measurements, lead: str) -> None:
        assert regular.r_mv[lead] == pytest.approx(R_MV[lead], abs=0.1)

    def test_s_is_its_depth(self, regular: Measurements, lead: str) -> None:
        assert regular.s_mv[lead] == pytest.approx(S_MV[lead], abs=0.1)

    def test_st_is_its_level(self, regular: Measurements, lead: str) -> None:
        assert regular.st_mv[lead] == pytest.approx(ST_MV[lead], abs=0.06)


def test_limb_leads_that_were_not_recorded_are_derived(regular: Measurements) -> None:
    assert regular.r_mv["aVL"] == pytest.approx(R_MV["I"] - R_MV["II"] / 2, abs=0.1)


def complexes(rows: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
    return r_and_s(("V1",), np.concatenate([np.zeros((1, 20)), rows, np.full((1, 20), rows[0, -1])], axis=1), 20, 19 + rows.shape[1])


class TestWaves:
    def test_a_qs_complex_that_ends_in_a_raised_st_segment_is_deep(self) -> None:
        r, s = complexes(np.interp(np.arange(60), [0, 30, 59], [0, -1.2, 0.25])[None])
        assert (r["V1"], s["V1"]) == (0.0, pytest.approx(1.2))

    def test_between_r_and_a_higher_second_r_lies_the_s(self) -> None:
        r, s = complexes(np.interp(np.arange(60), [0, 10, 25, 45, 59], [0, 0.3, -0.6, 0.9, 0])[None])
        assert (r["V1"], s["V1"]) == (pytest.approx(0.9), pytest.approx(0.6))

    def test_a_q_is_no_s(self) -> None:
        _, s = complexes(np.interp(np.arange(60), [0, 10, 30, 59], [0, -0.4, 1.0, 0])[None])
        assert s["V1"] == pytest.approx(0.0, abs=0.01)

    def test_a_left_bundle_branch_block_has_its_s_in_v1(self) -> None:
        record = simulated.simulate("left bundle branch block", seed=1).record
        assert measure(record).s_mv["V1"] > 0.5 * -record["V1"].min()


class TestHypertrophy:
    R, S = R_MV | {"aVL": 0.4, "III": 0.2}, S_MV | {"aVL": 0.05, "III": 0.1}

    @pytest.mark.parametrize(
        ("index", "mv"),
        [
            ("Sokolow-Lyon", 1.9 + 1.8),
            ("R in aVL", 0.4),
            ("Cornell", 0.4 + 1.1),
            ("Lewis", 1.0 - 0.1 + 0.1 - 0.2),
            ("Peguero-Lo Presti", 1.9 + 0.5),
        ],
    )
    def test_index_is_the_sum_that_its_authors_gave(self, index: str, mv: float) -> None:
        assert hypertrophy_indices(self.R, self.S)[index] == pytest.approx(mv)

    def test_every_index_has_a_limit(self) -> None:
        assert hypertrophy_indices(self.R, self.S).keys() == LVH_LIMITS_MV.keys()

    def test_without_chest_leads_only_limb_indices_are_told(self) -> None:
        limbs = dict.fromkeys(("I", "II", "III", "aVR", "aVL", "aVF"), 1.0)
        assert set(hypertrophy_indices(limbs, limbs)) == {"R in aVL", "Lewis"}

    def test_simulated_hypertrophy_is_above_sokolows_limit(self) -> None:
        found = [measure(simulated.simulate("left ventricular hypertrophy", seed=seed).record) for seed in range(3)]
        assert all(m.lvh_mv["Sokolow-Lyon"] > LVH_LIMITS_MV["Sokolow-Lyon"][0] - 0.2 for m in found)


class TestCorrectedQt:
    def test_bazetts(self, regular: Measurements) -> None:
        assert regular.qt_ms is not None
        assert regular.qtc_bazett_ms == pytest.approx(regular.qt_ms / 0.8**0.5, abs=1)

    def test_framinghams(self, regular: Measurements) -> None:
        assert regular.qt_ms is not None
        assert regular.qtc_framingham_ms == pytest.approx(regular.qt_ms + 154 * 0.2, abs=1)


class TestRhythm:
    def test_even_beats_are_regular(self, regular: Measurements) -> None:
        assert regular.regularity == "regular"

    def test_an_early_beat_is_counted(self) -> None:
        found = measure(drawn(np.array([0.5, 1.3, 2.1, 2.6, 3.4, 4.2, 5.0, 5.8, 6.6, 7.4, 8.2, 9.0])))
        assert (found.regularity, found.early_beats, found.ectopic_beats) == ("regular with early beats", 1, 0)

    def test_ventricular_beats_are_counted(self) -> None:
        ecg = simulated.simulate("premature ventricular beats", seed=2)
        wide = [beat for beat in ecg.events.within(0.2, 9.6) if beat.origin == "ventricular"]
        assert measure(ecg.record).ectopic_beats == len(wide)

    def test_fibrillation_is_irregular(self) -> None:
        assert measure(simulated.simulate("atrial fibrillation", seed=3).record).regularity == "irregular"

    def test_early_beats_are_not_counted_in_fibrillation(self) -> None:
        found = measure(simulated.simulate("atrial fibrillation", seed=3).record)
        assert found.early_beats is None
        assert "irregular" in found.missing["early_beats"]


class TestFlutter:
    @pytest.fixture(scope="class")
    def found(self) -> Measurements:
        return measure(simulated.simulate("atrial flutter", seed=1).record)

    def test_has_no_pr(self, found: Measurements) -> None:
        assert found.pr_ms is None
        assert "flutter" in found.missing["pr_ms"]

    def test_has_no_qt(self, found: Measurements) -> None:
        assert found.qt_ms is None


def test_a_pacing_spike_is_no_part_of_the_qrs() -> None:
    ecg = simulated.simulate("complete right bundle branch block", seed=5)
    spikes = [round(beat.time * FS) - 20 for beat in ecg.events.within(0.5, 9.5)]
    paced = ecg.record.signal.copy()
    for at in spikes:
        paced[:, at : at + 2] += 1.5
    assert measure(ecg.record.changed(signal=paced)).qrs_ms == pytest.approx(measure(ecg.record).qrs_ms, abs=6)


def test_each_measurement_names_its_beats_and_leads(regular: Measurements) -> None:
    assert (regular.rests_on["qrs_ms"].beats, regular.rests_on["axis_deg"].leads) == (regular.beats, 2)


def test_what_is_empty_has_a_reason() -> None:
    alone = measure(drawn(np.arange(0.5, 10, 0.8)).changed(leads=("V2",), signal=drawn(np.arange(0.5, 10, 0.8))["V2"][None]))
    assert alone.lvh_mv == {}
    assert alone.missing["lvh_mv"]
