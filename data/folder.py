"""Any folder of ECG files that can be read, with reports from where people keep them."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from io import StringIO
from pathlib import Path

from data.case import Case, CaseStream
from data.errors import DataSetError, UnreadableEcgError
from data.findings import VOCABULARY
from data.readers import read_ecg
from data.readers.bundle import own_name
from data.readers.header_text import PERSONAL, names_a_person, pair, sex_code
from data.readers.registry import format_of
from data.readers.text import decoded
from data.readers.wfdb_header import named_files
from data.record import EcgRecord, Patient

SOURCE = "folder"
COLUMNS = ("file", "report", "patient", "age", "sex", "date", "statements")

_MAX_REPORT_BYTES = 1 << 20
_PAPERS = {".txt", ".md", ".html", ".pdf", ".json", ""}  # passed over in silence where they are no ECG: licences, notes, reports
_NOT_A_REPORT = PERSONAL | {"height", "weight", "source", "fs", "unit", "units", "date"}
_OLDEST = 120.0  # years


@dataclass(frozen=True)
class _Listed:
    """One line of the folder's table."""

    report: str | None = None
    patient: str | None = None
    age: float | None = None
    sex: str | None = None
    date: str | None = None
    statements: Mapping[str, float] = field(default_factory=dict)


def cases(root: str | Path) -> CaseStream:
    """Every readable ECG below a folder; the unreadable ones are in `.skipped` with the reason, by their path in the folder.

    A file's report is, in this order: the cell `report` of the folder's table; a text file of the same name (`a.dcm`, `a.txt`); the
    interpretation that the device printed into the file; the comments of its header. Lines that name a person ("Name: ...") are left
    out.

    The table is any CSV file directly in the folder with a column `file` (path below the folder, with or without extension). It
    may have `report`, `patient` (a pseudonym), `age` in years, `sex` (F or M), `date` (2024-01-31) and `statements` (SCP-ECG codes
    separated by ";"). Other columns are ignored. What the table says goes before what the file says.

    Links that lead out of the folder are not followed, hidden files not read. A case is named by its path and its content: it keeps its
    name while both stay.

    Parameters
    ----------
    root : the folder

    Raises
    ------
    DataSetError : no such folder, or a table with a cell that cannot be meant
    """
    root = Path(root)
    if not root.is_dir():
        raise DataSetError(f"{root.name} is not a folder: give the folder that holds the ECG files")
    listed = _tables(root)
    skipped: dict[str, str] = {}

    def stream() -> Iterator[Case]:
        unused = set(listed)
        for path in _files(root, skipped):
            name = path.relative_to(root).as_posix()
            try:
                record = read_ecg(path)
            except UnreadableEcgError as error:
                if path.suffix.lower() not in _PAPERS:
                    skipped[name] = str(error).removeprefix(f"{own_name(path.name)}: ")
                continue
            key = name if name in listed else name.removesuffix(path.suffix)
            unused.discard(key)
            held = [record]  # for as long as this case is the newest, so that who takes them one by one reads each file once
            yield _case(path, name, held, listed.get(key, _Listed()))
            held.clear()
        skipped.update(dict.fromkeys(sorted(unused - set(skipped)), "is in the folder's table, but no such ECG was read"))

    return CaseStream(stream(), skipped)


def _case(path: Path, name: str, held: list[EcgRecord], listed: _Listed) -> Case:
    (record,) = held
    patient = Patient(
        id=listed.patient,
        age=record.patient.age if listed.age is None else listed.age,
        sex=listed.sex or record.patient.sex,
    )
    return Case(
        case_id=f"{SOURCE}/{name}#{_fingerprint(record)}",
        load=partial(_load, path, patient, held),
        report=next((text for text in map(_nameless, (listed.report or "", _text_beside(path), _header_report(record))) if text), ""),
        source=SOURCE,
        date=listed.date or (record.time.date().isoformat() if record.time else None),
        patient=patient,
        statements=listed.statements,
    )


def _load(path: Path, patient: Patient, held: list[EcgRecord]) -> EcgRecord:
    record = next(iter(held), None) or read_ecg(path)
    return record.changed(patient=patient)


def _fingerprint(record: EcgRecord) -> str:
    digest = blake2b(f"{record.leads} {record.fs}".encode(), digest_size=6)
    digest.update(record.signal.tobytes())
    return digest.hexdigest()


