"""What tells whether a search may be trusted: a few numbers of the signal, and how close the closest cases are."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from agent.hits import CLOSEST, CaseHit
from agent.measurement.beats import find_beats
from agent.measurement.leads import usable
from data import EcgRecord
from data.leads import INDEPENDENT_LEADS
from data.quality import arm_reversal_sign

LONGEST_S, MIN_S = 20.0, 1.5
_RATE = 100.0  # Hz, enough for what is seen of a spectrum here
_LOW_HZ = 0.7  # below it is drift
_LIKENESS = (0.6, 0.95)  # beyond them it tells nothing more
_UPRIGHT = -0.5  # so far from it no arms are reversed


@dataclass(frozen=True)
class Signs:
    """One ECG's signs. None of them depends on the encoder: closeness is told against what is usual in the library."""

    closeness: float  # standard deviations of `agent.hits.Usual`; below 0 it is farther than its cases from each other
    likeness: float  # of single beats to each other, correlation over all leads, 0.6 (or less, or no beats) to 0.95 (or more)
    dipole: float  # share of the power of the leads recorded together that three directions explain, as they do a dipole's
    alone: float  # 1 where only one lead was recorded
    reversed: float  # see `data.quality.arm_reversal_sign`; -0.5 where it is less, or cannot be told

    def values(self) -> npt.NDArray[np.float64]:
        """As (n_signs,)."""
        return np.array(astuple(self), dtype=np.float64)


def signs(record: EcgRecord, closeness: float) -> Signs:
    """The signs of a record whose closeness is known."""
    standard = record.standard()
    recorded = int(np.isfinite(standard.signal).any(axis=1).sum())
    reversal = arm_reversal_sign(standard)
    return Signs(
        closeness=float(np.clip(closeness, -8, 3)),
        likeness=float(np.clip(_likeness(record), *_LIKENESS)),
        dipole=_dipole(record),
        alone=float(recorded == 1),
        reversed=_UPRIGHT if reversal is None else max(_UPRIGHT, reversal),
    )


def mean_similarity(similarities: Sequence[float]) -> float:
    """Of the `CLOSEST` ECGs among those found."""
    return float(np.mean(sorted(similarities, reverse=True)[:CLOSEST]))


def ecg_similarities(hits: Sequence[CaseHit]) -> list[float]:
    """Cosines of the question's ECG to the cases' ECGs, of the hits that were found so."""
    return [match.similarity for hit in hits for match in hit.matches if (match.asked, match.modality) == ("ecg", "ecg")]


def _likeness(record: EcgRecord) -> float:
    leads = usable(record.seconds(0, LONGEST_S))
    if not leads.names or leads.seconds < MIN_S:
        return 0.0
    beats = find_beats(leads)
    return 0.0 if isinstance(beats, str) else beats.likeness


def _dipole(record: EcgRecord) -> float:
    """Of the independent leads that were recorded nearly all the time; 1 where there are three or fewer."""
    standard = record.resampled(_RATE).standard()
    rows = np.stack([standard[lead] for lead in INDEPENDENT_LEADS])
    rows = np.nan_to_num(rows[np.isfinite(rows).mean(axis=1) > 0.9])
    spectrum = np.fft.rfft(rows, axis=1)[:, np.fft.rfftfreq(standard.n_samples, 1 / _RATE) > _LOW_HZ]
    directions = np.linalg.svd((spectrum @ spectrum.conj().T).real, compute_uv=False)
    return float(directions[:3].sum() / directions.sum()) if directions.sum() > 0 else 1.0
