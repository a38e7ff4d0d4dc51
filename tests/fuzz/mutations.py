"""How a sound file is damaged: as disks and networks do it, and as somebody would who knows the format."""

import random
import re
import struct
from binascii import crc_hqx
from collections.abc import Mapping, Sequence

Bundle = Mapping[str, bytes]
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
_EXTREMES = (b"0", b"-1", b"1", b"nan", b"inf", b"1e308", b"65536", b"4294967295", b"99999999999999999999", b"0.0000001", b"")
_FIELDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_WORDS = (b"../../etc/passwd", b"/etc/passwd", b"<!ENTITY a 'b'>", b"&a;", b"\xff\xfe", b"\0" * 16, b"mV", b"uV", b"#" * 300, b"\n" * 50)


def damaged(seed: Bundle, others: Sequence[Bundle], chance: random.Random) -> dict[str, bytes]:
    """The bundle with one to six pieces of damage, most of them in its first file."""
    files = dict(seed)
    names = list(files)
    name = names[0] if chance.random() < 0.8 else chance.choice(names)
    content = bytearray(files[name])
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        chance.choice(_DAMAGES)(content, others, chance)
    files[name] = bytes(content)
    if content[16:22] == b"SCPECG" and chance.random() < 0.8:
        files[name] = _with_checksums(files[name])
    if len(names) > 1 and chance.random() < 0.02:
        del files[chance.choice(names)]
    return files


def _at(content: bytearray, chance: random.Random) -> int:
    """Somewhere, more often in the first part, where headers are."""
    return int(len(content) * chance.random() ** chance.choice((1, 3, 6)))


def _flip(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    if content:
        content[min(_at(content, chance), len(content) - 1)] ^= 1 << chance.randrange(8)


def _overwrite(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    at = _at(content, chance)
    field = struct.pack(chance.choice("<>") + "I", chance.choice(_FIELDS))[: chance.choice((1, 2, 4))]
    content[at : at + len(field)] = field


def _number(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    """A written number becomes one that nobody meant."""
    at = _at(content, chance)
    if found := _NUMBER.search(content, at, at + 5000):
        content[found.start() : found.end()] = chance.choice(_EXTREMES)


def _cut(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    del content[_at(content, chance) :]


def _remove(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    at = _at(content, chance)
    del content[at : at + chance.choice((1, 2, 4, 10, 100))]


def _repeat(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    at = _at(content, chance)
    part = bytes(content[at : at + chance.choice((1, 4, 30, 300))])
    content[at:at] = part * chance.choice((1, 2, 50))


def _insert(content: bytearray, _: Sequence[Bundle], chance: random.Random) -> None:
    at = _at(content, chance)
    content[at:at] = chance.choice((*_WORDS, chance.randbytes(8)))


def _splice(content: bytearray, others: Sequence[Bundle], chance: random.Random) -> None:
    """A piece of another file."""
    other = next(iter(chance.choice(others).values()))
    start, at = chance.randrange(len(other)), _at(content, chance)
    piece = other[start : start + chance.choice((8, 64, 512))]
    content[at : at + (len(piece) if chance.random() < 0.5 else 0)] = piece


_DAMAGES = (_flip, _flip, _overwrite, _overwrite, _number, _number, _cut, _remove, _repeat, _insert, _splice)


def _with_checksums(content: bytes) -> bytes:
    """The sections of an SCP-ECG file with checksums that fit, so that damage gets past them."""
    mended = bytearray(content)
    for at in range(22, min(len(content) - 10, 22 + 120), 10):
        _, size, index = struct.unpack_from("<HII", content, at)
        start = index - 1
        if start > 0 and 16 < size <= len(content) - start:
            mended[start : start + 2] = struct.pack("<H", crc_hqx(bytes(mended[start + 2 : start + size]), 0xFFFF))
    return bytes(mended)
