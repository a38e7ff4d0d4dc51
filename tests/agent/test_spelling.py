import pytest

from agent.offline.questions import asks_for_a_diagnosis, understand
from agent.offline.spelling import in_english, respelled


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Zeige mir nur Frauen über 60", "show me only women over 60"),
        ("Welche Fälle haben Vorhofflimmern?", "which cases have Vorhofflimmern?"),
        ("Vergleiche Fall 2 und Fall 3", "compare case 2 and case 3"),
        ("Was ist LBBB?", "what is LBBB?"),
        ("Show me only women", "Show me only women"),
    ],
)
def test_german_questions_in_english(german: str, english: str) -> None:
    assert in_english(german) == english


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("atrial fibrilation", "atrial fibrillation"),
        ("bundel branch block", "bundle branch block"),
        ("patients with similar reports", "patients with similar reports"),
    ],
)
def test_slips_in_clinical_words(slip: str, meant: str) -> None:
    assert respelled(slip) == meant


@pytest.mark.parametrize("question", ["which have atrial fibrilation?", "Welche Fälle haben Vorhofflimmern?", "wich cases have afib"])
def test_a_question_is_understood_however_it_is_written(question: str) -> None:
    request = understand(question)
    assert (request.intent, request.codes) == ("count", ("AFIB",))


def test_one_finding_with_and_another_without() -> None:
    request = understand("Which cases have AF but no LBBB?")
    assert (request.codes, request.lacking, request.absent) == (("AFIB",), ("CLBBB",), False)


@pytest.mark.parametrize("question", ["back to all", "show all cases", "all cases again", "reset filters"])
def test_ways_to_drop_all_conditions(question: str) -> None:
    assert understand(question).reset


def test_a_case_after_new_conditions_is_opened_and_no_condition() -> None:
    assert understand("case 3", ("Show me only women over 60",)).intent == "open"


def test_cases_without_a_number_are_all_that_are_shown() -> None:
    assert understand("What is the QRS duration of these cases?").cases == ("all",)


@pytest.mark.parametrize(
    ("question", "asks"), [("Do I have AF?", True), ("What is my diagnosis?", True), ("Is my ECG normal?", True), ("Which have AF?", False)]
)
def test_knows_when_a_diagnosis_is_asked_for(question: str, asks: bool) -> None:
    assert asks_for_a_diagnosis(question) == asks
