"""XML as ECG devices write it, opened without trusting it: no entity is ever expanded, nothing outside the file is looked at."""

import re
from collections.abc import Iterator
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from data.errors import UnreadableEcgError
from data.readers.text import decoded

MAX_BYTES = 30_000_000  # a tree takes some ten times its text; twelve leads of ten minutes stay below
_HEAD = 20_000
_NAME = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
_UTF16_SAID = re.compile(rb"""(<\?xml[^>]*?)\s+encoding\s*=\s*["']utf-?16["']""", re.IGNORECASE)


def root_name(content: bytes) -> str:
    """The name of the first element, without its namespace; empty where this is no XML. Looks at the beginning only."""
    if not content[:80].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        return ""
    text, at = decoded(content[:_HEAD]).lstrip("\ufeff"), 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return ""
        end = next((end for start, end in (("<?", "?>"), ("<!--", "-->"), ("<!", ">")) if text.startswith(start, at)), None)
        if end is None:
            named = _NAME.match(text, at)
            return named[1] if named else ""
        at = text.find(end, at)
        if at < 0:
            return ""


def parsed(content: bytes) -> Element:
    """The root of the document, all names without their namespaces.

    Raises
    ------
    UnreadableEcgError : too large, not well-formed, or with entities of its own
    """
    if len(content) > MAX_BYTES:
        raise UnreadableEcgError(f"is XML of over {MAX_BYTES / 1e6:.0f} MB, wanted that of one ECG: export a shorter recording")
    if b"\0" not in content[:200]:
        content = _UTF16_SAID.sub(rb"\1", content, count=1)  # saved as UTF-8 by an editor that left the declaration
    try:
        _refuse_entities(content)
        root = fromstring(content)
    except (ParseError, expat.ExpatError) as error:
        raise UnreadableEcgError(f"is XML that is damaged or cut off ({error}), wanted it whole: send it as the device wrote it") from None
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1]
    return root


def _refuse_entities(content: bytes) -> None:
    """A pass that looks for nothing else: it never leaves C, where defusedxml's parser calls Python for every line of numbers."""

    def refuse(*_: object) -> NoReturn:
        raise UnreadableEcgError("is XML with entities of its own, which are never expanded: export it again from the device")

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)


def words(element: Element | None, path: str = ".") -> str:
    """The text of the first element at the path, blanks put in order; empty where there is none."""
    found = element.find(path) if element is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def number(element: Element | None, path: str = ".") -> float | None:
    """The number that the first element at the path holds, or None."""
    return as_number(words(element, path))


def as_number(written: str | None) -> float | None:
    """The number, or None where it is none that is finite."""
    try:
        value = float(written or "")
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def numbers(element: Element | None, paths: dict[str, str]) -> dict[str, float]:
    """The numbers at several paths, those that are there."""
    return {name: value for name, path in paths.items() if (value := number(element, path)) is not None}


def every(element: Element, path: str) -> Iterator[str]:
    """The texts of all elements at the path that hold one."""
    return (text for found in element.findall(path) if (text := words(found)))
