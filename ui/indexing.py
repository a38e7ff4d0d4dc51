"""Filling a library before somebody's eyes."""

import sys
from collections import Counter
from typing import TYPE_CHECKING

from tqdm import tqdm

from data.case import CaseStream

if TYPE_CHECKING:
    from agent import CaseLibrary


def fill(library: "CaseLibrary", cases: CaseStream, *, total: int | None = None) -> str:
    """Add cases with a progress bar on stderr; returns what became of them, in one line and one more for each reason of a failure."""
    report = library.add(tqdm(cases, total=total, unit="case", desc=f"into {library.name}", file=sys.stderr, dynamic_ncols=True))
    counts = f"{report.added:,} added, {report.present:,} already there, {len(report.failed) + len(cases.skipped):,} skipped"
    reasons = Counter([*report.failed.values(), *cases.skipped.values()])
    lines = [f"{counts}; {len(library):,} cases in {library.name}"]
    return "\n".join(lines + [f"  skipped {count:,}: {' '.join(reason.split())}" for reason, count in reasons.most_common(20)])