def _files(root: Path, skipped: dict[str, str]) -> Iterator[Path]:
    """Files that may be ECGs, in a fixed order; what stays within the folder and is not part of a WFDB record."""
    inside = root.resolve()
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        headers = {name.removesuffix(".hea") for name in names if name.endswith(".hea")}
        segments = {part for name in headers for part in _segments(Path(folder, f"{name}.hea"))}
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith(".") or (path.stem in headers and path.suffix != ".hea") or name in segments:
                continue  # the signal, the annotations, the report or a segment of a record that is read by its header
            if not _within(path, inside):
                skipped[path.relative_to(root).as_posix()] = "is, or refers to, a link out of the folder, which is not followed"
            elif path.is_file() and not (path.parent == root and _is_table(path)):
                yield path


def _segments(header: Path) -> Iterable[str]:
    """The headers of the segments that a WFDB header lists; none where it lists signals, as nearly all do."""
    if header.name.startswith(".") or not header.is_file():
        return ()
    with header.open("rb") as file:
        first = file.readline(500)
        if b"/" not in first.partition(b" ")[0]:
            return ()
        return named_files(first + file.read(_MAX_REPORT_BYTES))


def _within(path: Path, inside: Path) -> bool:
    """Whether a file, and where it is a WFDB header each signal file that it names, lies in the folder."""
    if path.is_symlink() and not path.resolve().is_relative_to(inside):
        return False
    if path.suffix != ".hea" or not path.is_file():
        return True
    with path.open("rb") as file:
        content = file.read(_MAX_REPORT_BYTES)
    header = format_of(content)
    named = header.companions(content) if header else ()
    return all(path.with_name(Path(name).name).resolve().is_relative_to(inside) for name in named if Path(name).name)


def _text_beside(path: Path) -> str:
    text = path.with_suffix(".txt")
    if text == path or text.is_symlink() or not text.is_file():
        return ""
    with text.open("rb") as file:
        return decoded(file.read(_MAX_REPORT_BYTES))


def _header_report(record: EcgRecord) -> str:
    """What the device printed, else the comments without those that are data: "Age: 64", or a heading with nothing behind it."""
    lines = list(record.printed.interpretation)
    if lines:
        return "\n".join(lines)
    for line in record.comments:
        key_value = pair(line)
        if not (key_value and (key_value[0] in _NOT_A_REPORT or not key_value[1])):
            lines.append(line)
    return "\n".join(lines)


def _nameless(report: str) -> str:
    return "\n".join(line for line in report.splitlines() if not names_a_person(line)).strip()


def _is_table(path: Path) -> bool:
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as file:
        heading = decoded(file.readline(_MAX_REPORT_BYTES))
    return "file" in _heading(heading)[0]


def _heading(line: str) -> tuple[list[str], str]:
    """Column names in lower case, and the mark between them."""
    delimiter = max(",;\t", key=line.count)
    return [name.strip().strip('"').lower() for name in line.strip().split(delimiter)], delimiter


def _tables(root: Path) -> dict[str, _Listed]:
    listed: dict[str, _Listed] = {}
    for path in sorted(root.glob("*.csv")):
        if not path.is_file() or path.is_symlink() or not _is_table(path):
            continue
        text = decoded(path.read_bytes())
        names, delimiter = _heading(text.partition("\n")[0])
        reader = csv.DictReader(StringIO(text, newline=""), fieldnames=names, delimiter=delimiter, restval="")
        try:
            next(reader)  # the heading
            for row in reader:
                name = row["file"].strip().replace("\\", "/").removeprefix("./").removesuffix(".dat").removesuffix(".mat")
                if name:
                    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
                    listed[name] = _listed(cells, f"{path.name} line {reader.line_num}")
        except csv.Error as error:
            raise DataSetError(f"{path.name} is not a CSV table ({error}): save it as CSV again") from error
    return listed


def _listed(row: Mapping[str, str], where: str) -> _Listed:
    codes = [code.strip() for code in row["statements"].split(";") if code.strip()]
    if unknown := [code for code in codes if code not in VOCABULARY]:
        raise DataSetError(f"{where}: statement {unknown[0]!r} is not of the vocabulary: write SCP-ECG codes such as AFIB;LVH")
    if row["sex"] and not sex_code(row["sex"]):
        raise DataSetError(f"{where}: sex is {row['sex']!r}, wanted F or M")
    try:
        age = float(row["age"].replace(",", ".")) if row["age"] else None
        day = date.fromisoformat(row["date"][:10]).isoformat() if row["date"] else None
    except ValueError as error:
        raise DataSetError(f"{where}: age is {row['age']!r} and date {row['date']!r}, wanted years and a day such as 2024-01-31") from error
    if age is not None and not 0 <= age <= _OLDEST:
        raise DataSetError(f"{where}: age is {row['age']!r}, wanted years from 0 to {_OLDEST:g}, or nothing where it is not known")
    return _Listed(row["report"] or None, row["patient"] or None, age, sex_code(row["sex"]), day, dict.fromkeys(codes, 100.0))
