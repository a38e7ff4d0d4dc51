"""How far extraction agrees with PTB-XL's own coding of its reports.

PTB-XL's statements are not a transcript of its reports: cardiologists recoded many ECGs, and the first coding left out what they
held for unimportant. `ptbxl_conventions.csv` says where the same words are coded otherwise there: a `finding` that is worded so
becomes the codes in `ptbxl`, or none. It was made on folds 1-8, and is for scoring only: `extract` says what the report says.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from data.findings.extract import ABBREVIATIONS, extract
from data.findings.finding import Finding
from data.findings.phrases import PhraseTable, words
from data.findings.vocabulary import read_table

_MIN_OCCURRENCES = 20  # statements that count for the macro average


@dataclass
class Agreement:
    """Found and missed statements, over reports."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def f1(self, code: str) -> float:
        """2 TP / (2 TP + FP + FN) of one statement; 0 where it neither occurs nor is found."""
        return _f1(self.right[code], self.extra[code], self.missed[code])

    @property
    def micro_f1(self) -> float:
        return _f1(self.right.total(), self.extra.total(), self.missed.total())

    @property
    def macro_f1(self) -> float:
        """Mean over the statements that occur 20 times or more."""
        scores = [self.f1(code) for code in {*self.right, *self.missed} if self.right[code] + self.missed[code] >= _MIN_OCCURRENCES]
        return sum(scores) / len(scores) if scores else 0.0


def agreement(reports: Iterable[tuple[str, Iterable[str]]]) -> Agreement:
    """Score extraction on pairs of a report and PTB-XL's statements; probable and possible findings count as found."""
    counts = Agreement()
    for text, statements in reports:
        found, wanted = as_ptbxl(text, extract(text)), set(statements)
        counts.right.update(found & wanted)
        counts.extra.update(found - wanted)
        counts.missed.update(wanted - found)
    return counts


def as_ptbxl(text: str, findings: Sequence[Finding]) -> set[str]:
    """The affirmed findings of a report as PTB-XL's annotators code them."""
    affirmed = [finding for finding in findings if not finding.negated]
    codes = {code for finding in affirmed for code in _recoded(finding.code, text[slice(*finding.span)])}
    if {"IMI", "ALMI"} <= {finding.code for finding in affirmed}:  # an infarct of both walls is one statement
        codes = codes - {"IMI", "ALMI"} | {"ILMI"}
    if "CLBBB" in codes:  # hypertrophy is not read from an ECG with left bundle branch block
        codes -= {"LVH", "VCLVH"}
    return codes


@cache
def _conventions() -> PhraseTable[tuple[str, tuple[str, ...]]]:
    rows = read_table("ptbxl_conventions.csv")
    return PhraseTable((row["wording"], (row["finding"], tuple(row["ptbxl"].split()))) for row in rows)


def _recoded(code: str, wording: str) -> tuple[str, ...]:
    """The codes of the longest convention that the wording begins with, else the code itself."""
    read = words(wording, ABBREVIATIONS)
    for stop in range(len(read), 0, -1):
        end, entries = _conventions().longest(read[:stop], 0)
        if end == stop and (codes := next((codes for finding, codes in entries if finding == code), None)) is not None:
            return codes
    return (code,)


def _f1(right: int, extra: int, missed: int) -> float:
    return 2 * right / total if (total := 2 * right + extra + missed) else 0.0
