"""Reading one ECG, whatever the format: open, detect, decode, take ten seconds, check, and refuse in one line."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from data.errors import EcgCasesError, UnreadableEcgError
from data.paper.stated import Stated
from data.quality import STANDARD_SECONDS, doubts
from data.readers.bundle import MAX_FILES, Bundle, check_size, file_content, opened, own_name
from data.readers.format import Given
from data.readers.registry import detect, format_of
from data.record import EcgRecord

MIN_SECONDS = 1.0


def read_ecg(
    path_or_bytes: str | os.PathLike[str] | bytes,
    *,
    name: str | None = None,
    start: float = 0.0,
    seconds: float | None = STANDARD_SECONDS,
    fs: float | None = None,
    unit: str | None = None,
    sheet: Stated | None = None,
    keep_id: bool = False,
) -> EcgRecord:
    """Read one ECG; the format is found by content, not by extension.

    Parameters
    ----------
    path_or_bytes : a file (a WFDB record by its header, its signal file or without suffix), or the content of one file or zip
    name : what to call the file in messages
    start : second at which the part that is kept begins, in a longer recording
    seconds : how long that part may be; None for the rest of the recording
    fs, unit : samples per second and unit of the values, for a table that does not state them
    sheet : layout, scale and page of a picture or PDF of a printed ECG, where a person states or has confirmed them
    keep_id : keep the patient's id; names are never kept

    Returns
    -------
    The first 10 s (or `seconds`) from `start`, mV, with warnings in words about everything doubtful or assumed.

    Raises
    ------
    UnreadableEcgError : anything that is not an ECG we can be sure of
    """
    if isinstance(path_or_bytes, bytes | bytearray | memoryview):
        label, path = own_name(name or "") or "the file", None
    else:
        path = Path(path_or_bytes)
        label = own_name(name or path.name or path.absolute().name) or "the file"
    with _refusing_in_one_line(label):
        files = _with_companions(path) if path else {label: bytes(path_or_bytes)}  # type: ignore[arg-type]
        return _read(files, Given(fs=fs, unit=unit, sheet=sheet), start=start, seconds=seconds, keep_id=keep_id)


def read_upload(
    files: Mapping[str, bytes],
    *,
    start: float = 0.0,
    seconds: float | None = STANDARD_SECONDS,
    fs: float | None = None,
    unit: str | None = None,
    sheet: Stated | None = None,
    keep_id: bool = False,
) -> EcgRecord:
    """Read the one ECG that one or several uploaded files make up: a `.hea` with its `.dat`, a zip, or a single file.

    Parameters are those of `read_ecg`; `files` maps file names to contents.

    Raises
    ------
    UnreadableEcgError : anything that is not an ECG we can be sure of
    """
    label = ", ".join(list(map(own_name, files))[:2]) + (" ..." if len(files) > 2 else "") or "the upload"
    with _refusing_in_one_line(label):
        return _read(files, Given(fs=fs, unit=unit, sheet=sheet), start=start, seconds=seconds, keep_id=keep_id)


@contextmanager
def _refusing_in_one_line(label: str) -> Iterator[None]:
    """Every failure is an `UnreadableEcgError` that begins with the file's own name."""
    try:
        yield
    except EcgCasesError as error:
        raise UnreadableEcgError(f"{label}: {error}") from error
    except Exception as error:  # the decoders raise nearly every kind on a damaged file, none of them for a person to read
        raise UnreadableEcgError(
            f"{label}: damaged or not what it seems ({type(error).__name__}), wanted an ECG file: send it as the device wrote it"
        ) from error


def _with_companions(path: Path) -> Bundle:
    """The file and those it refers to in its own folder. A WFDB record may be named by its signal file, or without suffix."""
    header = path.parent / f"{path.name}.hea"
    if not path.is_file() and header.is_file():
        path = header
    content = file_content(path)
    fmt = format_of(content)
    if fmt is None and (header := path.with_suffix(".hea")).is_file() and header != path:
        path, content = header, file_content(header)
        fmt = format_of(content)
    files, wanted = {path.name: content}, list(fmt.companions(content)) if fmt else []
    while wanted and len(files) < MAX_FILES:  # a record in segments refers to headers, which refer to signal files
        file = path.with_name(wanted.pop())
        if file.name not in files and file.exists():
            files[file.name] = file_content(file)
            check_size(sum(map(len, files.values())))
            if fmt and fmt.sniff(files[file.name]):
                wanted += fmt.companions(files[file.name])
    return files


def _read(files: Bundle, given: Given, *, start: float, seconds: float | None, keep_id: bool) -> EcgRecord:
    files = opened(files)
    fmt, main = detect(files)
    record = _part(fmt.read(main, files, given), start, seconds)
    if np.isnan(record.signal).all():
        raise UnreadableEcgError("has no recorded value in this part, wanted an ECG: send another recording, or begin at another second")
    patient = record.patient if keep_id else replace(record.patient, id=None)
    return record.changed(patient=patient, warnings=record.warnings + doubts(record))


def _part(record: EcgRecord, start: float, seconds: float | None) -> EcgRecord:
    if record.duration < MIN_SECONDS:
        raise UnreadableEcgError(f"lasts {record.duration:.2f} s, wanted at least {MIN_SECONDS:g} s: send a longer recording")
    if not 0 <= start <= record.duration - MIN_SECONDS:
        raise UnreadableEcgError(f"cannot begin at {start:g} s, the recording lasts {record.duration:.1f} s: begin earlier")
    first = round(start * record.fs)
    n_samples = record.n_samples if seconds is None else max(1, round(seconds * record.fs))
    if record.n_samples <= n_samples and not first:
        return record
    part = record.signal[:, first : first + n_samples]
    said = f"The recording lasts {_spoken(record.duration)}; only the {part.shape[1] / record.fs:.4g} s from {_spoken(start)} on are used."
    return record.changed(signal=part, warnings=(*record.warnings, said))


def _spoken(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.4g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
