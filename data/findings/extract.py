"""The findings of a report, with negation, certainty, leads and their place in the text."""

import re
from dataclasses import dataclass
from functools import cache

from data.findings.ages import mark_ages
from data.findings.context import Cue, FoundCue, Mention, apply_cues, cue_phrases, weaker
from data.findings.finding import Certainty, Finding
from data.findings.leads import leads_after
from data.findings.phrases import PhraseTable, Word, words
from data.findings.sites import shared_heads
from data.findings.spelling import spelt
from data.findings.vocabulary import STATEMENTS, VOCABULARY, is_infarction

# Their full stop ends no sentence. Single letters are taken for abbreviations anyway.
_ABBREVIATED = """
amplitudkrit ant biphas bzw ca chron dd ev evtl fragl inf inkompl intraventr kompl krit lat max mgl min moegl neg part path pos
post resp sek sept supp supraventr unbest unspez unvollst vd ventr vollst vs wahrsch wahrscheinl
"""
ABBREVIATIONS = frozenset(_ABBREVIATED.split())

_QUESTIONED = re.compile(r"\s{0,2}\(?\?")
_QUESTION_BEFORE = re.compile(r"(?:^|\s)\?\s?\w{0,8}\s?$")  # "?LVH", "? old LVH", but not "LBBB? LVH"
_LIKELIHOOD = re.compile(r"\s?(\d{1,3})(?![\d.,]*\w)")


@dataclass(frozen=True)
class _Sense:
    """What a phrase of the vocabulary stands for."""

    code: str
    certainty: Certainty


@cache
def _phrases() -> PhraseTable[_Sense | Cue]:
    senses: list[tuple[str, _Sense | Cue]] = []
    for statement in STATEMENTS.values():
        for wording in statement.wordings:
            senses.append((wording.rstrip("?"), _Sense(statement.code, "possible" if wording.endswith("?") else "certain")))
    return PhraseTable([*senses, *cue_phrases()])


def extract(text: str, *, language: str | None = None) -> list[Finding]:
    """What a report states, in the order of the text.

    Every language is understood at once, for reports mix them; `language` is only needed by callers that know better than the
    text itself and is otherwise left out.

    Parameters
    ----------
    text : a report as written; any text is taken, in time linear in its length
    language : "en", "de" or "sv": cues of the other languages are then not read

    Returns
    -------
    findings : one a code and place; a phrase may state several codes
    """
    return findings_in(text, read_words(text), language)


def read_words(text: str) -> list[Word]:
    """The words of a report, misspelt ones mended."""
    return spelt(words(text, ABBREVIATIONS))


def findings_in(text: str, read: list[Word], language: str | None = None) -> list[Finding]:
    """What `extract` returns, of a text whose words are read already."""
    mentions, cues = _mentions(read, language)
    ages = mark_ages(read, mentions)
    apply_cues(read, mentions, [cue for cue in cues if cue.start not in ages])
    findings = []
    for mention in mentions:
        span = (read[mention.start].start, read[mention.stop - 1].stop)
        _read_marks(text, span, mention)
        leads = leads_after(read, mention.stop)
        findings += [
            Finding(code, mention.negated, weaker(mention.certainty, wording), span, leads, mention.age if is_infarction(code) else "")
            for code, wording in mention.codes
        ]
    return findings


def _mentions(read: list[Word], language: str | None) -> tuple[list[Mention], list[FoundCue]]:
    table, at = _phrases(), 0
    mentions: list[Mention] = []
    cues: list[FoundCue] = []
    while at < len(read):
        stop, entries = table.longest(read, at)
        senses = [entry for entry in entries if isinstance(entry, _Sense)]
        if senses:
            first = at
            for start, phrase in shared_heads(read, at, stop):
                end, shared = table.longest(phrase, 0)
                if end == len(phrase):
                    senses = [*(entry for entry in shared if isinstance(entry, _Sense)), *senses]
                    first = start
            mentions.append(Mention(first, stop, tuple(dict.fromkeys((sense.code, sense.certainty) for sense in senses))))
        else:
            cues += [FoundCue(at, stop, entry) for entry in entries[:1] if isinstance(entry, Cue) and language in (None, entry.language)]
        at = max(stop, at + 1)
    return mentions, cues


def _read_marks(text: str, span: tuple[int, int], mention: Mention) -> None:
    """Doubt that is written in signs: "LVH?", "?old infarct", and PTB-XL's likelihoods in percent, "LVH 50"."""
    start, stop = span
    if _QUESTIONED.match(text, stop) or _QUESTION_BEFORE.search(text[max(start - 12, 0) : start]):
        mention.weaken("possible")
    if text[start:stop] in VOCABULARY and (percent := _LIKELIHOOD.match(text, stop)):
        mention.weaken("possible" if int(percent[1]) < 50 else "probable" if int(percent[1]) < 100 else "certain")
