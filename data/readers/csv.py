"""Tables of text: one column a lead under a header of lead names, one row a sample; CSV, TSV or columns of blanks.

Rate and unit come from comment lines (`# fs: 500`, `# unit: uV`), from the header ("II [mV]"), from a time column, or from the
caller; a table that leaves them open is refused, unless its amplitude allows one unit only.
"""

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import standard_lead_name
from data.readers.bundle import Bundle, own_name
from data.readers.channels import RATES, Channel, ecg_record, millivolts
from data.readers.format import Format, Given
from data.readers.header_text import kept, pair, patient_of
from data.readers.text import decoded
from data.readers.unstated import agreed_unit, said_of_unit, unmistakable_unit
from data.record import EcgRecord

_HEAD = 20_000  # bytes looked at to tell a table
_MAX_COLUMNS = 1000
_LONGEST_LABEL = 100  # characters; in a longer one no unit is looked for, which would take as long as somebody likes
_DELIMITERS = (",", ";", "\t", "|")
_MISSING = {"", "nan", "na", "n/a", "null", "none", "-"}
RATE_KEYS = {
    "fs",
    "sampling rate",
    "sample rate",
    "sampling frequency",
    "sampling_rate",
    "sample_rate",
    "sampling_frequency",
    "frequency",
    "rate",
    "hz",
}
UNIT_KEYS = {"unit", "units"}
_DATE_KEYS = {"date", "time", "datetime", "acquisition date", "recorded"}
_IN_BRACKETS = re.compile(r"(.*?)\s*[\[(]\s*([^\])]*?)\s*[\])]\s*")
_BEHIND = re.compile(r"(.*?)[ _/]+([nuµμm]?V|ms|s|sec|seconds|milliseconds)")
_TIME = re.compile(r"time|t|zeit|tid|seconds?|sec|s|ms|milliseconds?", re.IGNORECASE)
_INDEX = re.compile(r"|sample|samples|index|idx|i?n|nr|no|#|unnamed: 0", re.IGNORECASE)
_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3}


@dataclass
class _Table:
    columns: list[tuple[str, str]]  # (label, unit or "")
    values: npt.NDArray[np.float64]  # (n_columns, n_rows)
    comments: list[str] = field(default_factory=list)


def sniff(content: bytes) -> bool:
    """Text whose first row names at least one lead, or whose rows are all numbers (refused later, with what is missing)."""
    head = content[:_HEAD]
    if b"\0" in head and not head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return False  # binary, as most of what is asked about; told before it is taken for text
    text = decoded(head)
    if "\0" in text:
        return False
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")][:3]
    if len(lines) < 2:
        return False
    delimiter = _delimiter(lines[0])
    named = any(_is_lead(_name_and_unit(cell)[0]) for cell in _cells(lines[0], delimiter))
    below = [_is_number(cell) for cell in _cells(lines[1], delimiter)]
    numbers = len(below) > 1 and all(_is_number(cell) for line in lines for cell in _cells(line, delimiter))
    return (named and any(below)) or numbers


def read(name: str, files: Bundle, given: Given) -> EcgRecord:
    """The whole table as an ECG in mV.

    Raises
    ------
    UnreadableEcgError : no lead names, a cell that is no number, rows of unequal length, a rate or unit that is nowhere stated
    """
    table = _table(files[name])
    stated = dict(filter(None, map(pair, table.comments)))
    leads = [i for i, (label, _) in enumerate(table.columns) if not (_TIME.fullmatch(label) or _INDEX.fullmatch(label))]
    if not any(_is_lead(table.columns[i][0]) for i in leads):
        raise UnreadableEcgError("is a table without a header of lead names, wanted a first row such as I,II,V1: add it")
    warnings: list[str] = []
    fs = _rate(table, stated, given)
    unit = agreed_unit(_first(stated, UNIT_KEYS), given.unit)
    if unit is None and (unstated := [i for i in leads if not table.columns[i][1]]):
        unit = unmistakable_unit([table.columns[i][0] for i in unstated], table.values[unstated])
        warnings.append(said_of_unit(unit))
    return ecg_record(
        [Channel(table.columns[i][0], table.values[i], table.columns[i][1] or unit or "") for i in leads],
        fs=fs,
        patient=patient_of(table.comments),
        time=_date(_first(stated, _DATE_KEYS)),
        source="CSV",
        comments=kept(table.comments),
        warnings=warnings,
    )


FORMAT = Format("CSV with a header of lead names", sniff, read)


def _delimiter(header: str) -> str | None:
    """The most frequent one, or None for blanks."""
    best = max(_DELIMITERS, key=header.count)
    return best if best in header else None


def _cells(line: str, delimiter: str | None) -> list[str]:
    return [cell.strip().strip("\"'").strip() for cell in _split(line, delimiter)]


def _split(line: str, delimiter: str | None) -> list[str]:
    quoted = delimiter is not None and '"' in line  # a delimiter between quotation marks parts nothing
    return next(csv.reader([line], delimiter=delimiter or " ", skipinitialspace=True)) if quoted else line.split(delimiter)


def _name_and_unit(cell: str) -> tuple[str, str]:
    """ "II [mV]", "II (uV)", "II_mV" to name and unit."""
    if len(cell) > _LONGEST_LABEL:
        return cell, ""
    match = _IN_BRACKETS.fullmatch(cell) or _BEHIND.fullmatch(cell)
    if match and (millivolts(match[2]) or match[2].lower() in _SECONDS):
        return match[1].strip(), match[2]
    return cell, ""


