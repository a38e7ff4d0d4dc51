"""Sentences with citations, and what they may rest on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from agent.identity import without_identity
from agent.measure import Measurements
from data import Case
from data.findings import STATEMENTS
from data.findings.extract import extract

Kind = Literal["this_ecg", "past_cases", "note"]  # a note claims nothing about an ECG: a definition, a refusal, a hint

RESEARCH_USE = "Research use, a draft, not a diagnosis."

_TOLD_WHOLE = 10  # a rate, an interval and an axis are told in whole units; voltages, which are less, are not
_BASIS = ("beats", "leads", "rests_on")  # of measurements: what they rest on
_CITATION = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_QUOTED = re.compile(r"“[^”]*”")
_NUMBER = re.compile(r"(?<![\w.,\[])[-\u2212]?\d+(?:[.,]\d+)?(?!\w)")
_END = re.compile(r"(?<=[.!?])((?:\s*\[\d+(?:\s*[,;]\s*\d+)*\])*)(?:\s+(?=[A-Z“\d])|\s*$)|\s*\n\s*")
_BULLET = re.compile(r"^\s*(?:[-*•#>]+|\d+[.)])\s+")


@dataclass(frozen=True)
class Sentence:
    """One sentence as it may be shown: `text` carries its citations as [n]."""

    text: str
    kind: Kind
    supported: bool = True
    reason: str = ""  # why it is withheld, where it is not supported

    @property
    def citations(self) -> tuple[int, ...]:
        """Numbers of the cited cases, each once, in order."""
        return citations(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Evidence:
    """What sentences of one turn may rest on.

    Parameters
    ----------
    cases : every case that may be cited, by its number
    shown : numbers of the current selection, what "these cases" means
    numbers : values that tools gave in this turn
    measured : what was measured, by the number of the case, 0 for this ECG
    defined : codes whose definition was asked for
    similarities : of each case to what was asked, as fused and of each way in which it was found
    notes : what tools said in words, as the reasons and doubts about this ECG
    """

    cases: Mapping[int, Case] = field(default_factory=dict)
    shown: tuple[int, ...] = ()
    numbers: frozenset[float] = frozenset()
    measured: Mapping[int, Measurements] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    similarities: Mapping[int, frozenset[float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def measured_values(measured: object) -> list[float]:
    """Every number in measurements, those inside mappings, sequences and dataclasses included; and a rate as it is told."""
    if isinstance(measured, bool | str | None):
        return []
    if isinstance(measured, int | float):
        return [float(measured), *([float(round(measured))] if abs(measured) >= _TOLD_WHOLE else [])]
    if isinstance(measured, list | tuple):
        return [value for part in measured for value in measured_values(part)]
    named = measured if isinstance(measured, Mapping) else vars(measured)
    return [value for name, part in named.items() if name not in _BASIS for value in measured_values(part)]


def citations(text: str) -> tuple[int, ...]:
    """Numbers cited in a text, each once, in order; not those inside quoted reports.

    >>> citations("Cases report it [2][1, 3].")
    (2, 1, 3)
    """
    found = (int(n) for group in _CITATION.findall(without_quotes(text)) for n in re.split(r"\s*[,;]\s*", group))
    return tuple(dict.fromkeys(found))


@cache
def spoken(code: str) -> str:
    """A wording of a statement that reads back as this statement and no other: its name where that does."""
    statement = STATEMENTS[code]
    wordings = [statement.name, *(w for w in statement.synonyms.get("en", ()) if not set(w) & set("*|?"))]
    return next((w for w in wordings if {f.code for f in extract(w) if not f.negated} == {code}), statement.name)


def cite(numbers: Iterable[int]) -> str:
    """Citations as they are written: [1][2]."""
    return "".join(f"[{n}]" for n in numbers)


def citation_groups(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The text cut after each run of citations: (what stands before, the numbers); the rest has no numbers.

    >>> citation_groups("AF [1][2], LBBB [3] too.")
    [('AF ', (1, 2)), (', LBBB ', (3,)), (' too.', ())]
    """
    groups, start = [], 0
    for run in re.finditer(rf"(?:{_CITATION.pattern}\s*)+", text):
        groups.append((text[start : run.start()], citations(run.group())))
        start = run.end() if not run.group()[-1].isspace() else run.end() - 1
    if text[start:].strip():
        groups.append((text[start:], ()))
    return groups


def quote(report: str, longest: int = 600) -> str:
    """A report as data: in the quotation marks that nothing else uses, on one line, without names, cut where it is very long."""
    plain = " ".join(re.sub(r"[“”]", '"', without_identity(report)).split())
    return f"“{plain if len(plain) <= longest else plain[:longest].rstrip() + ' …'}”"


def quotes(text: str) -> list[str]:
    """What stands in “ ”."""
    return [match[1:-1] for match in _QUOTED.findall(text)]


def without_quotes(text: str) -> str:
    """The text without what it quotes."""
    return _QUOTED.sub("“”", text)


def numbers_in(text: str) -> list[float]:
    """Free-standing numbers, so not those of V1 or 12-lead."""
    return [float(n.replace(",", ".").replace("\u2212", "-")) for n in _NUMBER.findall(text)]


def split_sentences(text: str) -> list[str]:
    """Prose as sentences; citations behind a full stop stay with their sentence, a quotation is never cut."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"“{len(kept) - 1}”"

    hidden = _QUOTED.sub(hide, text)
    parts, start = [], 0
    for end in _END.finditer(hidden):
        parts.append(hidden[start : end.start()] + (end.group(1) or ""))
        start = end.end()
    parts.append(hidden[start:])
    restored = (re.sub(r"“(\d+)”", lambda match: kept[int(match.group(1))], part) for part in parts)
    return [cleaned for part in restored if (cleaned := _BULLET.sub("", part).replace("**", "").strip())]
