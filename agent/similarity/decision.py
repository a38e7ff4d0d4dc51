"""Whether a draft may rest on the cases found: a logistic score over a few signs, learned by `ecg-cases trust silence PTB-XL --learn`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.hits import CaseHit
from agent.similarity.signs import Signs, ecg_similarities, mean_similarity, signs
from data import EcgRecord
from data.quality import unusable_reason

LEARNED = "learned.json"  # beside this module


@dataclass(frozen=True)
class Score:
    """A logistic score over `Signs`, and where it refuses."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    usual: tuple[float, ...]  # median of each sign over the ECGs that it was learned from
    bias: float
    least: float  # confidence below which nothing is concluded: one ECG in 200 of those learned from lies below
    farthest: float  # closeness below which it is not either, whatever the other signs: one in 200

    def confidence(self, seen: Signs) -> float:
        """How sure it is that this is an ECG whose closest cases can be trusted, 0 to 1."""
        return float(1 / (1 + np.exp(-(seen.values() @ np.array(self.weights) + self.bias))))

    def doubtful(self, values: npt.NDArray[np.float64]) -> str:
        """The sign, of (n_signs,), that speaks most against it."""
        return self.names[int(np.argmin((values - np.array(self.usual)) * np.array(self.weights)))]


@dataclass(frozen=True)
class Decision:
    """What was decided of one ECG and the cases found for it."""

    confidence: float
    reason: str = ""  # why nothing is concluded from them; "" where something may be


def decide(record: EcgRecord, hits: Sequence[CaseHit], score: Score | None = None) -> Decision:
    """Judge whether the cases found for an ECG are close to it.

    Parameters
    ----------
    hits : of a search by this ECG, best first
    score : another than the learned one that is kept with this module
    """
    if unusable := unusable_reason(record):
        return Decision(0.0, f"No close case: {unusable[:1].lower()}{unusable[1:]}")
    if not hits:
        return Decision(0.0, "No close case: the library has no case under these conditions.")
    score = score or learned()
    seen = signs(record, closeness(hits))
    confidence = score.confidence(seen)
    found = ecg_similarities(hits)
    near = hits[0].near
    if hits[0].usual is None and found and max(found) < near:
        return Decision(
            confidence, f"No close case: the best ECG similarity is {max(found):.2f}, below {near:.2f}, the least that counts as close."
        )
    if seen.closeness < score.farthest:
        return Decision(min(confidence, score.least), _far(hits, score))
    if confidence < score.least:
        return Decision(confidence, _REASONS.get(score.doubtful(seen.values())) or _far(hits, score))
    return Decision(confidence)


def nothing_similar(record: EcgRecord, hits: Sequence[CaseHit]) -> str:
    """Why no draft from cases can be written; "" where one can."""
    return decide(record, hits).reason


def closeness(hits: Sequence[CaseHit]) -> float:
    """Against what is usual in the library; 0 where it cannot be told."""
    found = ecg_similarities(hits)
    return hits[0].usual.deviation(mean_similarity(found)) if found and hits[0].usual else 0.0


@cache
def learned() -> Score:
    """The score that ships."""
    raw: dict[str, Any] = json.loads((files("agent.similarity") / LEARNED).read_text())
    lists: dict[str, Any] = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
    return Score(**raw | lists)


def keep(score: Score) -> None:
    """Write a score as the one that ships."""
    (Path(str(files("agent.similarity"))) / LEARNED).write_text(json.dumps(asdict(score), indent=1) + "\n")
    learned.cache_clear()


def _far(hits: Sequence[CaseHit], score: Score) -> str:
    usual, similarity = hits[0].usual, mean_similarity(ecg_similarities(hits))
    least = usual.mean + score.farthest * usual.spread if usual else hits[0].near
    return (
        f"No close case: the closest ECGs have a mean similarity of {similarity:.2f}, where {usual.mean if usual else 1.0:.2f} is usual "
        f"in this library and {least:.2f} the least that counts as close."
    )


_REASONS = {
    "likeness": "No close case: no two beats look alike, so this may be no ECG.",
    "dipole": "No close case: the leads do not fit together as those of one heart do, so this may be no ECG.",
    "alone": "No close case: only one lead was recorded, too little to call a case close.",
    "reversed": "No close case: the arm electrodes look reversed, so that leads I, II, III, aVR and aVL are not what their names say.",
}
