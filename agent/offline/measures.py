"""Which measurements a question names, between which limits, and which end of a ranking it asks for."""

import re

from agent.offline.words import words

_FIELDS = {
    "heart_rate_bpm": words("fastest", "slowest", r"heart[- ]?rate", "rate", "bpm", "pulse", "how fast"),
    "pr_ms": words("pr", "pq"),
    "qrs_ms": words(r"qrs(?! axis)"),
    "qtc_ms": words(r"qtc\w?", "corrected qt"),
    "qt_ms": words(r"(?<!long )(?<!corrected )qt"),
    "axis_deg": words(r"(?<!left )(?<!right )(?<!normal )axis(?! deviation)"),
    "qtc_bazett_ms": words(r"bazett\w*"),
    "qtc_framingham_ms": words(r"framingham\w*"),
    "regularity": words(r"(?:ir)?regular(?:ly|ity)?", r"rr[- ](?:intervals?|variation)"),
    "ectopic_beats": words(r"(?:ectopic|extra|abnormal) beats?", r"(?:how many|count|number of) (?:ectop\w+|extrasystol\w+)"),
    "early_beats": words(r"(?:early|premature) beats?", r"(?:ectopic|extra) beats?"),
    "st_mv": words(r"st[- ](?:level|segment|deviation)s?", r"st (?=in (?:leads? )?(?:av|v|i))\w+", r"j[- ]?point"),
    "r_mv": words(r"r in (?:leads? )?(?:av[rlf]|v[1-6]|i{1,3})", r"r[- ](?:waves?|voltages?|amplitudes?)(?! progression)", "voltages?"),
    "s_mv": words(r"s in (?:leads? )?(?:av[rlf]|v[1-6]|i{1,3})", r"s[- ](?:waves?|voltages?|amplitudes?)", "voltages?"),
    "lvh_mv": words(r"sokolow\w*(?:[- ]lyon)?", r"cornell\w*", r"lewis", r"peguero\w*", r"(?:lvh|hypertrophy) (?:index|indices|criteria)",
                     r"(?:lvh|hypertrophy) (?:by|according to) (?:the )?(?:voltages?|ecg)"),
}  # fmt: skip
_WIDER = {"lvh_mv": ("r_mv", "s_mv"), "qtc_bazett_ms": ("qtc_ms",), "qtc_framingham_ms": ("qtc_ms",)}  # names that contain others
HIGHEST = words("highest", "longest", "fastest", "largest", "widest", "oldest", "biggest", "maximum")
LOWEST = words("lowest", "shortest", "slowest", "smallest", "narrowest", "youngest", "minimum")
AGE = words("oldest", "youngest", "age")
_YEARS = words(r"years?", r"old\w*", r"young\w*", "aged?")
_ABOVE = re.compile(r"(?:\b(?:over|above|more than|at least|(?:long|wid|fast|high|larg)er than)|>)\s*(\d{1,3})\b", re.IGNORECASE)
_BELOW = re.compile(r"(?:\b(?:under|below|less than|at most|(?:short|narrow|slow|low|small)er than)|<)\s*(\d{1,3})\b", re.IGNORECASE)


def fields(text: str) -> tuple[str, ...]:
    """Fields of `Measurements`; the more special where one name contains another."""
    found = tuple(name for name, pattern in _FIELDS.items() if pattern.search(text))
    return tuple(name for name in found if not any(name in _WIDER.get(other, ()) for other in found))


def limits(text: str) -> dict[str, float]:
    """ "above" and "below" of a measurement; nothing where an age is meant.

    >>> limits("which have a QRS over 120 ms?")
    {'above': 120.0}
    """
    if not fields(text) or _YEARS.search(text):
        return {}
    found = {"above": _ABOVE.search(text), "below": _BELOW.search(text)}
    return {name: float(match.group(1)) for name, match in found.items() if match}
