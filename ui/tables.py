"""Benchmarks as plain tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.bench import Row as Cost
    from encoders.evaluate import Row as Quality


def quality(rows: Sequence["Quality"]) -> str:
    """Retrieval quality, one block a level: each measure with its 95 % interval."""
    blocks = []
    for level in dict.fromkeys(row.level for row in rows):
        mine = [row for row in rows if row.level == level]
        lines = [[level, *mine[0].measures], *([row.method, *(_interval(*value) for value in row.measures.values())] for row in mine)]
        blocks.append(aligned(lines))
    return "\n\n".join(blocks)


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


def _interval(value: float, interval: tuple[float, float] | None) -> str:
    return f"{value:.3f}" + (f" ({interval[0]:.3f}-{interval[1]:.3f})" if interval else "")
