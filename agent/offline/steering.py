"""What a question says of similarity itself: "same rhythm", "ignore the ST changes"; kinds as in `agent.kinds`."""

import re
from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "rhythm": r"rhythms?",
    "conduction": r"conduction\w*",
    "infarction": r"infarct\w*|mi",
    "hypertrophy": r"hypertroph\w+|voltages?",
    "ST changes": r"st[-/ ]?t?[- ]?(?:segment )?(?:changes?|segments?|abnormalit\w+|depression|elevation)|st|repolari[sz]ation|t[- ]waves?",
}


def _after(lead: str) -> Mapping[str, re.Pattern[str]]:
    return {kind: re.compile(rf"\b(?:{lead})\s+(?:{words})\b", re.IGNORECASE) for kind, words in _WORDS.items()}


_SAME = _after(r"same|shared?")
_IGNORED = _after(r"(?:ignor\w+|regardless of|whatever|any|disregard\w*|never mind)(?: the)?")


def same_kinds(question: str) -> tuple[str, ...]:
    """Kinds of findings that the cases must share."""
    return tuple(kind for kind, words in _SAME.items() if words.search(question))


def ignored_kinds(question: str) -> tuple[str, ...]:
    """Kinds of findings that shall not matter."""
    return tuple(kind for kind, words in _IGNORED.items() if words.search(question))
