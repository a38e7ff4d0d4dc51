"""LUDB, 200 12-lead ECGs in which cardiologists marked every wave of every lead (Kalyakulina et al. 2020, PhysioNet, ODC-By 1.0)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from data.errors import DataSetError
from data.readers import read_ecg
from data.record import EcgRecord

FOLDER = "data"
LEADS = ("i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6")  # the suffixes of its annotation files
_KINDS: dict[str, Literal["P", "QRS", "T"]] = {"p": "P", "N": "QRS", "t": "T"}


@dataclass(frozen=True)
class MarkedWave:
    """One wave of one lead, as a cardiologist marked it; s from the first sample."""

    kind: Literal["P", "QRS", "T"]
    onset: float
    peak: float
    end: float


@dataclass(frozen=True, eq=False)
class MarkedEcg:
    """One record with the waves of each of its leads."""

    number: int
    record: EcgRecord
    waves: tuple[tuple[MarkedWave, ...], ...]  # by lead

    @property
    def heart_rate_bpm(self) -> float | None:
        """60 over the mean interval of marked QRS peaks, the median over leads; often not all beats of a record are marked."""
        peaks = [[wave.peak for wave in lead if wave.kind == "QRS"] for lead in self.waves]
        return _median([60 / float(np.diff(lead).mean()) for lead in peaks if len(lead) > 1])

    @property
    def qrs_ms(self) -> float | None:
        """Median over all beats of all leads, as are the next two."""
        return _median([1000 * (wave.end - wave.onset) for lead in self.waves for wave in lead if wave.kind == "QRS"])

    @property
    def pr_ms(self) -> float | None:
        return _median([1000 * (b.onset - a.onset) for a, b in self._neighbours() if (a.kind, b.kind) == ("P", "QRS")])

    @property
    def qt_ms(self) -> float | None:
        return _median([1000 * (b.end - a.onset) for a, b in self._neighbours() if (a.kind, b.kind) == ("QRS", "T")])

    def _neighbours(self) -> Iterator[tuple[MarkedWave, MarkedWave]]:
        for lead in self.waves:
            yield from pairwise(lead)


def ecgs(root: str | Path) -> Iterator[MarkedEcg]:
    """Every record that is there, by its number.

    Parameters
    ----------
    root : the folder that holds LUDB's folder `data`

    Raises
    ------
    DataSetError : no record of LUDB there, or a damaged annotation
    """
    folder = Path(root) / FOLDER
    if not (numbers := sorted(int(path.stem) for path in folder.glob("*.hea") if path.stem.isdigit())):
        raise DataSetError(f"{Path(root).name} has no records in {FOLDER}: give the folder of LUDB 1.0.1, from physionet.org/content/ludb")
    for number in numbers:
        record = read_ecg(folder / f"{number}.hea")
        yield MarkedEcg(number, record, tuple(_marked(folder / str(number), lead, record.fs) for lead in LEADS))


def _marked(record: Path, lead: str, fs: float) -> tuple[MarkedWave, ...]:
    """The waves of a lead that have an onset, a peak and an end, which are annotated as "(", the kind, ")"."""
    import wfdb

    try:
        marks = wfdb.rdann(str(record), lead)
    except (OSError, ValueError, IndexError) as error:
        raise DataSetError(f"{record.name}.{lead} cannot be read ({error}): fetch it again") from error
    symbols, times = marks.symbol, np.asarray(marks.sample) / fs
    return tuple(
        MarkedWave(_KINDS[symbols[i]], *(float(time) for time in times[i - 1 : i + 2]))
        for i in range(1, len(symbols) - 1)
        if symbols[i] in _KINDS and symbols[i - 1] == "(" and symbols[i + 1] == ")"
    )


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None
