"""How far extraction agrees with the statements that an ECG was coded with: found, missed and extra, F1 a statement and over all."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from data.findings.conventions import as_ptbxl
from data.findings.extract import extract

_MIN_OCCURRENCES = 20  # statements that count for the macro average


@dataclass
class Agreement:
    """Found and missed statements, over reports."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    n_reports: int = 0

    def count(self, found: Collection[str], wanted: Collection[str]) -> None:
        """Add one report: the statements found in it, and those it was coded with."""
        found, wanted = set(found), set(wanted)
        self.right.update(found & wanted)
        self.extra.update(found - wanted)
        self.missed.update(wanted - found)
        self.n_reports += 1

    def occurrences(self, code: str) -> int:
        """Reports that were coded with a statement."""
        return self.right[code] + self.missed[code]

    def f1(self, code: str) -> float:
        """2 TP / (2 TP + FP + FN) of one statement; 0 where it neither occurs nor is found."""
        return _f1(self.right[code], self.extra[code], self.missed[code])

    @property
    def micro_f1(self) -> float:
        return _f1(self.right.total(), self.extra.total(), self.missed.total())

    @property
    def frequent(self) -> list[str]:
        """The statements that occur 20 times or more, worst first."""
        return sorted((code for code in {*self.right, *self.missed} if self.occurrences(code) >= _MIN_OCCURRENCES), key=self.f1)

    @property
    def macro_f1(self) -> float:
        """Mean over the statements that occur 20 times or more."""
        scores = [self.f1(code) for code in self.frequent]
        return sum(scores) / len(scores) if scores else 0.0

    def as_data(self) -> dict[str, object]:
        """Reports, averages and the F1 of each frequent statement, in plain types."""
        each = {code: self.f1(code) for code in self.frequent}
        return {"reports": self.n_reports, "micro_f1": self.micro_f1, "macro_f1": self.macro_f1, "f1": each}


def agreement(reports: Iterable[tuple[str, Iterable[str]]]) -> Agreement:
    """Score extraction on pairs of a report and PTB-XL's statements; probable and possible findings count as found."""
    counts = Agreement()
    for text, statements in reports:
        counts.count(as_ptbxl(text, extract(text)), set(statements))
    return counts


def _f1(right: int, extra: int, missed: int) -> float:
    return 2 * right / total if (total := 2 * right + extra + missed) else 0.0
