"""The header of a WFDB record, read and checked before anything that it names is opened or anything that it claims is allocated.

Layout: https://physionet.org/physiotools/wag/header-5.htm; formats: signal-5.htm beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from data.errors import UnreadableEcgError
from data.readers.bundle import own_name
from data.readers.channels import MAX_SAMPLES
from data.readers.text import decoded

MAX_SIGNALS, MAX_SEGMENTS = 256, 1000
_ALWAYS_ALLOWED, _PACKED = 2_000_000, 20  # samples of a FLAC file, and how many a byte may hold beyond; an ECG has some two
GAP = "~"  # a segment in which nothing was recorded
MAX_HEADER_BYTES = 1_000_000
DEFAULT_FS, DEFAULT_GAIN = 250.0, 200.0  # of the format, where a header states none
BYTES_PER_SAMPLE = {"8": 1.0, "16": 2.0, "24": 3.0, "32": 4.0, "61": 2.0, "80": 1.0, "160": 2.0, "212": 1.5, "310": 4 / 3, "311": 4 / 3}
FLAC_FORMATS = ("508", "516", "524")

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RECORD = re.compile(
    r"[\w-]+(?:/(?P<segments>\d+))?[ \t]+(?P<signals>\d+)"
    rf"(?:[ \t]+(?P<fs>{_NUMBER})(?:/\S*)?(?:[ \t]+(?P<frames>\d+)(?:[ \t]+(?P<time>[\d:.]+)(?:[ \t]+(?P<date>[\d/]+))?)?)?)?",
    re.ASCII,
)
_SIGNAL = re.compile(
    r"(?P<file>\S+)[ \t]+(?P<format>\d+)(?:x(?P<per_frame>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<offset>\d+))?"
    rf"(?:[ \t]+(?P<gain>{_NUMBER})(?:\((?P<baseline>[-+]?\d+)\))?(?:/(?P<unit>\S+))?"
    r"(?:[ \t]+\d+(?:[ \t]+(?P<zero>[-+]?\d+)(?:[ \t]+[-+]?\d+(?:[ \t]+(?P<checksum>[-+]?\d+)"
    r"(?:[ \t]+\d+(?:[ \t]+(?P<label>.+))?)?)?)?)?)?)?",
    re.ASCII,
)
_SEGMENT = re.compile(r"[\w~-]+[ \t]+\d+", re.ASCII)
_PLAIN_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)  # no folder, no drive, no ".."


@dataclass(frozen=True)
class Signal:
    """One signal line: where the samples lie; their value in `unit` is (sample - baseline) / gain."""

    file: str
    format: str
    samples_per_frame: int
    skew: int  # frames by which the signal is stored late
    offset: int  # bytes before the first sample
    gain: float | None
    baseline: int
    unit: str
    checksum: int | None
    label: str


@dataclass(frozen=True)
class Header:
    """A header that its files can bear out."""

    fs: float | None  # frames per second, where stated
    n_frames: int
    start: datetime | None
    signals: tuple[Signal, ...]
    lines: tuple[str, ...]  # the signal lines as written
    comments: tuple[str, ...]

    @property
    def frames_per_second(self) -> float:
        return DEFAULT_FS if self.fs is None else self.fs

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(signal.file for signal in self.signals))

    def signals_of(self, file: str) -> list[Signal]:
        return [signal for signal in self.signals if signal.file == file]


def looks_like_header(content: bytes) -> bool:
    """Text whose first line is a record line and whose second describes a signal or a segment."""
    lines, _ = _lines(content[:4000])
    if not lines or not (record := _RECORD.fullmatch(lines[0])):
        return False
    if len(lines) == 1:
        return not _is_number(lines[0].split()[0]) or len(lines[0].split()) in (3, 4)
    described = re.match(r"\S+[ \t]+\d+", lines[1], re.ASCII) or (record["segments"] and _SEGMENT.fullmatch(lines[1]))
    return bool(described) and not _is_number(lines[1].split()[0])


def named_files(content: bytes) -> Sequence[str]:
    """The signal files that the header names, where the names are plain."""
    lines, _ = _lines(content[:MAX_HEADER_BYTES])
    if not lines or not (record := _RECORD.fullmatch(lines[0])):
        return []
    named = dict.fromkeys(line.split()[0] for line in lines[1:])
    if record["segments"]:
        return [f"{name}.hea" for name in list(named)[:MAX_SEGMENTS] if name != GAP and _PLAIN_NAME.fullmatch(name)]
    return [name for name in list(named)[:MAX_SIGNALS] if _PLAIN_NAME.fullmatch(name)]


@dataclass(frozen=True)
class Segments:
    """The header of a record in segments: each the name of a record, None for a gap, and its frames."""

    fs: float
    start: datetime | None
    parts: tuple[tuple[str | None, int], ...]
    comments: tuple[str, ...]


def checked_segments(content: bytes) -> Segments | None:
    """The segments that a header lists; None where it lists signals.

    Raises
    ------
    UnreadableEcgError : a line that cannot be understood, or lengths that do not add up
    """
    lines, comments = _lines(content[:MAX_HEADER_BYTES])
    record = _RECORD.fullmatch(lines[0])
    if record is None or not record["segments"]:
        return None
    if len(lines) - 1 != int(record["segments"]) or not 0 < len(lines) - 1 <= MAX_SEGMENTS:
        raise UnreadableEcgError(f"header describes {len(lines) - 1} segments, wanted those it claims, 1 to {MAX_SEGMENTS}: send it whole")
    parts = []
    for line in lines[1:]:
        if not _SEGMENT.fullmatch(line):
            raise UnreadableEcgError(_garbled(line))
        name, frames = line.split()
        parts.append((None if name == GAP else name, int(frames)))
    total = sum(frames for _, frames in parts)
    if total > MAX_SAMPLES or total == 0 or (record["frames"] and int(record["frames"]) != total):
        raise UnreadableEcgError(f"header lists segments of {total:,} samples, wanted as many as it claims: send the header whole")
    return Segments(float(record["fs"] or DEFAULT_FS), _start(record["date"], record["time"]), tuple(parts), comments)


def checked_header(content: bytes, sizes: Mapping[str, int]) -> Header:
    """Read a header and hold it against the files that came with it.

    Parameters
    ----------
    sizes : bytes of each file of the upload, by plain name

    Raises
    ------
    UnreadableEcgError : a line that cannot be understood, a name that is not plain, a file that is missing or too short
    """
    if len(content) > MAX_HEADER_BYTES:
        raise UnreadableEcgError("is a WFDB header of over 1 MB, wanted that of an ECG: send the header as the device wrote it")
    lines, comments = _lines(content)
    record = _RECORD.fullmatch(lines[0])
    if record is None or not all(map(str.isascii, lines)):
        raise UnreadableEcgError(_garbled(lines[0]))
    if record["segments"]:
        raise UnreadableEcgError("is a segment that has segments itself, wanted signals: send the record as it was made")
    n_signals = int(record["signals"])
    if not 0 < n_signals <= MAX_SIGNALS:
        raise UnreadableEcgError(f"header claims {n_signals:,} signals, wanted 1 to {MAX_SIGNALS}: send the header of one ECG")
    if len(lines) - 1 != n_signals:
        raise UnreadableEcgError(f"header claims {n_signals} signals and describes {len(lines) - 1}, wanted all: send the header whole")
    signals = tuple(map(_signal, lines[1:]))
    for file in dict.fromkeys(signal.file for signal in signals):
        if not _PLAIN_NAME.fullmatch(file):
            raise UnreadableEcgError(
                f"header points to a file outside its folder ({own_name(file)}), wanted a plain name: correct the header"
            )
        if file not in sizes:
            raise UnreadableEcgError(f"header without its signal file {own_name(file)}, wanted both: send both together")
    n_frames = int(record["frames"] or 0) or _frames_held(signals, sizes)
    header = Header(
        fs=float(record["fs"]) if record["fs"] else None,
        n_frames=n_frames,
        start=_start(record["date"], record["time"]),
        signals=signals,
        lines=lines[1:],
        comments=comments,
    )
    _check_lengths(header, sizes)
    return header


def _lines(content: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Header lines and comments; none where this is no text."""
    if b"\0" in content[:4000]:
        return (), ()
    stripped = [line.strip() for line in decoded(content).replace("\r", "\n").split("\n")]
    # wfdb skips what is not ASCII, which would turn microvolts into volts
    lines = tuple(line.replace("µ", "u").replace("μ", "u") for line in stripped if line and not line.startswith("#"))
    return lines, tuple(comment for line in stripped if line.startswith("#") and (comment := line.strip("# \t")))


