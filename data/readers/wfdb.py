"""WFDB records, the format of PhysioNet: a text header (.hea) with its signal files (.dat, .mat)."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import STANDARD_LEADS, standard_lead_name
from data.quality import LAW_TOLERANCE, limb_lead_error
from data.readers.bundle import Bundle, own_name
from data.readers.channels import Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import kept, patient_of
from data.readers.wfdb_header import (
    DEFAULT_FS,
    DEFAULT_GAIN,
    Header,
    Segments,
    Signal,
    checked_header,
    checked_segments,
    looks_like_header,
    named_files,
)
from data.record import EcgRecord

_ALWAYS_ALLOWED = 10_000_000  # samples, gaps included
_OWN_NAME = "header-of-the-upload"  # of the record that wfdb reads
Samples = npt.NDArray[np.signedinteger[Any]]

_PLAIN = {"16": "<i2", "61": ">i2"}  # 16-bit numbers, which need no unpacking
_WIDE = ("24", "32", "524")
_LIMB = STANDARD_LEADS[:6]
_LAW_SAMPLES = 1000  # the laws hold sample by sample, so that every so many samples tell as much as all

# The stored number that says "not recorded".
_INVALID = {"80": -128, "310": -512, "311": -512, "212": -2048, "24": -(2**23), "32": -(2**31), "508": -128, "524": -(2**23)}


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """The whole record, physical values in mV.

    Raises
    ------
    UnreadableEcgError : a header that is incomplete, points outside its folder or claims more than the files hold;
        a signal file that is missing, cut off or does not match its checksum
    """
    segments = checked_segments(files[name])
    return _recording(files[name], files) if segments is None else _joined(segments, files)


def _recording(content: bytes, files: Bundle) -> EcgRecord:
    header = checked_header(content, {file: len(content) for file, content in files.items()})
    samples = list(_stored(header, files))
    _check_sums(header.signals, samples)
    warnings = []
    if header.fs is None:
        warnings.append(f"The header states no sampling rate; {DEFAULT_FS:g} Hz, the default of the format, was used.")
    if ungained := [own_name(signal.label) for signal in header.signals if signal.gain is None]:
        warnings.append(f"No gain is stated for {', '.join(ungained)}; {DEFAULT_GAIN:g} units a mV, the default of the format, was used.")
    channels, per_frame = _channels(header.signals, samples, warnings)
    return ecg_record(
        channels,
        fs=header.frames_per_second * per_frame,
        patient=patient_of(header.comments),
        time=header.start,
        source="WFDB",
        comments=kept(header.comments),
        warnings=warnings,
    )


def _joined(segments: Segments, files: Bundle) -> EcgRecord:
    """The segments one after the other; where a lead is not among a segment's, it was not recorded."""
    total = sum(n_samples for _, n_samples in segments.parts)
    rows: dict[str, npt.NDArray[np.float32]] = {}
    notes: dict[str, None] = {}
    held = at = 0
    for name, n_samples in segments.parts:
        if name is not None and n_samples:
            if f"{name}.hea" not in files:
                raise UnreadableEcgError(f"header without its segment {own_name(name)}.hea, wanted all segments: send them together")
            part = _recording(files[f"{name}.hea"], files)
            if part.fs != segments.fs or part.n_samples != n_samples:
                raise UnreadableEcgError(
                    f"segment {own_name(name)} has another rate or length than the header says: send it as it was made"
                )
            held += part.signal.size
            if total * len({*rows, *part.leads}) > max(_ALWAYS_ALLOWED, 4 * held, 4 * sum(map(len, files.values()))):
                raise UnreadableEcgError("header claims gaps far longer than what was recorded, wanted an ECG: send the part that matters")
            for lead, row in zip(part.leads, part.signal, strict=True):
                rows.setdefault(lead, np.full(total, np.nan, np.float32))[at : at + n_samples] = row
            notes |= dict.fromkeys(part.warnings)
        at += n_samples
    if not rows:
        raise UnreadableEcgError("is a WFDB record of which no segment was recorded, wanted an ECG: send another recording")
    return ecg_record(
        [Channel(lead, row, "mV") for lead, row in rows.items()],
        fs=segments.fs,
        patient=patient_of(segments.comments),
        time=segments.start,
        source="WFDB",
        comments=kept(segments.comments),
        warnings=tuple(notes),
    )


FORMAT = Format("WFDB (.hea with its .dat or .mat)", looks_like_header, read, named_files)


