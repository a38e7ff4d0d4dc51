"""Where a sentence puts a finding: leads, walls and sides. Inferior is not anterior, left is not right."""

import re
from collections.abc import Iterable, Mapping

from data import STANDARD_LEADS, Case, Finding
from data.findings.extract import extract

_CHEST = tuple(f"V{n}" for n in range(1, 7))
_RANGE = re.compile(r"\bV\s?([1-6])\s*(?:-|\u2013|to|through|bis|till)\s*V?\s?([1-6])\b", re.I)
_LISTED = re.compile(r"\bV\s?([1-6])((?:\s*[,/]\s*[1-6]\b)+)", re.I)  # "V4,5,6"
_LEAD = re.compile(r"\b(aV[RLF]|V\s?[1-6]|I{2,3})\b", re.I)
_LEAD_I = re.compile(r"\b(?:lead|leads|abl\w*|in) I\b|\bI(?=\s*(?:,|and|und|och|/)\s*(?:aVL|II)\b)")
_WALLS: Mapping[str, tuple[re.Pattern[str], frozenset[str]]] = {  # as three languages word them, and the leads that look at them
    "inferior": (re.compile(r"infer|hinterwand|diaphragm|\binf\b", re.I), frozenset({"II", "III", "aVF"})),
    "anterior": (re.compile(r"anter|vorderwand|framv\w+|\bant\b", re.I), frozenset({"V1", "V2", "V3", "V4"})),
    "lateral": (re.compile(r"later|seitenwand|\blat\b", re.I), frozenset({"I", "aVL", "V5", "V6"})),
    "septal": (re.compile(r"sept", re.I), frozenset({"V1", "V2"})),
    "posterior": (re.compile(r"poster|hinterwand", re.I), frozenset()),
    "apical": (re.compile(r"api[ck]", re.I), frozenset()),
}
_SIDES: Mapping[str, re.Pattern[str]] = {
    "left": re.compile(r"left|link|vänster|l[av]h?\b|lbbb|lsb|lahb|lafb", re.I),
    "right": re.compile(r"right|recht|höger|r[av]h?\b|rbbb|rsb", re.I),
}
_WORD_OF = {wall: re.compile(rf"{'infer' if wall == 'inferior' else wall[:5]}", re.I) for wall in _WALLS}
_SIDE_WORD = re.compile(r"\b(left|right)(?:ward|-sided)?\b", re.I)
_AXIS = re.compile(
    r"\b(left|right|normal|vertical|horizontal|extreme|superior|indeterminate)\b[\w ]{0,12}\baxis\b|"
    r"\baxis\b[\w ]{0,24}\b(left|right|normal)\b",
    re.I,
)


def leads_in(text: str) -> frozenset[str]:
    """Every lead that a text names, ranges as "V4-V6" included.

    >>> sorted(leads_in("in II, aVF and V4-V6"))
    ['II', 'V4', 'V5', 'V6', 'aVF']
    """
    found: set[str] = {lead for a, b in _RANGE.findall(text) for lead in _CHEST[int(a) - 1 : int(b)]}
    found |= {f"V{n}" for first, more in _LISTED.findall(text) for n in re.findall(r"[1-6]", first + more)}
    names = {lead.casefold(): lead for lead in STANDARD_LEADS}
    found |= {names[name.replace(" ", "").casefold()] for name in _LEAD.findall(text)}
    return frozenset(found | ({"I"} if _LEAD_I.search(text) else set()))


def wrong_place(text: str, cases: Mapping[int, Case]) -> str:
    """A lead, wall or side in the text that a cited report has not, not for that finding; "" where there is none."""
    claims = extract(text)
    beside = _without(text, claims)
    for number, case in cases.items():
        report = f"{case.report} {case.english}"
        reported = leads_in(report) | {lead for finding in case.findings for lead in finding.leads}
        for claim in claims:
            if strange := frozenset(claim.leads) - _leads_of(claim, case, reported):
                return f"the report of case {number} does not put {claim.code} in {sorted(strange)[0]}"
        own = frozenset().union(*(_leads_of(claim, case, reported) for claim in claims)) if claims else reported
        for wall, (named, leads) in _WALLS.items():
            if _WORD_OF[wall].search(beside) and not named.search(report) and not (leads & own):
                return f"“{wall}” is not in the report of case {number}"
        if strange := leads_in(beside) - reported - {"I"}:
            return f"lead {sorted(strange)[0]} is not in the report of case {number}"
        if axis := _AXIS.search(beside):
            said = (axis.group(1) or axis.group(2)).lower()
            if not any(said in (found.group(1) or found.group(2)).lower() for found in _AXIS.finditer(case.english)):
                return f"“{axis.group()}” is not in the report of case {number}"
        side = _SIDE_WORD.search(beside)
        if side and not _SIDES[side.group(1).lower()].search(report):
            return f"“{side.group(1)}” is not in the report of case {number}"
    return ""


def _leads_of(claim: Finding, case: Case, reported: Iterable[str]) -> frozenset[str]:
    """The leads in which a report has the finding; where it names none for it, those it names at all."""
    own = frozenset(lead for finding in case.findings if finding.code == claim.code for lead in finding.leads)
    return own or frozenset(reported)


def _without(text: str, findings: Iterable[Finding]) -> str:
    """The text without the words of findings: the "left" of a left bundle branch block is the finding's own."""
    for start, stop in sorted({finding.span for finding in findings}, reverse=True):
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text
