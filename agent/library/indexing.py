"""Adding cases: read, encode and write at the same time, in an order that a kill at any moment leaves whole.

A batch's case rows are written before its vector rows, and the vector rows of a batch in one transaction. A case is in the library
when its ECG's vector row is; a case row without it is what a kill left, is seen by nobody, and is written over or removed.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from agent.library.connection import Connection
from agent.library.marks import Vectors, marked
from agent.library.rows import Metadata, conditions_of, row_id, stored
from data import STANDARD_LEADS, Case, UnreadableEcgError
from data.record import EcgRecord

Progress = Callable[[int], object]
WRITTEN_AT_ONCE = 128  # cases; a kill loses at most this much encoding, twice


@dataclass(frozen=True)
class AddReport:
    """What became of the cases given to `CaseLibrary.add`."""

    added: int
    present: int  # were there already, and were not read again
    failed: dict[str, str] = field(default_factory=dict)  # case id to the reason why its waveform could not be read


@dataclass(frozen=True)
class Prepared:
    """A case with its waveform read and packed."""

    case: Case
    record: EcgRecord
    row: Metadata


@dataclass(frozen=True)
class Encoded:
    """Rows ready to be written, of one batch."""

    case_ids: list[str]
    rows: list[Metadata]
    ids: list[str]
    vectors: np.ndarray  # (len(ids), dim + EXTRA) float32
    metadata: list[Metadata]


class Indexing:
    """One run of adding cases; counts as it goes."""

    def __init__(self, encoder: Any, present: set[str], write: Callable[[list[Encoded]], None], progress: Progress | None) -> None:
        self._encoder = encoder
        self._seen = present
        self._write = write
        self._progress = progress or (lambda _: None)
        self.added, self.present, self.failed = 0, 0, dict[str, str]()

    def run(self, cases: Iterable[Case]) -> AddReport:
        """Add all cases that are not there: one thread reads the next batch and one writes the last while this one encodes.

        The next batch is read while reports are encoded, not ECGs: both reading and drawing an ECG are many short steps of the
        interpreter, which would wait for each other, where the sentence encoder hardly needs it.
        """
        batches = self._batches(iter(cases))
        with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:
            upcoming = reader.submit(next, batches, None)
            writing: Future[None] | None = None
            waiting: list[Encoded] = []
            while batch := upcoming.result():
                ecgs = self._encoder.encode_ecgs([prepared.record for prepared in batch])
                upcoming = reader.submit(next, batches, None)
                waiting.append(self._rows(batch, ecgs))
                if sum(len(encoded.case_ids) for encoded in waiting) >= WRITTEN_AT_ONCE:
                    if writing:
                        writing.result()
                    writing = writer.submit(self._flush, waiting)
                    waiting = []
            if writing:
                writing.result()
            if waiting:
                self._flush(waiting)
        return AddReport(self.added, self.present, self.failed)

    def _batches(self, cases: Iterator[Case]) -> Iterator[list[Prepared]]:
        new = self._readable(cases)
        while batch := list(islice(new, self._encoder.batch_size)):
            yield batch

    def _readable(self, cases: Iterator[Case]) -> Iterator[Prepared]:
        for case in cases:
            if case.case_id in self._seen:
                self.present += 1
                self._progress(1)
                continue
            try:
                record = _with_a_standard_lead(case.record)
                row = stored(case)
            except Exception as error:  # whatever a reader of somebody's file raises concerns this case only
                self.failed[case.case_id] = str(error) or type(error).__name__
                self._progress(1)
                continue
            self._seen.add(case.case_id)
            yield Prepared(case, record, row)

    def _rows(self, batch: list[Prepared], ecgs: Vectors) -> Encoded:
        """A batch as rows: its ECGs' vectors, and the vectors of its reports, which are encoded here."""
        cases = [prepared.case for prepared in batch]
        reported = [case for case in cases if case.report.strip()]
        ecg_ids = [row_id(case, "ecg") for case in cases]
        report_ids = [row_id(case, "report") for case in reported]
        vectors = marked(ecgs, "ecg", ecg_ids)
        if reported:
            reports = self._encoder.encode_reports([case.report for case in reported])
            vectors = np.concatenate([vectors, marked(reports, "report", report_ids)])
        return Encoded(
            case_ids=[case.case_id for case in cases],
            rows=[prepared.row for prepared in batch],
            ids=ecg_ids + report_ids,
            vectors=vectors,
            metadata=[conditions_of(case) for case in cases + reported],
        )

    def _flush(self, batches: list[Encoded]) -> None:
        self._write(batches)
        done = sum(len(batch.case_ids) for batch in batches)
        self.added += done
        self._progress(done)


def write(connection: Connection, batches: list[Encoded]) -> None:
    """Write batches, in the order that this module promises."""
    for batch in batches:
        connection.put_cases(batch.case_ids, batch.rows)
    ids = [name for batch in batches for name in batch.ids]
    metadata = [row for batch in batches for row in batch.metadata]
    connection.put_vectors(ids, np.concatenate([batch.vectors for batch in batches]), metadata)


def _with_a_standard_lead(record: EcgRecord) -> EcgRecord:
    recorded = [name for name, row in zip(record.leads, record.signal, strict=True) if not np.isnan(row).all()]
    if not set(recorded) & set(STANDARD_LEADS):
        raise UnreadableEcgError(f"has {', '.join(recorded) or 'nothing'} recorded, wanted at least one of the twelve standard leads")
    return record
