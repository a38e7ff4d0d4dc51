"""Channels that were recorded one after the other, as on a sheet of 3 x 4 leads, on one timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.readers.channels import MAX_SAMPLES, Channel, checked_rate

_LONGEST_GAP = 60.0  # seconds between the parts of one sheet
_ALWAYS_ALLOWED = 10_000_000  # samples, gaps included; beyond, gaps may make a recording four times as long as what was recorded


@dataclass(frozen=True, eq=False)
class Part:
    """Channels recorded together, all of one length.

    Parameters
    ----------
    start : seconds, on a clock that all parts share
    fs : samples per second
    """

    start: float
    fs: float
    channels: Sequence[Channel]

    @property
    def n_samples(self) -> int:
        return len(self.channels[0].samples) if self.channels else 0


def on_one_timeline(parts: Sequence[Part], warnings: list[str]) -> tuple[list[Channel], float]:
    """All parts of the rate that the longest one has; where two hold the same lead at the same time, the longer one counts.

    Parameters
    ----------
    parts : at least one with a channel
    warnings : what had to be left out is added

    Returns
    -------
    channels, fs : the channels have one length, NaN where not recorded

    Raises
    ------
    UnreadableEcgError : gaps far longer than what was recorded
    """
    longest_first = sorted(parts, key=lambda part: part.n_samples, reverse=True)
    fs, begin = checked_rate(longest_first[0].fs), longest_first[0].start
    placed: dict[str, list[tuple[int, Channel]]] = {}
    for part in longest_first:
        late = part.start - begin
        if part.fs != fs or not abs(late) <= _LONGEST_GAP:
            _note(warnings, "The file has a further recording, of another rate or time; it is left out.")
            continue
        for channel in part.channels:
            start, there = round(late * fs), placed.setdefault(channel.label, [])
            if any(start < at + len(other.samples) and at < start + len(channel.samples) for at, other in there):
                _note(warnings, "The file has leads more than once; the longest recording of each is used.")
            elif there and there[0][1].unit != channel.unit:
                _note(warnings, "The file has a lead in two units; the longest recording is used.")
            else:
                there.append((start, channel))
    spans = [(start, start + len(channel.samples)) for rows in placed.values() for start, channel in rows]
    first, n_samples = min(start for start, _ in spans), max(stop for _, stop in spans) - min(start for start, _ in spans)
    held = sum(stop - start for start, stop in spans)
    if n_samples * len(placed) > min(MAX_SAMPLES, max(_ALWAYS_ALLOWED, 4 * held)):
        raise UnreadableEcgError(
            f"claims {n_samples:,} samples in {len(placed)} channels, wanted one ECG of which most was recorded: export the ECG alone"
        )
    return [Channel(label, _joined(rows, first, n_samples), rows[0][1].unit) for label, rows in placed.items()], fs


def _joined(rows: Sequence[tuple[int, Channel]], first: int, n_samples: int) -> npt.NDArray[np.floating]:
    if len(rows) == 1 and len(rows[0][1].samples) == n_samples:
        return rows[0][1].samples
    joined = np.full(n_samples, np.nan)
    for start, channel in rows:
        joined[start - first : start - first + len(channel.samples)] = channel.samples
    return joined


def _note(warnings: list[str], text: str) -> None:
    if text not in warnings:
        warnings.append(text)
