"""Age, sex and id out of the free text of headers, and no names."""

from time import perf_counter

import pytest

from data.readers.header_text import kept, patient_of


@pytest.mark.parametrize(
    ("lines", "age", "sex"),
    [
        (["<age>: 51", "<sex>: F"], 51, "F"),
        (["Age: 64", "Sex: Male"], 64, "M"),
        (["patient age = 7.5 years", "gender: w"], 7.5, "F"),
        (["69 M 1085 1629 x1", "Aldomet"], 69, "M"),
        (["Alter: 71", "Geschlecht: weiblich"], 71, "F"),
        (["Ålder: 71", "Kön: man"], 71, "M"),
        (["Age: 6 months"], 0.5, None),
        (["Age: 3 weeks"], 0.06, None),
        (["Alter: 12 Tage"], 0.03, None),
        (["Age: 64 M"], 64, None),
        (["Age: NaN", "Sex: Unknown"], None, None),
        (["Age: -1", "Sex: ?"], None, None),
        (["Age: 300"], None, None),
        (["1085 1629 x1"], None, None),
    ],
)
def test_age_and_sex_where_a_person_can_have_them(lines: list[str], age: float | None, sex: str | None) -> None:
    patient = patient_of(lines)
    assert (patient.age, patient.sex) == (age, sex)


@pytest.mark.parametrize("line", ["ID: 4711", "Patient ID: 4711", "subject = 4711", "MRN: 4711", "Pat.-Nr.: 4711", "Fallnummer: 4711"])
def test_an_id_is_known_as_one(line: str) -> None:
    assert patient_of([line]).id == "4711"
    assert kept([line]) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Name: Jane Roe",
        "Patient name = Roe",
        "<name>: Roe",
        "Name Jane Roe",
        "patient_name: Roe",
        "Nachname: Roe",
        "DOB: 1950-01-01",
        "Physician: Dr. Roe",
        "Hausarzt: Roe",
        "Dr. Roe",
        "Patientin Jane Roe",
        "PATIENT JANE ROE",
        "Frau Roe",
        "geb. 01.02.1950",
        "Födelsedatum: 1950-02-01",
        "Efternamn: Roe",
        "MRN 4711",
        "Pat.-Nr. 4711",
        "Personnummer: 19500201-4711",
    ],
)
def test_a_line_that_may_name_a_person_is_dropped(line: str) -> None:
    assert kept([line, "Rhythm: Sinus rhythm."]) == ("Rhythm: Sinus rhythm.",)


def test_a_line_without_a_name_is_kept() -> None:
    lines = (
        "Dx: 426783006",
        "Left ventricular hypertrophy.",
        "Additional diagnoses: Diabetes mellitus",
        "ECG date: 01/10/1990",
        "No: ST elevation",
        "No ST elevation",
        "Patient in sinus rhythm",
        "Number of coronary vessels involved: 1",
        "Case: control",
    )
    assert kept(lines) == lines


def test_a_line_made_to_take_forever_does_not() -> None:
    start = perf_counter()
    kept(["a" + " " * 1_000_000 + "b", "(" * 1_000_000, "Name" * 250_000])

    assert perf_counter() - start < 2
