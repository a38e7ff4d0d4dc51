"""The samples of SCP-ECG: Huffman codes, differences, and the reference beat that was taken out of every beat of its kind.

Layout and default table: EN 1064 (SCP-ECG), sections 2 and 4 to 6 and its annex on compression.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError

Samples = npt.NDArray[np.int64]
_DEFAULT_TABLE = 19999
_WINDOW = 16  # bits, the longest prefix that is understood
_MAX_TABLES, _MAX_CODES = 16, 1024


@dataclass(frozen=True)
class _Code:
    """A prefix: of a value where nothing follows it, of a value written out behind it, or of a change to another table."""

    prefix_bits: int
    all_bits: int
    switches: bool
    value: int
    prefix: int  # its first bit is the lowest


@dataclass(frozen=True, eq=False)
class _Table:
    """For every window of 16 bits: which code begins it, -1 for none."""

    codes: Sequence[_Code]
    code_of: npt.NDArray[np.int16]


def _default() -> list[_Code]:
    """Values from -8 to 8 by their frequency; larger ones are written out in 8 or 16 bits."""
    codes = [_Code(1, 1, False, 0, 0)]
    for value in range(1, 9):
        ones = 2**value - 1  # so many ones, a zero, and a bit for the sign
        codes += [_Code(value + 2, value + 2, False, value, ones), _Code(value + 2, value + 2, False, -value, ones | 2 << value)]
    return [*codes, _Code(10, 18, False, 0, 511), _Code(10, 26, False, 0, 1023)]


def huffman_tables(section: bytes) -> list[_Table]:
    """The tables of section 2.

    Raises
    ------
    UnreadableEcgError : cut off, or with prefixes longer than 16 bits
    """
    (count,) = struct.unpack_from("<H", section)
    if count == _DEFAULT_TABLE:
        return [_table(_default())]
    if not 0 < count <= _MAX_TABLES:
        raise UnreadableEcgError(f"is an SCP-ECG file of {count} Huffman tables, wanted 1 to {_MAX_TABLES}: export it again")
    tables, at = [], 2
    for _ in range(count):
        (n_codes,) = struct.unpack_from("<H", section, at)
        at += 2
        if n_codes > _MAX_CODES:
            raise UnreadableEcgError("is an SCP-ECG file of a Huffman table without end, wanted a sound one: export it again")
        codes = []
        for _ in range(n_codes):
            prefix_bits, all_bits, mode, value, prefix = struct.unpack_from("<BBBhI", section, at)
            codes.append(_Code(prefix_bits, all_bits, mode == 0, value, prefix))
            at += 9
        tables.append(_table(codes))
    return tables


def _table(codes: Sequence[_Code]) -> _Table:
    code_of = np.full(1 << _WINDOW, -1, np.int16)
    for number, code in enumerate(codes):
        if not 0 < code.prefix_bits <= _WINDOW or not 0 <= code.all_bits - code.prefix_bits <= 16:
            raise UnreadableEcgError("is an SCP-ECG file of a Huffman table that cannot be followed, wanted prefixes of up to 16 bits")
        first_bit_first = int(f"{code.prefix & (1 << code.prefix_bits) - 1:0{code.prefix_bits}b}"[::-1], 2)
        rest = _WINDOW - code.prefix_bits
        code_of[first_bit_first << rest : (first_bit_first + 1) << rest] = number
    return _Table(codes, code_of)


def decoded(data: bytes, n_samples: int, tables: Sequence[_Table], differences: int) -> Samples:
    """One lead, (n_samples,).

    Parameters
    ----------
    tables : of section 2; none where samples are plain 16-bit numbers
    differences : 0 for samples, 1 or 2 for so many differences taken, after as many samples written as they are

    Raises
    ------
    UnreadableEcgError : fewer samples than wanted
    """
    if tables:
        values = _decoded_by(tables, data, n_samples)
    else:
        values = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int64)[:n_samples]
    if len(values) < n_samples:
        raise UnreadableEcgError(
            f"is an SCP-ECG file cut off within a lead, wanted {n_samples:,} samples and got {len(values):,}: send it whole"
        )
    if differences == 1:
        return np.cumsum(values)
    if differences == 2:
        slopes = values.copy()
        slopes[1:2] -= values[:1]
        slopes[1:] = np.cumsum(slopes[1:])
        return np.cumsum(slopes)
    return values


def _decoded_by(tables: Sequence[_Table], data: bytes, n_samples: int) -> Samples:
    """What code begins at each bit is found for all bits at once; then only the steps from code to code remain."""
    bits = np.unpackbits(np.frombuffer(data + bytes(8), np.uint8))
    windows = np.zeros(len(bits) - 2 * _WINDOW, np.int64)
    for i in range(_WINDOW):
        windows = windows << 1 | bits[i : i + len(windows)]
    begins = [table.code_of[windows] for table in tables]
    steps = [_steps(table, at).tolist() for table, at in zip(tables, begins, strict=True)]
    end, at, table = 8 * len(data), 0, 0
    found: list[int] = []  # bits where the codes of values begin
    used: list[int] = []  # tables that they are of
    switching = any(code.switches for each in tables for code in each.codes)
    step = steps[0]
    for _ in range(2 * n_samples + 2):
        length = step[at] if at < end else 0
        if length <= 0 or at + length > end or len(found) == n_samples:
            break
        if switching and (code := tables[table].codes[begins[table][at]]).switches:
            table = min(max(code.value - 1, 0), len(tables) - 1)
            step = steps[table]
        else:
            found.append(at)
            used.append(table)
        at += length
    return _values(tables, begins, windows, np.array(found, np.int64), np.array(used, np.int64))


def _steps(table: _Table, begins: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
    lengths = np.array([code.all_bits for code in table.codes] + [0])  # the last for no code, -1
    return np.asarray(lengths[begins])


def _values(tables: Sequence[_Table], begins: Sequence[npt.NDArray[np.int16]], windows: Samples, found: Samples, used: Samples) -> Samples:
    values = np.zeros(len(found), np.int64)
    for number, table in enumerate(tables):
        own = np.flatnonzero(used == number)
        codes = begins[number][found[own]]
        prefixes, lengths, stated = (
            np.array([getattr(code, name) for code in table.codes] or [0])[codes] for name in ("prefix_bits", "all_bits", "value")
        )
        rest = lengths - prefixes  # bits of a value that is written out, signed
        behind = windows[found[own] + prefixes] >> (_WINDOW - rest)
        behind -= (behind >> np.maximum(rest - 1, 0) & 1) << rest
        values[own] = np.where(rest > 0, behind, stated)
    return values


@dataclass(frozen=True)
class Beats:
    """Where the reference beat was taken out; sample numbers begin with 1.

    Parameters
    ----------
    fiducial : sample of the reference beat that lies on the fiducial of each beat
    places : (first sample, fiducial, last sample) of each beat of its kind
    """

    fiducial: int
    places: tuple[tuple[int, int, int], ...]


def beats(section: bytes) -> Beats:
    """Section 4, beats of the kind of the reference beat (type 0)."""
    _, fiducial, count = struct.unpack_from("<HHH", section)
    rows = (struct.unpack_from("<HIII", section, 6 + 14 * i) for i in range(count))
    return Beats(fiducial, tuple((first, at, last) for kind, first, at, last in rows if kind == 0))


def with_beats(residue: Samples, reference: npt.NDArray[np.float64], where: Beats) -> npt.NDArray[np.float64]:
    """The lead whole again: the reference beat added wherever it was taken out."""
    whole = residue.astype(np.float64)
    for first, last, shift in _overlaps(where, len(whole), len(reference)):
        whole[first:last] += reference[first + shift : last + shift]
    return whole


def _overlaps(where: Beats, n_samples: int, n_reference: int) -> Iterator[tuple[int, int, int]]:
    """Slices of the lead, and what leads from them to the reference beat."""
    for first, fiducial, last in where.places:
        shift = where.fiducial - fiducial
        start, stop = max(first - 1, 0, -shift), min(last, n_samples, n_reference - shift)
        if start < stop:
            yield start, stop, shift
