"""German and Swedish words that reports misspell or cut off: "wahrscheinlcih", "linksbelas".

A word that no table knows is read as the known word that is one letter away (another letter, one more, one less, or two that
changed places) or that it is the beginning of. The first letter must agree, for a letter in front may negate ("osannolik"),
and only long words are mended, so that none is taken for another. English reports are written by devices and are left alone.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import takewhile

from data.findings.context import cue_phrases
from data.findings.phrases import Word, fold
from data.findings.vocabulary import AGES, STATEMENTS, read_table

_SHORTEST, _LONGEST = 7, 32  # letters of a word that is mended
_SHORTEST_BEGINNING = 6  # letters of a word that was cut off
_MOST = 1.5  # what a word that was cut off may grow by, so that "linksventr" does not become a hypertrophy
_PART = re.compile(r"[^\W_]+\*?")


@dataclass(frozen=True)
class _Lexicon:
    whole: frozenset[str]  # every word of every table
    stems: tuple[str, ...]
    foreign: tuple[str, ...]  # the German and Swedish ones that may be what was meant, sorted
    near: Mapping[str, tuple[str, ...]]  # a word with one letter left out, to the words it may come from

    def knows(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems)


def spelt(read: list[Word]) -> list[Word]:
    """The words of a text with those mended that are clearly misspelt; places stay."""
    return [word if word.text == (mended := _mended(word.text)) else replace(word, text=mended) for word in read]


@lru_cache(maxsize=1 << 15)
def _mended(word: str) -> str:
    lexicon = _lexicon()
    if not _SHORTEST_BEGINNING <= len(word) <= _LONGEST or not word.isalpha() or lexicon.knows(word):
        return word
    following = lexicon.foreign[bisect_left(lexicon.foreign, word) :]
    begun = takewhile(lambda known: known.startswith(word), following)
    if completed := min((known for known in begun if len(known) <= _MOST * len(word)), key=len, default=""):
        return completed
    if len(word) < _SHORTEST:
        return word
    meant = {known for key in (word, *_shortened(word)) for known in lexicon.near.get(key, ()) if _is_near(word, known)}
    return min(meant, key=lambda known: (abs(len(known) - len(word)), known), default=word)


def _is_near(one: str, other: str) -> bool:
    """Whether two words of the same first letter are one change apart (Damerau 1964)."""
    if one[0] != other[0]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _shortened(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


@cache
def _lexicon() -> _Lexicon:
    """Every word of the tables, made ready for mending."""
    phrases = [(cue, entry.language) for cue, entry in cue_phrases()]
    phrases += [(row["phrase"], row["language"] or "en") for row in read_table("glossary.csv")]
    phrases += [(row["english"], "en") for row in read_table("glossary.csv")]
    for statement in (*STATEMENTS.values(), *AGES.values()):
        phrases += [(wording, language) for language, wordings in statement.synonyms.items() for wording in wordings]
        phrases.append((statement.name, "en"))
    parts = {(fold(part), language) for phrase, language in phrases for part in _PART.findall(phrase)}
    english = {part for part, language in parts if language == "en"}
    whole = frozenset(part for part, _ in parts if not part.endswith("*"))
    foreign = sorted(word for word in whole - english if len(word) >= _SHORTEST and word.isalpha())
    near: defaultdict[str, list[str]] = defaultdict(list)
    for word in foreign:
        for key in (word, *_shortened(word)):
            near[key].append(word)
    stems = tuple(sorted(part[:-1] for part, _ in parts if part.endswith("*")))
    return _Lexicon(whole, stems, tuple(foreign), {key: tuple(dict.fromkeys(words)) for key, words in near.items()})
