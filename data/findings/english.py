"""Reports in English: an offline glossary, phrase before word.

`glossary.csv` gives German and Swedish phrases with their English; a `statement` stands for itself and is set apart by a comma
where the report has none, an `opening` belongs to what follows, a `closing` to what went before, and `boilerplate` is what
devices add and is left out. What the glossary does not know stays as written, marked with `MARKS`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile

from data.errors import DataSetError
from data.findings.context import cue_phrases
from data.findings.extract import ABBREVIATIONS, read_words
from data.findings.phrases import JOINED, PhraseTable, Word
from data.findings.vocabulary import AGES, STATEMENTS, VOCABULARY, read_table

MARKS = ("\u2039", "\u203a")  # single angle quotation marks, in no report that we know
KINDS = ("statement", "word", "opening", "closing", "boilerplate")
LANGUAGES = ("en", "de", "sv")

# Words that tell a language where the clinical ones do not: "block" is English, German and Swedish.
_TELLING = {
    "en": "the of and with is are this there in leads waves wave rhythm normal only requested axis",
    "de": "und mit der die das ist sind oder bei nicht kein keine im ableitungen lagetyp abnorm",
    "sv": "och med ej inte vid eller som av inga ingen normalt axel rytm",
}
_WAVES = re.compile(r"[pqrst]{0,4}(i{1,3}|av[rlf])?")  # "rSIII", "qaVF"
_ENOUGH = 4000  # characters that tell a language
_SPACES = re.compile(r"\s+")
_BEFORE_MARK = re.compile(r"\s+([,.;:)])|(?<=\()\s+")
_MARKS = " ,.;:)\n"
_LOOSE_BEFORE, _LOOSE_BEHIND = " ,.;:", " ,;:"


@dataclass(frozen=True)
class _Rendering:
    english: str
    kind: str


@cache
def _glossary(language: str) -> PhraseTable[_Rendering]:
    """What is read in a report of `language`: its own phrases and the boilerplate of every language."""
    phrases = []
    for number, row in enumerate(read_table("glossary.csv"), start=2):
        if row["kind"] not in KINDS or row["language"] not in (*LANGUAGES, "") or (row["english"] == "") != (row["kind"] == "boilerplate"):
            raise DataSetError(f"glossary.csv line {number}: wanted a language, its English, and one of {', '.join(KINDS)}")
        if row["kind"] == "boilerplate" or row["language"] == language:
            phrases.append((row["phrase"], _Rendering(row["english"], row["kind"])))
    return PhraseTable(phrases)


@cache
def _lexicon() -> PhraseTable[str]:
    """Every word of every table with its languages."""
    phrases = [(cue, entry.language) for cue, entry in cue_phrases()]
    phrases += [(row["phrase"], row["language"]) for row in read_table("glossary.csv") if row["language"]]
    phrases += [(row["english"], "en") for row in read_table("glossary.csv")]
    phrases += [(text, language) for language, text in _TELLING.items()]
    for statement in (*STATEMENTS.values(), *AGES.values()):
        phrases += [(wording.rstrip("?"), language) for language, wordings in statement.synonyms.items() for wording in wordings]
    return PhraseTable((word, language) for phrase, language in phrases for word in phrase.split() if any(map(str.isalpha, word)))


def detect_language(text: str) -> str:
    """ "en", "de" or "sv", by the words that only one of them has; "" where there are none."""
    return language_of(read_words(text[:_ENOUGH]))


def language_of(read: Iterable[Word]) -> str:
    """What `detect_language` returns, of a text whose words are read already."""
    votes = Counter(_telling(word.text) for word in takewhile(lambda word: word.stop <= _ENOUGH, read))
    del votes[""]
    return votes.most_common(1)[0][0] if votes else ""


@lru_cache(maxsize=1 << 15)
def _telling(word: str) -> str:
    """The language of a word that only one has, else ""."""
    languages = set(_lexicon().longest([Word(word, 0, len(word), JOINED)], 0)[1])
    return languages.pop() if len(languages) == 1 else ""


def to_english(text: str, *, language: str | None = None) -> str:
    """A report in plain English.

    Parameters
    ----------
    text : a report as written
    language : "en", "de" or "sv" where it is known; told from the text otherwise

    Returns
    -------
    english : device boilerplate left out, unknown words between `MARKS`
    """
    read = read_words(text)
    return english_of(text, read, language or language_of(read))


def english_of(text: str, read: list[Word], language: str) -> str:
    """What `to_english` returns, of a text whose words are read already."""
    glossary = _glossary(language)
    parts: list[str] = []
    at = end = 0
    before = ""  # the kind of the phrase before
    while at < len(read):
        stop, entries = glossary.longest(read, at)
        start = read[at].start
        english, kind = (entries[0].english, entries[0].kind) if entries else (_as_written(text, read[at], language), "word")
        stop = max(stop, at + 1)
        parts += [_separator(text[end:start], before, kind), english]
        end = read[stop - 1].stop
        if text[end : end + 1] == "." and entries and (kind == "opening" or read[stop - 1].text in ABBREVIATIONS):
            end += 1  # of an abbreviation: "V.a.", "chron."
            parts.append("" if text[end : end + 1] in ("", *_MARKS) else " ")
        if text.count("(", start, end) > text.count(")", start, end) and text[end : end + 1] == ")":
            end += 1
        before = "" if kind == "boilerplate" else kind
        at = stop
    joined = "".join([*parts, _SPACES.sub(" ", text[end:])])
    return _BEFORE_MARK.sub(lambda mark: mark[1] or "", joined).lstrip(_LOOSE_BEFORE).rstrip(_LOOSE_BEHIND)


def _separator(gap: str, before: str, kind: str) -> str:
    """What stands between two phrases: the report's own marks, or a comma between statements that it has none between."""
    apart = before in ("statement", "closing") and kind in ("statement", "opening")
    if not gap.strip() and before not in ("", "opening") and ("   " in gap or apart):
        return ", "
    return _SPACES.sub(" ", gap.replace("#", ""))  # devices print it for a letter that they lack: "#bergang"


def _as_written(text: str, word: Word, language: str) -> str:
    written = text[word.start : word.stop]
    known = language in ("en", "") or len(word.text) <= 2 or any(map(str.isdigit, word.text)) or _WAVES.fullmatch(word.text)
    return written if known or word.text.upper() in VOCABULARY or "en" in _lexicon().longest([word], 0)[1] else written.join(MARKS)
