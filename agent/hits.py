"""What a search returns: a case, why it was found, and how near it is."""

from dataclasses import dataclass
from typing import Literal

from data import Case

Modality = Literal["ecg", "report"]  # what a row of the library holds
Asked = Literal["ecg", "text"]  # what the question was


@dataclass(frozen=True)
class Match:
    """One way in which a case was found."""

    modality: Modality  # of the case: its ECG or its report
    rank: int  # from 1, among the cases found this way; equals share a rank
    similarity: float  # cosine to the question, -1 to 1
    asked: Asked = "ecg"


@dataclass(frozen=True)
class Usual:
    """How close the ECGs of a library lie to each other: of each, the mean cosine to its `CLOSEST` among other patients' ECGs."""

    mean: float
    spread: float  # standard deviation

    def deviation(self, similarity: float) -> float:
        """A mean cosine of an ECG to its closest in standard deviations from what is usual; below 0 is farther."""
        return (similarity - self.mean) / self.spread


CLOSEST = 5  # one may lie near by chance


@dataclass(frozen=True)
class CaseHit:
    """A case that a search found."""

    case: Case
    score: float  # 0 to 1; 1 where every way to a case puts it first, and of the very recording
    matches: tuple[Match, ...]
    near: float = -1.0  # least ECG similarity that counts as close, by the encoder that found it
    usual: Usual | None = None  # in the library that it was found in; None where that is too small to tell
    same_recording: bool = False  # it holds the beats that were asked with; looked for only where parts of those are missing

    def similarity(self, modality: Modality) -> float | None:
        """Cosine of the question to this case's ECG or report; of the ECG where an ECG and a text were asked. None: not found so."""
        return next((match.similarity for match in self.matches if match.modality == modality), None)

    @property
    def cosine(self) -> float:
        """The one number that tells how similar the case is: its ECG's cosine to the question, or its report's if its ECG was not found."""
        ecg = self.similarity("ecg")
        return self.matches[0].similarity if ecg is None else ecg

    @property
    def similarities(self) -> frozenset[float]:
        """Every number that tells how similar the case is, to two digits: the fused score, and of each way in which it was found."""
        return frozenset(round(value, 2) for value in (self.score, self.cosine, *(match.similarity for match in self.matches)))
