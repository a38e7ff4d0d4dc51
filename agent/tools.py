"""The agent's tools: what any language model may do here. Each returns JSON; reports are in it as quoted data, no id, name or path is.

Cases go by their number in the conversation; a reference may also be "first", "second" ... "last" of the current selection, or "this"
for the ECG of the person who asks.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from agent.casebook import Casebook, NoSuchCaseError, describe_conditions, fulfils
from agent.draft import certain, nothing_similar, offline_sentences, reported
from agent.ecg_tools import EcgTools
from agent.evidence import quote, spoken
from agent.kinds import KINDS, of_kinds
from agent.library.conditions import chroma_where
from agent.measure import FIELDS
from data import Case, Finding
from data.errors import EcgCasesError
from data.findings import STATEMENTS, VOCABULARY
from data.findings.extract import extract

if TYPE_CHECKING:
    from llama_index.core.tools import FunctionTool

Result = dict[str, Any]


class UnknownFindingError(EcgCasesError, ValueError):
    """A finding that is not in the vocabulary."""


class CaseTools:
    """The tools over one `Casebook`. Every method is a tool; its docstring is what a language model reads."""

    def __init__(self, book: Casebook) -> None:
        self.book = book
        self.ecg = EcgTools(book)

    def as_llama_index(self) -> "list[FunctionTool]":
        """The tools as LlamaIndex wants them; a refused call returns its one-line message as the result."""
        from llama_index.core.tools import FunctionTool

        methods = (
            self.search_by_ecg, self.search_by_text, self.open_case, self.compare_cases, self.ecg.measure_ecg, self.ecg.rank_cases,
            self.summarise, self.count_findings, self.list_findings, self.explain_match, self.define, self.ecg.describe_ecg,
            self.ecg.describe_library,
        )  # fmt: skip
        return [FunctionTool.from_defaults(_answering(method), name=method.__name__, description=method.__doc__) for method in methods]

    def search_by_ecg(
        self,
        sex: Literal["F", "M"] | None = None,
        age: dict[str, float] | None = None,
        with_findings: list[str] | None = None,
        without_findings: list[str] | None = None,
        any_finding: bool = False,
        one_of: list[str] | None = None,
        keep_conditions: bool = True,
        same: list[str] | None = None,
        ignore: list[str] | None = None,
        k: int | None = None,
    ) -> Result:
        """Find the past cases whose ECGs are most similar to the person's ECG, under conditions.

        Use it also to narrow the cases shown ("only women over 60"). age: bounds such as {"$gt": 60} or {"$gte": 40, "$lt": 60}.
        Findings are names or SCP-ECG codes; any_finding: one of them is enough; one_of: one of these is wanted, too.
        keep_conditions: the earlier conditions stay.
        same, ignore: kinds of findings, of rhythm, conduction, infarction, hypertrophy, ST changes. same: only cases that report one that
        at least two of the cases shown report. ignore: earlier conditions on findings of this kind are dropped.
        """
        shared = self._shared(same or ())
        conditions = self._conditions(sex, age, with_findings, without_findings, any_finding, keep_conditions)
        for name in ("statement", "not_statement", "any_statement"):
            dropped = of_kinds(conditions.get(name, ()), _kinds(ignore or ()))
            conditions[name] = [code for code in conditions.get(name, ()) if code not in dropped]
        conditions |= {"any_statement": some} if (some := shared or _codes(one_of)) else {}
        conditions = {name: value for name, value in conditions.items() if value}
        if self.book.record is None and not conditions:
            raise NoSuchCaseError("there is no ECG yet: upload one, or search by text")
        words = None if self.book.record else describe_conditions(conditions)
        return self._found(self.book.search(ecg=self.book.record, text=words, conditions=conditions, k=k))

    def search_by_text(
        self,
        text: str,
        sex: Literal["F", "M"] | None = None,
        age: dict[str, float] | None = None,
        with_findings: list[str] | None = None,
        without_findings: list[str] | None = None,
        k: int | None = None,
    ) -> Result:
        """Find past cases whose reports or ECGs fit a description, for example "old inferior infarction with LBBB".

        Conditions are as in search_by_ecg; earlier ones do not apply, and one of the findings is enough.
        """
        conditions = self._conditions(sex, age, with_findings, without_findings, any_finding=True, keep=False)
        return self._found(self.book.search(text=text, conditions=conditions, k=k))

    def open_case(self, case: str) -> Result:
        """Open one past case: age, sex, its report word for word and in English, the findings it states or denies."""
        number = self._past(case)
        opened = self.book.case(number)
        return {
            "case": number,
            **self._person(number),
            "source": opened.source,
            "report": quote(opened.report),
            "in_english": quote(opened.english) if opened.language not in ("", "en") else None,
            "findings": _each_once(opened),
        }

    def compare_cases(self, first: str, second: str) -> Result:
        """Compare two past cases, or the person's ECG ("this") with a case: findings in common and not, measurements side by side."""
        a, b = self.book.resolve(first), self.book.resolve(second)
        result: Result = {"cases": [a, b], "measured": [self.ecg.measured(n, FIELDS) for n in (a, b)]}
        if not (a and b) and (past := a or b):
            stated = self._stated(past, set(reported(self.book.case(past))))
            result |= {"stated": stated, "similarity": round(self.book.cases[past - 1].cosine, 2)}
        if a and b:
            ours, theirs = (set(reported(self.book.case(n))) for n in (a, b))
            result |= {
                "both": _names(ours & theirs),
                "only_first": self._stated(a, ours - theirs),
                "only_second": self._stated(b, theirs - ours),
            }
        return result

    def summarise(self) -> Result:
        """Draft a summary of the person's ECG from its measurements and the cases of the current selection, with citations."""
        if self.book.record is None:
            raise NoSuchCaseError("there is no ECG yet: upload one to have it summarised")
        numbered = self.book.selection
        reason = nothing_similar(self.book.record, list(numbered.values()))
        sentences = offline_sentences(self.book.record, numbered, self.book.measured(0), reason)
        return {"abstained": bool(reason), "sentences": [sentence.text for sentence in sentences if sentence.supported]}

    def count_findings(
        self,
        findings: list[str] | None = None,
        sex: Literal["F", "M"] | None = None,
        age: dict[str, float] | None = None,
        without_findings: list[str] | None = None,
        one_of: list[str] | None = None,
        absent: bool = False,
        cases: list[str] | None = None,
    ) -> Result:
        """Which and how many of the current selection (or of the cases named) report any of the findings, or are of a sex or age.

        without_findings, one_of: only among the cases that report none, or one, of these. absent: the question is which do not.
        """
        codes = _codes(findings)
        numbers = [self._past(n) for n in self.book.resolve_all(cases)]
        conditions = _demographic(sex, age) | {"not_statement": _codes(without_findings), "any_statement": _codes(one_of)}
        fitting = [n for n in numbers if fulfils(self.book.case(n), conditions)]
        having = [n for n in fitting if not codes or self.book.case(n).codes & set(codes)]
        sure = [n for n in having if not codes or any(certain(self.book.case(n), code) for code in codes)]
        return {
            "of": numbers,
            "person": self._person(numbers[0]) if len(numbers) == 1 else None,
            "findings": _names(codes),
            "asked": len(codes),
            "who": describe_conditions(conditions),
            "absent": absent,
            "with": having,
            "uncertain": [n for n in having if n not in sure],
            "without": [n for n in (fitting if codes else numbers) if n not in having],
            "per_finding": {spoken(code): who for code in codes if (who := [n for n in having if code in self.book.case(n).codes])},
        }

    def list_findings(
        self, category: Literal["rhythm", "form", "diagnostic", ""] = "", minority: bool = False, shared: bool = False
    ) -> Result:
        """Count every finding that the current selection reports, most frequent first.

        category: only rhythm, form or diagnostic statements. minority: only those that less than half of the cases report, the dissent.
        shared: only those that at least two report.
        """
        selection = self.book.selection
        holders: dict[str, list[int]] = {}
        for n, hit in selection.items():
            for code in reported(hit.case):
                if not category or category in VOCABULARY[code].category:
                    holders.setdefault(code, []).append(n)
        ranked = sorted(holders.items(), key=lambda pair: -len(pair[1]))
        kept = [(code, who) for code, who in ranked if (not minority or 2 * len(who) < len(selection)) and len(who) > shared]
        rows = [
            {"finding": spoken(code), "cases": who, "uncertain": [n for n in who if not certain(self.book.case(n), code)]}
            for code, who in kept
        ]
        main = next(((code, who) for code, who in ranked if code != "SR" and 2 * len(who) > len(selection)), None)
        lacking = [n for n in selection if n not in main[1]] if main and minority else []
        return {
            "of": list(selection), "category": category, "minority": minority, "findings": rows,
            "main": spoken(main[0]) if main and lacking else "", "without_main": lacking,
        }  # fmt: skip

    def explain_match(self, case: str) -> Result:
        """Why a past case was found: rank and similarity by ECG and by report, and findings it shares with the rest of the selection."""
        number = self._past(case)
        hit = self.book.cases[number - 1]
        others = [n for n in self.book.shown if n != number]
        shared = [
            {"finding": spoken(code), "cases": who}
            for code in reported(hit.case)
            if certain(hit.case, code) and (who := [n for n in others if certain(self.book.case(n), code)])
        ]
        found = [{"by": m.modality, "rank": m.rank, "similarity": round(m.similarity, 2)} for m in hit.matches]
        return {"case": number, "score": round(hit.score, 2), "found": found, "shared": sorted(shared, key=lambda s: -len(s["cases"]))[:3]}

    def define(self, finding: str) -> Result:
        """Define a statement of the vocabulary: its name, kind and class."""
        found = [STATEMENTS[code] for code in _codes([finding])]
        return {"definitions": [{"code": s.code, "name": s.name, "category": list(s.category), "superclass": s.superclass} for s in found]}

    def _shared(self, kinds: Sequence[str]) -> list[str]:
        """Findings of these kinds that at least two of the cases shown report."""
        counts = Counter(code for hit in self.book.selection.values() for code in reported(hit.case))
        shared = of_kinds((code for code, count in counts.items() if count > 1), _kinds(kinds))
        if kinds and not shared:
            raise NoSuchCaseError(f"no two of the cases shown report the same {' or '.join(kinds)}, so there is nothing to keep")
        return shared

    def _past(self, reference: str | int) -> int:
        number = self.book.resolve(reference)
        if not number:
            raise NoSuchCaseError("that is the person's own ECG, wanted the number of a past case")
        return number

    def _conditions(
        self,
        sex: str | None,
        age: Mapping[str, float] | None,
        having: list[str] | None,
        lacking: list[str] | None,
        any_finding: bool,
        keep: bool,
    ) -> dict[str, Any]:
        """Conditions for the next search; a finding asked for anew replaces its opposite."""
        kept = dict(self.book.conditions) if keep else {}
        kept |= _demographic(sex, age)
        with_codes, without_codes = _codes(having), _codes(lacking)
        if any_finding and len(with_codes) > 1:
            kept["any_statement"], with_codes = with_codes, []
        for name, opposite, codes in (("statement", "not_statement", with_codes), ("not_statement", "statement", without_codes)):
            kept[name] = list(dict.fromkeys([*kept.get(name, ()), *codes]))
            kept[opposite] = [code for code in kept.get(opposite, ()) if code not in codes]
        return {name: value for name, value in kept.items() if value}

    def _found(self, numbers: Sequence[int]) -> Result:
        rows = [
            {"case": n, **self._person(n), "findings": self._stated(n, set(reported(self.book.case(n)))),
             "similarity": round(self.book.cases[n - 1].cosine, 2)}
            for n in numbers
        ]  # fmt: skip
        return {"conditions": describe_conditions(self.book.conditions), "found": rows}

    def _person(self, number: int) -> Result:
        patient = self.book.case(number).patient
        return {"sex": patient.sex, "age": None if patient.age is None else round(patient.age)}

    def _stated(self, number: int, codes: set[str]) -> list[dict[str, Any]]:
        case = self.book.case(number)
        return [{"name": spoken(code), "certain": certain(case, code)} for code in reported(case) if code in codes]


