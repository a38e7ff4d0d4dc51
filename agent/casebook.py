"""What one conversation has on the table: the ECG, every case met with its number, and the current selection."""

import operator
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.evidence import spoken
from agent.hits import CaseHit
from agent.measure import Measurements, measure
from data import Case, EcgRecord
from data.errors import EcgCasesError

if TYPE_CHECKING:
    from agent.library import CaseLibrary

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_THIS = ("0", "this", "this ecg", "my ecg", "your ecg", "mine")


class NoSuchCaseError(EcgCasesError, LookupError):
    """A case was asked for that this conversation does not have."""


class Casebook:
    """The cases of one conversation. A number once given never changes; 0 stands for the ECG itself."""

    def __init__(self, library: "CaseLibrary", record: EcgRecord | None = None, k: int = 10) -> None:
        self.library = library
        self.k = k
        self.cases: list[CaseHit] = []
        self.shown: list[int] = []
        self.conditions: dict[str, Any] = {}
        self._measured: dict[int, Measurements] = {}
        self.record = record

    def begin(self, record: EcgRecord) -> list[CaseHit]:
        """A new ECG, a new table: search it and number what is found."""
        self.cases, self.shown, self.conditions, self._measured, self.record = [], [], {}, {}, record
        self.search(ecg=record)
        return list(self.cases)

    def search(
        self, *, ecg: EcgRecord | None = None, text: str | None = None, conditions: Mapping[str, Any] | None = None, k: int | None = None
    ) -> list[int]:
        """Search the library; the hits become the selection, the conditions the present ones. Returns the numbers, best first."""
        where, k = dict(conditions or {}), k or self.k
        wanted = where.pop("any_statement", None)  # the library knows only "all of them": one search each
        wheres = [where | {"statement": [*where.get("statement", ()), code]} for code in wanted] if wanted else [where]
        patient = self.record.patient.id if self.record else None
        hits = [hit for each in wheres for hit in self.library.search(ecg=ecg, text=text, k=k, where=each or None, exclude_patient=patient)]
        if wanted:
            hits = list({hit.case.case_id: hit for hit in sorted(hits, key=_closeness, reverse=True)}.values())[:k]
        self.conditions = dict(conditions or {})
        self.shown = [self._meet(hit) for hit in hits]
        return list(self.shown)

    def _meet(self, hit: CaseHit) -> int:
        known = {met.case.case_id: n for n, met in self.numbered.items()}
        number = known.get(hit.case.case_id)
        if number is None:
            self.cases.append(hit)
            return len(self.cases)
        return number

    @property
    def numbered(self) -> dict[int, CaseHit]:
        """Every case met, by its number."""
        return dict(enumerate(self.cases, start=1))

    @property
    def selection(self) -> dict[int, CaseHit]:
        """The current selection, best first."""
        return {n: self.cases[n - 1] for n in self.shown}

    def case(self, number: int) -> Case:
        return self.cases[number - 1].case

    def measured(self, number: int) -> Measurements:
        """Measurements of the ECG (0) or of a case, made once."""
        if number not in self._measured:
            if number == 0 and self.record is None:
                raise NoSuchCaseError("there is no ECG yet: upload one, then ask again")
            record = self.record if number == 0 else self.case(number).record
            assert record is not None
            self._measured[number] = measure(record)
        return self._measured[number]

    @property
    def known_measurements(self) -> Mapping[int, Measurements]:
        """What has been measured so far, by the number of the case, 0 for the ECG."""
        return dict(self._measured)

    def resolve(self, reference: str | int) -> int:
        """The number that a reference means: "4", "#4", "second", "last", "this".

        An ordinal counts within the current selection, a number is a case's own.

        Raises
        ------
        NoSuchCaseError : names the cases there are
        """
        word = str(reference).strip().lower()
        if word in _THIS:
            return 0
        if word in ("last", *_ORDINALS):
            position = len(self.shown) - 1 if word == "last" else _ORDINALS.index(word)
            if 0 <= position < len(self.shown):
                return self.shown[position]
            raise NoSuchCaseError(f"there is no {word} case: {self._there_are()}")
        digits = re.search(r"\d+", word)
        if digits and 0 < int(digits.group()) <= len(self.cases):
            return int(digits.group())
        raise NoSuchCaseError(f"there is no case {f'with the number {digits.group()}' if digits else repr(word)}: {self._there_are()}")

    def resolve_all(self, references: Sequence[str | int] | None) -> list[int]:
        """Numbers of the references, or the current selection where there are none."""
        if not references or list(references) == ["all"]:
            return list(self.shown)
        return list(dict.fromkeys(map(self.resolve, references)))

    def _there_are(self) -> str:
        return f"cases 1 to {len(self.cases)} are on the table" if self.cases else "no case has been looked up yet"


def _closeness(hit: CaseHit) -> float:
    """Comparable between searches, which the fused score is not."""
    return max(match.similarity for match in hit.matches)


def fulfils(case: Case, conditions: Mapping[str, Any]) -> bool:
    """Whether a case meets conditions on sex, age and statements, as the library's search means them."""
    compare = {"$eq": operator.eq, "$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}
    age = case.patient.age
    bounds = conditions.get("age", {})
    return (
        ("sex" not in conditions or case.patient.sex == conditions["sex"])
        and (not bounds or (age is not None and all(compare[op](age, bound) for op, bound in bounds.items())))
        and set(conditions.get("statement", ())) <= case.codes
        and (not conditions.get("any_statement") or bool(set(conditions["any_statement"]) & case.codes))
        and not set(conditions.get("not_statement", ())) & case.codes
    )


def describe_conditions(conditions: Mapping[str, Any]) -> str:
    """Conditions in words: "women, aged over 60, with atrial fibrillation"."""
    words = {"$eq": "just", "$gt": "over", "$gte": "at least", "$lt": "under", "$lte": "at most"}
    parts = [{"F": "women", "M": "men"}[conditions["sex"]]] if "sex" in conditions else []
    parts += [f"aged {words[op]} {bound:g}" for op, bound in conditions.get("age", {}).items()]
    parts += [f"with {spoken(code)}" for code in conditions.get("statement", ())]
    if some := conditions.get("any_statement", ()):
        parts.append(f"with {' or '.join(map(spoken, some))}" if len(some) < 4 else f"with one of {len(some)} statements of that kind")
    lacking = conditions.get("not_statement", ())
    parts += [f"without {spoken(code)}" for code in lacking] if len(lacking) < 4 else [f"without any of {len(lacking)} statements"]
    return ", ".join(parts)
