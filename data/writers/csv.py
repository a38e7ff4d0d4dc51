"""An ECG as a table: rate and unit in comment lines, a column a lead, a row a sample."""

import numpy as np

from data.record import EcgRecord
from data.writers.wfdb import facts


def written(record: EcgRecord, name: str = "ecg") -> dict[str, bytes]:
    """The one file, by name; samples to 0.01 uV, an empty cell where nothing was recorded."""
    head = [f"fs: {record.fs:.10g}", "unit: mV", *([f"date: {record.time.isoformat()}"] if record.time else []), *facts(record)]
    lines = [f"# {line}" for line in head] + [",".join(record.leads)]
    for row in record.signal.T.astype(np.float64).tolist():
        lines.append(",".join("" if value != value else f"{value:.5f}" for value in row))
    return {f"{name}.csv": ("\n".join(lines) + "\n").encode()}
