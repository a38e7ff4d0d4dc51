"""Leads and lead groups as reports name them behind a finding: "in I, aVL, V4-6", "in anterolateralen Ableitungen"."""

from data.findings.phrases import COLON, COMMA, DASHED, ENDED, JOINED, LISTED, Word
from data.leads import STANDARD_LEADS

_MEMBERS = {"i": "I", "ii": "II", "iii": "III", "avr": "aVR", "avl": "aVL", "avf": "aVF"} | {f"v{n}": f"V{n}" for n in range(1, 7)}
_SHORT = {"l": "aVL", "f": "aVF", "r": "aVR"}  # "II, III, F", only within a list
_CHEST = tuple(f"V{n}" for n in range(1, 7))
_GROUPS = {  # stem of the group's name to its leads
    "inferolater": ("II", "III", "aVF", "V5", "V6"),
    "inferio": ("II", "III", "aVF"),
    "anterolater": ("I", "aVL", "V3", "V4", "V5", "V6"),
    "anterosept": ("V1", "V2", "V3", "V4"),
    "anterio": ("V3", "V4"),
    "sept": ("V1", "V2"),
    "hochlater": ("I", "aVL"),
    "later": ("I", "aVL", "V5", "V6"),
    "limb": ("I", "II", "III", "aVR", "aVL", "aVF"),
    "extremit": ("I", "II", "III", "aVR", "aVL", "aVF"),
    "chest": _CHEST,
    "brust": _CHEST,
    "throughout": STANDARD_LEADS,
    "all": STANDARD_LEADS,
}
_PREPOSITIONS = frozenset(("in", "i", "ueber", "over", "lead", "leads", "ableitung", "ableitungen", "avledning"))
_RANGES = frozenset(("to", "bis", "till"))
_FILLERS = _RANGES | frozenset(("and", "und", "och", "the", "den", "lead", "leads", "ableitung", "ableitungen", "abl", "v"))
_FARTHEST = 24  # words looked at behind a finding


def leads_after(text: list[Word], start: int) -> tuple[str, ...]:
    """The leads that the words from `start` name, in standard order; () where no lead list follows.

    >>> from data.findings.phrases import words
    >>> leads_after(words("in I, aVL, V4-6."), 0)
    ('I', 'aVL', 'V4', 'V5', 'V6')
    """
    found: set[str] = set()
    if start >= len(text) or text[start].before == ENDED:
        return ()
    following = text[start + 1].before if start + 1 < len(text) else ENDED
    introduced = text[start].text in _PREPOSITIONS and following in (JOINED, LISTED)  # "i, avl" is lead I, "i avl" Swedish for "in aVL"
    named = introduced or text[start].before == COLON  # "repolarization abnormalities: inferior wall"
    last = ""
    for at in range(start + introduced, min(start + _FARTHEST, len(text))):
        word = text[at]
        if word.before == ENDED and at > start:
            break
        continued = last in _CHEST or last == "V"
        numbered = f"V{word.text}" if continued and word.text in "123456" else None
        if lead := _MEMBERS.get(word.text) or numbered or (_short(text, at) if found else None):
            ranged = lead in _CHEST and last in _CHEST and (word.before == DASHED or text[at - 1].text in _RANGES)
            found.update(_CHEST[_CHEST.index(last) : _CHEST.index(lead) + 1] if ranged else (lead,))
            last = lead
        elif named and (group := next((leads for stem, leads in _GROUPS.items() if word.text.startswith(stem)), None)):
            found.update(group)
        elif word.text in _FILLERS:
            last = "V" if word.text == "v" else last
        else:
            break
    return tuple(lead for lead in STANDARD_LEADS if lead in found)


def _short(text: list[Word], at: int) -> str | None:
    """The limb lead that one letter behind a comma stands for; "r" may begin "R-Verlust" and must stand alone."""
    alone = at + 1 == len(text) or text[at + 1].before not in (JOINED, DASHED)
    return _SHORT.get(text[at].text) if text[at].before == COMMA and (alone or text[at].text != "r") else None
