"""Words and phrases: the one way in which every table of this package is matched against a text.

A text becomes words with their places and what stands between them. Case, umlauts and hyphens do not matter: "A-V-Block",
"av block" and "AV Block" are written alike in a table. Phrases are kept in a tree of words; the longest one wins. The cost is
linear in the text's length, whatever the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

_WORD = re.compile(r"[^\W_][\w\u0300-\u036f]*")
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "a", "æ": "ae", "ø": "oe"})

JOINED, DASHED, LISTED, COMMA, COLON, ENDED = "joined", "dashed", "listed", "comma", "colon", "ended"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, [start, stop) in characters, and what stands before it: JOINED, DASHED, LISTED, COMMA, COLON or ENDED."""

    text: str  # folded: lower case, umlauts spelt out
    start: int
    stop: int
    before: str


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """Lower case without umlauts: "unbestÄtigt" is "unbestaetigt".

    >>> fold("Ischämie"), fold("främre")
    ('ischaemie', 'fraemre')
    """
    return unicodedata.normalize("NFKC", word).casefold().translate(_FOLD)


def words(text: str, abbreviations: frozenset[str] = frozenset()) -> list[Word]:
    """The words of a text; a full stop behind one of the `abbreviations` ends no clause."""
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        written = match.group()
        gap = text[end : match.start()]
        previous = found[-1].text if found else ""
        folded = fold(written if len(written) <= 64 else written[:64])
        found.append(Word(folded, match.start(), match.end(), _gap(gap, previous, folded, abbreviations)))
        end = match.end()
    return found


def _gap(gap: str, previous: str, following: str, abbreviations: frozenset[str]) -> str:
    if gap == " ":
        return JOINED
    if gap in ("-", "\u2013", " - "):
        return DASHED
    if any(mark in gap for mark in ";!?\n\r|") or not previous:
        return ENDED
    if ":" in gap:
        return COLON
    if "." in gap:
        number = gap == "." and previous.isdigit() and following[:1].isdigit()
        ordinal = following.startswith("grad") and previous.strip("i123") == ""  # "AV-Block II. Grades"
        return JOINED if number or ordinal or previous in abbreviations or (len(previous) == 1 and previous.isalpha()) else ENDED
    if "," in gap:
        return COMMA
    return LISTED if "   " in gap else JOINED  # devices set the items of a list apart by wide spaces


@dataclass(slots=True)
class _Node(Generic[Entry]):
    words: dict[str, "_Node[Entry]"] = field(default_factory=dict)
    stems: dict[str, "_Node[Entry]"] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()  # of the stems
    entries: tuple[Entry, ...] = ()

    def child(self, word: str, *, stem: bool) -> "_Node[Entry]":
        if stem:
            self.lengths = tuple({*self.lengths, len(word)})
        return (self.stems if stem else self.words).setdefault(word, _Node())

    def after(self, word: str) -> "Iterator[_Node[Entry]]":
        if node := self.words.get(word):
            yield node
        for length in self.lengths:
            if node := self.stems.get(word[:length]):
                yield node


class PhraseTable(Generic[Entry]):
    """Phrases, each with what it stands for.

    In a phrase, `infarkt*` is any word that begins so, and `old|alter` either word. A phrase may stand for several entries.
    """

    def __init__(self, phrases: Iterable[tuple[str, Entry]]) -> None:
        self._root: _Node[Entry] = _Node()
        for phrase, entry in phrases:
            for spelling in product(*(alternatives.split("|") for alternatives in phrase.split())):
                self._insert(spelling, entry)

    def _insert(self, spelling: tuple[str, ...], entry: Entry) -> None:
        node = self._root
        for written in spelling:
            for part in _WORD.findall(written):
                node = node.child(fold(part), stem=written.endswith(f"{part}*"))
        if node is not self._root and entry not in node.entries:
            node.entries += (entry,)

    def longest(self, text: list[Word], start: int) -> tuple[int, tuple[Entry, ...]]:
        """The longest phrase at word `start`: the word behind it and its entries; `start` and () where there is none.

        A phrase does not reach over the end of a clause, but over a colon: "STEMI: anterior wall".
        """
        best: tuple[int, tuple[Entry, ...]] = (start, ())
        nodes = [self._root]
        for at in range(start, len(text)):
            if at > start and text[at].before in (ENDED, COMMA):
                break
            nodes = [following for node in nodes for following in node.after(text[at].text)]
            if not nodes:
                break
            entries = tuple(dict.fromkeys(entry for node in nodes for entry in node.entries))
            if entries:
                best = (at + 1, entries)
        return best