def _is_number(word: str) -> bool:
    return re.fullmatch(_NUMBER, word) is not None


def _garbled(line: str) -> str:
    return (
        f"has a WFDB header with the line {own_name(line)[:40]!r}, wanted the layout of the format: send the header as the device wrote it"
    )


def _signal(line: str) -> Signal:
    match = _SIGNAL.fullmatch(line)
    if match is None:
        raise UnreadableEcgError(_garbled(line))
    return Signal(
        file=match["file"],
        format=match["format"],
        samples_per_frame=int(match["per_frame"] or 1) or 1,
        skew=int(match["skew"] or 0),
        offset=int(match["offset"] or 0),
        gain=float(match["gain"] or 0) or None,  # 0 also means: not calibrated
        baseline=int(match["baseline"] or match["zero"] or 0),
        unit=match["unit"] or "mV",
        checksum=int(match["checksum"]) if match["checksum"] else None,
        label=(match["label"] or "").strip(),
    )


def _frames_held(signals: Sequence[Signal], sizes: Mapping[str, int]) -> int:
    """How many frames the first signal file has, for a header that does not say."""
    first = signals[0]
    per_frame = sum(signal.samples_per_frame for signal in signals if signal.file == first.file)
    return int((sizes[first.file] - first.offset) / (per_frame * BYTES_PER_SAMPLE.get(first.format, float("inf"))))


