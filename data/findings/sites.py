"""Sites that share one noun: "anterior and inferior infarcts", "chronischer inferiorer, anteriorer Infarkt"."""

from collections.abc import Iterator

from data.findings.phrases import COMMA, JOINED, Word

_STEMS = ("antero", "anterior", "infero", "inferior", "lateral", "hochlateral", "posterior", "septal")
_JOINTS = frozenset(("and", "or", "und", "oder", "och", "eller"))


def shared_heads(text: list[Word], start: int, stop: int) -> Iterator[tuple[int, list[Word]]]:
    """What the sites before a phrase would read with its noun: for "inferior infarcts" in "anterior and inferior infarcts"
    the words "anterior infarcts".

    All are inflected alike, for in "ST-Hebung inferior, lateraler Infarkt" the first belongs to what went before; where they have
    no endings an "and" or "or" must make them a list.

    Parameters
    ----------
    text : all words
    start, stop : the phrase, which begins with a site or is passed over

    Yields
    ------
    first, words : where the site stands, and the phrase with it, nearest site first
    """
    if not _is_site(text[start].text):
        return
    noun, ending = text[start + 1 : stop], _ending(text[start].text)
    at, listed = start, bool(ending)
    while at > 0 and text[at].before in (JOINED, COMMA):
        joined = text[at - 1].text in _JOINTS and text[at - 1].before == JOINED
        listed = listed or joined
        before = at - 1 - joined
        if before < 0 or not listed or not _is_site(text[before].text) or _ending(text[before].text) != ending:
            return
        yield before, [text[before], *noun]
        at = before


def _is_site(word: str) -> bool:
    return word.startswith(_STEMS)


def _ending(word: str) -> str:
    """The inflection of a site: "er" of "inferiorer", "" of "inferior"."""
    return next((ending for ending in ("er", "en", "es", "em", "e", "a", "t") if word.endswith(("al" + ending, "or" + ending))), "")
