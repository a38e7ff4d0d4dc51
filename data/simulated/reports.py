"""Reports of simulated ECGs, in the varied order and style of different desks; what they say is true of the ECG."""

import numpy as np

from data.simulated.phrases import RHYTHMS, TONGUES, Tongue
from data.simulated.truth import Truth

Rng = np.random.Generator

_LANGUAGES, _SHARES = ("en", "de", "sv"), (0.58, 0.29, 0.13)
_NO_PR = ("2AVB", "3AVB")  # it varies, or there is none


def written_report(rng: Rng, truth: Truth, wording: tuple[str, ...]) -> str:
    """A report in English, German or Swedish.

    Parameters
    ----------
    wording : keys of `Tongue.statements`; together they say every statement of the truth
    """
    tongue = TONGUES[str(rng.choice(_LANGUAGES, p=_SHARES))]
    rhythms = [_rhythm(rng, tongue, truth, key) for key in wording if key in RHYTHMS and key != "NORM"]
    findings = [_one(rng, tongue.statements[key]) for key in wording if key not in RHYTHMS]
    around = _measured(rng, tongue, truth) + [axis for axis in _axis(rng, tongue, truth) if axis not in "".join(findings)]
    if rng.random() < 0.3:
        parts = findings + rhythms + around  # what matters first
    elif rng.random() < 0.5:
        parts = rhythms + around + findings
    else:
        parts = rhythms + findings + around
    parts += _denied(rng, tongue, truth)
    if "NORM" in wording:
        parts.append(_one(rng, tongue.statements["NORM"]))
    return _set(rng, parts)


def _one(rng: Rng, phrases: tuple[str, ...]) -> str:
    return phrases[rng.integers(len(phrases))]


def _rhythm(rng: Rng, tongue: Tongue, truth: Truth, key: str) -> str:
    words = _one(rng, tongue.statements[key])
    if rng.random() < 0.6:
        words += ", " + _one(rng, tongue.rate).format(rate=round(truth.heart_rate_bpm))
    return words


def _measured(rng: Rng, tongue: Tongue, truth: Truth) -> list[str]:
    if rng.random() < 0.5:
        return []
    numbers = {"qrs": round(truth.qrs_ms), "qt": round(truth.qt_ms), "qtc": round(truth.qtc_ms)}
    parts = [_one(rng, tongue.qrs), _one(rng, tongue.qt)]
    if truth.pr_ms is not None and not set(_NO_PR) & set(truth.statements):
        parts.insert(0, _one(rng, tongue.pr).format(pr=round(truth.pr_ms)))
    return [", ".join(parts).format(**numbers)]


def _axis(rng: Rng, tongue: Tongue, truth: Truth) -> list[str]:
    if rng.random() < 0.45 or "PACE" in truth.statements:
        return []
    words = next(words for limit, words in tongue.axis if round(truth.axis_deg) <= limit)
    return [_one(rng, words).format(axis=round(truth.axis_deg))]


def _denied(rng: Rng, tongue: Tongue, truth: Truth) -> list[str]:
    true_of_it = set(truth.statements)
    possible = [words for words, forbidding in tongue.absent if not true_of_it & set(forbidding)]
    count = min(len(possible), int(rng.choice([0, 1, 2], p=[0.55, 0.35, 0.10])))
    return [possible[k] for k in rng.permutation(len(possible))[:count]]


def _set(rng: Rng, parts: list[str]) -> str:
    """As a desk would type it: sentences, lower case, capitals, or a list."""
    style = rng.integers(4)
    if style == 0:
        return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts)
    if style == 1:
        return ". ".join(parts).lower() + "."
    if style == 2:
        return "\n".join(parts).upper()
    return ", ".join([parts[0][0].upper() + parts[0][1:], *parts[1:]]) + "."
