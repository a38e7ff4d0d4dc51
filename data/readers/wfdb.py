"""WFDB records, the format of PhysioNet: a text header (.hea) with its signal files (.dat, .mat), decoded by wfdb-python.

The header is checked here before wfdb sees it, because wfdb opens what it names and allocates what it claims.
Layout: https://physionet.org/physiotools/wag/header-5.htm and signal-5.htm.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import UnreadableEcgError
from data.quality import LAW_TOLERANCE, limb_lead_error
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record
from data.readers.header_text import kept, patient_of
from data.readers.registry import Format, Given
from data.record import EcgRecord

if TYPE_CHECKING:
    from wfdb import Record

MAX_SIGNALS = 256
MAX_SAMPLES = 100_000_000
_MAX_HEADER = 1_000_000  # bytes
_BYTES_PER_SAMPLE = {
    "8": 1.0, "16": 2.0, "24": 3.0, "32": 4.0, "61": 2.0, "80": 1.0, "160": 2.0, "212": 1.5, "310": 4 / 3, "311": 4 / 3,
}  # fmt: skip
_COMPRESSED = ("508", "516", "524")  # FLAC
_RECORD_LINE = re.compile(r"[\w-]+(/\d+)?[ \t]+(\d+)(?:[ \t]+([\d.]+)\S*(?:[ \t]+(\d+)(?:[ \t].*)?)?)?", re.ASCII)
_SIGNAL_LINE = re.compile(r"(\S+)[ \t]+(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?(?:[ \t].*)?", re.ASCII)
_SEGMENT_LINE = re.compile(r"[\w~-]+[ \t]+\d+", re.ASCII)
_PLAIN_NAME = re.compile(r"[\w-]+(?:\.\w+)?", re.ASCII)


@dataclass(frozen=True)
class _Signal:
    """What a signal line says of where its samples lie."""

    file: str
    format: str
    samples_per_frame: int
    offset: int  # bytes before the first sample


@dataclass(frozen=True)
class _Header:
    lines: tuple[str, ...]  # record line and signal lines
    comments: tuple[str, ...]
    n_signals: int
    n_segments: int | None
    fs_stated: bool
    n_frames: int | None
    signals: tuple[_Signal, ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(signal.file for signal in self.signals))


def sniff(content: bytes) -> bool:
    """Text whose first line is a WFDB record line and whose second describes a signal or a segment."""
    lines, _ = _lines(content[:_MAX_HEADER])
    if not lines or not (record := _RECORD_LINE.fullmatch(lines[0])):
        return False
    if len(lines) == 1:
        return not _is_number(lines[0].split()[0]) or len(lines[0].split()) in (3, 4)
    described = _SIGNAL_LINE.fullmatch(lines[1]) or (record[1] and _SEGMENT_LINE.fullmatch(lines[1]))
    return bool(described) and not _is_number(lines[1].split()[0])


def companions(content: bytes) -> Sequence[str]:
    """The signal files that the header names, where the names are plain."""
    lines, _ = _lines(content[:_MAX_HEADER])
    named = dict.fromkeys(line.split()[0] for line in lines[1:])
    return [name for name in list(named)[:MAX_SIGNALS] if _PLAIN_NAME.fullmatch(name)]


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The whole record, physical values in mV.

    Raises
    ------
    UnreadableEcgError : a header that is incomplete, points outside its folder or claims more than the files hold;
        a signal file that is missing, cut off or does not match its checksum
    """
    header = _checked_header(files[name], files)
    record = _decoded(header, files)
    wrong = [str(label) for label, said, is_ in zip(record.sig_name, record.checksum, record.calc_checksum(expanded=True), strict=True)
             if said is not None and (int(said) - int(is_)) % 65536]  # fmt: skip
    if wrong:
        raise UnreadableEcgError(
            f"wrong checksum of lead {', '.join(map(own_name, wrong[:4]))}: header and signal file are not of one recording, or are damaged; send both again"
        )
    warnings = [] if header.fs_stated else ["The header states no sampling rate; 250 Hz, the default of the format, was used."]
    channels, rate_factor = _channels(record, warnings)
    return ecg_record(
        channels,
        fs=float(record.fs) * rate_factor,
        patient=patient_of(header.comments),
        time=_start(record),
        source="WFDB",
        comments=kept(header.comments),
        warnings=warnings,
    )


FORMAT = Format("WFDB (.hea with its .dat or .mat)", sniff, read, companions)


