"""Every measurement in words."""

from dataclasses import fields

import pytest

from agent import Measurements, measure
from agent.measure import FIELDS, FURTHER, Basis
from agent.measured import NAMES, by_lead, in_words, lines, notable, phrases
from data import simulated

WHOLE = Measurements(
    heart_rate_bpm=62,
    qtc_bazett_ms=412,
    regularity="regular with early beats",
    early_beats=1,
    ectopic_beats=0,
    st_mv={"V2": 0.12, "V1": 0.05},
    r_mv={"V1": 0.2, "V2": 0.4},
    lvh_mv={"Cornell": 2.31},
    missing={"pr_ms": "no P wave"},
    rests_on={"heart_rate_bpm": Basis(10, 12), "early_beats": Basis(10, 1)},
)


def test_every_measurement_has_a_name() -> None:
    assert set(NAMES) == {*FIELDS, *FURTHER} <= {field.name for field in fields(Measurements)}


def test_a_line_says_what_it_rests_on() -> None:
    told = {line.field: (line.value, line.rests_on) for line in lines(WHOLE)}

    assert (told["heart_rate_bpm"], told["early_beats"]) == (("62/min", "10 beats, 12 leads"), ("1", "10 beats, 1 lead"))


def test_what_is_missing_has_no_value_and_a_reason() -> None:
    assert [(line.value, line.reason) for line in lines(WHOLE) if line.field == "pr_ms"] == [("", "no P wave")]


def test_leads_come_in_their_standard_order_with_what_they_have() -> None:
    assert by_lead(WHOLE) == {"V1": {"st_mv": 0.05, "r_mv": 0.2}, "V2": {"st_mv": 0.12, "r_mv": 0.4}}


@pytest.mark.parametrize(
    ("field", "leads", "words"),
    [
        ("st_mv", ["V2"], "ST level at J+60 ms V2 0.12 mV"),
        ("st_mv", [], "ST level at J+60 ms V1 0.05 mV, V2 0.12 mV"),
        ("st_mv", ["aVL"], "ST level at J+60 ms not measurable (this lead was not recorded)"),
        ("lvh_mv", [], "Cornell 2.31 mV (limit 2.0 mV in women, 2.8 in men)"),
        ("qtc_bazett_ms", [], "QTc (Bazett) 412 ms"),
        ("early_beats", [], "1 early beat"),
        ("ectopic_beats", [], "no beats of another shape"),
        ("regularity", [], "RR intervals regular with early beats"),
        ("pr_ms", [], "PR not measurable (no P wave)"),
    ],
)
def test_a_measurement_in_words(field: str, leads: list[str], words: str) -> None:
    assert in_words(WHOLE, field, leads) == words


def test_phrases_hold_what_the_check_could_not_judge() -> None:
    assert phrases(WHOLE) == (
        "RR intervals regular with early beats",
        "no beats of another shape",
        "1 early beat",
        "J+60 ms",
        "(limit 2.0 mV in women, 2.8 in men)",
    )


@pytest.mark.parametrize(("sex", "told"), [("F", True), ("M", False), (None, False)])
def test_an_index_is_notable_above_the_limit_of_the_sex(sex: str | None, told: bool) -> None:
    assert any(words.startswith("Cornell") for words in notable(WHOLE, sex)) is told


@pytest.mark.parametrize(
    ("lead", "mv", "sex", "told"),
    [
        ("V5", 0.1, None, True),
        ("V5", 0.09, None, False),
        ("V2", 0.16, "F", True),
        ("V2", 0.16, "M", False),
        ("V3", 0.2, "M", True),
        ("V3", -0.1, "M", True),
    ],
)
def test_an_st_level_is_notable_from_the_limit_of_its_lead(lead: str, mv: float, sex: str | None, told: bool) -> None:
    assert bool(notable(Measurements(st_mv={lead: mv}), sex)) is told


def test_an_even_rhythm_is_not_notable() -> None:
    assert notable(Measurements(regularity="regular", early_beats=0, ectopic_beats=0)) == []


def test_of_a_whole_ecg_every_line_has_a_value_or_a_reason() -> None:
    told = lines(measure(simulated.simulate("atrial flutter", seed=20_001).record))

    assert all(line.value or line.reason for line in told)
