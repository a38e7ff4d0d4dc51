"""What the free text of a file's header says of the patient; lines that could name a person are dropped here."""

import re
from collections.abc import Iterable

from data.record import Patient

_PAIR = re.compile(r"<?\s*([\w ./()-]{1,40}?)\s*>?\s*[:=]\s*(.*)")
_MITDB = re.compile(r"(\d{1,3})\s+([MF])\b")  # MIT-BIH: "69 M 1085 1629 x1"
_AGE = re.compile(  # a lone "m" or "w" is more often a sex
    r"(\d+(?:\.\d+)?)\s*(?:(?:(?P<D>d|days?|tage?|dagar?)|(?P<W>wks?|weeks?|wochen?|veck\w+)|(?P<M>mos?|months?|monate?|mån\w*))\b)?",
    re.IGNORECASE,
)
_NUMBER = r"(?:id|identifier|number|nummer|no|nr)\.?"
_WHOSE = r"(?:patient(?:en|in|s)?|pat|subject|case|fall|medical[ _]record|personal|person|journal|versicherten)"
_ID = re.compile(rf"{_WHOSE}[ _.-]*{_NUMBER}|patient(?:in)?|pat\.?|subject|mrn|pid|ssn|personnummer|personnr", re.IGNORECASE)
_BARE_ID = re.compile(_NUMBER, re.IGNORECASE)
_WITH_ID = re.compile(rf"(?:{_ID.pattern}|{_NUMBER})[ .#]*\d\S*", re.IGNORECASE)  # "MRN 4711"
_PERSON = re.compile(
    r"\b(?:(?:sur|last|first|family|given|patient)?[ _]?name|(?:nach|vor|familien)name|(?:efter|för)?namn|nom|nombre|apellidos?|imi?[eę]"
    r"|nazwisko|birth\w*|date of birth|dob|geb|geboren|geburts\w+|född|födelse\w+|address|anschrift|adress\w*|phone|telephone|telefon\w*"
    r"|e-?mail|physician|doctor|\w*arzt|\w*ärztin|läkare|operator|technician|referr\w+|accession\w*|insurance\w*)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(  # "Patientin Anna Schmidt", "Dr. Roe"
    r"(?:[Pp]atient(?:in|en)?|PATIENT(?:IN)?|Pat\.?)(?:,? [A-ZÅÄÖÜ][\w'-]+){2,3}"
    r"|(?:Herr|Frau|Mr|Mrs|Ms|Miss|Dr|Prof)\.?(?:,? [A-ZÅÄÖÜ][\w'.-]+){1,3}"
)
_MEANT = {  # keys of headers to fields of `Patient`
    "age": "age", "patient age": "age", "alter": "age", "ålder": "age",
    "sex": "sex", "patient sex": "sex", "gender": "sex", "geschlecht": "sex", "kön": "sex",
}  # fmt: skip
PERSONAL = frozenset(_MEANT)
PER_YEAR = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}  # days, weeks, months, years
_FEMALE = {"f", "female", "w", "woman", "weiblich", "kvinna"}
_MALE = {"m", "male", "man", "männlich", "maennlich"}


def pair(line: str) -> tuple[str, str] | None:
    """Key and value of a header line such as "Age: 64", "<age>: 64" or "fs = 500"; the key in lower case."""
    match = _PAIR.fullmatch(" ".join(line.split()))  # runs of blanks would cost their length squared
    return (match[1].strip().lower(), match[2].strip()) if match else None


def age_in_years(written: str) -> float | None:
    """The age where it is one that a person can have; months, weeks and days are parts of a year.

    >>> [age_in_years(written) for written in ("64", "7.5 years", "6 months", "300")]
    [64.0, 7.5, 0.5, None]
    """
    match = _AGE.match(written.strip())
    if match is None:
        return None
    age = float(match[1]) / PER_YEAR[match.lastgroup or "Y"]
    return round(age, 2) if age <= 120 else None


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
        name = "id" if _ID.fullmatch(key) or _BARE_ID.fullmatch(key) else _MEANT.get(key, key)
        found.setdefault(name, value)
    return Patient(id=found.get("id") or None, age=age_in_years(found.get("age", "")), sex=sex_code(found.get("sex", "")))


def kept(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that name nobody, see `names_a_person`."""
    return tuple(line for line in lines if line and not names_a_person(line))


def names_a_person(line: str) -> bool:
    """Whether a line is headed as a name, a birth date, a staff member, a way of contact or an id, or is nothing but one of these.

    Names within a sentence are not seen.
    """
    key, value = pair(line) or (" ".join(line.lower().split()[:2]), "")
    if _PERSON.search(key) or (value and _ID.fullmatch(key)):
        return True
    if value:
        return bool(_BARE_ID.fullmatch(key)) and any(map(str.isdigit, value))  # not "No: ST elevation"
    plain = " ".join(line.split())
    return bool(_WITH_ID.fullmatch(plain) or _ADDRESSED.fullmatch(plain))
