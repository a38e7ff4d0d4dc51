"""What each line of PTB-XL's conventions rests on: how many reports it speaks of, and in how many the coding is as it says."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from data.findings.ceiling import CodedReport
from data.findings.conventions import Context, Wording, by_hand, contexts, said, worded, wordings
from data.findings.extract import extract
from data.findings.finding import Finding


@dataclass
class Held:
    """Reports that a convention speaks of, and those coded as it says."""

    n: int = 0
    right: int = 0

    @property
    def share(self) -> float:
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True)
class Evidence:
    """One convention in the folds that it was made on, and in those that count."""

    convention: Wording | Context
    developed: Held
    asked: Held


def evidence(reports: Sequence[CodedReport], *, developed: Collection[int], asked: Collection[int]) -> list[Evidence]:
    """Count for every line of both tables, in their order; reports with a cardiologist's coding behind them are left out.

    A line of wordings is right where the finding is coded as the codes that it gives, and not as itself where it gives none of
    that; a line of contexts where the statement is coded, or not coded, as it says.
    """
    lines: list[Wording | Context] = [*wordings(), *contexts()]
    counts = {each: Evidence(each, Held(), Held()) for each in lines}
    for report in reports:
        findings = extract(report.text)
        affirmed, opinion = by_hand(report.text, findings)
        if opinion or report.fold not in {*developed, *asked}:
            continue
        for convention, right in _judged(report, affirmed):
            each = counts[convention]
            held = each.developed if report.fold in developed else each.asked
            held.n += 1
            held.right += right
    return list(counts.values())


def _judged(report: CodedReport, affirmed: Sequence[Finding]) -> Iterator[tuple[Wording | Context, bool]]:
    applied = {convention for convention, _ in worded(report.text, affirmed) if convention}
    for wording in applied:
        others = {wording.finding} - set(wording.coded)
        yield wording, set(wording.coded) <= report.statements and not others & report.statements
    affirms = said(report.text, affirmed)
    for context in contexts():
        if context.holds(affirms):
            yield context, (context.code in report.statements) == context.coded
