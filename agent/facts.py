"""What a sentence says besides findings: how many cases, which value of which interval, whose sex and age."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

from agent.evidence import Evidence, measured_values, numbers_in
from data import Case

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_N = rf"(\d+|{'|'.join(_WORDS)})"
_COUNT = re.compile(rf"(?<!case )(?<!cases )(?<!\[)\b{_N} (?:(?:out )?of (?:the |these )?{_N}\b|(?:\w+ ){{0,2}}(?:cases|patients)\b)", re.I)
_ALL = re.compile(r"\b(?:all|every|each|both)\b(?: of)?(?: the| these)?(?: \w+){0,2} (?:cases?|reports?|patients?)\b", re.I)
_MOST = re.compile(r"\b(?:most|majority)\b(?: of)?(?: the| these)?(?: \w+){0,2} (?:cases|reports|patients)\b", re.I)
_HALF = re.compile(r"\bhalf(?: of)?(?: the| these)? (?:\w+ ){0,2}(?:cases|reports|patients)\b", re.I)
_ONLY = re.compile(r"\bonly (?:case |\[)(\d+)", re.I)
_OF_TWO = re.compile(r"\bof (?:the|these) two\b", re.I)
_VALUE = re.compile(r"\b(heart rate|rate|PR|PQ|QRS|QTc?|axis)\b([^\d,;.]{0,30}?)([-\u2212]?\d+(?:\.\d+)?)(?!\s*[-\w]*lead)", re.I)
_FIELDS: Mapping[str, str] = {
    "heart rate": "heart_rate_bpm", "rate": "heart_rate_bpm", "pr": "pr_ms", "pq": "pr_ms", "qrs": "qrs_ms",
    "qt": "qt_ms", "qtc": "qtc_ms", "axis": "axis_deg",
}  # fmt: skip
_FORMULAS: Mapping[str, str] = {"bazett": "qtc_bazett_ms", "framingham": "qtc_framingham_ms"}  # other than the usual one
_WAVES: Mapping[str, str] = {"ST": "st_mv", "R": "r_mv", "S": "s_mv"}
_WAVE = re.compile(r"\b(ST|R|S)\b(?!-T)")
_IN_LEAD = re.compile(r"\b(I{1,3}|aV[RLF]|V[1-6])\b[^\d;]{0,25}?([-\u2212]?\d+(?:\.\d+)?)\s?(mV|mm)\b")
_SIMILARITY = re.compile(r"(?<!mean )\b(?:similarit(?:y|ies)|cosine|score)\b[^\d;]{0,30}?([-\u2212]?\d*\.\d+|\d+)\b", re.I)
_SEX = {"F": re.compile(r"\b(?:wom[ae]n|females?)\b", re.I), "M": re.compile(r"\b(?:m[ae]n|males?)\b", re.I)}
_YEARS = re.compile(r"\b(\d+)[- ]years?\b", re.I)
PERSON = re.compile(r"\b\d+[- ]years?\b|\b(?:wom[ae]n|m[ae]n|fe?males?|aged|elderly|young|old)\b", re.I)
PERCENT = re.compile(r"\b(\d+(?:\.\d+)?)\s?(?:%|per ?cent\b)", re.I)
_WITH_UNIT = re.compile(r"([-\u2212]?\d+(?:\.\d+)?)\s?(ms\b|bpm\b|/min\b|beats|°|degrees|mV\b|[µu]V\b|mm\b|Hz\b)")
_IN_WORDS = re.compile(r"\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b", re.I)
_AGE = {  # of an infarction, as a sentence and as reports word it
    "acute": (re.compile(r"\bacute\b", re.I), re.compile(r"acut|akut|recent|fresh|frisch|new\b", re.I)),
    "old": (re.compile(r"\bold\b(?! (?:wom[ae]n|m[ae]n))(?<!years old)(?<!year-old)", re.I),
            re.compile(r"\bold|previous|prior|remote|chronic|\balte?[rns]?\b|gammal", re.I)),
}  # fmt: skip


def wrong_count(text: str, codes: Iterable[str], cited: tuple[int, ...], denied: bool, evidence: Evidence) -> str:
    """What is wrong with how many cases are said to report the findings; "" where nothing is.

    A number of cases is how many are cited, or how many of those shown do report them.
    """
    codes = set(codes)
    holders = {n for n in evidence.shown if (not codes & evidence.cases[n].codes if denied else codes <= evidence.cases[n].codes)}
    for match in _COUNT.finditer(text):
        said = _number(match.group(1))
        if said not in (len(cited), len(holders)):
            return f"{said} cases are said, {len(holders)} of those shown report it"
    for percent in PERCENT.findall(text):
        if abs(float(percent) - 100 * len(holders) / max(len(evidence.shown), 1)) > 1:
            return f"{percent} % is said, {len(holders)} of {len(evidence.shown)} cases report it"
    if _HALF.search(text) and 2 * len(holders) != len(evidence.shown):
        return f"half of the cases is said, {len(holders)} of {len(evidence.shown)} report it"
    if _ALL.search(text) and (missing := [n for n in _all_of(text, evidence) if not codes <= evidence.cases[n].codes]):
        return f"case {missing[0]} does not report it"
    if _MOST.search(text) and 2 * len(holders) <= len(evidence.shown):
        return f"{len(holders)} of the {len(evidence.shown)} cases report it, which is not most"
    only = _ONLY.search(text)
    if only and not _OF_TWO.search(text) and (others := holders - {int(only.group(1))} - set(cited)):
        return f"case {min(others)} reports it too"
    return ""


def wrong_value(text: str, sources: Mapping[int, Case], about_this_ecg: bool, evidence: Evidence) -> str:
    """The first interval, rate or axis with a value that nobody whom the sentence is about has; "" where there is none."""
    subjects = [*sources, *([0] if about_this_ecg or not sources else [])]
    reported = set(chain.from_iterable(numbers_in(report) for case in sources.values() for report in (case.report, case.english)))
    for name, between, value in _VALUE.findall(re.sub(r"\[[\d,; ]+\]", ";", text)):
        field = next((other for formula, other in _FORMULAS.items() if formula in between.lower()), _FIELDS[name.lower()])
        known = [evidence.measured[n] for n in subjects if n in evidence.measured]
        if not known:
            continue  # then no tool measured it, and the numbers that tools and reports gave decide
        own = [abs(v) for m in known if (v := getattr(m, field)) is not None]
        said = abs(float(value.replace("\u2212", "-")))
        if not any(abs(said - v) < 0.6 for v in own) and said not in reported:
            return f"{name} {value} was neither measured nor reported there"
    return ""


def wrong_unit(text: str, sources: Mapping[int, Case], about_this_ecg: bool, evidence: Evidence) -> str:
    """The first number with a unit that was measured on nobody here and is in no cited report; "" where there is none."""
    subjects = [*sources, *([0] if about_this_ecg or not sources else [])]
    known = {abs(value) for n in subjects if n in evidence.measured for value in measured_values(evidence.measured[n])}
    known |= {abs(value) for case in sources.values() for report in (case.report, case.english) for value in numbers_in(report)}
    for value, unit in _WITH_UNIT.findall(text):
        said = abs(float(value.replace("\u2212", "-"))) / (10 if unit == "mm" else 1)  # 10 mm to the mV, as paper is
        near = 0.6 if unit not in ("mm", "mV") else 0.006
        if not any(abs(said - mine) < near for mine in known):
            return f"{value} {unit} was neither measured nor reported there"
    return ""


def wrong_voltage(text: str, sources: Mapping[int, Case], about_this_ecg: bool, evidence: Evidence) -> str:
    """The first ST level, R or S that nobody whom the sentence is about has in that lead; "" where there is none."""
    subjects = [*sources, *([0] if about_this_ecg or not sources else [])]
    known = [evidence.measured[n] for n in subjects if n in evidence.measured]
    starts = [(match.start(), _WAVES[match.group(1)]) for match in _WAVE.finditer(text)] if known else []
    for (start, field), (stop, _) in pairwise([*starts, (len(text), "")]):
        for lead, value, unit in _IN_LEAD.findall(text[start:stop]):
            said = abs(float(value.replace("\u2212", "-"))) / (10 if unit == "mm" else 1)
            if not any(abs(said - abs(getattr(m, field).get(lead, float("inf")))) < 0.006 for m in known):
                return f"{value} {unit} was not measured in lead {lead}"
    return ""


def without_voltages(text: str) -> str:
    """The text without what it says of voltages in leads, which `wrong_voltage` and `wrong_unit` judge."""
    return _IN_LEAD.sub("", text)


def wrong_similarity(text: str, numbers: Iterable[int], evidence: Evidence) -> str:
    """The first similarity that none of the cases with these numbers has; without a number, that no case has; "" where there is none."""
    owners = set(numbers) & evidence.similarities.keys() or evidence.similarities
    own = [value for n in owners for value in evidence.similarities[n]]
    strange = next((said for said in _SIMILARITY.findall(text) if not any(abs(float(said) - value) < 0.006 for value in own)), "")
    return f"{strange} is no similarity of a case that is named" if strange and own else ""


def wrong_person(text: str, sources: Mapping[int, Case], denied: bool) -> str:
    """A sex or an age that a cited patient has not; "" where there is none."""
    for sex, word in _SEX.items():
        other = next((n for n, case in sources.items() if case.patient.sex not in (sex, None)), None)
        if not denied and word.search(text) and other is not None:
            return f"case {other} is of the other sex"
    ages = {round(case.patient.age) for case in sources.values() if case.patient.age is not None}
    wrong = next((age for age in _YEARS.findall(text) if sources and int(age) not in ages), None)
    return f"no cited patient is {wrong} years old" if wrong else ""


def wrong_age_of_infarction(text: str, sources: Iterable[Case]) -> str:
    """Whether a cited report lacks the "acute" or "old" that the sentence says."""
    reports = [f"{case.report} {case.english}" for case in sources]
    for word, (said, reported) in _AGE.items():
        if said.search(text) and not all(reported.search(report) for report in reports):
            return f"“{word}” is not in a cited report"
    return ""


def number_in_words(text: str) -> str:
    """A number that cannot be checked."""
    found = _IN_WORDS.search(text)
    return f"the number “{found.group()}” is written in words" if found else ""


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS.index(word.lower())


def _all_of(text: str, evidence: Evidence) -> Sequence[int]:
    named = [int(n) for n in re.findall(r"\bcases?\s+(\d+)|\band\s+(?:case\s+)?(\d+)\b", text, re.I) for n in n if n]
    return named or evidence.shown
