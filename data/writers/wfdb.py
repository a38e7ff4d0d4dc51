"""An ECG as a WFDB record of format 16."""

import re

import numpy as np

from data.record import EcgRecord
from data.writers.counts import counted, steps_per_millivolt


def written(record: EcgRecord, name: str = "ecg") -> dict[str, bytes]:
    """Header and signal file, by name."""
    name = re.sub(r"[^\w-]+", "_", name, flags=re.ASCII).strip("_") or "ecg"
    gain = steps_per_millivolt(record.signal)
    steps = counted(record.signal, gain)
    when = f" {record.time:%H:%M:%S %d/%m/%Y}" if record.time else ""
    lines = [f"{name} {len(record.leads)} {record.fs:g} {record.n_samples}{when}"]
    for lead, row in zip(record.leads, steps, strict=True):
        checksum = (int(row.sum(dtype=np.int64)) + 32768) % 65536 - 32768
        lines.append(f"{name}.dat 16 {gain:g}(0)/mV 16 0 {row[0]} {checksum} 0 {lead}")
    lines += [f"# {fact}" for fact in facts(record)]
    return {f"{name}.hea": ("\n".join(lines) + "\n").encode(), f"{name}.dat": steps.T.tobytes()}


def facts(record: EcgRecord) -> list[str]:
    """What a header's comments keep: age, sex, statements and comments; one line each."""
    said = {"Age": record.patient.age, "Sex": record.patient.sex, "ID": record.patient.id}
    lines = [f"{key}: {value:g}" if isinstance(value, float) else f"{key}: {value}" for key, value in said.items() if value is not None]
    return [" ".join(line.split()) for line in (*lines, *record.printed.interpretation, *record.comments)]
