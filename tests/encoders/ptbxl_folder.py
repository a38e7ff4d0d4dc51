"""A small folder in the layout of PTB-XL, to train and measure on."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import wfdb

from data import EcgRecord


@dataclass(frozen=True)
class Line:
    """One ECG of the table."""

    report: str
    statements: Iterable[str]
    fold: int = 1
    record: EcgRecord | None = None  # None: its waveform is not there
    rates: tuple[int, ...] = (100,)


def write_ptbxl(root: Path, lines: Iterable[Line]) -> Path:
    """Write the table and the waveforms; ECGs and patients are numbered from 1."""
    rows = []
    for number, line in enumerate(lines, 1):
        paths = {rate: f"records{rate}/{number:05d}_{kind}" for rate, kind in ((100, "lr"), (500, "hr"))}
        for rate in line.rates if line.record is not None else ():
            assert line.record is not None
            (root / paths[rate]).parent.mkdir(exist_ok=True)
            record = line.record.resampled(rate)
            folder, name = str((root / paths[rate]).parent), Path(paths[rate]).name
            n = len(record.leads)
            wfdb.wrsamp(name, rate, ["mV"] * n, list(record.leads), record.signal.T.astype(float), fmt=["16"] * n, write_dir=folder)
        rows.append(
            {
                "ecg_id": number,
                "patient_id": number,
                "age": 60,
                "sex": 0,
                "recording_date": "1990-01-01 00:00:00",
                "report": line.report,
                "scp_codes": str(dict.fromkeys(line.statements, 100.0)),
                "strat_fold": line.fold,
                "filename_lr": paths[100],
                "filename_hr": paths[500],
            }
        )
    with (root / "ptbxl_database.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return root