def parsed(content: str) -> Result:
    """A tool's JSON; {"error": ...} for anything else, as LlamaIndex words a call that failed."""
    try:
        result = json.loads(content)
    except json.JSONDecodeError:
        result = None
    return result if isinstance(result, dict) else {"error": "a tool failed"}


def _answering(method: Callable[..., Result]) -> Callable[..., str]:
    """The tool as JSON text; a refusal of ours becomes {"error": message}."""
    from functools import wraps

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> str:
        try:
            result = method(*args, **kwargs)
        except EcgCasesError as error:
            result = {"error": str(error)}
        return json.dumps({"tool": method.__name__, **result}, ensure_ascii=False)

    call.__annotations__ = {**method.__annotations__, "return": str}
    return call


def _each_once(case: Case) -> list[Result]:
    """Findings as stated, each as certainly as it is said anywhere in the report; what is affirmed somewhere is not denied."""
    rank = ("certain", "probable", "possible")
    best: dict[str, Finding] = {}
    for finding in sorted(case.findings, key=lambda f: (f.negated, rank.index(f.certainty))):
        if finding.code in STATEMENTS:
            best.setdefault(finding.code, finding)
    order = dict.fromkeys(finding.code for finding in case.findings if finding.code in best)
    return [{"name": spoken(code), "negated": best[code].negated, "certainty": best[code].certainty} for code in order]


