"""An ECG of any format that can be read, kept in one of three that everybody reads."""

from collections.abc import Callable, Mapping
from pathlib import Path

from data.errors import EcgCasesError
from data.record import EcgRecord
from data.writers import csv, dicom, wfdb

Write = Callable[[EcgRecord, str], dict[str, bytes]]
WRITERS: Mapping[str, Write] = {"wfdb": wfdb.written, "csv": csv.written, "dicom": dicom.written}


class CannotWriteError(EcgCasesError, OSError):
    """A file that is there already, or a format that is not written."""


def save(record: EcgRecord, path: str | Path, kind: str) -> list[Path]:
    """Write the record beside `path`, under its name with the format's own suffix.

    Samples are kept to 16 bits (WFDB, DICOM) or 0.01 uV (CSV). Nothing that is there is overwritten.

    Parameters
    ----------
    path : folder and name of what is written; a suffix is ignored
    kind : a key of `WRITERS`

    Returns
    -------
    The files that were written.

    Raises
    ------
    CannotWriteError : another kind, or one of the files is there
    """
    path = Path(path)
    if kind not in WRITERS:
        raise CannotWriteError(f"{kind!r} is no format that is written, wanted {', '.join(WRITERS)}")
    files = {path.parent / name: content for name, content in WRITERS[kind](record, path.stem).items()}
    if there := [file.name for file in files if file.exists()]:
        raise CannotWriteError(f"{there[0]} is there already: choose another folder, or move it away")
    path.parent.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        file.write_bytes(content)
    return list(files)
