"""Negation and doubt: which findings a "no evidence of" or a "cannot be excluded" speaks of.

After ConText (Harkema et al. 2009): a cue stands before or behind what it speaks of, and its reach ends with the clause, at
another cue, or at a word such as "but". Reports from devices have no punctuation, so a cue reaches only the nearest finding,
and from there along a list: `A or B`, `A, B or C`; a cue of reach `and` ("without") also along `A, B and C`, one of reach
`list` ("no evidence of") also along `A, B`, unless B goes on as a sentence of its own ("B is old"). A denial
reaches over the words that only introduce its finding ("no clear signs suggestive of"), and behind a colon answers what stands
before it ("LVH: no").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from data.errors import DataSetError
from data.findings.finding import Certainty
from data.findings.phrases import COLON, COMMA, ENDED, LISTED, Word
from data.findings.vocabulary import read_table

MEANINGS = ("absent", "unlikely", "possible", "probable", "none", "end", "contrast")
SIDES = ("before", "after", "both")
REACHES = ("or", "and", "list")

_DOUBT: tuple[Certainty, ...] = ("possible", "probable", "certain")
_CERTAINTIES: Mapping[str, Certainty] = {"possible": "possible", "probable": "probable", "unlikely": "probable"}
_NEAR = 7  # words between a cue and the first finding it speaks of
_BESIDE = 2  # the same for a cue that may stand on either side and is tried forwards first
_APART = 6  # words between two members of a list, most of them leads
_OR = frozenset(("or", "nor", "oder", "noch", "eller", "bzw", "respektive"))
_VERBS = frozenset(("is", "are", "was", "were", "persists", "persist", "ist", "sind", "war", "aer", "foereligger", "kvarstar"))
_AND = frozenset(("and", "und", "och", "sowie", "samt"))


def weaker(one: str, other: str) -> Certainty:
    """The more doubtful of two certainties."""
    return next(certainty for certainty in _DOUBT if certainty in (one, other))


@dataclass(frozen=True)
class Cue:
    """One line of cues.csv.

    `none` is a wording that only looks like a cue, `end` a word that ends a clause, `contrast` one that denies, or ends a clause
    that denies already: Swedish "utan" is "without", and "but" after "inte".
    """

    meaning: str
    side: str
    reach: str
    language: str


@dataclass(frozen=True, slots=True)
class FoundCue:
    """A cue at the words [start, stop) of a text."""

    start: int
    stop: int
    cue: Cue


@dataclass(slots=True)
class Mention:
    """Words [start, stop) of a text that state something, and in what way."""

    start: int
    stop: int
    codes: tuple[tuple[str, Certainty], ...]  # each with the certainty of the wording itself
    negated: bool = False
    certainty: Certainty = "certain"
    age: str = ""

    def weaken(self, meaning: str) -> None:
        """Apply what a cue means; of several cues the most doubtful holds."""
        self.negated = self.negated or meaning in ("absent", "unlikely")
        self.certainty = weaker(self.certainty, _CERTAINTIES.get(meaning, "certain"))


@cache
def cue_phrases() -> tuple[tuple[str, Cue], ...]:
    """The table of cues, checked.

    Raises
    ------
    DataSetError : a meaning, side or reach that does not exist
    """
    phrases = []
    for number, row in enumerate(read_table("cues.csv"), start=2):
        for column, allowed in (("meaning", MEANINGS), ("side", SIDES), ("reach", REACHES)):
            if row[column] not in allowed:
                raise DataSetError(f"cues.csv line {number}: {column} is {row[column]!r}, wanted {', '.join(allowed)}")
        phrases.append((row["cue"], Cue(row["meaning"], row["side"], row["reach"], row["language"])))
    return tuple(phrases)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """A text with the number of each word's clause, and the words that belong to a cue, over which no other cue reaches."""

    words: list[Word]
    number: list[int]
    barrier: Mapping[int, Cue]

    @classmethod
    def of(cls, text: list[Word], cues: Sequence[FoundCue]) -> "_Clauses":
        ends = {found.start for found in cues if found.cue.meaning == "end"}
        numbers = list(accumulate(int(word.before in (COLON, ENDED) or index in ends) for index, word in enumerate(text)))
        return cls(text, numbers, {at: found.cue for found in cues for at in range(found.start, found.stop)})

    def goes_on(self, stop: int) -> bool:
        """Whether the word at `stop` is a verb, so that what stands before it is the subject of a sentence."""
        return stop < len(self.words) and self.words[stop].text in _VERBS

    def is_last(self, stop: int) -> bool:
        """Whether the clause, or its part before a comma, ends at word `stop`."""
        return stop == len(self.words) or self.number[stop] != self.number[stop - 1] or self.words[stop].before == COMMA


