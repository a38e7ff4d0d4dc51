"""The two Chroma collections of a library: one to search in, one to show from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from agent.library.errors import NotALibraryError, WrongEncoderError
from agent.library.marks import EXTRA, Vectors
from agent.library.place import Place
from agent.library.rows import Metadata

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FORMAT = 1
MAX_ROWS = 5000  # a call; Chroma 1.5.9 takes 5,461
_VECTORS = "ecg-cases-vectors"  # a row per ECG and per report; metadata only to filter by
_CASES = "ecg-cases-cases"  # a row per case: report, reading, waveform


@dataclass(frozen=True)
class Connection:
    """A client's view of a library at one version."""

    version: int
    vectors: "Collection"
    cases: "Collection"

    def put_cases(self, case_ids: Sequence[str], rows: Sequence[Metadata]) -> None:
        """Write what is shown of cases. Chroma wants vectors of them: one number each, unlike any other, as equal points index badly."""
        numbers = np.array([[crc32(case_id.encode()) >> 8] for case_id in case_ids], np.float32)
        self.cases.upsert(ids=list(case_ids), embeddings=numbers, metadatas=list(rows))

    def put_vectors(self, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Metadata]) -> None:
        """Write what is searched; one transaction, so that a case has all its rows or none."""
        self.vectors.upsert(ids=list(ids), embeddings=vectors, metadatas=list(metadata))

    def shown(self, case_ids: Sequence[str]) -> dict[str, Metadata]:
        """The rows of these cases, as far as they are there."""
        if not case_ids:
            return {}
        got = self.cases.get(ids=list(case_ids), include=["metadatas"])
        return dict(zip(got["ids"], got["metadatas"] or [], strict=True))  # type: ignore[arg-type]


def make(place: Place, encoder: Any) -> None:
    """Create an empty library, or leave the one of the same encoder that is there.

    Raises
    ------
    NotALibraryError, WrongEncoderError
    """
    place.prepare()
    with place.writing():
        client = place.connect()
        about = {"format": FORMAT, "encoder": encoder.id, "dim": encoder.dim}
        client.get_or_create_collection(_CASES, embedding_function=None, configuration={"hnsw": {"space": "l2"}})
        client.get_or_create_collection(_VECTORS, embedding_function=None, metadata=about, configuration={"hnsw": {"space": "cosine"}})


def connect(place: Place, encoder: Any) -> Connection:
    """See everything that is in the library now.

    Raises
    ------
    NotALibraryError, WrongEncoderError
    """
    from chromadb.errors import ChromaError

    place.check()
    with place.writing():
        version = place.version()
        client = place.connect()
        try:
            vectors = client.get_collection(_VECTORS, embedding_function=None)
            cases = client.get_collection(_CASES, embedding_function=None)
        except (ChromaError, ValueError) as error:
            raise NotALibraryError(f"{place.name} holds no library of cases: make one with `ecg-cases index SOURCE --library`") from error
        about = vectors.metadata or {}
        if about.get("format") != FORMAT:
            raise NotALibraryError(
                f"{place.name} has library format {about.get('format')}, this one reads {FORMAT}: index the cases again into a new folder"
            )
        if about.get("encoder") != encoder.id:
            raise WrongEncoderError(
                f"{place.name} was made with encoder {about.get('encoder')}, and this is encoder {encoder.id}: "
                "open it with its own checkpoint, or index the cases again into a new folder"
            )
        _load_index(vectors, encoder.dim + EXTRA)
        return Connection(version, vectors, cases)


def _load_index(vectors: "Collection", dim: int) -> None:
    """Chroma reads its index files at the first query: now, while no other process writes them."""
    vectors.query(query_embeddings=np.ones((1, dim), np.float32), n_results=1, include=[])
