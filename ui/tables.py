"""Benchmarks as plain tables, at most 140 columns wide."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.bench import Row as Cost
    from encoders.evaluate import Elsewhere, Evaluation
    from encoders.evaluation.estimate import Estimate
    from encoders.evaluation.kinds import Kinds
    from encoders.evaluation.pairs import Recall
    from encoders.evaluation.retrieval import Quality
    from encoders.evaluation.sheets import Shown
    from encoders.evaluation.steadiness import Steady

_N_KINDS, _N_CONFUSIONS = 8, 10  # that are printed


def evaluation(result: "Evaluation") -> str:
    """Everything that the retrieval benchmark measured, one block a question."""
    folds = [_folds(folds) for folds in (result.gallery_folds, result.query_folds)]
    return "\n\n".join(
        [
            f"encoder {result.encoder}, gallery of {result.n_gallery} ECGs ({folds[0]}), "
            f"{result.n_queries} queries ({folds[1]}); behind each value its 95 % interval",
            *_quality(result.retrieval),
            _recall(result.pairs, result.n_queries),
            _shown(result.sheets),
            _steady(result.steadiness),
            aligned([["cost", ""], *([row.name, f"{row.value:,.3g} {row.unit}"] for row in result.costs)]),
            *_kinds(result.simulated),
        ]
    )


def elsewhere(result: "Elsewhere") -> str:
    """Retrieval for the ECGs of another place."""
    searched = f"encoder {result.encoder}, gallery of {result.n_gallery} ECGs ({_folds(result.gallery_folds)})"
    asked = f"{result.n_queries} queries from elsewhere, labelled by their reports ({result.left_out} more left out)"
    head = f"{searched}, {asked};\nbehind each value its 95 % interval"
    return "\n\n".join([head, *_quality(result.retrieval)])


def costs(rows: Sequence["Cost"]) -> str:
    """What things cost, with the target where there is one."""
    verdict = {True: "met", False: "missed", None: ""}
    return aligned([[row.name, f"{row.value:,.3g} {row.unit}", row.target, verdict[row.met]] for row in rows])


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Rows of cells as columns, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )


def _quality(rows: Sequence["Quality"]) -> list[str]:
    levels = {level: [row for row in rows if row.level == level] for level in dict.fromkeys(row.level for row in rows)}
    return [
        aligned([[level, *mine[0].measures], *([row.method, *_estimates(row.measures)] for row in mine)]) for level, mine in levels.items()
    ]


def _recall(rows: Sequence["Recall"], n: int) -> str:
    head = [f"one of the {n} queries", *(f"own {name}" for name in rows[0].exact), *(f"same text {name}" for name in rows[0].same_text)]
    return aligned([head, *([row.direction, *_estimates(row.exact), *_estimates(row.same_text)] for row in rows)])


def _shown(rows: Sequence["Shown"]) -> str:
    head = ["the query shows", "", "kNN AUC of superclasses", "fall"]
    return aligned([head, *([row.shown, row.route, _estimate(row.auc), _estimate(row.fall) if row.fall else ""] for row in rows)])


def _steady(rows: Sequence["Steady"]) -> str:
    lines = [[row.change, str(row.n), f"{row.median:.4f}", f"{row.fifth:.4f}"] for row in rows]
    return aligned([["an ECG and itself", "ECGs", "median cosine", "5th percentile"], *lines])


def _kinds(found: "Kinds") -> list[str]:
    worst = [[kind, _number(value)] for kind, value in list(found.by_kind.items())[:_N_KINDS]]
    confusions = [[each.kind, each.found, _number(each.share)] for each in found.confusions[:_N_CONFUSIONS]]
    asked = f"{found.n_queries} simulated ECGs among {found.n_gallery} others"
    return [
        aligned([[asked, "P@10"], [f"mean over {len(found.by_kind)} kinds", _estimate(found.precision)], *worst]),
        aligned([["most often found instead", "", "share of hits"], *confusions]),
    ]


def _estimates(values: Mapping[str, "Estimate"]) -> list[str]:
    return [_estimate(value) for value in values.values()]


def _estimate(told: "Estimate") -> str:
    return f"{_number(told.value)} ({_number(told.low)}-{_number(told.high)})"


def _number(value: float) -> str:
    """Three decimals in four characters, as no measure here is above 1: .934, 1.00; a dash for what cannot be told."""
    if math.isnan(value):
        return "-"
    return f"{value:.2f}" if round(abs(value), 3) >= 1 else f"{value:.3f}".replace("0.", ".", 1)


def _folds(numbers: Sequence[int]) -> str:
    first, last = min(numbers), max(numbers)
    if len(numbers) == 1:
        return f"fold {first}"
    return f"folds {first}-{last}" if sorted(numbers) == [*range(first, last + 1)] else f"folds {', '.join(map(str, numbers))}"
