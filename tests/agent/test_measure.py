"""What `measure` promises: cardiologists' boundaries and simulated truth within clinical bounds, and None instead of a guess."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from scipy.signal import find_peaks

from agent import Measurements, measure
from data import STANDARD_LEADS, EcgRecord, simulated

RNG = np.random.default_rng(5)
LUDB_LEADS = ("i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6")


class Marked(NamedTuple):
    """A record with the medians of what cardiologists marked in its leads, in ms and per minute."""

    record: EcgRecord
    rate: float
    pr: float
    qrs: float
    qt: float


def marked(root: Path, number: int) -> Marked:
    """One LUDB record; its digital units are microvolts."""
    import wfdb

    raw = wfdb.rdrecord(str(root / str(number)), physical=False)
    pr, qrs, qt, rates = [], [], [], []
    for lead in LUDB_LEADS:
        marks = wfdb.rdann(str(root / str(number)), lead)
        waves = _waves(marks.symbol, marks.sample / raw.fs * 1000)
        peaks = [peak for kind, _, peak, _ in waves if kind == "N"]
        rates += [60_000 / float(np.diff(peaks).mean())] if len(peaks) > 1 else []
        for before, (kind, onset, _, offset), after in zip([None, *waves[:-1]], waves, [*waves[1:], None], strict=True):
            if kind == "N":
                qrs.append(offset - onset)
                pr += [onset - before[1]] if before and before[0] == "p" else []
                qt += [after[3] - onset] if after and after[0] == "t" else []
    record = EcgRecord(LUDB_LEADS, raw.d_signal.T / 1000, raw.fs)
    return Marked(record, *(float(np.median(values)) if values else np.nan for values in (rates, pr, qrs, qt)))


def _waves(symbols: list[str], times: np.ndarray) -> list[tuple[str, float, float, float]]:
    """(kind, onset, peak, offset) of every wave with both boundaries."""
    triples = zip(symbols, symbols[1:], symbols[2:], range(len(symbols)), strict=False)
    return [
        (kind, times[i], times[i + 1], times[i + 2]) for start, kind, stop, i in triples if start == "(" and kind in "pNt" and stop == ")"
    ]


@pytest.fixture(scope="module")
def ludb(shared: Path) -> list[tuple[Marked, Measurements]]:
    """Every third record of the half that is here."""
    root = shared / "ludb" / "data"
    if not root.is_dir():
        pytest.skip("no LUDB beside the checkout")
    records = [marked(root, number) for number in range(1, 101, 3)]
    return [(truth, measure(truth.record)) for truth in records]


class TestAgainstCardiologists:
    def errors(self, pairs: list[tuple[Marked, Measurements]], field: str, truth: str) -> np.ndarray:
        both = ((getattr(found, field), getattr(marks, truth)) for marks, found in pairs)
        return np.array([abs(a - b) for a, b in both if a is not None and not np.isnan(b)])

    def test_rate_is_within_2_per_minute(self, ludb: list[tuple[Marked, Measurements]]) -> None:
        assert (self.errors(ludb, "heart_rate_bpm", "rate") <= 2).mean() >= 0.95

    @pytest.mark.parametrize(("field", "truth", "bound_ms"), [("qrs_ms", "qrs", 8), ("pr_ms", "pr", 10), ("qt_ms", "qt", 15)])
    def test_median_error_is_small(self, ludb: list[tuple[Marked, Measurements]], field: str, truth: str, bound_ms: float) -> None:
        assert np.median(self.errors(ludb, field, truth)) <= bound_ms

    def test_pr_is_measured_where_p_waves_are_marked(self, ludb: list[tuple[Marked, Measurements]]) -> None:
        with_p = [found for marks, found in ludb if not np.isnan(marks.pr)]
        assert np.mean([found.pr_ms is not None for found in with_p]) >= 0.9


class TestAgainstSimulatedTruth:
    @pytest.mark.parametrize("kind", ["normal", "sinus bradycardia", "sinus tachycardia"])
    def test_rate_is_within_2_per_minute(self, kind: str) -> None:
        ecg = simulated.simulate(kind, seed=3)
        assert measure(ecg.record).heart_rate_bpm == pytest.approx(ecg.truth.heart_rate_bpm, abs=2)

    def test_qrs_is_within_15_ms(self) -> None:
        ecg = simulated.simulate("normal", seed=3)
        assert measure(ecg.record).qrs_ms == pytest.approx(ecg.truth.qrs_ms, abs=15)

    def test_atrial_fibrillation_has_no_pr(self) -> None:
        assert measure(simulated.simulate("atrial fibrillation", seed=3).record).pr_ms is None

    def test_qtc_is_fridericias(self) -> None:
        found = measure(simulated.simulate("normal", seed=3).record)
        assert found.qt_ms is not None
        assert found.heart_rate_bpm is not None
        assert found.qtc_ms == pytest.approx(found.qt_ms / (60 / found.heart_rate_bpm) ** (1 / 3), abs=4)
        assert found.qtc_formula == "Fridericia"


class TestPartsOfAnEcg:
    @pytest.fixture(scope="class")
    def whole(self) -> EcgRecord:
        return simulated.simulate("normal", seed=4).record

    def test_100_hz_measures_as_500_hz(self, whole: EcgRecord) -> None:
        slow, fast = measure(whole.resampled(100)), measure(whole.resampled(500))
        assert slow.qrs_ms == pytest.approx(fast.qrs_ms, abs=8)

    def test_one_lead_has_a_rate_and_no_axis(self, whole: EcgRecord) -> None:
        found = measure(EcgRecord(("II",), whole["II"][None], whole.fs))
        assert found.heart_rate_bpm == measure(whole).heart_rate_bpm
        assert found.axis_deg is None
        assert "aVF" in found.missing["axis_deg"]

    def test_a_sheet_with_2_5_s_of_each_lead_measures_like_the_whole(self, whole: EcgRecord) -> None:
        assert measure(on_3x4(whole, strip=True)).qrs_ms == pytest.approx(measure(whole).qrs_ms, abs=16)

    def test_beats_of_leads_that_follow_each_other_are_not_of_another_shape(self, whole: EcgRecord) -> None:
        assert measure(on_3x4(whole, strip=False)).ectopic_beats == measure(whole).ectopic_beats == 0

    def test_a_p_wave_is_found_in_leads_that_follow_each_other(self, whole: EcgRecord) -> None:
        assert measure(on_3x4(whole, strip=False)).pr_ms == pytest.approx(measure(whole).pr_ms, abs=20)

    def test_three_seconds_are_enough_for_a_rate(self, whole: EcgRecord) -> None:
        assert measure(whole.seconds(0, 3)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=8)


def on_3x4(whole: EcgRecord, *, strip: bool) -> EcgRecord:
    """A quarter of the time of each lead; with a strip all of II."""
    return in_columns(whole, rows=3, throughout=("II",) if strip else ())


def in_columns(whole: EcgRecord, *, rows: int, throughout: tuple[str, ...] = ()) -> EcgRecord:
    """So many leads below each other for their share of the time, then the next."""
    signal = np.full_like(whole.signal, np.nan)
    width = whole.n_samples * rows // 12
    for row, lead in enumerate(whole.leads):
        span = slice(None) if lead in throughout else slice(row // rows * width, (row // rows + 1) * width)
        signal[row, span] = whole.signal[row, span]
    return whole.changed(signal=signal)


BROKEN = {
    "flat": np.zeros((12, 5000)),
    "not recorded": np.full((12, 5000), np.nan),
    "noise": RNG.normal(0, 0.1, (12, 5000)),
    "drift": np.cumsum(RNG.normal(0, 0.02, (12, 5000)), axis=1),
    "three samples": RNG.normal(0, 0.1, (12, 3)),
    "one sample": np.ones((12, 1)),
}


@pytest.mark.parametrize("name", BROKEN)
class TestWhatIsNoEcg:
    def test_has_no_measurements(self, name: str) -> None:
        assert measure(EcgRecord(STANDARD_LEADS, BROKEN[name], 500)).heart_rate_bpm is None

    def test_is_given_a_reason(self, name: str) -> None:
        assert measure(EcgRecord(STANDARD_LEADS, BROKEN[name], 500)).missing["qrs_ms"]


def test_small_limb_leads_before_tall_chest_leads_on_a_sheet_lose_no_beat() -> None:
    whole = simulated.simulate("atrial fibrillation", seed=4).record
    small = whole.changed(signal=whole.signal * np.where(np.arange(12) < 6, 0.2, 1)[:, None])

    rate = measure(in_columns(small, rows=3)).heart_rate_bpm

    assert rate == pytest.approx(measure(whole).heart_rate_bpm, abs=3)


def test_sharp_r_waves_on_paper_are_no_pacing_spikes() -> None:
    at = np.arange(2000) / 200  # s
    beats = np.maximum(0, 1 - np.abs((at + 0.4) % 0.8 - 0.4) / 0.02)  # 75 a minute, as pointed as a pen draws them
    heights = np.where((np.arange(2000) // 160) % 2, 1.0, 1.6)  # of which only the taller would pass for spikes

    rate = measure(EcgRecord(("II",), (beats * heights)[None], 200.0, source="paper")).heart_rate_bpm

    assert rate == pytest.approx(75, abs=1)


class TestALeadThatLeapsAlone:
    """One electrode that loses its contact between two beats, by far more than any beat."""

    @staticmethod
    def loose(record: EcgRecord, before_beat_s: float) -> EcgRecord:
        r = int(np.abs(record["II"][2000:3000]).argmax()) + 2000  # near the middle, at 500 Hz
        signal = record.signal.copy()
        at = r - round(before_beat_s * record.fs)
        signal[record.leads.index("V1"), at:] += 5 * np.exp(-np.arange(signal.shape[1] - at) / record.fs)
        return record.changed(signal=signal)

    @pytest.mark.parametrize("before_beat_s", [0.15, 0.35, 0.5])
    def test_is_no_beat_and_hides_none(self, before_beat_s: float) -> None:
        record = simulated.simulate("normal", seed=4).record

        assert measure(self.loose(record, before_beat_s)).heart_rate_bpm == pytest.approx(measure(record).heart_rate_bpm, abs=0.5)


class TestBeatsWhereLeadsChange:
    """A sheet of four columns without a strip, and a beat just where the first column ends."""

    def sheet(self, whole: EcgRecord, first_change: int, blank: int) -> EcgRecord:
        edges = [0, first_change, whole.n_samples // 2, whole.n_samples * 3 // 4, whole.n_samples]
        signal = np.full_like(whole.signal, np.nan)
        for row in range(12):
            part = slice(edges[row // 3] + blank * (row > 2), edges[row // 3 + 1] - blank * (row < 9))
            signal[row, part] = whole.signal[row, part]
        return whole.changed(signal=signal)

    def an_r_wave(self, whole: EcgRecord) -> int:
        """The R wave nearest to a quarter of the recording."""
        tall = np.flatnonzero(whole["V5"] > 0.7 * whole["V5"].max())
        return int(tall[np.abs(tall - whole.n_samples // 4).argmin()])

    def test_a_beat_hidden_there_is_counted(self) -> None:
        whole = simulated.simulate("normal", seed=5).record
        hidden = self.sheet(whole, self.an_r_wave(whole), round(0.09 * whole.fs))

        assert measure(hidden).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=2)

    def test_an_interval_in_which_one_is_hidden_is_not_counted_where_the_others_do_not_tell_it(self) -> None:
        whole = simulated.simulate("atrial fibrillation", seed=20).record
        hidden = self.sheet(whole, self.an_r_wave(whole), round(0.03 * whole.fs))

        assert measure(hidden).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=2)

    def test_a_step_there_is_no_beat(self) -> None:
        whole = simulated.simulate("atrial fibrillation", seed=5).record
        change = self.an_r_wave(whole) + round(0.4 * whole.fs)
        stepped = self.sheet(whole, change, 0)
        signal = stepped.signal.copy()
        signal[3:6, change : change + round(0.03 * whole.fs)] += 1.5  # the mark between two leads

        assert measure(stepped.changed(signal=signal)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=2)

    def test_a_name_printed_behind_it_is_no_beat(self) -> None:
        whole = simulated.simulate("normal", seed=5).record
        change = self.an_r_wave(whole) + round(0.2 * whole.fs)
        named = self.sheet(whole, change, 0)
        signal = named.signal.copy()
        letters = change + round(0.2 * whole.fs)
        signal[3:6, letters : letters + round(0.05 * whole.fs)] += 0.6

        assert measure(named.changed(signal=signal)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=1)


@pytest.mark.parametrize(("rows", "tall"), [(3, ("V2",)), (6, ("V2", "V3"))])
def test_t_waves_that_are_tall_in_few_leads_of_a_sheet_are_no_beats(rows: int, tall: tuple[str, ...]) -> None:
    whole = simulated.simulate("normal", seed=5).record
    beats = find_peaks(whole["II"], height=0.6 * whole["II"].max(), distance=round(0.3 * whole.fs))[0]
    t_waves = (beats / whole.fs + 0.34)[:, None] - np.arange(whole.n_samples) / whole.fs
    signal = whole.signal.copy()
    for lead in tall:  # half as steep as a beat
        signal[whole.leads.index(lead)] += 1.5 * np.maximum(0, 1 - np.abs(t_waves) / 0.05).sum(axis=0)

    rate = measure(in_columns(whole.changed(signal=signal), rows=rows)).heart_rate_bpm

    assert rate == pytest.approx(measure(whole).heart_rate_bpm, abs=2)


def test_a_beat_as_high_as_the_others_is_found_on_a_sheet_of_fast_fibrillation() -> None:
    whole = simulated.simulate("atrial fibrillation", seed=18).record

    assert measure(in_columns(whole, rows=3)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=2)


@pytest.mark.parametrize(("ends_s", "measured"), [(0.36, True), (0.6, False)])
def test_a_t_wave_that_falls_until_the_next_beat_has_no_end(ends_s: float, measured: bool) -> None:
    after = (np.arange(5000) / 500) % (60 / 90)  # s behind a beat, 90 a minute
    qrs = np.maximum(0, 1 - np.abs(after - 0.05) / 0.03)
    t_wave = 0.4 * np.interp(after, [0.12, 0.25, ends_s], [0, 1, 0])

    found = measure(EcgRecord(("II",), (qrs + t_wave)[None], 500.0))

    assert (found.qt_ms is not None) == measured


def test_twelve_leads_one_after_another_are_enough_for_a_rate() -> None:
    once = simulated.simulate("normal", seed=5).record
    whole = once.changed(signal=np.tile(once.signal, 3))

    assert measure(in_columns(whole, rows=1)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=3)


def test_an_interval_in_which_nothing_was_recorded_is_none() -> None:
    whole = simulated.simulate("normal", seed=5).record
    signal = whole.signal.copy()
    signal[:, whole.n_samples * 4 // 10 : whole.n_samples * 6 // 10] = np.nan  # as if the leads of one column were illegible

    assert measure(whole.changed(signal=signal)).heart_rate_bpm == pytest.approx(measure(whole).heart_rate_bpm, abs=2)
