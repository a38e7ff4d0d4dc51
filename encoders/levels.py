"""The levels at which two ECGs can be alike: superclass, diagnostic statement, any statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from data.findings import VOCABULARY

LEVELS: dict[str, Callable[[str], str]] = {  # a statement's label; none is ""
    "superclass": lambda code: VOCABULARY[code].superclass,
    "diagnostic": lambda code: code if VOCABULARY[code].superclass else "",
    "all": lambda code: code,
}


def labels_of(level: str) -> list[str]:
    """All labels of a level, sorted."""
    return sorted({label for code in VOCABULARY if (label := LEVELS[level](code))})


def labelled(codes: Iterable[str], level: str) -> set[str]:
    """The labels of an ECG's statements at a level; statements that the vocabulary lacks have none."""
    return {label for code in codes if code in VOCABULARY and (label := LEVELS[level](code))}


def projection(statements: Sequence[str], level: str) -> npt.NDArray[np.float32]:
    """Which statement has which label of a level: (statement, label) of 0 and 1."""
    labels = labels_of(level)
    return np.array([[label == LEVELS[level](code) for label in labels] for code in statements], np.float32)


def one_hot(stated: Iterable[str], labels: Sequence[str]) -> npt.NDArray[np.float32]:
    """1 for each of `labels` that is stated, whatever its likelihood: PTB-XL writes 0 for "unknown"."""
    stated = set(stated)
    return np.array([label in stated for label in labels], np.float32)


def likelihoods(stated: Mapping[str, float], labels: Sequence[str]) -> npt.NDArray[np.float32]:
    """The likelihood that was given with each of `labels`, 0 to 1; where PTB-XL writes 0 for "unknown", 1."""
    return np.array([(stated[label] or 100.0) / 100.0 if label in stated else 0.0 for label in labels], np.float32)
