"""Questions as people type them: with slips, and in German."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from data.findings import VOCABULARY

_ALIKE = 0.83  # share of letters in common from which a word is taken for a slip of another
_SHORTEST = 6  # letters; shorter words are too near to each other
_WORD = re.compile(r"[A-Za-z]+")
_GERMAN: Mapping[str, str] = {
    "zeige? mir": "show me", "zeige?": "show", "nur": "only", "frauen?": "women", "männer": "men", "über": "over", "unter": "under",
    "älter als": "older than", "jünger als": "younger than", "ohne": "without", "mit": "with", "und": "and", "oder": "or",
    "wie viele": "how many", "welcher?s?": "which", "gibt es": "are there", "sind": "are there", "(?:haben|hat)": "have",
    "keine?n?": "no", "nicht": "not", "alle fälle": "all cases", "fällen?": "cases", "fälle": "cases", r"fall(?= ?\d)": "case",
    "(?:mein|dieses|das) (?:ekg|ecg)": "my ECG", "vergleiche?": "compare", "(?:öffne|lies)": "open", "warum": "why",
    "was (?:ist|bedeutet|heißt)": "what is", "herzfrequenz": "heart rate", "qrs-dauer": "QRS duration", "(?:pq|pr)-zeit": "PR",
    "lagetyp": "axis", "(?:fasse? (?:es )?zusammen|zusammenfassung)": "summarise", "befunde?": "report", "patienten": "patients",
    "(?:was spricht )?dagegen": "what speaks against it", "davon": "of them", "diagnose": "diagnosis", "wie alt": "how old",
}  # fmt: skip
_TENS: Mapping[str, str] = {
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_TEN = re.compile(rf"\b(?:{'|'.join(_TENS)})\b(?!-)", re.IGNORECASE)
_GERMAN_WORD = re.compile("|".join(rf"(\b{word}\b)" for word in _GERMAN), re.IGNORECASE)


def in_english(question: str) -> str:
    """The question with the German words of questions, not of findings, in English, and tens in digits.

    >>> in_english("Zeige mir nur Frauen über 60")
    'show me only women over 60'
    """
    english = tuple(_GERMAN.values())
    plain = _TEN.sub(lambda match: _TENS[match.group().lower()], question)
    return _GERMAN_WORD.sub(lambda match: english[(match.lastindex or 1) - 1], plain)


def respelled(question: str) -> str:
    """The question with each longer word that nearly is a word of the vocabulary taken for it.

    >>> respelled("any atrial fibrilation?")
    'any atrial fibrillation?'
    """
    return _WORD.sub(_respelled, question)


def _respelled(match: re.Match[str]) -> str:
    word = match.group()
    if not _SHORTEST <= len(word) <= 30 or word.lower() in _words():
        return word
    return next(iter(get_close_matches(word.lower(), _words(), n=1, cutoff=_ALIKE)), word)


@cache
def _words() -> frozenset[str]:
    """Longer words of the vocabulary's names and English wordings, and those of questions that a slip must not turn into one."""
    wordings = (wording for s in VOCABULARY.values() for wording in (s.name, *s.synonyms.get("en", ())))
    found = {word for wording in wordings for word in _WORD.findall(wording.lower()) if len(word) >= _SHORTEST}
    return frozenset(
        found
        | {
            "patient",
            "patients",
            "diagnosis",
            "diagnose",
            "normal",
            "measure",
            "similar",
            "compare",
            "report",
            "reports",
            "between",
            "without",
        }
    )
