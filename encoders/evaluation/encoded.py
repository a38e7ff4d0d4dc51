"""Cases as the benchmark compares them: read and encoded once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data import Case, EcgRecord
from encoders.encoder import Encoder, Vectors
from encoders.fusion import reciprocal_rank_fusion
from encoders.levels import labelled, labels_of, one_hot
from encoders.metrics import Floats

KNN = 20  # neighbours that vote for a label


@dataclass(frozen=True, eq=False)
class Encoded:
    """Cases with the vectors of their ECGs and of their reports, each (case, dim)."""

    cases: Sequence[Case]
    ecgs: Vectors
    reports: Vectors

    @classmethod
    def of(cls, cases: Sequence[Case], encoder: Encoder) -> "Encoded":
        return cls(cases, encoder.encode_ecgs([case.record for case in cases]), encoder.encode_reports([case.report for case in cases]))

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def records(self) -> list[EcgRecord]:
        return [case.record for case in self.cases]

    def labels(self, level: str) -> Floats:
        """(case, label) of 0 and 1; a label counts whatever its likelihood."""
        labels = labels_of(level)
        return np.stack([one_hot(labelled(case.statements, level), labels) for case in self.cases]).astype(float)


def ecg_routes(ecgs: Vectors, gallery: Encoded) -> dict[str, Floats]:
    """The two ways from ECGs (query, dim) to the cases of a gallery, and both fused; each (query, case), larger is nearer."""
    to_ecg, to_report = ecgs @ gallery.ecgs.T, ecgs @ gallery.reports.T
    return {"ECG to ECG": to_ecg, "ECG to report": to_report, "ECG, both fused": reciprocal_rank_fusion([to_ecg, to_report])}
