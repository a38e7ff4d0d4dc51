"""From encoded questions to fused cases, through the index, or past it where the index cannot give enough."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from agent.hits import Asked, Modality
from agent.library.conditions import Where
from agent.library.fusion import Fused, Ranking, fuse
from agent.library.marks import Vectors, marked, similarities
from agent.library.rows import RowId

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

DEPTH = 5  # rows per way to a case for each case wanted, so that the rankings have cases to agree on
MIN_DEPTH = 50

Way = tuple[Asked, Modality]


def find(
    vectors: "Collection", questions: Mapping[Asked, Vectors], *, k: int, where: Where | None, patient: str, among: Sequence[Modality]
) -> list[Fused]:
    """The k best cases, or fewer only where fewer fulfil `where` and are not of `patient`.

    Parameters
    ----------
    questions : vectors (1, dim) of length 1
    patient : digest of the patient to leave out, or ""
    """
    ways: list[Way] = [(asked, modality) for asked in questions for modality in among]
    asked = np.concatenate([marked(questions[question], modality) for question, modality in ways])
    fused = fuse(_through_index(vectors, ways, asked, max(MIN_DEPTH, DEPTH * k), where, patient), k=k)
    return fused if len(fused) == k else fuse(_past_index(vectors, ways, asked, where, patient), k=k)


def _through_index(vectors: "Collection", ways: list[Way], asked: Vectors, depth: int, where: Where | None, patient: str) -> list[Ranking]:
    got: Any = vectors.query(query_embeddings=asked, n_results=depth, where=where, include=["distances"])
    return [
        _ranking(way, map(RowId.parse, ids), similarities(distances), patient)
        for way, ids, distances in zip(ways, got["ids"], got["distances"], strict=True)
    ]


def _past_index(vectors: "Collection", ways: list[Way], asked: Vectors, where: Where | None, patient: str) -> list[Ranking]:
    """Every row that fulfils `where`, one by one: few enough, as fewer than k cases came through the index."""
    got: Any = vectors.get(where=where, include=["embeddings"])
    if not got["ids"]:
        return [Ranking(*way, {}) for way in ways]
    rows = [RowId.parse(written) for written in got["ids"]]
    stored = np.asarray(got["embeddings"], np.float32)
    cosines = _unit(asked) @ _unit(stored).T  # (way, row)
    return [_ranking(way, rows, similarities(1 - cosine), patient) for way, cosine in zip(ways, cosines, strict=True)]


def _ranking(way: Way, rows: Any, cosines: npt.NDArray[np.float64], patient: str) -> Ranking:
    asked, modality = way
    found = {
        row.case_id: float(cosine)
        for row, cosine in zip(rows, cosines, strict=True)
        if row.modality == modality and not (patient and row.patient == patient)
    }
    return Ranking(asked, modality, found)


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
