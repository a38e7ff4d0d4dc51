"""Whom a question is about: women or men, and of what age."""

import re
from typing import Any

from agent.offline.words import words

_BOUNDS = {
    "$gt": r"over|older than|above|more than",
    "$gte": r"at least|from age|not under|not younger than",
    "$lt": r"under|younger than|below|less than",
    "$lte": r"at most|up to|not over|not older than",
}
_AGES = {
    bound: re.compile(
        rf"\b(?<!not )(?:{how})\s+(?:the age of\s+|age\s+)?(\d{{1,3}})\b(?!\s*(?:ms|bpm|/min|milliseconds|beats))", re.IGNORECASE
    )
    for bound, how in _BOUNDS.items()
}
_OR_OLDER = re.compile(r"\b(\d{1,3})(?:\s*years?)?(?:\s*(?:and|or)\s+(older|over|above|younger|under|below)\b|\s?\+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|aged?)\s+(\d{1,3})\s*(?:and|to|-|\u2013)\s*(\d{1,3})\b", re.IGNORECASE)
_WOMEN = words(r"wom[ae]n", r"females?", r"lad(?:y|ies)", r"girls?")
_MEN = words(r"m[ae]n", r"males?", r"gentlem[ae]n", r"boys?")


def conditions(text: str) -> dict[str, Any]:
    """Conditions on sex and age, as the library's search takes them."""
    found: dict[str, Any] = {}
    women, men = _WOMEN.search(text), _MEN.search(text)
    if bool(women) != bool(men):
        found["sex"] = "F" if women else "M"
    age: dict[str, float] = {}
    for match in _BETWEEN.finditer(text):
        age |= {"$gte": float(match.group(1)), "$lte": float(match.group(2))}
    for bound, pattern in _AGES.items():
        for match in pattern.finditer(text):
            age[bound] = float(match.group(1))
    for match in _OR_OLDER.finditer(text):
        age["$lte" if (match.group(2) or "").lower() in ("younger", "under", "below") else "$gte"] = float(match.group(1))
    return found | ({"age": age} if age else {})
