"""What a person who knows ECGs expects of each simulated kind, measured on the finished twelve leads where that can be."""

import pickle
from functools import cache

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, sosfiltfilt

from data import Case, EcgRecord, simulated
from data.errors import EcgCasesError
from data.findings import VOCABULARY
from data.leads import STANDARD_LEADS
from data.simulated import KINDS, SimulatedEcg, simulate

SEEDS = range(4)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
SINUS_KINDS = ("normal", "sinus bradycardia", "sinus tachycardia", "first-degree AV block", "old inferior infarction")


@cache
def ecg(kind: str, seed: int) -> SimulatedEcg:
    return simulate(kind, seed=seed)


def of(kind: str) -> list[SimulatedEcg]:
    return [ecg(kind, seed) for seed in SEEDS]


def r_times(record: EcgRecord) -> np.ndarray:
    """QRS complexes in s: where the leads together move fastest, over a window as long as a wide QRS."""
    smooth = sosfiltfilt(butter(3, (6, 25), "bandpass", fs=record.fs, output="sos"), record.signal, axis=1)
    speed = np.linalg.norm(np.gradient(smooth, axis=1), axis=0)
    speed = np.convolve(speed, np.hanning(int(0.16 * record.fs)), mode="same")
    peaks, _ = find_peaks(speed, height=0.5 * np.percentile(speed, 98), distance=int(0.28 * record.fs))
    return peaks / record.fs


def median_beat(made: SimulatedEcg, origin: str = "supraventricular") -> dict[str, np.ndarray]:
    """Each lead from 0.3 s before the QRS to 0.5 s after it, the median over the beats of this origin, zero in the PR segment."""
    fs = int(made.record.fs)
    onsets = [b.time for b in made.events.within(0.35, 9.4) if b.origin == origin]
    windows = np.stack([made.record.signal[:, int(t * fs) - int(0.3 * fs) : int(t * fs) + int(0.5 * fs)] for t in onsets])
    beat = np.median(windows - windows[:, :, int(0.288 * fs) : int(0.296 * fs)].mean(axis=2, keepdims=True), axis=0)
    return dict(zip(made.record.leads, beat, strict=True))


def part(lead: np.ndarray, start_ms: float, stop_ms: float) -> np.ndarray:
    """The part of a median beat between two times from QRS onset, at 500 samples a second."""
    return lead[int((300 + start_ms) / 2) : int((300 + stop_ms) / 2)]


def qrs(made: SimulatedEcg, lead: str, origin: str = "supraventricular") -> np.ndarray:
    return part(median_beat(made, origin)[lead], -10, made.truth.qrs_ms + 4)


def level_80ms_after_j(made: SimulatedEcg, lead: str) -> float:
    return float(part(median_beat(made)[lead], made.truth.qrs_ms + 55, made.truth.qrs_ms + 85).mean())


def t_wave(made: SimulatedEcg, lead: str, origin: str = "supraventricular") -> float:
    """Signed extreme of the second half of QT."""
    segment = part(median_beat(made, origin)[lead], 0.6 * made.truth.qt_ms, min(made.truth.qt_ms, 490))
    return float(segment[np.abs(segment).argmax()])


# the record


@EVERY_KIND
def test_ten_seconds_of_twelve_leads_without_gaps(kind: str) -> None:
    record = ecg(kind, 0).record

    assert (record.leads, record.signal.shape, record.fs, bool(np.isfinite(record.signal).all())) == (
        STANDARD_LEADS,
        (12, 5000),
        500.0,
        True,
    )


@EVERY_KIND
def test_einthoven_and_goldberger_hold_to_single_precision_with_all_noise(kind: str) -> None:
    r = ecg(kind, 1).record

    wanted = np.stack([r["II"] - r["I"], -(r["I"] + r["II"]) / 2, r["I"] - r["II"] / 2, r["II"] - r["I"] / 2])

    assert np.array_equal(np.stack([r[lead] for lead in ("III", "aVR", "aVL", "aVF")]), wanted)


@EVERY_KIND
def test_voltages_are_those_of_people(kind: str) -> None:
    reach = max(np.abs(made.record.signal - np.median(made.record.signal, axis=1, keepdims=True)).max() for made in of(kind))

    assert 0.3 < reach < 5.5


def test_the_same_seed_gives_the_same_ecg() -> None:
    again, first = simulate("atrial fibrillation", seed=7), simulate("atrial fibrillation", seed=7)

    assert np.array_equal(again.record.signal, first.record.signal)
    assert (again.truth, again.report) == (first.truth, first.report)


