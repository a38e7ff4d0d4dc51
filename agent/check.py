"""Does a sentence say only what its sources say? One pure function, the same for every writer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.evidence import Evidence, Kind, Sentence, citation_groups, citations, numbers_in, quotes, without_quotes
from agent.facts import (
    PERCENT,
    PERSON,
    number_in_words,
    without_voltages,
    wrong_age_of_infarction,
    wrong_count,
    wrong_person,
    wrong_similarity,
    wrong_unit,
    wrong_value,
    wrong_voltage,
)
from agent.identity import without_identity
from agent.places import wrong_place
from agent.prompts import repeats_prompt
from agent.terms import strange_term
from data import Case, Finding
from data.findings import Certainty
from data.findings.extract import extract

_RANK = {"possible": 0, "probable": 1, "certain": 2}
_CASE = re.compile(r"\bcases?\s+(?:no\.?\s*|number\s*|#)?(\d+)((?:\s*(?:,|and|or|&)\s*#?\d+\b)*)", re.I)
_OF_CASES = re.compile(r"\b(?:cases?|reports?|reported|patients?)\b", re.I)
_ATTRIBUTED = re.compile(r"\b(?:cases?|reports?|reported|states?|stated|denie[sd]|reads?|says?|mentions?|mentioned|patients)\b", re.I)
_LIKE_THIS = re.compile(
    r"\b(?:closest|nearest|(?:most |least |more |less )?similar|similarity|close|next|compared|beside) (?:to |with )?"
    r"(?:your|this|the|my)(?: (?:new|uploaded|query|present))? (?:ecg|ekg|tracing|recording)\b|"
    r"\b(?:ecgs?|tracings?) (?:like|similar to) (?:yours|this one|mine)\b",
    re.I,
)
_ECG = r"(?:ecg|ekg|electrocardiogram|tracing|trace|recording|strip|study)"
_THIS = re.compile(
    r"\b(?:your|this|our|my|the (?:new|uploaded|query|present|current|index|submitted|given))\s+(?:\w+\s+)?"
    rf"(?:{_ECG}|patient|person|rhythm|heart)\b|"
    rf"\b(?:your|my) (?:report|findings?|diagnosis|impression)\b|\b{_ECG} (?:at hand|in question|above)\b|"
    r"\bthe (?:ecg|ekg|tracing|recording)\b(?! of (?:case|the))|"
    r"\bthe patient\b(?! (?:of|in|from|behind|with) (?:case|the (?:closest|report)))|"
    r"\byou (?:have|had|may|might|probably|are|were|show|suffer)\b",
    re.I,
)
_JUDGED = re.compile(
    r"\b(?:ab)?normal\b|\b(?:healthy|fine|unremarkable|dangerous|benign|harmless|serious|worrying|reassuring|alarming|concerning|suspicious|"
    r"critical|severe|life-threatening|(?:ir)?regular(?:ly)?|wide(?:ned)?|broad(?:ened)?|narrow|prolonged|shortened|fast|slow|rapid|elevated|"
    r"raised|depressed|inverted|flattened|tall|notched|biphasic|deviated|bradycardic|tachycardic|pathologic(?:al)?|same \w+)\b",
    re.I,
)
_ABSENT = re.compile(
    r"\b(?:none|no|not|without|neither|lacks?|lacking|nor|excludes?|excluded|den(?:y|ies|ied)|absen(?:t|ce)|"
    r"rul(?:es|ed) out|free of|never)\b|n['\u2019]t\b",
    re.I,
)
_NONE_OF = re.compile(r"\b(?:none of|no (?:other |past |similar |closest )*cases?|neither)\b", re.I)
_HEDGED = re.compile(r"\b(?:possibl[ey]|probabl[ey]|likely|suspected|suspicion|maybe|perhaps|may|might|could|cannot be excluded)\b", re.I)
_DEGREES = re.compile(r"\b(?:possible|probable|certain) or (?:possible|probable|certain)\b", re.I)
_ADVICE = re.compile(
    r"\b(?:(?:treatment|therapy) (?:is|was) (?:not )?(?:needed|necessary|required)|no (?:treatment|therapy)|"
    r"should|must|recommend\w*|prescrib\w+|administer\w*|dos(?:e|age)s?|\d+\s*mg\b|treat(?:ed|ment)? with|"
    r"needs? (?:\w+ )?(?:treatment|surgery|ablation|pacemaker)|thrombolysis|cardioversion|ambulance|emergency|urgent\w*|immediate\w*|"
    r"start(?:ing)? (?:aspirin|therapy))\b|"
    r"^\W*(?:please )?(?:give|start|begin|initiate|take|stop|call|admit|refer|consider|order|consult)\b",
    re.I,
)
_MAY_SAY = re.compile(  # how a sentence begins that only says what its writer can and cannot do, or that nothing was found
    r"^\W*(?:(?:i|i.m|we|you (?:can|may|could)|please|sorry|that did not)\b|"
    r"(?:no|none|neither|nothing|0|zero|there (?:is|are|was|were) no)\b.*\b(?:cases?|reports?|findings?|library|ecg)\b|"
    r"(?:the|these|those|all|both|of the|cases?)\b.*\b(?:nothing|none|no|not|cannot)\b)",
    re.I | re.S,
)
_RECOGNISED = re.compile(rf"\b(?:(?:very|same|identical) {_ECG}|{_ECG} is (?:that )?(?:of|from) case)\b", re.I)
_MARKUP = re.compile(r"<\s*[/!a-z]|&#?\w+;|\{\s*[\"'%{]|\]\(|https?:|javascript:|[$`]", re.I)
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
    2. No advice on treatment, nothing of the instructions that a language model was given, no words of a report as its own.
    3. What is quoted is in a cited report, word for word, and is told of the case.
    4. A finding is cited, unless it is being defined or denied of all cases shown.
    5. A finding is told of past cases or their reports, never of this ECG on the strength of another patient's report.
    6. Each case cited or named for a finding states it: with the same negation, at least as certainly, as acute or as old.
    7. It states it in the leads, at the wall and on the side that the sentence says.
    8. A clinical term beyond the vocabulary is in the cited report.
    9. How many cases report it is how many do; "all", "most" and "only" are true of the cases shown.
    10. An interval, voltage, similarity, sex or age belongs to whom the sentence is about; nobody's age and no judgement is told of this
        ECG.
    11. Each other number was given by a tool, or is in a cited report, with its unit, and is written in digits.
    12. What cites nothing measures, defines, denies or refuses something, or says what can be asked: nothing else is shown.

    What a tool said in words (`Evidence.notes`) may be repeated as it is; that a case holds the very recording may only be said so.

    Parameters
    ----------
    text : one sentence, with its citations as [n]
    evidence : what may be cited in this turn

    Returns
    -------
    Verdict : falsy where the sentence must not be shown
    """
    cited = citations(text)
    quoted = quotes(text)
    bare = without_quotes(text)
    for note in evidence.notes:
        bare = re.sub(rf"(?<!\w){re.escape(note)}(?!\w)", "", bare)
    named = tuple(_named(bare))
    if unknown := [n for n in (*cited, *named) if n not in evidence.cases]:
        return Verdict(False, f"there is no case {unknown[0]}")
    if _ADVICE.search(bare):
        return Verdict(False, "advice on treatment")
    by_number = {n: evidence.cases[n] for n in dict.fromkeys((*cited, *named))}
    sources = list(by_number.values())
    about_this, denied = bool(_THIS.search(_LIKE_THIS.sub("", bare))), bool(_ABSENT.search(bare))
    reason = (
        repeats_prompt(text)
        or ("markup or an address" if _MARKUP.search(bare) else "")
        or ("no tool recognised this recording in a case" if about_this and sources and _RECOGNISED.search(bare) else "")
        or ("" if sources else _repeats_report(bare, evidence))
        or _quoted(quoted, sources, about_this)
        or _claims(bare, cited, named, about_this, evidence)
        or ("" if denied and sources else strange_term(bare, sources))
        or _told_of_this(bare, about_this)
        or wrong_person(bare, by_number, denied)
        or wrong_value(bare, by_number, bool(_THIS.search(bare)), evidence)
        or wrong_unit(bare, by_number, bool(_THIS.search(bare)), evidence)
        or wrong_voltage(bare, by_number, bool(_THIS.search(bare)), evidence)
        or wrong_similarity(bare, by_number, evidence)
        or number_in_words(bare)
        or _numbers(bare, sources, named, evidence)
        or ("" if sources or bare != without_quotes(text) else _idle(bare, evidence))
    )
    return Verdict(not reason, reason)