def apply_cues(text: list[Word], mentions: list[Mention], cues: Sequence[FoundCue]) -> None:
    """Mark each mention as negated or doubtful. Mentions and cues are in the order of the text and do not overlap.

    Parameters
    ----------
    text : all words
    mentions : changed in place
    """
    cues = _without_contrast(text, cues)
    clauses = _Clauses.of(text, cues)
    starts = {mention.start: index for index, mention in enumerate(mentions)}
    stops = {mention.stop: index for index, mention in enumerate(mentions)}
    for found in cues:
        if found.cue.meaning in ("none", "end"):
            continue
        if (answered := stops.get(found.start)) is not None and _is_answer(clauses, found):
            mentions[answered].weaken(found.cue.meaning)
            continue
        nearest = None
        if found.cue.side != "after":
            nearest = _first_behind(clauses, starts, found)
            if nearest is not None:
                _spread(clauses, mentions, nearest, 1, found)
        if found.cue.side != "before" and nearest is None:
            nearest = _last_before(clauses, stops, found)
            if nearest is not None:
                _spread(clauses, mentions, nearest, -1, found)


def _without_contrast(text: list[Word], cues: Sequence[FoundCue]) -> list[FoundCue]:
    """Each cue of contrast as the denial or the end of a clause that it is."""
    read: list[FoundCue] = []
    for found in cues:
        cue = found.cue
        if cue.meaning == "contrast":
            before = read[-1] if read and read[-1].cue.meaning == "absent" else None
            ended = before is None or any(word.before == ENDED for word in text[before.stop : found.start + 1])
            cue = replace(cue, meaning="absent" if ended else "end")
        read.append(replace(found, cue=cue))
    return read


def _is_answer(clauses: _Clauses, found: FoundCue) -> bool:
    """Whether a cue is all that stands behind a colon: "LVH: no", "AFIB: absent, LBBB: no"."""
    return found.cue.meaning == "absent" and clauses.words[found.start].before == COLON and clauses.is_last(found.stop)


def _first_behind(clauses: _Clauses, starts: Mapping[int, int], found: FoundCue) -> int | None:
    """The first mention behind a cue, before the clause ends, a comma or another cue comes.

    Cues that follow each other at once ("no suspicion of") share what they speak of; one colon may follow ("suspected: LVH").
    """
    near = _NEAR if found.cue.side == "before" else _BESIDE
    only_cues = True
    for at in range(found.stop, min(found.stop + near + 1, len(clauses.words))):
        colon = clauses.words[found.stop].before == COLON
        if clauses.number[at] != clauses.number[found.stop - 1] + colon or clauses.words[at].before == COMMA:
            return None
        if at in starts:
            return starts[at]
        only_cues = only_cues and at in clauses.barrier
        if (other := clauses.barrier.get(at)) and not only_cues:
            introduces = other.meaning == "probable" and other.side == "before" and found.cue.meaning == "absent"
            if not introduces or at > found.stop + _BESIDE + 2:
                return None
    return None


def _last_before(clauses: _Clauses, stops: Mapping[int, int], found: FoundCue) -> int | None:
    """The last mention before a cue, in its clause and with no other cue between."""
    for stop in range(found.start, max(found.start - _NEAR, 0), -1):
        if clauses.number[stop - 1] != clauses.number[found.start]:
            return None
        if stop in stops:
            return stops[stop]
        if stop - 1 in clauses.barrier:
            return None
    return None


def _spread(clauses: _Clauses, mentions: list[Mention], nearest: int, step: int, found: FoundCue) -> None:
    """Apply a cue to its nearest mention and along the list that begins there, forwards or backwards."""
    mentions[nearest].weaken(found.cue.meaning)
    between = range(found.stop, mentions[nearest].start) if step > 0 else range(mentions[nearest].stop, found.start)
    or_came = any(clauses.words[at].text in _OR for at in between)
    pending: list[Mention] = []  # joined by commas: of the list once an "or" has come
    at = nearest
    while 0 <= at + step < len(mentions):
        left, right = sorted((at, at + step))
        link = _link(clauses, mentions[left], mentions[right])
        at += step
        joined = link == "or" or (link == "and" and found.cue.reach != "or")
        if joined or (link == "comma" and found.cue.reach == "list" and not or_came and not clauses.goes_on(mentions[at].stop)):
            for mention in (*pending, mentions[at]):
                mention.weaken(found.cue.meaning)
            pending.clear()
            or_came = or_came or link == "or"
        elif link == "comma":
            pending.append(mentions[at])
        else:
            break


def _link(clauses: _Clauses, left: Mention, right: Mention) -> str:
    """How two neighbouring mentions are joined: "or", "and", "comma", or "" where they are of no one list."""
    between = range(left.stop, right.start)
    if (
        len(between) > _APART
        or clauses.number[left.stop - 1] != clauses.number[right.start]
        or any(at in clauses.barrier for at in between)
    ):
        return ""
    joints = {clauses.words[at].text for at in between}
    gaps = {clauses.words[at].before for at in range(left.stop, right.start + 1)}
    if joints & _OR:
        return "or"
    if COMMA in gaps:
        return "comma"
    return "and" if joints & _AND or (LISTED in gaps and not joints) else ""
