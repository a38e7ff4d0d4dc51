"""Negation and doubt: which findings a "no evidence of" or a "cannot be excluded" speaks of.

After ConText (Harkema et al. 2009): a cue stands before or behind what it speaks of, and its reach ends with the clause, at
another cue, or at a word such as "but". Reports from devices have no punctuation, so a cue reaches only the nearest finding,
and from there along a list: `A or B`, `A, B or C`; a cue of reach `list` ("no evidence of") also along `A, B and C`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from data.errors import DataSetError
from data.findings.finding import Certainty
from data.findings.phrases import COMMA, ENDED, LISTED, Word
from data.findings.vocabulary import read_table

MEANINGS = ("absent", "unlikely", "possible", "probable", "none", "end")
SIDES = ("before", "after", "both")
REACHES = ("or", "list")

_DOUBT: tuple[Certainty, ...] = ("possible", "probable", "certain")
_CERTAINTIES: Mapping[str, Certainty] = {"possible": "possible", "probable": "probable", "unlikely": "probable"}
_NEAR = 7  # words between a cue and the first finding it speaks of
_BESIDE = 2  # the same for a cue that may stand on either side and is tried forwards first
_APART = 6  # words between two members of a list, most of them leads
_OR = frozenset(("or", "nor", "oder", "noch", "eller", "bzw", "respektive"))
_AND = frozenset(("and", "und", "och", "sowie", "samt"))


def weaker(one: str, other: str) -> Certainty:
    """The more doubtful of two certainties."""
    return next(certainty for certainty in _DOUBT if certainty in (one, other))


@dataclass(frozen=True)
class Cue:
    """One line of cues.csv. `none` is a wording that only looks like a cue, `end` a word that ends a clause."""

    meaning: str
    side: str
    reach: str
    language: str


@dataclass(slots=True)
class Mention:
    """Words [start, stop) of a text that state something, and in what way."""

    start: int
    stop: int
    codes: tuple[tuple[str, Certainty], ...]  # each with the certainty of the wording itself
    negated: bool = False
    certainty: Certainty = "certain"

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


def apply_cues(text: list[Word], mentions: list[Mention], cues: list[tuple[int, int, Cue]]) -> None:
    """Mark each mention as negated or doubtful. Mentions and cues are in the order of the text and do not overlap.

    Parameters
    ----------
    text : all words
    mentions : changed in place
    cues : first word, word behind the last, cue
    """
    clause = _clauses(text, cues)
    starts = {mention.start: index for index, mention in enumerate(mentions)}
    stops = {mention.stop: index for index, mention in enumerate(mentions)}
    barrier = {at for start, stop, _ in cues for at in range(start, stop)}

    def linked(left: Mention, right: Mention, reach: str) -> bool:
        return _linked(text, clause, barrier, left, right, reach)

    for start, stop, cue in cues:
        if cue.meaning in ("none", "end"):
            continue
        first = None
        if cue.side != "after":
            near = _NEAR if cue.side == "before" else _BESIDE
            first = _nearest(range(stop, min(stop + near + 1, len(text))), starts, text, clause, clause[stop - 1], barrier)
            if first is not None:
                _spread(mentions, first, 1, cue, linked)
        if cue.side != "before" and first is None:
            last = _nearest(range(start, max(start - _NEAR, 0) - 1, -1), stops, text, clause, clause[start], barrier, backwards=True)
            if last is not None:
                _spread(mentions, last, -1, cue, linked)


def _clauses(text: list[Word], cues: list[tuple[int, int, Cue]]) -> list[int]:
    """The number of each word's clause."""
    ends = {start for start, _, cue in cues if cue.meaning == "end"}
    numbers, number = [], 0
    for index, word in enumerate(text):
        number += word.before == ENDED or index in ends
        numbers.append(number)
    return numbers


def _nearest(
    places: range, edges: dict[int, int], text: list[Word], clause: list[int], own: int, barrier: set[int], *, backwards: bool = False
) -> int | None:
    """The first mention that has its edge at one of `places`, before the clause ends, a comma or another cue comes.

    Cues that follow each other at once ("no suspicion of") share what they speak of.
    """
    only_cues = not backwards
    for at in places:
        beside = at - 1 if backwards else at  # the word that would have to belong to the same clause
        if not 0 <= beside < len(clause) or clause[beside] != own or (not backwards and text[at].before == COMMA):
            return None
        if at in edges:
            return edges[at]
        only_cues = only_cues and beside in barrier
        if beside in barrier and not only_cues:
            return None
    return None


def _spread(mentions: list[Mention], first: int, step: int, cue: Cue, linked: Callable[[Mention, Mention, str], bool]) -> None:
    members, at = [first], first
    final = 0  # how many of the members are sure to be of the list: commas count once an "or" has come
    while 0 <= at + step < len(mentions):
        left, right = (at, at + step) if step > 0 else (at + step, at)
        if linked(mentions[left], mentions[right], cue.reach):
            members.append(at + step)
            final = len(members) - 1
        elif linked(mentions[left], mentions[right], "comma"):
            members.append(at + step)
        else:
            break
        at += step
    for index in members[: final + 1]:
        mentions[index].weaken(cue.meaning)


def _linked(text: list[Word], clause: list[int], barrier: set[int], left: Mention, right: Mention, reach: str) -> bool:
    """Whether two neighbours are members of one list."""
    between = range(left.stop, right.start)
    if len(between) > _APART or clause[left.stop - 1] != clause[right.start] or any(at in barrier for at in between):
        return False
    joints = {text[at].text for at in between}
    gaps = {text[at].before for at in range(left.stop, right.start + 1)}
    if joints & _OR:
        return True
    if reach == "or":
        return False
    if COMMA in gaps:
        return True
    return reach == "list" and bool(joints & _AND or (LISTED in gaps and not joints))
