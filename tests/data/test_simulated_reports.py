"""Reports of simulated ECGs say what is true of them, in the words and languages of many desks."""

import numpy as np
import pytest

from data import Case, simulated
from data.findings import VOCABULARY
from data.simulated import KINDS
from tests.data.simulated_ecgs import EVERY_KIND, ecg


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
