"""Does a sentence say only what its sources say? One pure function, the same for every writer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.evidence import Evidence, Kind, Sentence, citation_groups, citations, numbers_in, quotes, without_quotes
from agent.facts import number_in_words, wrong_age_of_infarction, wrong_count, wrong_person, wrong_value
from data import Case, Finding
from data.findings.extract import extract

_RANK = {"possible": 0, "probable": 1, "certain": 2}
_CASE = re.compile(r"\bcases?\s+(?:no\.?\s*|number\s*|#)?(\d+)((?:\s*(?:,|and|or|&)\s*#?\d+\b)*)", re.I)
_OF_CASES = re.compile(r"\b(?:cases?|reports?|reported|patients?)\b", re.I)
_ATTRIBUTED = re.compile(r"\b(?:cases?|reports?|reported|states?|stated|denie[sd]|reads?|says?|mentions?|mentioned|patients)\b", re.I)
_LIKE_THIS = re.compile(r"\b(?:closest|nearest|(?:most )?similar|next) to (?:your|this|the|my) (?:ecg|ekg|tracing|recording)\b", re.I)
_THIS = re.compile(
    r"\b(?:your|this|the (?:new|uploaded|query)|my)\s+(?:ecg|ekg|electrocardiogram|tracing|recording|patient|rhythm|heart)\b|"
    r"\bthe patient\b|\byou (?:have|had|may|might|probably|are|show)\b",
    re.I,
)
_ABSENT = re.compile(r"\b(?:none|no|not|without|neither|lacks?|nor|excluded?|denied|absence|absent)\b|n.t\b", re.I)
_NONE_OF = re.compile(r"\b(?:none of|no (?:other |past |similar |closest )*cases?|neither)\b", re.I)
_HEDGED = re.compile(r"\b(?:possibl[ey]|probabl[ey]|likely|suspected|suspicion|maybe|perhaps|may|might|could|cannot be excluded)\b", re.I)
_DEGREES = re.compile(r"\b(?:possible|probable|certain) or (?:possible|probable|certain)\b", re.I)
_ADVICE = re.compile(
    r"\b(?:should|must|recommend\w*|prescrib\w+|administer\w*|dos(?:e|age)s?|\d+\s*mg\b|treat(?:ed|ment)? with|"
    r"needs? (?:\w+ )?(?:treatment|surgery|ablation|pacemaker)|thrombolysis|cardioversion|ambulance|emergency|urgent\w*|immediate\w*|"
    r"start(?:ing)? (?:aspirin|therapy))\b|"
    r"^\W*(?:please )?(?:give|start|begin|initiate|take|stop|call|admit|refer|consider|order|consult)\b",
    re.I,
)
_NOT_MEASURES = re.compile(r"\b(?:12|twelve)[- ]lead\b|\b[34]x4\b", re.I)


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be shown, and why not."""

    supported: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.supported


def checked(text: str, evidence: Evidence, kind: Kind | None = None) -> Sentence:
    """A written sentence with its verdict."""
    verdict = check(text, evidence)
    return Sentence(text, kind or kind_of(text), verdict.supported, verdict.reason)


def kind_of(text: str) -> Kind:
    """What a sentence is about, by its citations and words."""
    if citations(text):
        return "past_cases"
    bare = without_quotes(text)
    if _THIS.search(bare) or (numbers_in(bare) and not _OF_CASES.search(bare)):
        return "this_ecg"
    return "past_cases" if _CASE.search(bare) else "note"


def check(text: str, evidence: Evidence) -> Verdict:
    """Check one sentence against what the tools and the cited reports gave.

    The rules, in order; the first that is broken gives the reason.

    1. A number in brackets, or after "case", is the number of a case of this conversation.
    2. No advice on treatment.
    3. What is quoted is in a cited report, word for word.
    4. A finding is cited, unless it is being defined or denied of all cases shown.
    5. A finding is told of past cases or their reports, never of this ECG on the strength of another patient's report.
    6. Each case cited or named for a finding states it: with the same negation, at least as certainly, as acute or as old.
    7. How many cases report it is how many do; "all", "most" and "only" are true of the cases shown.
    8. An interval, sex or age belongs to whom the sentence is about.
    9. Each other number was given by a tool, or is in a cited report, and is written in digits.

    Parameters
    ----------
    text : one sentence, with its citations as [n]
    evidence : what may be cited in this turn

    Returns
    -------
    Verdict : falsy where the sentence must not be shown
    """
    cited = citations(text)
    bare = without_quotes(text)
    named = _named(bare)
    if unknown := [n for n in (*cited, *named) if n not in evidence.cases]:
        return Verdict(False, f"there is no case {unknown[0]}")
    if _ADVICE.search(bare):
        return Verdict(False, "advice on treatment")
    sources = [evidence.cases[n] for n in dict.fromkeys((*cited, *named))]
    if strange := [quoted for quoted in quotes(text) if not _verbatim(quoted, sources)]:
        return Verdict(False, f"“{strange[0][:40]}” is not in a cited report")
    by_number = {n: evidence.cases[n] for n in (*cited, *named)}
    reason = (
        _claims(bare, cited, tuple(named), evidence)
        or wrong_person(bare, by_number, bool(_ABSENT.search(bare)))
        or wrong_value(bare, by_number, bool(_THIS.search(bare)), evidence)
        or number_in_words(bare)
        or _numbers(bare, sources, named, evidence)
    )
    return Verdict(not reason, reason)