def _names(codes: Sequence[str] | set[str]) -> list[str]:
    return [spoken(code) for code in STATEMENTS if code in codes]


def _demographic(sex: str | None, age: Mapping[str, float] | None) -> dict[str, Any]:
    """Conditions on the person; raises `ConditionError`, which names what is allowed, for what a language model made up."""
    conditions: dict[str, Any] = ({"sex": sex} if sex else {}) | ({"age": age} if age else {})
    chroma_where(conditions)
    return conditions if not age or isinstance(age, Mapping) else conditions | {"age": {"$eq": age}}


def _kinds(names: Iterable[str]) -> list[str]:
    """Kinds of findings as `KINDS` names them; raises `UnknownFindingError` for what is none."""
    known = {kind.casefold(): kind for kind in KINDS}
    if strange := [name for name in names if name.casefold() not in known]:
        raise UnknownFindingError(f"{strange[0][:40]!r} is no kind of finding: wanted {', '.join(KINDS)}")
    return [known[name.casefold()] for name in names]


def _codes(findings: list[str] | None) -> list[str]:
    """Codes of findings given as codes or in words.

    Raises
    ------
    UnknownFindingError : a finding that the vocabulary does not have
    """
    codes: list[str] = []
    for finding in findings or ():
        found = [finding.upper()] if finding.upper() in STATEMENTS else [f.code for f in extract(finding) if f.code in STATEMENTS]
        if not found:
            raise UnknownFindingError(f"{finding[:60]!r} is not in the vocabulary of {len(STATEMENTS)} statements: name one such as LBBB")
        codes += found
    return list(dict.fromkeys(codes))
