"""Drafts for ECGs that cardiologists have coded: what every sentence rests on, and how much of the coding the drafts tell."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from agent.draft import Draft, draft_summary, limit_sentences
from agent.evidence import Sentence, numbers_in
from agent.hits import CaseHit
from agent.measured import phrases
from data import Case
from data.findings import VOCABULARY
from data.findings.extract import extract

if TYPE_CHECKING:
    from agent.library import CaseLibrary

RESAMPLES = 1000
SAMPLED = 400  # cases that tell what is common
LEVELS = ("all", "diagnostic", "form", "rhythm")

Labels = frozenset[str]
Writer = Callable[[Case, Sequence[CaseHit]], Draft]
Ground = Literal["citation", "number", "limit", "invented", "nothing"]


@dataclass(frozen=True)
class LabelF1:
    """Micro F1, over queries, of the findings that one writer tells."""

    writer: str
    own: Mapping[str, float]  # against the statements coded of the query, by level
    interval: tuple[float, float]  # bootstrap 95 % of own["all"]
    ahead: tuple[float, float]  # bootstrap 95 % of how far the draft is ahead of this writer, same queries in every resample
    cited: float  # all findings it names, against all that the reports it cites state


@dataclass(frozen=True)
class DraftScores:
    """What the sentences shown rest on, and the labels beside the sentinels."""

    queries: int
    abstained: int
    withheld: int
    grounds: Mapping[Ground, int]
    labels: tuple[LabelF1, ...]

    def as_lines(self) -> list[list[str]]:
        """Counts as rows of cells."""
        named = {
            "citation": "sentences with citations, all valid", "number": "with a tool's number",
            "limit": "that say something in a tool's own words",
            "invented": "with a citation of no case", "nothing": "with none of these",
        }  # fmt: skip
        counted = [["drafts", str(self.queries)], ["that abstain", str(self.abstained)], ["sentences withheld", str(self.withheld)]]
        return counted + [[words, str(self.grounds.get(ground, 0))] for ground, words in named.items()]  # type: ignore[call-overload]

    def as_labels(self) -> list[list[str]]:
        """F1 of each writer as rows of cells."""
        head = ["micro F1 of findings", *LEVELS, "95 % of all", "draft ahead by", "cited reports"]
        return [head] + [
            [
                row.writer, *(f"{row.own[level]:.3f}" for level in LEVELS), _span(row.interval),
                _span(row.ahead) if row.writer not in ("draft", CEILING) else "", f"{row.cited:.3f}",
            ]
            for row in self.labels
        ]  # fmt: skip


CEILING = "own report, which no draft has seen"


def evaluate(library: "CaseLibrary", queries: Sequence[Case], *, k: int = 10, seed: int = 0, write: Writer | None = None) -> DraftScores:
    """Draft for every query and score what the drafts say.

    What a draft tells of the query are the findings in its sentences about this ECG, read from their text as a person would, against
    what cardiologists coded. The sentinels are of the same library and read by the same rules: the closest case's report, the
    findings that most reports share, and the draft that ten cases drawn at random give.

    Parameters
    ----------
    queries : ECGs with `statements`, of no patient in the library
    write : makes the draft of a query from its hits; by default offline
    """
    write = write or (lambda case, hits: draft_summary(case.record, hits))
    chance, ids = random.Random(seed), sorted(library.ids())
    majority = _common([library.get(name) for name in chance.sample(ids, min(SAMPLED, len(ids)))])
    told: dict[str, list[Labels]] = {}
    cited: dict[str, list[tuple[Labels, Labels]]] = {}
    grounds: Counter[Ground] = Counter()
    abstained = withheld = 0
    for case in queries:
        hits = library.search(case.record, k=k)
        draft = write(case, hits)
        drawn = [CaseHit(library.get(name), 0.5, hits[0].matches, hits[0].near) for name in chance.sample(ids, min(k, len(ids)))]
        at_random = write(case, drawn)
        grounds.update(ground(sentence, draft, case) for sentence in draft.supported)
        abstained += draft.abstained
        withheld += len(draft.withheld)
        closest = _affirmed(hits[0].case.report)
        for writer, labels, named, states in (
            ("draft", told_of_this_ecg(draft), named_in(draft), _stated(draft)),
            ("copy the closest case", closest, closest, closest),
            ("majority", majority, majority, majority),
            ("random cases", told_of_this_ecg(at_random), named_in(at_random), _stated(at_random)),
            (CEILING, own := _affirmed(case.report), own, own),
        ):
            told.setdefault(writer, []).append(labels)
            cited.setdefault(writer, []).append((named, states))
    truth = [Labels(case.statements) & Labels(VOCABULARY) for case in queries]
    return DraftScores(len(queries), abstained, withheld, grounds, _label_rows(told, cited, truth, seed))


def told_of_this_ecg(draft: Draft) -> Labels:
    """The findings that a draft tells of the ECG: those its cited sentences about it affirm."""
    return Labels(code for s in draft.supported if s.kind == "this_ecg" and s.citations for code in _affirmed(s.text))


def named_in(draft: Draft) -> Labels:
    """Every finding that a draft affirms of any case; a quoted report and a denial are not its own words."""
    return Labels(
        code for s in draft.supported if s.citations and "“" not in s.text and "not report" not in s.text for code in _affirmed(s.text)
    )


def ground(sentence: Sentence, draft: Draft, case: Case) -> Ground:
    """What a sentence rests on, told without the check that let it pass."""
    if sentence.citations:
        return "citation" if all(1 <= n <= len(draft.cases) for n in sentence.citations) else "invented"
    tools = {value for value in vars(draft.measurements).values() if isinstance(value, float)}
    tools |= {float(round(value)) for value in tools} | {round(h.cosine, 2) for h in draft.cases}
    if {abs(value) for value in numbers_in(sentence.text)} & {abs(value) for value in tools}:
        return "number"
    limits = (
        *limit_sentences(case.record), *draft.measurements.missing.values(), *phrases(draft.measurements), draft.reason or "no reason",
    )  # fmt: skip
    return "limit" if any(limit in sentence.text for limit in limits) else "nothing"


def _affirmed(text: str) -> Labels:
    return Labels(finding.code for finding in extract(text) if not finding.negated and finding.code in VOCABULARY)


def _stated(draft: Draft) -> Labels:
    return Labels(code for n in draft.cited if n <= len(draft.cases) for code in _affirmed(draft.cases[n - 1].case.report))


def _common(cases: Sequence[Case]) -> Labels:
    return Counter(_affirmed(case.report) for case in cases).most_common(1)[0][0]


def _label_rows(
    told: Mapping[str, Sequence[Labels]], cited: Mapping[str, Sequence[tuple[Labels, Labels]]], truth: Sequence[Labels], seed: int
) -> tuple[LabelF1, ...]:
    draws = np.random.default_rng(seed).integers(len(truth), size=(RESAMPLES, len(truth)))
    counts = {writer: {level: _counts(labels, truth, level) for level in LEVELS} for writer, labels in told.items()}
    resampled = {writer: _f1(by_level["all"][draws].sum(axis=1)) for writer, by_level in counts.items()}
    return tuple(
        LabelF1(
            writer,
            {level: float(_f1(table.sum(axis=0))) for level, table in by_level.items()},
            _interval(resampled[writer]),
            _interval(resampled["draft"] - resampled[writer]),
            float(_f1(_counts([named for named, _ in cited[writer]], [states for _, states in cited[writer]], "all").sum(axis=0))),
        )
        for writer, by_level in counts.items()
    )


def _counts(said: Sequence[Labels], true: Sequence[Labels], level: str) -> np.ndarray:
    """Right, extra and missed labels of a level, (query, 3)."""
    of_level = Labels(code for code, statement in VOCABULARY.items() if level == "all" or level in statement.category)
    pairs = [(mine & of_level, theirs & of_level) for mine, theirs in zip(said, true, strict=True)]
    return np.array([(len(mine & theirs), len(mine - theirs), len(theirs - mine)) for mine, theirs in pairs], float)


def _f1(counts: np.ndarray) -> np.ndarray:
    """2 TP / (2 TP + FP + FN) of counts (..., 3)."""
    right, extra, missed = np.moveaxis(counts, -1, 0)
    return 2 * right / np.maximum(2 * right + extra + missed, 1)


def _interval(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _span(interval: tuple[float, float]) -> str:
    return (
        f"{interval[0]:+.3f} to {interval[1]:+.3f}" if interval[0] < 0 or interval[1] < 0.3 else f"{interval[0]:.3f} to {interval[1]:.3f}"
    )
