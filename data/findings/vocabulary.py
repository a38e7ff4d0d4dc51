"""The vocabulary: the 71 SCP-ECG statements of PTB-XL, what reports name beyond them, and how they word it.

`vocabulary.csv` is meant to be extended by whoever knows ECGs. One line a statement: `english`, `german` and `swedish` hold
wordings separated by ";". `infar*` is any word that begins so, `old|alt` either word, and "?" behind a wording says that it
is only a suspicion of the statement. The longest wording that fits wins. The category says what a line is: "diagnostic",
"form" or "rhythm" an SCP-ECG statement, "further" a finding that SCP-ECG has no statement for, "age" the age of an infarction.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from data.errors import DataSetError

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")

_COLUMNS = ("code", "name", "category", "superclass", "subclass", "english", "german", "swedish")
_SCP = ("diagnostic", "form", "rhythm")
_CATEGORIES = (*_SCP, "further", "age")


@dataclass(frozen=True)
class Statement:
    """What a report can state. Names and classes of SCP-ECG statements follow PTB-XL's scp_statements.csv (Wagner et al. 2020)."""

    code: str
    name: str
    category: tuple[str, ...]  # of "diagnostic", "form", "rhythm", some of two kinds; or "further" or "age"
    superclass: str  # one of `SUPERCLASSES`; "" where it is not diagnostic
    subclass: str
    synonyms: Mapping[str, tuple[str, ...]]  # language to wordings

    @property
    def wordings(self) -> tuple[str, ...]:
        """The name and the wordings of every language."""
        return (self.name, *(wording for wordings in self.synonyms.values() for wording in wordings))


def read_table(name: str) -> list[dict[str, str]]:
    """A table of this package, one dict a line.

    Raises
    ------
    DataSetError : a line with more or fewer cells than the heading
    """
    text = files("data.findings").joinpath(name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), restkey="*", restval="*"))
    for number, row in enumerate(rows, start=2):
        if "*" in row or "*" in row.values():
            raise DataSetError(f"{name} line {number}: wanted as many cells as the heading has; quote a cell that holds a comma")
    return rows


def parse_statement(row: Mapping[str, str], where: str) -> Statement:
    """One line of the table.

    Raises
    ------
    DataSetError : a missing column, code or name, an unknown category or class, a wording that could never be found
    """
    if missing := [column for column in _COLUMNS if column not in row]:
        raise DataSetError(f"{where}: no column {', '.join(missing)}")
    category = tuple(row["category"].split())
    if not row["code"] or not row["name"]:
        raise DataSetError(f"{where}: a statement needs a code and a name")
    if not category or not set(category) <= set(_CATEGORIES):
        raise DataSetError(f"{where}: category is {row['category']!r}, wanted some of {', '.join(_CATEGORIES)}")
    if ("diagnostic" in category) != (row["superclass"] in SUPERCLASSES):
        wanted = f"one of {', '.join(SUPERCLASSES)} for a diagnostic statement, else none"
        raise DataSetError(f"{where}: superclass is {row['superclass']!r}, wanted {wanted}")
    synonyms = {
        language: tuple(wording.strip() for wording in row[column].split(";") if wording.strip())
        for language, column in (("en", "english"), ("de", "german"), ("sv", "swedish"))
    }
    for wording in (wording for wordings in synonyms.values() for wording in wordings):
        if not all(any(map(str.isalnum, word)) or word == "&" for word in wording.split()) or re.search(r"(?<!\w\w)\*", wording):
            raise DataSetError(f"{where}: {wording!r} cannot be found: wanted words, with * only behind two letters or more")
    return Statement(row["code"], row["name"], category, row["superclass"], row["subclass"], synonyms)


@cache
def _statements() -> Mapping[str, Statement]:
    statements: dict[str, Statement] = {}
    for number, row in enumerate(read_table("vocabulary.csv"), start=2):
        statement = parse_statement(row, f"vocabulary.csv line {number}")
        if statement.code in statements:
            raise DataSetError(f"vocabulary.csv line {number}: {statement.code} is there twice")
        statements[statement.code] = statement
    return statements


class _Vocabulary(Mapping[str, Statement]):
    """Code to statement, of some categories; the table is read and checked when first used."""

    def __init__(self, *categories: str) -> None:
        self._categories = frozenset(categories)

    def __getitem__(self, code: str) -> Statement:
        statement = _statements()[code]
        if not self._categories.intersection(statement.category):
            raise KeyError(code)
        return statement

    def __iter__(self) -> Iterator[str]:
        return (code for code, statement in _statements().items() if self._categories.intersection(statement.category))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_infarction(code: str) -> bool:
    """Whether a code is a statement of the superclass MI."""
    return code in _statements() and _statements()[code].superclass == "MI"


VOCABULARY: Mapping[str, Statement] = _Vocabulary(*_SCP)  # the 71 of SCP-ECG
FURTHER: Mapping[str, Statement] = _Vocabulary("further")
STATEMENTS: Mapping[str, Statement] = _Vocabulary(*_SCP, "further")  # every code that a finding can have
AGES: Mapping[str, Statement] = _Vocabulary("age")
