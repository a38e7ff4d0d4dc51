"""Clinical terms that the vocabulary does not have: a sentence may use one only where a cited report does."""

import re
from collections.abc import Iterable, Sequence

from data import Case
from data.findings.extract import extract

_TERM = re.compile(
    r"\b(?:\w+(?:aemia|emia|itis|pathy|osis|penia|ectasia|sclerosis|megaly|thermia|cardia|systole|systoles|plegia)|"
    r"brugada|wellens|takotsubo|osborn|prinzmetal|chagas|ebstein|fallot|s1q3t3|alternans|torsades?|"
    r"(?:delta|epsilon|u|j|osborn|cannon|fibrillatory) waves?|j[- ]points?|(?:p|q|r|s|t)[- ]waves?|r[- ]wave progression|st[- ]?segments?|"
    r"(?:lead|limb|arm|electrode|cable)s? (?:lead )?(?:reversal|misplace\w*|swap\w*|interchange)|"
    r"(?:reversed|swapped|misplaced) \w+ (?:leads?|electrodes?)|"
    r"\w*embol\w+|\w*thrombo\w+|\w*fibrillat\w+|\w*flutter\w*|\w*arr?h?ythmi\w+|\w*nodal|junctional|\w*idioventricular|escape|sick sinus|"
    r"(?:supra)?ventricular|atrial|pre-?excit\w+|repolari[sz]\w+|syndrome|isch[ae]*mi\w+|infarct\w*|n?stemi|necro\w+|scars?|scarring|aneurysm\w*|"
    r"\w*hypertroph\w+|dilat\w+|enlarge\w+|overload|strain|\w*blocks?|\w*fascicular|bundle|conduction|pacemakers?|paced|pacing|icd|ectop\w+|"
    r"\w*extrasystol\w+|bigemin\w+|trigemin\w+|couplets?|salvos?|sinus (?:pause|arrest)|pauses?|asystol\w+|"
    r"fibrosis|effusion|tamponade|stenosis|"
    r"regurgitation|septal defect|tumou?r|cancer|stroke|digoxin|digitalis|amiodarone|intoxication|overdose|toxic\w*|\w*cardiac arrest|"
    r"heart (?:failure|attack|disease)|angina|coronary|occlusion|axis deviation|(?:left|right|normal) axis|low voltage|high voltage)\b",
    re.I,
)
_PLAIN = re.compile(r"^(?:\w*diagnosis|prognosis|heart ?rate)$", re.I)
_SAME_START = 6  # letters by which a word of a report counts as the term: "hyperkalemia", "hyperkaliämie"


def terms(text: str) -> list[str]:
    """Clinical terms of a text that are not part of a finding of the vocabulary."""
    for start, stop in sorted({finding.span for finding in extract(text)}, reverse=True):
        text = f"{text[:start]} ; {text[stop:]}"
    return [term for term in _TERM.findall(text) if not _PLAIN.match(term)]


def strange_term(text: str, sources: Sequence[Case]) -> str:
    """What is wrong with the first term that a cited report does not have; "" where there is none."""
    for term in terms(text):
        if not sources:
            return f"“{term}” is claimed without a citation"
        if not all(_in_report(term, (case.report, case.english)) for case in sources):
            return f"“{term}” is not in a cited report"
    return ""


def _in_report(term: str, reports: Iterable[str]) -> bool:
    wanted = re.sub(r"[\s-]+", " ", term.casefold())
    return any(wanted[: max(_SAME_START, len(wanted) - 3)] in re.sub(r"[\s-]+", " ", report.casefold()) for report in reports)
