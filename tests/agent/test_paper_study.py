"""Sheets printed from known ECGs and read again: what counts as read, misread and found."""

import numpy as np
import pytest

from agent.evaluation import paper
from data import EcgRecord, simulated
from encoders import Encoder

CASES = list(simulated.cases(3, seed=8))


@pytest.fixture(scope="module")
def scores(encoder: Encoder) -> paper.LevelScores:
    return paper.evaluate(CASES[:2], encoder=encoder, gallery=CASES, levels=["clean scan"], seed=2)[0]


def test_clean_scans_are_read(scores: paper.LevelScores) -> None:
    assert (scores.sheets, scores.read) == (2, 1.0)


def test_traces_of_clean_scans_are_nearer_to_the_ecg_than_ten_decibels(scores: paper.LevelScores) -> None:
    assert scores.snr_db > 10


def test_the_table_has_a_line_a_level(scores: paper.LevelScores) -> None:
    lines = paper.as_lines([scores])

    assert [len(line) for line in lines] == [len(lines[0])] * 2


def test_a_ratio_is_that_of_the_powers_in_decibels() -> None:
    truth = CASES[0].record.standard()
    noise = np.random.default_rng(0).normal(size=truth.signal.shape)
    noise *= truth.signal.std(axis=1, keepdims=True) / noise.std(axis=1, keepdims=True) / 10  # 20 dB below

    ratios = paper.ratios_db(truth, truth.changed(signal=(truth.signal + noise).astype(np.float32)))

    assert list(ratios.values()) == pytest.approx([20.0] * 12, abs=0.1)


def test_a_delay_of_all_leads_is_no_error() -> None:
    truth = CASES[0].record.standard()
    late = truth.changed(signal=np.roll(truth.signal, round(0.1 * truth.fs), axis=1)).seconds(1, 8)
    gap = np.full((12, round(truth.fs)), np.nan, np.float32)
    read = truth.changed(signal=np.concatenate([gap, late.signal], axis=1))

    assert min(paper.ratios_db(truth, read).values()) > 40


def test_swapped_leads_are_misread() -> None:
    one = paper.sheet(CASES[0], "clean scan", [2, 0, 0])
    swapped = paper.Sheet(one.case, one.how, "", one.reading, 0.0, {**one.ratios_db, "V1": -3.0})

    assert (one.misread, swapped.misread) == (False, True)


def test_a_refused_sheet_is_not_misread() -> None:
    one = paper.sheet(CASES[0], "clean scan", [2, 0, 0])

    assert not paper.Sheet(one.case, one.how, "shows no grid", None, 0.0).misread


def test_without_an_encoder_nothing_is_looked_for() -> None:
    scores = paper.evaluate(CASES[:1], levels=["clean scan"], seed=2)[0]

    assert (scores.auc, scores.own_first) == (None, None)


def test_a_lead_of_another_ecg_has_no_signal_in_common() -> None:
    one, other = (case.record.standard() for case in CASES[:2])
    mixed: EcgRecord = one.changed(signal=other.resampled(one.fs).signal[:, : one.n_samples])

    assert np.median(list(paper.ratios_db(one, mixed).values())) < 3