def _named(text: str) -> list[int]:
    """Numbers in "case 4" and "cases 1, 2 and 3"."""
    return [int(n) for match in _CASE.finditer(text) for n in re.findall(r"\d+", match.group(1) + match.group(2))]


def _verbatim(quoted: str, sources: Iterable[Case]) -> bool:
    def plain(text: str) -> str:
        return " ".join(re.sub(r"[“”]", '"', text).casefold().split())

    wanted = plain(quoted.removesuffix("…"))
    return any(wanted in plain(report) for case in sources for report in (case.report, case.english))


def _claims(bare: str, cited: tuple[int, ...], named: tuple[int, ...], evidence: Evidence) -> str:
    """The first finding that its citations do not carry, in words; "" where all are carried."""
    findings = extract(bare)
    if not findings:
        return ""
    if _NONE_OF.search(bare):
        scope = cited or named or evidence.shown
        has = next((n for n in scope for f in findings if f.code in evidence.cases[n].codes), None)
        return f"case {has} does report it" if has else ""
    if not cited:
        loose = next((f for f in findings if f.code not in evidence.defined), None)
        return (
            f"{loose.code} is claimed without a citation" if loose else "" if not _THIS.search(bare) else "a definition is told of this ECG"
        )
    if _THIS.search(_LIKE_THIS.sub("", bare)):
        return f"{findings[0].code} is told of this ECG, but comes from other patients' reports"
    if not _ATTRIBUTED.search(bare):
        return f"{findings[0].code} is not said to be a past case's finding, but comes from other patients' reports"
    denied = bool(_ABSENT.search(bare))
    codes = {finding.code for finding in findings if denied or not finding.negated}
    return (
        _carried(bare, evidence)
        or wrong_count(bare, codes, cited, denied, evidence)
        or wrong_age_of_infarction(bare, [evidence.cases[n] for n in (*cited, *named)])
    )


def _carried(bare: str, evidence: Evidence) -> str:
    groups = citation_groups(bare)
    claimed: list[Finding] = []
    for position, (before, numbers) in enumerate(groups):
        own = extract(before)
        if own:
            claimed = own
        elif not claimed and position + 1 < len(groups):
            claimed = extract(groups[position + 1][0])
        one_is_enough = len(claimed) > 1 and bool(re.search(r"\bor\b", _DEGREES.sub("", before)))
        hedged, denied = bool(_HEDGED.search(before)), bool(_ABSENT.search(before))
        for number in dict.fromkeys((*numbers, *_named(before))):
            wrong = [_missing(finding, denied and bool(own), hedged, number, evidence.cases[number]) for finding in claimed]
            if any(wrong) and not (one_is_enough and not all(wrong)):
                return next(filter(None, wrong))
        if not numbers and own and not any(n for _, n in groups[position + 1 :]) and position and _uncarried(own, groups, evidence):
            return f"{own[0].code} stands behind the citations and is not in them"
    return ""


def _uncarried(own: list[Finding], groups: list[tuple[str, tuple[int, ...]]], evidence: Evidence) -> bool:
    """Whether a finding after the last citation is in none of the cited reports."""
    cited = [evidence.cases[n] for _, numbers in groups for n in numbers]
    return any(not finding.negated and not any(finding.code in case.codes for case in cited) for finding in own)


def _missing(claim: Finding, denied: bool, hedged: bool, number: int, case: Case) -> str:
    stated = [finding for finding in case.findings if finding.code == claim.code]
    if claim.negated or denied:
        return f"case {number} does report {claim.code}" if claim.code in case.codes else ""
    if not stated:
        return f"{claim.code} is not in the report of case {number}"
    if all(finding.negated for finding in stated):
        return f"the report of case {number} says that there is no {claim.code}"
    best = max(_RANK[finding.certainty] for finding in stated if not finding.negated)
    if not hedged and _RANK[claim.certainty] > best:
        return f"{claim.code} is less certain in the report of case {number}"
    return ""


def _numbers(bare: str, sources: Iterable[Case], named: list[int], evidence: Evidence) -> str:
    known = set(evidence.numbers) | {float(n) for n in named} | {float(len(evidence.shown))}
    for case in sources:
        known |= {*numbers_in(case.report), *numbers_in(case.english)}
        known |= {float(round(case.patient.age))} if case.patient.age is not None else set()
    spoken = re.sub(r"\[[\d,; ]+\]", "", _NOT_MEASURES.sub("", bare))
    strange = next((n for n in numbers_in(spoken) if not any(abs(n - k) < 0.006 or abs(abs(n) - abs(k)) < 1e-9 for k in known)), None)
    return "" if strange is None else f"no tool and no cited report gave the number {strange:g}"
