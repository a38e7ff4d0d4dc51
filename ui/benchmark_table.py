"""The retrieval benchmark as a table to read and as data for programs."""

from collections.abc import Sequence
from typing import Any

from encoders.evaluate import Row

WIDTH = 46  # of the column of methods


def as_table(rows: Sequence[Row]) -> str:
    """One block a level of labels; each measure with its bootstrap 95 % interval where it has one."""
    measures = list(rows[0].measures)
    lines = []
    for level in dict.fromkeys(row.level for row in rows):
        lines.append(f"{level + ' labels':{WIDTH}}" + "".join(f"{name:>19}" for name in measures))
        for row in rows:
            if row.level == level:
                lines.append(f"{row.method:{WIDTH}}" + "".join(f"{_cell(*row.measures[name]):>19}" for name in measures))
        lines.append("")
    return "\n".join(lines)


def as_data(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {"method": row.method, "level": row.level}
        | {name: {"value": value, "interval": list(interval) if interval else None} for name, (value, interval) in row.measures.items()}
        for row in rows
    ]


def _cell(value: float, interval: tuple[float, float] | None) -> str:
    return f"{value:.3f}" + (f" [{interval[0]:.3f},{interval[1]:.3f}]" if interval else " " * 14)
