"""What findings a question names: statements of the vocabulary, groups of them, and which of them must not be there."""

import re
from dataclasses import dataclass

from agent.offline.spelling import respelled
from agent.offline.words import words
from data.findings import STATEMENTS, VOCABULARY
from data.findings.extract import extract

_GROUPS: tuple[tuple[re.Pattern[str], str | tuple[str, ...]], ...] = (
    (words(r"bundle[- ]branch blocks?", "bbb"), ("CLBBB", "CRBBB", "ILBBB", "IRBBB")),
    (words(r"(?:myocardial )?infarct\w*", r"heart attacks?", "mi", r"n?stemi"), "MI"),
    (words(r"hypertroph\w+"), "HYP"),
    (words(r"conduction (?:disturbance|disorder|disease|abnormalit)\w*"), "CD"),
    (words(r"st[-/ ]?t? ?(?:changes?|abnormalit\w+)", r"repolari[sz]ation"), "STTC"),
    (words(r"(?:av|atrioventricular|heart)[- ]?blocks?", "avb"), ("1AVB", "2AVB", "3AVB")),
    (words(r"hemi-?blocks?", r"(?:bi)?fascicular blocks?"), ("LAFB", "LPFB")),
    (words(r"blocks?"), ("1AVB", "2AVB", "3AVB", "CLBBB", "CRBBB", "ILBBB", "IRBBB", "LAFB", "LPFB", "IVCD")),
    (words(r"bradycardi\w*"), ("SBRAD",)),
    (words(r"tachycardi\w*"), ("STACH", "SVTAC", "PSVT")),
    (words(r"t[- ]?wave (?:changes?|abnormalit\w+)"), ("TAB_", "NT_", "INVT", "LOWT", "NDT")),
    (
        words(
            r"normal (?:ones?|cases?|ecgs?|ekgs?)",
            r"(?:cases|ones|they|them|which|these|reports) (?:is |are |look )?normal",
            r"(?:ecg|ekg)s? (?:is |are |look |looks )?normal",
        ),
        ("NORM",),
    ),
)
_FAMILIES = {  # in a question the statement without a place or an origin means those with one, too
    "PRC(S)": ("PRC(S)", "PVC", "PAC"),
    "ISC_": ("ISC_", "ISCAL", "ISCAN", "ISCAS", "ISCIN", "ISCIL", "ISCLA"),
}
_WITHOUT = words("but not", "but no", "but without", "without", "excluding", r"except(?: for)?", "and no", "and not")


@dataclass(frozen=True)
class Named:
    """Codes that a question names. `any_code`: one of `codes` is enough, as for "infarction" or "AF or flutter"."""

    codes: tuple[str, ...] = ()
    any_code: bool = False
    one_of: tuple[str, ...] = ()  # of a group that is named beside `codes`, as in "LBBB and an infarction"
    lacking: tuple[str, ...] = ()  # codes that must not be there, beside `codes`
    text: str = ""  # the question, respelled where a slip hid what it names


def named(asked: str, text: str) -> Named:
    """Findings of a question as it was asked, and with its German words in English."""
    found = _both_sides(text) or _one_side(asked, text)
    if not (found.codes or found.lacking):
        text = respelled(text)
        found = _both_sides(text) or _one_side(text, text)
    return found


def _both_sides(text: str) -> Named | None:
    """Where both what is wanted and what is not are named, as in "LBBB without infarction"."""
    cut = _WITHOUT.search(text)
    wanted, unwanted = (_one_side(part, part) for part in (text[: cut.start()], text[cut.end() :])) if cut else (Named(), Named())
    if not (wanted.codes and unwanted.codes):
        return None
    return Named(wanted.codes, wanted.any_code, wanted.one_of, (*unwanted.codes, *unwanted.one_of), text)


def _one_side(asked: str, text: str) -> Named:
    single, lacking = _statements(asked)
    group = _grouped(_beside(asked, text) if single else text)
    codes = _widened(single or group)
    either = len(codes) > 1 and (len(single) < 2 or bool(words("or").search(text)))
    one_of = _widened(group) if single and not set(group) <= set(codes) else ()
    if one_of and (either or words("or").search(text)):
        return Named((*codes, *one_of), True, (), lacking, text)
    return Named(codes, either, one_of, lacking, text)


def _widened(codes: "tuple[str, ...] | list[str]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for name in codes for code in _FAMILIES.get(name, (name,))))


def _beside(asked: str, text: str) -> str:
    """The question without the words of the statements that it names."""
    if asked != text:  # German: spans are of what was asked
        return ""
    for start, stop in sorted({finding.span for finding in extract(asked)}, reverse=True):
        asked = f"{asked[:start]} ; {asked[stop:]}"
    return asked


def _statements(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements of the vocabulary that the question names; and, where only some are negated, those, as in "AF but no LBBB"."""
    known = VOCABULARY if _grouped(text) else STATEMENTS  # a group is meant as a whole, and not as the finding that is called like it
    found = [finding for finding in extract(words(r"(?:ecg|ekg)s?").sub(" ", text)) if finding.code in known]
    wanted, denied = (tuple(dict.fromkeys(f.code for f in found if f.negated == negated)) for negated in (False, True))
    return (wanted, denied) if wanted and denied else (wanted or denied, ())


def _grouped(text: str) -> list[str]:
    """All statements of the groups that the question names; words that named one group name no wider one."""
    found: list[str] = []
    for pattern, group in _GROUPS:
        text, times = pattern.subn(" ", text)
        if times:
            found += (
                group if isinstance(group, tuple) else [code for code, statement in VOCABULARY.items() if statement.superclass == group]
            )
    return found
