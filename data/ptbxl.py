"""PTB-XL, the data set of 21,799 ECGs with reports (Wagner et al. 2020, PhysioNet, CC-BY 4.0), in its original layout."""

import ast
import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from data.case import Case, CaseStream
from data.errors import DataSetError
from data.readers import read_ecg
from data.record import EcgRecord, Patient

SOURCE = "ptb-xl"
TABLE = "ptbxl_database.csv"
FOLDS = range(1, 11)
RATES = {100: "filename_lr", 500: "filename_hr"}  # Hz to the column that holds the path

_SEX = {"0": "M", "1": "F"}
_COLUMNS = ("ecg_id", "patient_id", "age", "sex", "recording_date", "report", "scp_codes", "strat_fold", *RATES.values())
_OLDEST = 90.0  # the table writes 300 for "older than 89"


@dataclass(frozen=True)
class Row:
    """One line of PTB-XL's table."""

    ecg_id: int
    fold: int  # 1-10; no patient is in two of them
    patient: Patient
    time: datetime | None
    report: str
    statements: dict[str, float]  # SCP-ECG code to likelihood in percent; 0 means "stated, likelihood unknown"
    path: Path | None  # the header of its waveform; None where that is not there

    @property
    def case_id(self) -> str:
        return f"{SOURCE}/{self.ecg_id}"


def cases(root: str | Path, *, folds: Collection[int] | None = None, rate: int = 100) -> CaseStream:
    """Every ECG of PTB-XL that has its waveform in `root`; the others are counted in `.skipped`.

    Parameters
    ----------
    root : the folder that holds ptbxl_database.csv
    folds : which of the ten folds; all of them by default
    rate : 100 or 500 Hz

    Raises
    ------
    DataSetError : not PTB-XL, or a fold or rate that it does not have
    """
    table = rows(root, folds=folds, rate=rate)
    skipped: dict[str, str] = {}

    def stream() -> Iterator[Case]:
        for row in table:
            if row.path is None:
                skipped[row.case_id] = f"no waveform at {rate} Hz"
                continue
            yield Case(
                case_id=row.case_id,
                load=partial(_load, row),
                report=row.report,
                source=SOURCE,
                date=row.time.date().isoformat() if row.time else None,
                patient=row.patient,
                statements=row.statements,
            )

    return CaseStream(stream(), skipped)


def rows(root: str | Path, *, folds: Collection[int] | None = None, rate: int = 100) -> list[Row]:
    """The table itself, for work on the reports alone: rows without waveform are there, with `path` None.

    Parameters and errors as for `cases`.
    """
    root = Path(root)
    if rate not in RATES:
        raise DataSetError(f"PTB-XL has no recordings at {rate} Hz: ask for 100 or 500")
    if unknown := sorted(set(folds or ()) - set(FOLDS)):
        raise DataSetError(f"PTB-XL has no fold {', '.join(map(str, unknown))}: ask for folds 1 to 10")
    table = root / TABLE
    if not table.is_file():
        raise DataSetError(f"{root.name} has no {TABLE}: give the folder of PTB-XL, or fetch it with `ecg-cases download ptb-xl DIR`")
    try:
        with table.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
                raise DataSetError(f"{TABLE} has no column {', '.join(missing)}: wanted the table of PTB-XL 1.0.1 or later")
            parsed = [_row(written, root, rate) for written in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(f"{TABLE} is not a UTF-8 CSV table ({error}): fetch it again") from error
    return [row for row in parsed if folds is None or row.fold in folds]


def _row(written: dict[str, str], root: Path, rate: int) -> Row:
    try:
        statements = ast.literal_eval(written["scp_codes"])
        return Row(
            ecg_id=int(float(written["ecg_id"])),
            fold=int(float(written["strat_fold"])),
            patient=Patient(id=f"{SOURCE}/{int(float(written['patient_id']))}", age=_age(written["age"]), sex=_SEX.get(written["sex"])),
            time=datetime.fromisoformat(written["recording_date"]) if written["recording_date"] else None,
            report=written["report"],
            statements={str(code): float(likelihood) for code, likelihood in statements.items()},
            path=_waveform(root, written[RATES[rate]]),
        )
    except (ValueError, TypeError, AttributeError, SyntaxError, RecursionError, MemoryError) as error:
        raise DataSetError(f"{TABLE}: ecg_id {written.get('ecg_id')!r} cannot be read ({error}): fetch the table again") from error


def _age(written: str) -> float | None:
    if not written:
        return None
    return _OLDEST if float(written) == 300 else float(written)


def _waveform(root: Path, written: str) -> Path | None:
    relative = PurePosixPath(written)
    if not written or relative.is_absolute() or ".." in relative.parts:
        return None
    header = root / f"{relative}.hea"
    return header if header.is_file() and header.with_suffix(".dat").is_file() else None


def _load(row: Row) -> EcgRecord:
    assert row.path is not None  # only such rows become cases
    return read_ecg(row.path).changed(patient=row.patient, time=row.time)
