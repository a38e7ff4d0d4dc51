"""What extraction and the English rendering are worth on coded reports: by fold, by language, by statement, beside their ceiling."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from data.findings import ceiling
from data.findings.agreement import Agreement
from data.findings.ceiling import CodedReport
from data.findings.conventions import as_ptbxl
from data.findings.english import MARKS, detect_language, to_english
from data.findings.extract import extract
from data.findings.phrases import words
from data.findings.vocabulary import VOCABULARY

_N_MISSES = 12


@dataclass(frozen=True)
class Miss:
    """A report that was not understood as it was coded."""

    text: str
    missed: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """Extraction on some reports beside what else could be said of the same ones: micro F1, and macro F1 where all statements count."""

    reports: str
    n: int
    extraction: float
    name: str
    value: float
    macro: tuple[float, float] | None = None  # of extraction and of the reference


@dataclass(frozen=True)
class Coverage:
    """How many running words of reports in one language the glossary knows."""

    language: str
    n_words: int
    n_unknown: int

    @property
    def share(self) -> float:
        return 1 - self.n_unknown / self.n_words if self.n_words else 0.0


@dataclass(frozen=True)
class ReportEvaluation:
    """Everything that was measured. `developed` are the folds that rules may be made on, `asked` those that count."""

    by_fold: Mapping[int, Agreement]
    by_language: Mapping[str, Agreement]  # of the asked folds
    by_kind: Mapping[str, Agreement]  # of the asked folds: rhythm, form and diagnostic statements apart
    overall: Agreement  # of the asked folds
    references: Sequence[Reference]
    coverage: Sequence[Coverage]  # of the asked folds
    misses: Sequence[Miss]  # of the developed folds, for the others are not to be learned from
    developed: tuple[int, ...]
    asked: tuple[int, ...]

    def as_data(self) -> dict[str, object]:
        """The same in plain types, for programs."""
        return {
            "developed": list(self.developed),
            "asked": list(self.asked),
            "overall": self.overall.as_data(),
            "by_fold": {str(fold): counts.as_data() for fold, counts in self.by_fold.items()},
            "by_language": {language: counts.as_data() for language, counts in self.by_language.items()},
            "by_kind": {kind: counts.as_data() for kind, counts in self.by_kind.items()},
            "references": [asdict(reference) for reference in self.references],
            "coverage": [asdict(each) | {"share": each.share} for each in self.coverage],
            "misses": [asdict(miss) for miss in self.misses],
        }


def evaluate_reports(
    reports: Sequence[CodedReport],
    *,
    developed: Collection[int],
    asked: Collection[int],
    progress: Callable[[str], object] | None = None,
) -> ReportEvaluation:
    """Score extraction on coded reports.

    Parameters
    ----------
    reports : of all folds
    developed : folds on which rules may be made, and from which the references learn
    asked : folds that are reported
    progress : called with what is measured next
    """
    say = progress or (lambda _: None)
    say(f"reading {len(reports)} reports")
    read = {report: extract(report.text) for report in set(reports)}
    found = {report: as_ptbxl(report.text, findings) for report, findings in read.items()}
    languages = {report: detect_language(report.text) for report in found}
    known = [report for report in reports if report.fold in developed]
    new = [report for report in reports if report.fold in asked]

    def scored(chosen: Sequence[CodedReport], of: Collection[str] = VOCABULARY, by: Mapping[CodedReport, set[str]] = found) -> Agreement:
        counts = Agreement()
        for report in chosen:
            counts.count(by[report].intersection(of), report.statements.intersection(of))
        return counts

    def reference(which: str, chosen: Sequence[CodedReport], name: str, value: float) -> Reference:
        return Reference(which, len(chosen), scored(chosen).micro_f1, name, value)

    def reference_for_all(name: str, value: Agreement) -> Reference:
        return Reference("asked folds", len(new), overall.micro_f1, name, value.micro_f1, (overall.macro_f1, value.macro_f1))

    overall = scored(new)
    by_wording = ceiling.votes(known)
    told = [report for report in new if report.wording in by_wording]
    twice = [report for report in (*known, *new) if len(ceiling.opinions(report.text, read[report])) > 1]
    as_said = {report: {finding.code for finding in read[report] if not finding.negated} for report in new}
    references = []
    for which, same in (("developed", ceiling.repeated(known)), ("asked", ceiling.repeated(new))):
        which = f"{which} folds, texts written twice or more"
        references.append(reference(which, same, "any function of the text, the answers seen", ceiling.best(same)))
        references.append(reference(which, same, "the statements of another ECG with the same text", ceiling.paired(same)))
    voted = ceiling.voted(told, by_wording).micro_f1
    references.append(reference("asked folds, texts also in the developed ones", told, "majority of the same text", voted))
    say("learning from words")
    references.append(reference_for_all("logistic regression on words and findings", ceiling.learned(known, new)))
    references.append(reference_for_all("the findings as they stand, without conventions", scored(new, by=as_said)))
    by_hand = scored(twice, of=_of_kind("diagnostic")).micro_f1
    second = ceiling.second_opinions(twice).micro_f1
    references.append(
        Reference("all folds, coded twice, diagnostic statements", len(twice), by_hand, "one cardiologist against the other", second)
    )
    return ReportEvaluation(
        by_fold={fold: scored([report for report in reports if report.fold == fold]) for fold in sorted({*developed, *asked})},
        by_language={name: scored([report for report in new if languages[report] == name]) for name in ("en", "de", "sv")},
        by_kind={kind: scored(new, of=_of_kind(kind)) for kind in ("rhythm", "form", "diagnostic")},
        overall=overall,
        references=references,
        coverage=[coverage([report.text for report in new if languages[report] == name], name) for name in ("de", "sv")],
        misses=_sample([Miss(r.text, _sorted(r.statements - found[r]), _sorted(found[r] - r.statements)) for r in known]),
        developed=tuple(sorted(developed)),
        asked=tuple(sorted(asked)),
    )


def _of_kind(kind: str) -> set[str]:
    """Statements of one kind; the few that are diagnostic and a form are diagnostic."""
    return {code for code, statement in VOCABULARY.items() if statement.category[0] == kind}


def coverage(texts: Sequence[str], language: str) -> Coverage:
    """Count the running words of reports, and those that `to_english` marks as unknown."""
    rendered = (to_english(text, language=language) for text in texts)
    return Coverage(language, sum(len(words(text)) for text in texts), sum(english.count(MARKS[0]) for english in rendered))


def _sample(misses: Sequence[Miss]) -> list[Miss]:
    """Some of them, the same ones each time."""
    wrong = [miss for miss in misses if miss.missed or miss.extra]
    return random.Random(0).sample(wrong, min(_N_MISSES, len(wrong)))


def _sorted(codes: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))
