"""The demo: a library of simulated cases, made on first start, and the draft for one ECG that is not in it."""

import os
from pathlib import Path

from ui import opened, sources
from ui.examples import example
from ui.indexing import fill

SHOWN = "Left bundle branch block"


def cache() -> Path:
    """Where this user's caches are kept (XDG Base Directory)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecg-cases"


def prepare(folder: Path | None, llm: str | None) -> tuple[Path, str]:
    """Make or complete the demo library; returns its folder and the draft for the example.

    The folder is by default one per encoder, so that a newer encoder makes its own; a start that was killed is taken up again.
    """
    from agent import CaseLibrary, draft_summary

    encoder = opened.encoder()
    folder = folder or cache() / encoder.id / "demo"
    library = CaseLibrary.create(folder, encoder=encoder)
    if len(library) < sources.DEMO_CASES:
        fill(library, sources.cases("demo"), total=sources.DEMO_CASES)
    record = example(SHOWN)
    draft = draft_summary(record, library.search(ecg=record), llm=opened.language_model(llm))
    return folder, f"{SHOWN}, simulated\n\n{draft}"