def _idle(bare: str, evidence: Evidence) -> str:
    """Whether a sentence that cites nothing neither measures, defines, denies, refuses nor says what can be asked."""
    defines = any(finding.code in evidence.defined for finding in extract(bare))
    measures = bool(numbers_in(bare)) and not _OF_CASES.search(bare)
    return "" if defines or measures or _MAY_SAY.search(bare) else "it rests on nothing that a tool or a report gave"


def _repeats_report(bare: str, evidence: Evidence) -> str:
    """Whether a sentence that cites nothing is the words of a report, which may be an order that was obeyed."""
    said = " ".join(re.findall(r"\w+", bare.casefold()))
    if said and any(f" {said} " in f" {words} " for words in map(_words_of, evidence.cases.values())):
        return "the words of a report, not quoted as such"
    return ""


def _words_of(case: Case) -> str:
    return " ".join(re.findall(r"\w+", f"{case.report} {case.english}".casefold()))


def _quoted(quoted: Sequence[str], sources: Sequence[Case], about_this: bool) -> str:
    if strange := next((words for words in quoted if not _verbatim(words, sources)), ""):
        return f"“{strange[:40]}” is not in a cited report"
    return "another patient's report is told as this ECG's" if quoted and about_this else ""


def _told_of_this(bare: str, about_this: bool) -> str:
    """What no tool can have said of this ECG or its patient; "" where there is nothing such."""
    if not about_this:
        return ""
    if person := PERSON.search(bare):
        return f"“{person.group()}” is told of this ECG's patient, of whom no tool says anything"
    if judged := _JUDGED.search(bare):
        return f"“{judged.group()}” is a judgement of this ECG that no tool gave"
    return ""


