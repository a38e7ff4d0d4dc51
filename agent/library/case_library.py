"""A searchable library of ECG cases with their reports, in Chroma."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Protocol, TypeVar

import numpy as np

from agent.hits import Asked, CaseHit, Modality
from agent.library import connection as chroma
from agent.library import indexing, usual
from agent.library.conditions import Conditions, Where, chroma_where
from agent.library.connection import MAX_ROWS, Connection
from agent.library.errors import UnknownCaseError
from agent.library.indexing import AddReport, Encoded, Indexing, Progress
from agent.library.marks import MODALITIES, Vectors
from agent.library.place import Place, place_of
from agent.library.rows import RowId, patient_digest, restored, row_id
from agent.library.searching import find
from agent.recognition import recognised_first
from data import Case, EcgRecord

Answer = TypeVar("Answer")
RECOGNISED_AMONG = 1000  # the closest by ECG: of 250 hidden as on a 3x4 sheet all but one have their own there, among 1,803; takes 1.5 s


class EcgEncoder(Protocol):
    """What a library needs of an encoder; `encoders.Encoder` is one."""

    batch_size: int

    @property
    def id(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def near(self) -> float: ...
    def encode_ecgs(self, records: Sequence[EcgRecord]) -> Vectors: ...
    def encode_reports(self, texts: Sequence[str]) -> Vectors: ...


class CaseLibrary:
    """Cases with the vectors of their ECGs and reports, on disk or on a Chroma server.

    Safe for threads of one process. One process adds to a folder at a time; others see what it added at their next call.
    """

    def __init__(self, place: Place, encoder: EcgEncoder) -> None:
        self._place = place
        self._encoder = encoder
        self._lock = RLock()
        self._current = chroma.connect(place, encoder)
        self._counts: tuple[object, dict[str, int]] = (None, {})

    @classmethod
    def create(cls, path: str | Path, *, encoder: EcgEncoder) -> "CaseLibrary":
        """A new library in a new or empty folder, or on a Chroma server, "http://host:port".

        Where there is one already of the same encoder, that one is opened, so that an interrupted indexing can go on.

        Raises
        ------
        NotALibraryError : the folder holds something else, or no server answers
        WrongEncoderError : there is a library of another encoder
        """
        place = place_of(path)
        chroma.make(place, encoder)
        return cls(place, encoder)

    @classmethod
    def open(cls, path: str | Path, *, encoder: EcgEncoder) -> "CaseLibrary":
        """A library that is there. Nothing is created.

        Raises
        ------
        NotALibraryError : there is none, or one of another format
        WrongEncoderError : it was made with another encoder; both are named
        """
        return cls(place_of(path), encoder)

    @property
    def name(self) -> str:
        """Name of the folder, or host and port of the server."""
        return self._place.name

    @property
    def encoder(self) -> EcgEncoder:
        """The encoder that made its vectors."""
        return self._encoder

    # ------------------------------------------------------------------ adding

    def add(self, cases: Iterable[Case], progress: Progress | None = None) -> AddReport:
        """Add the cases that are not there yet; one that is there, by its id, is not read again.

        Killed at any moment and run again, it ends as if it had not been killed.

        Parameters
        ----------
        cases : read one batch at a time
        progress : called with the number of further cases done, as `tqdm.update` is

        Raises
        ------
        LibraryBusyError : another process is adding to the same folder
        """
        with self._place.one_writer():
            self._remove_leftovers()
            report = Indexing(self._encoder, self.ids(), self._write, progress).run(cases)
            if report.added or usual.known(self._fresh()) is None:
                with self._writing() as connection:
                    usual.keep(connection)
            return report

    def _write(self, batch: Encoded) -> None:
        with self._writing() as connection:
            indexing.write(connection, batch)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection to write with, while no other process opens or writes."""
        with self._lock, self._place.writing():
            connection = self._fresh()
            yield connection
            self._place.written()
            self._current = replace(connection, version=self._place.version())

    def _remove_leftovers(self) -> None:
        """Delete the rows that a killed run left. Not on a server, where they may be another writer's, just being written."""
        if not self._place.exclusive:
            return
        with self._writing() as connection:
            leftovers = sorted(set(connection.cases.get(include=[])["ids"]) - _ids(connection))
            for start in range(0, len(leftovers), MAX_ROWS):
                connection.cases.delete(ids=leftovers[start : start + MAX_ROWS])

    # ------------------------------------------------------------------ reading

    def ids(self) -> set[str]:
        """The ids of all cases."""
        return self._read(_ids)

    def __len__(self) -> int:
        return sum(self.source_counts().values())

    def source_counts(self) -> dict[str, int]:
        """Number of cases of each source."""

        def count(connection: Connection) -> dict[str, int]:
            key = (connection.version, connection.vectors.count())
            if self._counts[0] != key:
                self._counts = (key, dict(_counted(connection)))
            return dict(self._counts[1])

        return self._read(count)

    def get(self, case_id: str) -> Case:
        """One case. Raises `UnknownCaseError` where there is none of this id."""

        def look_up(connection: Connection) -> Case | None:
            row = connection.shown([case_id]).get(case_id)
            case = restored(case_id, row) if row else None
            return case if case and connection.vectors.get(ids=[row_id(case, "ecg")], include=[])["ids"] else None

        if case := self._read(look_up):
            return case
        raise UnknownCaseError(f"{self.name} has no case {case_id!r}: take the id from a search result")

    def search(
        self,
        ecg: EcgRecord | None = None,
        text: str | None = None,
        k: int = 10,
        where: Conditions | None = None,
        exclude_patient: str | None = None,
        among: Sequence[Modality] = MODALITIES,
    ) -> list[CaseHit]:
        """The k cases nearest to an ECG, to a text, or to both.

        The question is compared with the ECGs and with the reports of the cases, and the rankings are fused (`agent.library.fusion`).
        An ECG of which parts are missing, such as a printed sheet, may lie far from its whole: a case with the same beats comes first.

        Parameters
        ----------
        where : conditions that all must hold, see `agent.library.conditions`, e.g. {"sex": "F", "age": {"$gte": 60}, "statement": "AFIB"}
        exclude_patient : identifier of a patient whose cases are left out; by default the patient of the ECG, where known
        among : compare with the "ecg" or the "report" of the cases only

        Returns
        -------
        hits : best first, ties by case id; fewer than k only where no more fulfil the conditions

        Raises
        ------
        ValueError : neither ECG nor text, or k below 1
        ConditionError : a condition that is not known
        """
        if ecg is None and not (text and text.strip()):
            raise ValueError("a search came with neither ECG nor text: give one of them, or both")
        if k < 1:
            raise ValueError(f"k is {k}, wanted the number of cases to find, 1 or more")
        condition = chroma_where(where)
        questions: dict[Asked, Vectors] = {}
        if ecg is not None:
            questions["ecg"] = self._encoder.encode_ecgs([ecg])
            exclude_patient = exclude_patient or ecg.patient.id
        if text and text.strip():
            questions["text"] = self._encoder.encode_reports([text])
        hits = self.nearest(questions, k=k, condition=condition, exclude_patient=exclude_patient, among=among)
        if ecg is not None and "ecg" in among and not np.isfinite(ecg.standard().signal).all():
            asked, n = {"ecg": questions["ecg"]}, RECOGNISED_AMONG
            closest = self.nearest(asked, k=n, condition=condition, exclude_patient=exclude_patient, among=["ecg"])  # type: ignore[arg-type]
            hits = recognised_first(ecg, hits, closest)[:k]
        return hits

    def nearest(
        self,
        questions: Mapping[Asked, Vectors],
        *,
        k: int,
        condition: Where | None = None,
        exclude_patient: str | None = None,
        among: Sequence[Modality] = MODALITIES,
    ) -> list[CaseHit]:
        """`search` for questions that are encoded already: vectors (1, dim), and a condition in Chroma's words."""
        patient = patient_digest(exclude_patient)

        def hits(connection: Connection) -> list[CaseHit]:
            fused = find(connection.vectors, questions, k=k, where=condition, patient=patient, among=among)
            rows = connection.shown([found.case_id for found in fused])
            near, ours = self._encoder.near, usual.known(connection)
            return [CaseHit(restored(found.case_id, rows[found.case_id]), found.score, found.matches, near, ours) for found in fused]

        return self._read(hits)

    def _read(self, ask: Callable[[Connection], Answer]) -> Answer:
        """Ask the connection; once more with a new one, and no writer at work, where a batch was written in the middle of asking."""
        try:
            return ask(self._fresh())
        except self._place.failures():
            with self._lock, self._place.writing():
                self._current = chroma.connect(self._place, self._encoder)
                return ask(self._current)

    def _fresh(self) -> Connection:
        """The connection, made anew where another process has written since."""
        with self._lock:
            if self._place.version() != self._current.version:
                self._current = chroma.connect(self._place, self._encoder)
            return self._current


def _ids(connection: Connection) -> set[str]:
    rows = map(RowId.parse, connection.vectors.get(include=[])["ids"])
    return {row.case_id for row in rows if row.modality == "ecg"}


def _counted(connection: Connection) -> Iterator[tuple[str, int]]:
    """Cases per source: the sources are asked for one after the other, as reading every row's metadata takes far longer."""
    known: list[str] = []
    while True:
        others: Where | None = {"source": {"$nin": known}} if known else None
        if not (rows := connection.vectors.get(where=others, limit=1, include=["metadatas"])["metadatas"]):
            return
        known.append(str(rows[0]["source"]))
        ids = connection.vectors.get(where={"source": known[-1]}, include=[])["ids"]
        yield known[-1], sum(RowId.parse(written).modality == "ecg" for written in ids)