def test_another_seed_gives_another_person() -> None:
    assert simulate("normal", seed=1).truth != simulate("normal", seed=2).truth


def test_the_truth_does_not_depend_on_the_sampling_rate() -> None:
    assert simulate("WPW", seed=3, fs=100).truth == simulate("WPW", seed=3, fs=500).truth


def test_an_unknown_kind_is_named_with_what_there_is() -> None:
    with pytest.raises(EcgCasesError, match="'torsades' is not a simulated kind of ECG: wanted one of normal, sinus bradycardia"):
        simulate("torsades", seed=0)


# rhythm


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


# conduction and form


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


def test_pacing_has_spikes_just_before_each_wide_beat() -> None:
    for made in of("ventricular pacing"):
        jumps = np.abs(np.diff(made.record["III"])).astype(float)
        spikes, _ = find_peaks(jumps, height=0.35, distance=100)

        assert len(spikes) == pytest.approx(len(made.events.within(0.005, 10)), abs=1)


# the words


@EVERY_KIND
def test_statements_are_of_the_ptb_xl_vocabulary(kind: str) -> None:
    assert set(KINDS[kind].statements) <= set(VOCABULARY)


@pytest.fixture(scope="module")
def many() -> list[Case]:
    return list(simulated.cases(len(KINDS) * 8, seed=5))


def test_every_report_says_every_statement_of_its_truth(many: list[Case]) -> None:
    silent = [(case.report, sorted(set(case.statements) - case.codes)) for case in many if not set(case.statements) <= case.codes]

    assert silent == []


def test_no_report_affirms_a_rhythm_or_a_block_that_is_not_there(many: list[Case]) -> None:
    telling = {
        "AFIB",
        "AFLT",
        "1AVB",
        "2AVB",
        "3AVB",
        "PVC",
        "PAC",
        "CRBBB",
        "CLBBB",
        "WPW",
        "PACE",
        "STE_",
        "STACH",
        "SBRAD",
        "LVH",
        "RVH",
    }

    wrong = [
        (case.report, sorted(case.codes & telling - set(case.statements))) for case in many if case.codes & telling - set(case.statements)
    ]

    assert wrong == []


def test_no_report_denies_what_is_true(many: list[Case]) -> None:
    assert [case.report for case in many if {f.code for f in case.findings if f.negated} & set(case.statements)] == []


def test_reports_come_in_three_languages_mostly_english(many: list[Case]) -> None:
    shares = {language: np.mean([case.language == language for case in many]) for language in ("en", "de", "sv")}

    assert shares["en"] > shares["de"] > shares["sv"] > 0.05


def test_numbers_in_a_report_are_those_of_the_truth() -> None:
    for seed in range(40):
        made = ecg("complete right bundle branch block", seed)
        truth = made.truth
        known = {round(x) for x in (truth.heart_rate_bpm, truth.pr_ms or 0, truth.qrs_ms, truth.qt_ms, truth.qtc_ms, truth.axis_deg)}
        words = made.report.replace(",", " ").replace(".", " ").replace("/", " ").split()

        assert {int(word) for word in words if word.isdigit() and int(word) > 9} <= {abs(number) for number in known}


# cases


def test_cases_are_named_by_seed_and_number() -> None:
    assert [case.case_id for case in simulated.cases(2, seed=4)] == ["simulated/4-000000", "simulated/4-000001"]


def test_a_case_is_the_same_however_many_are_drawn() -> None:
    few, many = list(simulated.cases(3, seed=2)), list(simulated.cases(60, seed=2))

    assert [case.report for case in few] == [case.report for case in many[:3]]


def test_each_run_over_the_kinds_has_each_kind_once() -> None:
    drawn = list(simulated.cases(len(KINDS), seed=1))

    assert sorted(tuple(case.statements) for case in drawn) == sorted(kind.statements for kind in KINDS.values())


def test_every_case_is_another_patient(many: list[Case]) -> None:
    assert len({case.patient.id for case in many}) == len(many)


def test_a_case_carries_source_date_patient_and_full_likelihoods() -> None:
    case = next(simulated.cases(1, seed=9))

    assert case.source == "simulated"
    assert case.date
    assert len(case.date) == 10
    assert case.patient.sex in {"F", "M"}
    assert set(case.statements.values()) == {100.0}
    assert case.record.patient == case.patient


def test_a_case_travels_to_another_process() -> None:
    case = next(simulated.cases(1, seed=9))

    assert np.array_equal(pickle.loads(pickle.dumps(case)).record.signal, case.record.signal)
