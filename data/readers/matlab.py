"""The variables of a MATLAB file of version 5; version 7.3 is HDF5.

Layout: "MAT-File Format" of The MathWorks, chapter 1. SciPy reads it too, but a damaged file can crash its compiled reader, and
with it the process.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.readers import hdf5

_HEADER = 128  # bytes
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_UTF8, _UTF16, _MATRIX, _PACKED = 16, 17, 14, 15
_CELL, _CHAR, _NUMERIC = 1, 4, range(6, 16)  # classes of arrays
_ALWAYS_ALLOWED, _EXPANSION = 1_000_000, 10  # bytes that a packed variable may have, beside so many times the file


def sniff(content: bytes) -> bool:
    """The text that the header begins with; a WFDB record's .mat is version 4 and has none."""
    return content.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"))


def variables(content: bytes) -> dict[str, Any]:
    """Name to array, text or list of texts; structures, objects and sparse arrays are passed over.

    Raises
    ------
    UnreadableEcgError : an element that is cut off, or packed beyond any ECG
    """
    if content.startswith(b"MATLAB 7.3"):
        return hdf5.datasets(content, matlab=True)
    order = ">" if content[126:128] == b"MI" else "<"
    found: dict[str, Any] = {}
    for kind, data in _elements(content[_HEADER:], order):
        if kind == _PACKED:
            kind, data = next(_elements(_unpacked(data, _ALWAYS_ALLOWED + _EXPANSION * len(content)), order), (0, b""))
        if kind == _MATRIX:
            name, value = _matrix(data, order)
            if name and value is not None:
                found[name] = value
    return found


def _elements(content: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Type and data of each element; those of up to four bytes share eight with their tag."""
    at = 0
    while at + 8 <= len(content):
        kind, size = struct.unpack_from(order + "II", content, at)
        if kind >> 16:
            yield kind & 0xFFFF, content[at + 4 : at + 4 + min(kind >> 16, 4)]
            at += 8
            continue
        if size > len(content) - at - 8:
            raise UnreadableEcgError("is a MATLAB file that is cut off, wanted it whole: save it again")
        yield kind, content[at + 8 : at + 8 + size]
        at += 8 + (size if kind == _PACKED else (size + 7) // 8 * 8)


def _unpacked(data: bytes, at_most: int) -> bytes:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(data, at_most)
    if unpacker.unconsumed_tail:
        raise UnreadableEcgError("is a MATLAB file that unpacks to more than an ECG, wanted one ECG: save a shorter recording")
    return content


def _matrix(data: bytes, order: str) -> tuple[str, Any]:
    """Name and value; None for what is passed over."""
    flags, shape, name, *parts = _elements(data, order)
    kind = struct.unpack(order + "I", flags[1][:4])[0] & 0xFF
    size = tuple(np.frombuffer(shape[1], order + "i4").tolist())
    called = name[1].decode("latin-1")
    if kind == _CELL:
        texts = [_matrix(part, order)[1] for inner, part in parts if inner == _MATRIX] if len(parts) <= 1000 else []
        return called, [text for text in texts if isinstance(text, str)]
    if kind == _CHAR:
        return called, _text(*parts[0], order) if parts else ""
    if kind in _NUMERIC and len(parts) == 1 and parts[0][0] in _TYPES:  # a second part is imaginary
        return called, _array(parts[0][1], order + _TYPES[parts[0][0]], size)
    return called, None


def _array(data: bytes, dtype: str, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    values = np.frombuffer(data, dtype)
    if min(shape, default=0) < 0 or int(np.prod(shape, dtype=object)) != len(values):
        raise UnreadableEcgError("is a MATLAB file with an array that is cut off, wanted it whole: save it again")
    return values.reshape(shape, order="F").squeeze()


def _text(kind: int, data: bytes, order: str) -> str:
    if kind in (_UTF16, 4):
        return data.decode("utf-16-be" if order == ">" else "utf-16-le", "replace")
    return data.decode("utf-8" if kind == _UTF8 else "latin-1", "replace")