def _is_lead(label: str) -> bool:
    return standard_lead_name(label.removeprefix("-")) is not None or label.upper() == "MLII"


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return cell.lower() in _MISSING and bool(cell)
    return True


def _table(content: bytes) -> _Table:
    lines = decoded(content).splitlines()
    is_row = [bool(line) and not line.isspace() and not line.lstrip().startswith("#") for line in lines]
    comments = [line.strip().strip("#").strip() for line, row in zip(lines, is_row, strict=True) if not row]
    head = is_row.index(True)
    delimiter = _delimiter(lines[head])
    cells = _cells(lines[head], delimiter)
    if len(cells) > _MAX_COLUMNS:
        raise UnreadableEcgError(f"is a table of {len(cells):,} columns, wanted one a lead and one row a sample: export it so")
    columns = [_name_and_unit(cell) for cell in cells]
    rows = [n for n in range(head + 1, len(lines)) if is_row[n]]
    if not rows:
        raise UnreadableEcgError("is a table without rows, wanted one row a sample: export it again")
    body = [lines[n] for n in rows]
    if delimiter != ",":
        body = [row.replace(",", ".") for row in body]  # decimal commas
    try:
        values = np.loadtxt(body, delimiter=delimiter, ndmin=2)  # fast, and strict: gaps and faults are left to the loop below
    except ValueError:
        values = np.empty((0, 0))
    if values.shape != (len(body), len(columns)):
        values = np.array([_numbers(n + 1, row, delimiter, len(columns)) for n, row in zip(rows, body, strict=True)])
    return _Table(columns, values.T, [comment for comment in comments if comment])


def _numbers(number: int, line: str, delimiter: str | None, wanted: int) -> list[float]:
    cells = _split(line, delimiter)
    if len(cells) == wanted + 1 and not cells[-1].strip():
        cells.pop()  # a delimiter at the end of every row
    if len(cells) == 2 * wanted and delimiter == ",":
        raise UnreadableEcgError(
            f"has {len(cells)} cells in line {number}, wanted {wanted}; these may be decimal commas: write points, or part columns by ';'"
        )
    if len(cells) != wanted:
        raise UnreadableEcgError(f"has {len(cells)} cells in line {number}, wanted {wanted} as in the header: correct the table")
    return [_number(number, cell) for cell in cells]


def _number(number: int, cell: str) -> float:
    text = cell.strip().strip("\"'").strip()
    if text.lower() in _MISSING:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        raise UnreadableEcgError(f"has {own_name(text)[:20]!r} in line {number}, wanted a number such as 0.25: correct the table") from None


def _first(stated: dict[str, str], keys: set[str]) -> str | None:
    return next((stated[key] for key in stated if key in keys), None)


def _rate(table: _Table, stated: dict[str, str], given: Given) -> float:
    written = _first(stated, RATE_KEYS)
    if written is not None:
        match = re.match(r"\d+(?:\.\d+)?(?=\s*(?:hz|samples.*|1/s)?$)", written.strip(), re.IGNORECASE)
        if match is None:
            raise UnreadableEcgError(f"states the rate {own_name(written)!r}, wanted samples per second such as '# fs: 500': correct it")
    rates = {
        "a comment": float(match[0]) if written is not None and match else None,
        "the caller": given.fs,
        "the time column": _rate_of_time(table),
    }
    known = {source: rate for source, rate in rates.items() if rate is not None}
    if not known:
        raise UnreadableEcgError("states no sampling rate, wanted one: add a line '# fs: 500' or a column 'time [s]', or give fs=")
    lowest, highest = min(known.values()), max(known.values())
    if len(known) > 1 and highest > lowest * 1.01:
        said = ", ".join(f"{rate:g} Hz by {source}" for source, rate in known.items())
        raise UnreadableEcgError(f"has contradicting sampling rates ({said}), wanted one: correct or leave out the wrong one")
    return next(iter(known.values()))


def _rate_of_time(table: _Table) -> float | None:
    """Samples per second by the time column; rounded where the column's own rounding explains the rest."""
    found = next((i for i, (label, _) in enumerate(table.columns) if _TIME.fullmatch(label)), None)
    if found is None or table.values.shape[1] < 2:
        return None
    (label, unit), times = table.columns[found], table.values[found]
    steps = np.diff(times)
    step = (times[-1] - times[0]) / len(steps)
    if not np.isfinite(steps).all() or step <= 0 or np.abs(steps - step).max() > 0.6 * step:
        raise UnreadableEcgError("has a time column with gaps or jumps, wanted even steps: export it evenly sampled")
    scale = _SECONDS.get((unit or label).lower())
    possible = [1 / (step * s) for s in ([scale] if scale else [1.0, 1e-3]) if RATES[0] <= 1 / (step * s) <= RATES[1]]
    if len(possible) != 1 or (scale is None and step == 1):
        raise UnreadableEcgError(
            "has a time column whose unit cannot be told, wanted seconds or milliseconds: call it 'time [s]' or 'time [ms]'"
        )
    return float(round(possible[0])) if abs(possible[0] - round(possible[0])) < 0.005 * possible[0] else possible[0]


def _date(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
