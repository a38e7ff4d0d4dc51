"""What was understood of a file, and what had to be assumed: the facts that a person checks before trusting it."""

from typing import Any

import numpy as np

from data.quality import limb_lead_error
from data.record import EcgRecord


def understood(record: EcgRecord) -> dict[str, Any]:
    """Facts by their names in plain words, only those that are known; values are JSON."""
    law = limb_lead_error(record.leads, record.signal)
    facts: dict[str, Any] = {
        "format": record.source,
        "leads": list(record.leads),
        "samples": record.n_samples,
        "rate in Hz": record.fs,
        "length in s": round(record.duration, 3),
        "peak to peak in mV": {lead: _span(row) for lead, row in zip(record.leads, record.signal, strict=True)},
        "not recorded": {
            lead: round(float(share), 4) for lead, share in zip(record.leads, np.isnan(record.signal).mean(axis=1), strict=True) if share
        },
        "error of the limb leads' laws": round(law, 5) if law is not None else None,
        "recorded at": record.time.isoformat() if record.time else None,
        "age": record.patient.age,
        "sex": record.patient.sex,
        "patient id": record.patient.id,
        "device": record.printed.device,
        "filters": record.printed.filters,
        "printed interpretation": list(record.printed.interpretation),
        "printed measurements": dict(record.printed.measurements),
        "comments": list(record.comments),
        "assumed or doubtful": list(record.warnings),
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [], {})}


def _span(row: np.ndarray) -> float | None:
    recorded = row[np.isfinite(row)]
    return round(float(np.ptp(recorded)), 4) if len(recorded) else None


def as_text(facts: dict[str, Any]) -> str:
    """One fact a line."""
    return "\n".join(f"{name}: {_words(value)}" for name, value in facts.items())


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) if all(len(str(item)) < 12 for item in value) else "".join(f"\n  {item}" for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
