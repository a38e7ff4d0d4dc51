"""How old an infarction is said to be: "old inferior infarct", "inferiorer Infarkt, wahrscheinlich alt", "age undetermined"."""

from collections.abc import Mapping
from functools import cache

from data.findings.context import Mention
from data.findings.phrases import COLON, COMMA, ENDED, PhraseTable, Word
from data.findings.vocabulary import AGES, is_infarction

_APART = 2  # words between an age and the infarction that follows it


def mark_ages(text: list[Word], mentions: list[Mention]) -> set[int]:
    """Give each mention of an infarction the age that stands beside it; mentions are changed in place.

    An age right behind an infarction is of this one, as devices write "inferiorer infarkt wahrscheinlich alt"; else it is of the
    infarction that follows; else of the one before a comma. "STEMI" is an infarction and its age in one.

    Returns
    -------
    told : the words of ages behind what they speak of; "probably old" there doubts the age and not the finding
    """
    infarctions = [mention for mention in mentions if any(is_infarction(code) for code, _ in mention.codes)]
    starts = {mention.start: mention for mention in infarctions}
    stops = {mention.stop: mention for mention in infarctions}
    inside = {at: mention for mention in infarctions for at in range(mention.start, mention.stop)}
    ends = {mention.stop for mention in mentions}
    told: set[int] = set()
    at = 0
    while mentions and at < len(text):
        stop, ages = _ages().longest(text, at)
        if ages:
            before = stops.get(at) if text[at].before != ENDED else None
            behind = before if before and text[at].before != COMMA else _following(text, starts, stop)
            dated = inside.get(at) or behind or before
            if dated and not dated.age:
                dated.age = ages[0]
            if dated is before and at in ends and text[at].before != ENDED:
                told.update(range(at, stop))
        at = max(stop, at + 1)
    return told


def _following(text: list[Word], starts: Mapping[int, Mention], stop: int) -> Mention | None:
    """The infarction that begins at word `stop` or a little behind it, in the same clause."""
    for at in range(stop, min(stop + _APART + 1, len(text))):
        if text[at].before in (COMMA, COLON, ENDED):
            return None
        if at in starts:
            return starts[at]
    return None


@cache
def _ages() -> PhraseTable[str]:
    return PhraseTable((wording, age.code) for age in AGES.values() for wording in age.wordings)