def _named(text: str) -> list[int]:
    """Numbers in "case 4" and "cases 1, 2 and 3"."""
    return [int(n) for match in _CASE.finditer(text) for n in re.findall(r"\d+", match.group(1) + match.group(2))]


def _verbatim(quoted: str, sources: Iterable[Case]) -> bool:
    def plain(text: str) -> str:
        return " ".join(re.sub(r"[“”]", '"', text).casefold().split())

    wanted = plain(quoted.removesuffix("…"))
    reports = (report for case in sources for report in (case.report, case.english))
    return any(wanted in plain(text) for report in reports for text in (report, without_identity(report)))


def _claims(bare: str, cited: tuple[int, ...], named: tuple[int, ...], about_this: bool, evidence: Evidence) -> str:
    """The first finding that its citations do not carry, in words; "" where all are carried."""
    findings = extract(bare)
    if not findings:
        return wrong_place(without_voltages(bare), {n: evidence.cases[n] for n in cited}) if cited and not _ABSENT.search(bare) else ""
    if _NONE_OF.search(bare):
        scope = cited or named or evidence.shown
        has = next((n for n in scope for f in findings if f.code in evidence.cases[n].codes), None)
        return f"case {has} does report it" if has else ""
    if not cited:
        loose = next((f for f in findings if f.code not in evidence.defined), None)
        return (
            f"{loose.code} is claimed without a citation" if loose else "" if not _THIS.search(bare) else "a definition is told of this ECG"
        )
    if about_this:
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
        hedge, denied = _hedge(before), bool(_ABSENT.search(before))
        for number in dict.fromkeys((*numbers, *_named(before))):
            wrong = [_missing(finding, denied and bool(own), hedge, number, evidence.cases[number]) for finding in claimed]
            if any(wrong) and not (one_is_enough and not all(wrong)):
                return next(filter(None, wrong))
        if not (denied or one_is_enough) and (place := wrong_place(before, {n: evidence.cases[n] for n in numbers})):
            return place
        if not numbers and own and not any(n for _, n in groups[position + 1 :]) and position and _uncarried(own, groups, evidence):
            return f"{own[0].code} stands behind the citations and is not in them"
    return ""


def _uncarried(own: list[Finding], groups: list[tuple[str, tuple[int, ...]]], evidence: Evidence) -> bool:
    """Whether a finding after the last citation is in none of the cited reports."""
    cited = [evidence.cases[n] for _, numbers in groups for n in numbers]
    return any(not finding.negated and not any(finding.code in case.codes for case in cited) for finding in own)


def _hedge(text: str) -> Certainty | Literal[""]:
    """How certain a sentence makes what it says by words around the finding; "" where it has no such word."""
    if _DEGREES.search(text):
        return "possible"
    found = _HEDGED.search(text)
    return "" if not found else "probable" if re.match(r"probabl|likely", found.group(), re.I) else "possible"


def _missing(claim: Finding, denied: bool, hedge: str, number: int, case: Case) -> str:
    stated = [finding for finding in case.findings if finding.code == claim.code]
    if claim.negated or denied:
        return f"case {number} does report {claim.code}" if claim.code in case.codes else ""
    if not stated:
        return f"{claim.code} is not in the report of case {number}"
    if all(finding.negated for finding in stated):
        return f"the report of case {number} says that there is no {claim.code}"
    best = max(_RANK[finding.certainty] for finding in stated if not finding.negated)
    if _RANK[hedge or "certain"] > best and _RANK[claim.certainty] > best:
        return f"{claim.code} is less certain in the report of case {number}"
    return ""


def _numbers(bare: str, sources: Iterable[Case], named: Sequence[int], evidence: Evidence) -> str:
    known = set(evidence.numbers) | {float(n) for n in named} | {float(len(evidence.shown))}
    for case in sources:
        known |= {*numbers_in(case.report), *numbers_in(case.english)}
        known |= {float(round(case.patient.age))} if case.patient.age is not None else set()
    spoken = re.sub(r"\[[\d,; ]+\]", "", PERCENT.sub("", _NOT_MEASURES.sub("", bare)))  # a percentage is checked as a count
    strange = next((n for n in numbers_in(spoken) if not any(abs(n - k) < 0.006 or abs(abs(n) - abs(k)) < 1e-9 for k in known)), None)
    return "" if strange is None else f"no tool and no cited report gave the number {strange:g}"
