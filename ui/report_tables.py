"""What `ecg-cases evaluate --reports` and `--conventions` print."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.findings.conventions import Wording
from ui.tables import aligned

if TYPE_CHECKING:
    from data.findings.agreement import Agreement
    from data.findings.evaluation import Miss, Reference, ReportEvaluation
    from data.findings.evidence import Evidence, Held

_N_WORST = 15
_LANGUAGES = {"en": "English", "de": "German", "sv": "Swedish"}
_HEAD = ["reports", "micro F1", "macro F1", "statements in it"]


def evaluation(result: "ReportEvaluation") -> str:
    """Extraction by fold and language beside its ceilings, the worst statements, coverage and misses, one block each."""
    developed, asked = (", ".join(map(str, folds)) for folds in (result.developed, result.asked))
    folds = [
        [f"fold {fold}{'' if fold in result.asked else ' (developed on)'}", *_scores(counts)] for fold, counts in result.by_fold.items()
    ]
    languages = [[_LANGUAGES[code], *_scores(counts)] for code, counts in result.by_language.items()]
    kinds = [[kind, *_scores(counts)] for kind, counts in result.by_kind.items()]
    beside = [[each.reports, str(each.n), *_pairs(each), each.name] for each in result.references]
    words = [[_LANGUAGES[each.language], str(each.n_words), f"{each.share:.2%}"] for each in result.coverage]
    return "\n\n".join(
        [
            f"findings of reports against the statements of their ECGs; rules made on folds {developed}, reported on {asked}",
            aligned([["", *_HEAD], *folds]),
            aligned([[f"folds {asked}", *_HEAD], ["all", *_scores(result.overall)], *languages, *kinds]),
            aligned([["micro F1, macro F1", "reports", "extraction", "reference", ""], *beside]),
            _worst(result.overall),
            aligned([["running words in English", "words", "covered"], *words]),
            "\n".join([f"not as coded, of folds {developed}:", *map(_miss, result.misses)]),
        ]
    )


def conventions(lines: "Sequence[Evidence]", developed: Sequence[int], asked: Sequence[int]) -> str:
    """What PTB-XL's coding makes of a finding, and in how many reports it does so."""
    rows = [[*_convention(line), *_held(line.developed), *_held(line.asked)] for line in lines]
    made, new = (", ".join(map(str, folds)) for folds in (developed, asked))
    return aligned([["finding", "where", "is coded", f"folds {made}", "so", f"folds {new}", "so"], *rows])


def _convention(line: "Evidence") -> list[str]:
    told = line.convention
    if isinstance(told, Wording):
        return [told.finding, f'worded "{told.wording}"', " ".join(told.coded) or "not"]
    without = f", without {' '.join(sorted(told.excluded))}" if told.excluded else ""
    return [told.code, f"with {' '.join(sorted(told.required))}{without}", told.code if told.coded else "not"]


def _held(held: "Held") -> list[str]:
    return [str(held.n), f"{held.share:.0%}" if held.n else ""]


def _pairs(each: "Reference") -> list[str]:
    if each.macro is None:
        return [f"{each.extraction:.3f}", f"{each.value:.3f}"]
    return [f"{micro:.3f} {macro:.3f}" for micro, macro in zip((each.extraction, each.value), each.macro, strict=True)]


def _scores(counts: "Agreement") -> list[str]:
    return [str(counts.n_reports), f"{counts.micro_f1:.3f}", f"{counts.macro_f1:.3f}", str(len(counts.frequent))]


def _worst(counts: "Agreement") -> str:
    lines = [
        [code, f"{counts.f1(code):.3f}", *(str(column[code]) for column in (counts.right, counts.extra, counts.missed))]
        for code in counts.frequent[:_N_WORST]
    ]
    return aligned([["worst statements", "F1", "right", "extra", "missed"], *lines])


def _miss(miss: "Miss") -> str:
    told = [f"missed {' '.join(miss.missed)}"] * bool(miss.missed) + [f"extra {' '.join(miss.extra)}"] * bool(miss.extra)
    return f"  {textwrap.shorten(miss.text, 240)}\n    {'; '.join(told)}"
