"""What `ecg-cases evaluate --reports` prints."""

import textwrap
from typing import TYPE_CHECKING

from ui.tables import aligned

if TYPE_CHECKING:
    from data.findings.agreement import Agreement
    from data.findings.evaluation import Miss, ReportEvaluation

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
    beside = [[each.reports, str(each.n), f"{each.extraction:.3f}", f"{each.value:.3f}", each.name] for each in result.references]
    words = [[_LANGUAGES[each.language], str(each.n_words), f"{each.share:.2%}"] for each in result.coverage]
    return "\n\n".join(
        [
            f"findings of reports against the statements of their ECGs; rules made on folds {developed}, reported on {asked}",
            aligned([["", *_HEAD], *folds]),
            aligned([[f"folds {asked}", *_HEAD], ["all", *_scores(result.overall)], *languages]),
            aligned([["micro F1", "reports", "extraction", "reference", ""], *beside]),
            _worst(result.overall),
            aligned([["running words in English", "words", "covered"], *words]),
            "\n".join([f"not as coded, of folds {developed}:", *map(_miss, result.misses)]),
        ]
    )


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
