"""What the page shows, as HTML."""

from types import SimpleNamespace as Some
from typing import Any

import numpy as np
import pytest

from agent.llms import whereabouts
from data import Case, EcgRecord, Patient
from ui.cards import bar_html, cited, exported, person, stated, warnings_html, why

EMPTY = EcgRecord(("I",), np.zeros((1, 1), np.float32), 100)


def test_a_citation_leads_to_its_card() -> None:
    assert cited("Both [1, 3].", 3).count('href="#case-') == 2


def test_a_citation_without_a_card_is_no_link() -> None:
    assert cited("One [4].", 3) == "One [4]."


def test_brackets_in_a_quoted_report_are_no_citation() -> None:
    assert 'href="#case-2"' not in cited("It reads “see [2]” [1].", 3)


def test_a_sentence_is_escaped() -> None:
    assert cited("<img onerror=x> [1]", 1).startswith("&lt;img onerror=x&gt;")


@pytest.mark.parametrize(
    ("patient", "words"), [(Patient(sex="F", age=71), "F 71"), (Patient(age=40.6), "41"), (Patient(), "age and sex unknown")]
)
def test_a_person_is_sex_and_age_as_far_as_known(patient: Patient, words: str) -> None:
    assert person(Case("x", lambda: EMPTY, patient=patient)) == words


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("Atrial fibrillation. No LVH.", ["atrial fibrillation"]),
        ("Atrial fibrillation cannot be excluded.", ["possible atrial fibrillation"]),
        ("Possible LVH. Voltage suggests LVH.", ["probable left ventricular hypertrophy"]),
    ],
)
def test_a_finding_is_shown_as_surely_as_the_report_states_it(report: str, words: list[str]) -> None:
    case = Case("x", lambda: EMPTY, report=report)

    assert list(stated(case).values()) == words


def test_why_a_case_was_found_names_each_way() -> None:
    hit: Any = Some(same_recording=False, matches=(Some(modality="ecg", rank=1), Some(modality="report", rank=23)))

    assert why(hit) == "by ECG 1st, by report 23rd"


def test_the_bar_escapes_names() -> None:
    assert "<b>" not in bar_html("<b>", {"<b>": 1}, "<b>", "<b>")


def test_the_line_on_top_says_where_text_goes() -> None:
    assert "reports are sent to example.org" in bar_html("lib", {}, "model", whereabouts("https://example.org/v1#model"))


def test_an_export_always_says_what_it_is_not() -> None:
    assert "research use, a draft, not a diagnosis" in exported("Heart rate 60/min.")  # type: ignore[arg-type]


def test_doubts_of_the_reader_are_listed_and_escaped() -> None:
    doubted = EMPTY.changed(warnings=("leads I & II look swapped",))

    assert warnings_html(doubted) == '<ul class="warnings"><li>leads I &amp; II look swapped</li></ul>'
