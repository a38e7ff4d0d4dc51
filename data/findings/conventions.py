"""A report's findings as PTB-XL codes them.

PTB-XL's statements are not a transcript of its reports: cardiologists recoded many ECGs, and the first coding left out what they
held for unimportant. Two tables say where the same words are coded otherwise there. They were made on folds 1-8, and are for
scoring only: `extract` says what the report says.

- `ptbxl_conventions.csv`: a `finding` that is worded so becomes the codes in `ptbxl`, or none.
- `ptbxl_context.csv`, in its order: a statement `is` "coded", or "not coded", where the report affirms all findings in `with` and
  none in `without`; "LVH??" is one that is only possible, NOTHING a report with no finding but a rhythm or a normal ECG. Thus left
  axis deviation beside an unspecific block is coded as left anterior fascicular block, and a normal axis alone as a normal ECG.
"""

from collections.abc import Sequence
from functools import cache

from data.findings.extract import ABBREVIATIONS
from data.findings.finding import Finding
from data.findings.phrases import PhraseTable, words
from data.findings.vocabulary import VOCABULARY, read_table

_NOTHING = frozenset(("NORM", "SR", "SARRH", "SBRAD", "STACH"))  # a normal ECG and the rhythms of the sinus node


def as_ptbxl(text: str, findings: Sequence[Finding]) -> set[str]:
    """The affirmed findings of a report as PTB-XL's annotators code them."""
    affirmed = [finding for finding in findings if not finding.negated and finding.code in VOCABULARY]
    codes = {code for finding in affirmed for code in _recoded(finding.code, text[slice(*finding.span)])}
    if {"IMI", "ALMI"} <= {finding.code for finding in affirmed}:  # an infarct of both walls is one statement
        codes = codes - {"IMI", "ALMI"} | {"ILMI"}
    if "CLBBB" in codes:  # hypertrophy is not read from an ECG with left bundle branch block
        codes -= {"LVH", "VCLVH"}
    said = _said(findings)
    for code, required, excluded, coded in _context():
        if required <= said and not excluded & said:
            codes = codes | {code} if coded else codes - {code}
    return codes


def _said(findings: Sequence[Finding]) -> frozenset[str]:
    """What a report affirms, as `ptbxl_context.csv` writes it."""
    affirmed = [finding for finding in findings if not finding.negated]
    codes = {finding.code for finding in affirmed}
    nothing = not (codes & set(VOCABULARY)) - _NOTHING
    return frozenset(codes | {f"{f.code}??" for f in affirmed if f.certainty == "possible"} | ({"NOTHING"} if nothing else set()))


@cache
def _context() -> tuple[tuple[str, frozenset[str], frozenset[str], bool], ...]:
    rows = read_table("ptbxl_context.csv")
    return tuple((row["ptbxl"], frozenset(row["with"].split()), frozenset(row["without"].split()), row["is"] == "coded") for row in rows)


@cache
def _wordings() -> PhraseTable[tuple[str, tuple[str, ...]]]:
    rows = read_table("ptbxl_conventions.csv")
    return PhraseTable((row["wording"], (row["finding"], tuple(row["ptbxl"].split()))) for row in rows)


def _recoded(code: str, wording: str) -> tuple[str, ...]:
    """The codes of the longest convention that the wording begins with, else the code itself."""
    read = words(wording, ABBREVIATIONS)
    for stop in range(len(read), 0, -1):
        end, entries = _wordings().longest(read[:stop], 0)
        if end == stop and (codes := next((codes for finding, codes in entries if finding == code), None)) is not None:
            return codes
    return (code,)