def _lines(content: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Header lines and comments; none where this is no text."""
    if b"\0" in content[:4000]:
        return (), ()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    stripped = [line.strip() for line in re.split(r"\r\n|\r|\n", text)]
    # wfdb skips what is not ASCII, which would turn microvolts into volts
    lines = tuple(line.replace("µ", "u").replace("μ", "u") for line in stripped if line and not line.startswith("#"))
    return lines, tuple(comment for line in stripped if line.startswith("#") and (comment := line.strip("# \t")))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _checked_header(content: bytes, files: Bundle) -> _Header:
    if len(content) > _MAX_HEADER:
        raise UnreadableEcgError("is a WFDB header of over 1 MB, wanted one of an ECG: send the header as the device wrote it")
    header = _parsed(*_lines(content))
    if header.n_segments is not None:
        raise UnreadableEcgError(
            "is a WFDB record of several segments, wanted one segment: send the header and signal file of the segment that matters"
        )
    if not 0 < header.n_signals <= MAX_SIGNALS:
        raise UnreadableEcgError(f"header claims {header.n_signals:,} signals, wanted 1 to {MAX_SIGNALS}: send the header of one ECG")
    if len(header.signals) != header.n_signals:
        raise UnreadableEcgError(f"header claims {header.n_signals} signals and describes {len(header.signals)}: send the header whole")
    for file in header.files:
        if not _PLAIN_NAME.fullmatch(file):
            raise UnreadableEcgError(
                f"header points to a file outside its folder ({own_name(file)}), wanted a plain name: correct the header"
            )
        if file not in files:
            raise UnreadableEcgError(f"header without its signal file {own_name(file)}: send both together")
        _check_length(header, file, len(files[file]))
    return header


def _parsed(lines: Sequence[str], comments: Sequence[str]) -> _Header:
    record = _RECORD_LINE.fullmatch(lines[0])
    matches = [_SIGNAL_LINE.fullmatch(line) for line in lines[1:]] if record and not record[1] else []
    if record is None or not all(matches) or not all(map(str.isascii, lines)):
        raise UnreadableEcgError("has a WFDB header with a line that cannot be understood: send the header as the device wrote it")
    return _Header(
        lines=tuple(lines),
        comments=tuple(comments),
        n_signals=int(record[2]),
        n_segments=int(record[1][1:]) if record[1] else None,
        fs_stated=record[3] is not None,
        n_frames=int(record[4]) if record[4] and int(record[4]) else None,
        signals=tuple(_Signal(m[1], m[2], int(m[3] or 1) or 1, int(m[5] or 0)) for m in matches if m),
    )


def _check_length(header: _Header, file: str, size: int) -> None:
    """Refuse a claim of more samples than the file holds, before anything is allocated for it."""
    signals = [signal for signal in header.signals if signal.file == file]
    fmt, per_frame = signals[0].format, sum(signal.samples_per_frame for signal in signals)
    if any(signal.format != fmt for signal in signals) or (fmt not in _BYTES_PER_SAMPLE and fmt not in _COMPRESSED):
        raise UnreadableEcgError(
            f"signal file {file} is in WFDB format {fmt}, wanted one of {', '.join(_BYTES_PER_SAMPLE)}: convert the record"
        )
    if (header.n_frames or 0) * sum(signal.samples_per_frame for signal in header.signals) > MAX_SAMPLES:
        raise UnreadableEcgError(
            f"header claims {header.n_frames:,} samples a lead, wanted a recording of one ECG: send the part that matters"
        )
    needed = ceil((header.n_frames or 1) * per_frame * _BYTES_PER_SAMPLE.get(fmt, 0)) + signals[0].offset
    if needed > size:
        raise UnreadableEcgError(f"signal file {file} is cut off: the header claims {needed:,} bytes, it has {size:,}; send it whole")


def _decoded(header: _Header, files: Bundle) -> "Record":
    """Digital samples and header fields by wfdb, from a private folder under a name of our own, comments left out."""
    import wfdb

    with tempfile.TemporaryDirectory(prefix="ecg-") as folder:
        Path(folder, "record.hea").write_text("\n".join(header.lines) + "\n", encoding="ascii")
        for file in header.files:
            Path(folder, file if file != "record.hea" else "").write_bytes(files[file])
        return wfdb.rdrecord(str(Path(folder, "record")), physical=False, smooth_frames=False, return_res=32)


def _channels(record: "Record", warnings: list[str]) -> tuple[list[Channel], int]:
    """The channels of the rate that most have, in their units, and how many samples they have a frame."""
    per_frame = [n or 1 for n in record.samps_per_frame]
    rate_factor = max(per_frame, key=per_frame.count)
    labels = [label or "" for label in record.sig_name]
    if slower := [own_name(label) for label, n in zip(labels, per_frame, strict=True) if n != rate_factor]:
        warnings.append(f"Left out, sampled at another rate than the other channels: {', '.join(slower)}.")
    wanted = [i for i, n in enumerate(per_frame) if n == rate_factor]
    physical = record.dac(expanded=True, return_res=64)
    channels = [Channel(labels[i], physical[i], record.units[i]) for i in wanted]
    counts = [Channel(labels[i], np.where(np.isnan(physical[i]), np.nan, record.e_d_signal[i]), "uV") for i in wanted]
    if len(set(record.adc_gain)) > 1 and _holds_only_in_counts(channels, counts):
        warnings.append("The header's gains break Einthoven's law and the stored numbers keep it: these were read as microvolts.")
        channels = counts
    return channels, rate_factor


def _holds_only_in_counts(channels: Sequence[Channel], counts: Sequence[Channel]) -> bool:
    """Were the leads scaled one by one after recording, as in LUDB, so that the header's gains are no millivolts?"""

    def error(of: Sequence[Channel]) -> float | None:
        return limb_lead_error([channel.label for channel in of], np.stack([channel.samples for channel in of]).astype(np.float32))

    physical, stored = error(channels), error(counts)
    return physical is not None and stored is not None and physical > LAW_TOLERANCE and stored < LAW_TOLERANCE / 2


def _start(record: "Record") -> datetime | None:
    return datetime.combine(record.base_date, record.base_time or time()) if record.base_date else None