def _check_lengths(header: Header, sizes: Mapping[str, int]) -> None:
    if header.n_frames * sum(signal.samples_per_frame for signal in header.signals) > MAX_SAMPLES:
        raise UnreadableEcgError(f"header claims {header.n_frames:,} samples a lead, wanted one ECG: send the part that matters")
    if header.n_frames <= max(signal.skew for signal in header.signals):
        raise UnreadableEcgError("has no samples, wanted a recording: send header and signal file again")
    for file in header.files:
        signals = header.signals_of(file)
        fmt, offset = signals[0].format, signals[0].offset
        if any(signal.format != fmt for signal in signals) or (fmt not in BYTES_PER_SAMPLE and fmt not in FLAC_FORMATS):
            known = ", ".join((*BYTES_PER_SAMPLE, *FLAC_FORMATS))
            raise UnreadableEcgError(f"signal file {file} is in WFDB format {fmt}, wanted one of {known}: convert the record")
        per_frame = sum(signal.samples_per_frame for signal in signals)
        if fmt in FLAC_FORMATS and header.n_frames * per_frame > _ALWAYS_ALLOWED + _PACKED * sizes[file]:
            raise UnreadableEcgError(f"signal file {file} is far too small for {header.n_frames:,} samples a lead: send it whole")
        needed = offset + ceil(header.n_frames * per_frame * BYTES_PER_SAMPLE.get(fmt, 0))
        if needed > sizes[file]:
            raise UnreadableEcgError(
                f"signal file {file} is cut off, wanted {needed:,} bytes by its header and got {sizes[file]:,}: send it whole"
            )


def _start(date: str | None, time: str | None) -> datetime | None:
    for form in ("%d/%m/%Y %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(f"{date} {time}", form)
        except ValueError:
            continue
    return None
