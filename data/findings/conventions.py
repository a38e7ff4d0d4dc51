"""A report's findings as PTB-XL codes them.

PTB-XL's statements are not a transcript of its reports: cardiologists recoded many ECGs, and the first coding left out what they
held for unimportant. Two tables say where the same words are coded otherwise there. They were made on folds 1-8, and are for
scoring only: `extract` says what the report says. `evidence` counts how often each line holds.

- `ptbxl_conventions.csv`: a `finding` that is worded so becomes the codes in `ptbxl`, or none.
- `ptbxl_context.csv`, in its order: a statement `is` "coded", or "not coded", where the report affirms all findings in `with` and
  none in `without`. "LVH??" is one that is only possible, "INVT@lateral" one in two or more lateral leads, "NOTHING" a report with no
  finding but a rhythm or a normal ECG, "SILENCE" one with no finding at all. Thus left axis deviation beside an unspecific block is
  coded as left anterior fascicular block, and a normal axis alone as a normal ECG.

Some reports end with what two cardiologists made of them, "Edit: NDT, (NORM 100)". The diagnostic statements are then those of
the last of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from data.findings.extract import ABBREVIATIONS
from data.findings.finding import Finding
from data.findings.phrases import PhraseTable, words
from data.findings.vocabulary import VOCABULARY, read_table

_NOTHING = frozenset(("NORM", "SR", "SARRH", "SBRAD", "STACH"))  # a normal ECG and the rhythms of the sinus node
_REGIONS = {
    "inferior": frozenset(("II", "III", "aVF")),
    "lateral": frozenset(("I", "aVL", "V5", "V6")),
    "anterior": frozenset(("V1", "V2", "V3", "V4")),
}
_EDITED = re.compile(r"\bEdit:")


@dataclass(frozen=True)
class Wording:
    """A line of `ptbxl_conventions.csv`."""

    finding: str
    wording: str
    coded: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """A line of `ptbxl_context.csv`."""

    code: str
    required: frozenset[str]
    excluded: frozenset[str]
    coded: bool

    def holds(self, said: frozenset[str]) -> bool:
        """Whether a report that affirms `said` is meant."""
        return self.required <= said and not self.excluded & said


def as_ptbxl(text: str, findings: Sequence[Finding]) -> set[str]:
    """The affirmed findings of a report as PTB-XL's annotators code them."""
    printed, opinion = by_hand(text, findings)
    codes = {code for _, recoded in worded(text, printed) for code in recoded}
    affirmed = said(text, printed)
    for convention in contexts():
        if convention.holds(affirmed):
            codes = codes | {convention.code} if convention.coded else codes - {convention.code}
    return {code for code in codes if not _is_diagnostic(code)} | opinion if opinion else codes


def by_hand(text: str, findings: Sequence[Finding]) -> tuple[list[Finding], set[str]]:
    """The affirmed findings of the report itself, and the diagnostic statements of the last coding that stands behind it."""
    edited = _EDITED.search(text)
    end = edited.start() if edited else len(text)
    codings = opinions(text, findings)
    return [finding for finding in findings if not finding.negated and finding.span[0] < end], codings[-1] if codings else set()


def opinions(text: str, findings: Sequence[Finding]) -> list[set[str]]:
    """The diagnostic statements of each cardiologist whose coding stands behind a report: "Edit: NDT, (NORM 100)" holds two."""
    if (edited := _EDITED.search(text)) is None:
        return []
    codings: dict[int, set[str]] = {}  # brackets that were opened before, to what stands there
    for finding in findings:
        if finding.span[0] >= edited.end() and not finding.negated and _is_diagnostic(finding.code):
            codings.setdefault(text.count("(", edited.end(), finding.span[0]), set()).add(finding.code)
    return [codings[at] for at in sorted(codings)]


def worded(text: str, affirmed: Sequence[Finding]) -> Iterator[tuple[Wording | None, tuple[str, ...]]]:
    """Each finding that is a statement, as its wording is coded, and the line of the table that says so."""
    for finding in affirmed:
        if finding.code in VOCABULARY:
            convention = _convention(finding.code, text[slice(*finding.span)])
            yield convention, convention.coded if convention else (finding.code,)


def said(text: str, affirmed: Sequence[Finding]) -> frozenset[str]:
    """What a report affirms, as `ptbxl_context.csv` writes it."""
    coded = {code for _, recoded in worded(text, affirmed) for code in recoded}
    codes = {finding.code for finding in affirmed}
    doubted = {f"{finding.code}??" for finding in affirmed if finding.certainty == "possible"}
    placed = {f"{f.code}@{region}" for f in affirmed for region, leads in _REGIONS.items() if len(leads.intersection(f.leads)) > 1}
    nothing = set() if coded - _NOTHING else {"NOTHING"}
    return frozenset(codes | doubted | placed | nothing | (set() if codes else {"SILENCE"}))


@cache
def contexts() -> tuple[Context, ...]:
    """The lines of `ptbxl_context.csv`."""
    rows = read_table("ptbxl_context.csv")
    return tuple(Context(r["ptbxl"], frozenset(r["with"].split()), frozenset(r["without"].split()), r["is"] == "coded") for r in rows)


@cache
def wordings() -> tuple[Wording, ...]:
    """The lines of `ptbxl_conventions.csv`."""
    return tuple(Wording(row["finding"], row["wording"], tuple(row["ptbxl"].split())) for row in read_table("ptbxl_conventions.csv"))


@cache
def _wordings() -> PhraseTable[Wording]:
    return PhraseTable((convention.wording, convention) for convention in wordings())


@cache
def _convention(code: str, wording: str) -> Wording | None:
    """The longest convention that the wording begins with."""
    read = words(wording, ABBREVIATIONS)
    for stop in range(len(read), 0, -1):
        end, found = _wordings().longest(read[:stop], 0)
        if end == stop and (convention := next((each for each in found if each.finding == code), None)):
            return convention
    return None


def _is_diagnostic(code: str) -> bool:
    return code in VOCABULARY and "diagnostic" in VOCABULARY[code].category
