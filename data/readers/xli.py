"""The compression of Philips Sierra XML, "XLI": each lead as second differences, their bytes parted, then LZW of ten bits.

Known from the open decoders of sierra-ecg-tools (https://github.com/sixlettervariables/sierra-ecg-tools), against which it is tested.
"""

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError

_BITS = 10
_LAST_CODE = (1 << _BITS) - 2
_OFFSET = 64  # added to each stored difference


def unpacked(data: bytes, n_leads: int, *, at_most: int) -> list[npt.NDArray[np.int16]]:
    """The first stored leads, each (n_samples,); fewer where no more are there.

    Parameters
    ----------
    at_most : samples that a lead may have

    Raises
    ------
    UnreadableEcgError : cut off, or a lead of more samples
    """
    leads: list[npt.NDArray[np.int16]] = []
    at = 0
    while len(leads) < n_leads and at + 8 <= len(data):
        size, _, start = struct.unpack_from("<ihh", data, at)
        at += 8
        if not 0 <= size <= len(data) - at:
            raise UnreadableEcgError("has compressed leads that are cut off, wanted them whole: send it as the device wrote it")
        leads.append(_summed(_lzw(data[at : at + size], 2 * at_most), start))
        at += size
    return leads


def _summed(content: bytes, start: int) -> npt.NDArray[np.int16]:
    """From the high bytes, behind them the low bytes, of second differences to samples; the first two are samples themselves."""
    content += b"\0" * (len(content) % 2)
    halves = np.frombuffer(content, np.uint8).reshape(2, -1).astype(np.uint16)
    stored = (halves[0] << 8 | halves[1]).view(np.int16).astype(np.int64)
    if len(stored) < 2:
        raise UnreadableEcgError("has a compressed lead without samples, wanted a recording: send it as the device wrote it")
    second = -np.concatenate([[start], stored[2:-1] - _OFFSET])[: len(stored) - 2]
    slopes = stored[1] - stored[0] + np.concatenate([[0], np.cumsum(second)])
    return np.concatenate([stored[:1], stored[0] + np.cumsum(slopes)]).astype(np.int16)


def _lzw(data: bytes, at_most: int) -> bytes:
    """Codes of ten bits, the highest bit first; the table is full at 1,023 entries and then stays."""
    strings = [bytes([code]) for code in range(256)]
    previous, found, left = b"", [], at_most + 2
    for code in _codes(data):
        if code > _LAST_CODE:
            break
        string = strings[code] if code < len(strings) else previous + previous[:1]
        if previous and len(strings) <= _LAST_CODE:
            strings.append(previous + string[:1])
        left -= len(string)
        if not string or left < 0:
            raise UnreadableEcgError("has a compressed lead of more samples than it lasts, wanted it sound: send it as the device wrote it")
        found.append(string)
        previous = string
    return b"".join(found)


def _codes(data: bytes) -> Iterator[int]:
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    whole = bits[: len(bits) // _BITS * _BITS].reshape(-1, _BITS)
    return iter((whole @ (1 << np.arange(_BITS)[::-1])).tolist())