def _stored(header: Header, files: Bundle) -> Iterator[Samples]:
    """The stored numbers of each signal, in the header's order.

    Format 16, that of nearly every 12-lead record, and its like are taken from the bytes: wfdb parses a header for longer than all
    the rest takes, and loads pandas first. The other formats are wfdb's.
    """
    if any(signal.format not in _PLAIN for signal in header.signals):
        yield from _stored_by_wfdb(header, files)
        return
    frames, column = {}, dict.fromkeys(header.files, 0)
    for file in header.files:
        signals = header.signals_of(file)
        per_frame = sum(signal.samples_per_frame for signal in signals)
        flat = np.frombuffer(files[file], _PLAIN[signals[0].format], count=header.n_frames * per_frame, offset=signals[0].offset)
        frames[file] = np.ascontiguousarray(flat.reshape(header.n_frames, per_frame).T)
    for signal in header.signals:
        start = column[signal.file]
        column[signal.file] = stop = start + signal.samples_per_frame
        yield frames[signal.file][start] if stop == start + 1 else frames[signal.file][start:stop].T.reshape(-1)


def _stored_by_wfdb(header: Header, files: Bundle) -> Sequence[Samples]:
    """From a private folder, under a header of our own making that names nothing but the files beside it."""
    import wfdb

    with tempfile.TemporaryDirectory(prefix="ecg-") as folder:
        lines = [f"{_OWN_NAME} {len(header.signals)} {header.frames_per_second:.6f} {header.n_frames}", *header.lines]
        for file in header.files:
            Path(folder, file).write_bytes(files[file])
        Path(folder, f"{_OWN_NAME}.hea").write_text("\n".join(lines) + "\n", encoding="ascii")
        record = wfdb.rdrecord(str(Path(folder, _OWN_NAME)), physical=False, smooth_frames=False, ignore_skew=True, return_res=32)
    return list(record.e_d_signal)


def _check_sums(signals: Sequence[Signal], samples: Sequence[Samples]) -> None:
    """The header's checksum of a signal is the sum of its stored numbers in 16 bits."""
    wrong = [
        own_name(signal.label)
        for signal, stored in zip(signals, samples, strict=True)
        if signal.checksum is not None and (int(stored.sum(dtype=np.int64)) - signal.checksum) % 65536
    ]
    if wrong:
        raise UnreadableEcgError(
            f"wrong checksum of lead {', '.join(wrong[:4])}, wanted header and signal file of one recording: send both again"
        )


def _channels(signals: Sequence[Signal], samples: Sequence[Samples], warnings: list[str]) -> tuple[list[Channel], int]:
    """The channels of the rate that most have, and how many samples they have a frame."""
    rates = [signal.samples_per_frame for signal in signals]
    per_frame = max(rates, key=rates.count)
    if others := [own_name(signal.label) for signal in signals if signal.samples_per_frame != per_frame]:
        warnings.append(f"Left out, sampled at another rate than the other channels: {', '.join(others)}.")
    chosen = [(signal, stored) for signal, stored in zip(signals, samples, strict=True) if signal.samples_per_frame == per_frame]
    counts = [_aligned(signal, stored) for signal, stored in chosen]
    physical = [
        Channel(signal.label, (row - signal.baseline if signal.baseline else row) / (signal.gain or DEFAULT_GAIN), signal.unit)
        for (signal, _), row in zip(chosen, counts, strict=True)
    ]
    microvolts = [Channel(signal.label, row, "uV") for (signal, _), row in zip(chosen, counts, strict=True)]
    if len({signal.gain for signal, _ in chosen}) > 1 and _holds_only_in(microvolts, physical):
        warnings.append("The header's gains break Einthoven's law and the stored numbers keep it: these were read as microvolts.")
        return microvolts, per_frame
    return physical, per_frame


def _aligned(signal: Signal, stored: Samples) -> npt.NDArray[np.floating[Any]]:
    """The stored numbers in time with the other signals, NaN where not recorded."""
    row: npt.NDArray[np.floating[Any]] = stored.astype(np.float64 if signal.format in _WIDE else np.float32)  # which holds 16 bits exactly
    missing = stored == _INVALID.get(signal.format, -32768)
    if missing.any():
        row[missing] = np.nan
    late = signal.skew * signal.samples_per_frame
    return np.concatenate([row[late:], np.full(late, np.nan, row.dtype)]) if late else row


def _holds_only_in(counts: Sequence[Channel], physical: Sequence[Channel]) -> bool:
    """Were the leads scaled one by one after recording, as in LUDB, so that the header's gains are no millivolts?"""

    def error(channels: Sequence[Channel]) -> float | None:
        limb = [channel for channel in channels if standard_lead_name(channel.label) in _LIMB]
        if not limb:
            return None
        every = max(1, len(limb[0].samples) // _LAW_SAMPLES)
        with np.errstate(over="ignore"):  # a gain near 0; what is too large for a voltage is refused later
            signal = np.stack([channel.samples[::every] for channel in limb]).astype(np.float32)
        return limb_lead_error([channel.label for channel in limb], signal)

    by_gain = error(physical)
    if by_gain is None or by_gain <= LAW_TOLERANCE:
        return False
    as_stored = error(counts)
    return as_stored is not None and as_stored < LAW_TOLERANCE / 2
