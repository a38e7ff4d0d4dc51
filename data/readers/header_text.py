"""What the free text of a file's header says of the patient; lines that could name a person are dropped here."""

import re
from collections.abc import Iterable
from math import isfinite

from data.record import Patient

_PAIR = re.compile(r"<?\s*([\w ./()-]{1,40}?)\s*>?\s*[:=]\s*(.*)", re.DOTALL)
_MITDB = re.compile(r"(\d{1,3})\s+([MF])\b")  # MIT-BIH: "69 M 1085 1629 x1"
_ID = re.compile(
    r"(?:(?:patient|subject|case|medical record)[ _.-]*)?(?:id|identifier|number|nr|no)|patient|subject|mrn|pid|ssn", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b(?:(?:sur|last|first|family|given|patient)?[ _]?name|nachname|vorname|nom|nombre|apellidos?|imi?[eę]|nazwisko"
    r"|birth[ _]?date|date of birth|dob|geburtsdatum|address|phone|telephone|e-?mail|physician|doctor|operator|technician|referr\w+)\b",
    re.IGNORECASE,
)
_FEMALE = {"f", "female", "w", "woman", "weiblich", "kvinna"}
_MALE = {"m", "male", "man", "männlich", "maennlich"}


def pair(line: str) -> tuple[str, str] | None:
    """Key and value of a header line such as "Age: 64", "<age>: 64" or "fs = 500"; the key in lower case."""
    match = _PAIR.fullmatch(line.strip())
    return (match[1].strip().lower(), match[2].strip()) if match else None


def age_in_years(written: str) -> float | None:
    """The age where it is one that a person can have."""
    match = re.match(r"(\d+(?:\.\d+)?)", written.strip())
    age = float(match[1]) if match else None
    return age if age is not None and isfinite(age) and age <= 120 else None


def sex_code(written: str) -> str | None:
    """ "F", "M", or None for anything else."""
    word = written.strip().lower()
    return "F" if word in _FEMALE else "M" if word in _MALE else None


def patient_of(lines: Iterable[str]) -> Patient:
    """Age, sex and id, as far as the lines state them."""
    found: dict[str, str] = {}
    for line in lines:
        key_value = pair(line)
        if key_value is None:
            if short := _MITDB.match(line.strip()):
                found.setdefault("age", short[1])
                found.setdefault("sex", short[2])
            continue
        key, value = key_value
        name = "id" if _ID.fullmatch(key) else {"gender": "sex", "patient age": "age", "patient sex": "sex"}.get(key, key)
        found.setdefault(name, value)
    return Patient(id=found.get("id") or None, age=age_in_years(found.get("age", "")), sex=sex_code(found.get("sex", "")))


def kept(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that name nobody: those headed as a name, a birth date, a staff member, a way of contact or an id are left out."""
    return tuple(line for line in lines if line and not _headed_as_person(line))


def _headed_as_person(line: str) -> bool:
    key_value = pair(line)
    key = key_value[0] if key_value else " ".join(line.lower().split()[:2])
    return bool(_PERSON.search(key)) or (key_value is not None and bool(_ID.fullmatch(key)))
