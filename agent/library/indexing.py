"""Adding cases: read, encode and write, in an order that a kill at any moment leaves whole.

A batch's case rows are written before its vector rows, and the vector rows of a batch in one transaction. A case is in the library
when its ECG's vector row is; a case row without it is what a kill left, is seen by nobody, and is written over or removed.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from agent.library.connection import Connection
from agent.library.marks import Vectors, marked
from agent.library.rows import Metadata, conditions_of, row_id, stored
from data import STANDARD_LEADS, Case, UnreadableEcgError
from data.record import EcgRecord

Progress = Callable[[int], object]
WORKERS = 2  # more would wait for the interpreter
AHEAD = 3  # batches in memory: one a worker, and one that is read meanwhile
_TURN = 0.0001  # s; between two matrix products a worker waits a turn for the interpreter, and Python's own 5 ms are as long as a product


@dataclass(frozen=True)
class AddReport:
    """What became of the cases given to `CaseLibrary.add`."""

    added: int
    present: int  # were there already, and were not read again
    failed: dict[str, str] = field(default_factory=dict)  # case id to the reason why its waveform could not be read


@dataclass(frozen=True)
class Prepared:
    """A case with its waveform read and packed, and everything that could be wrong with it found out."""

    case: Case
    record: EcgRecord
    row: Metadata
    conditions: Metadata


@dataclass(frozen=True)
class Encoding:
    """A batch on its way: its vectors are being made."""

    batch: list[Prepared]
    ecgs: Future[Vectors]  # (case, dim)
    reports: Future[Vectors]  # (case that has a report, dim)

    @property
    def done(self) -> bool:
        """Are all its vectors there?"""
        return self.ecgs.done() and self.reports.done()


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

    def __init__(self, encoder: Any, present: set[str], write: Callable[[Encoded], None], progress: Progress | None) -> None:
        self._encoder = encoder
        self._seen = present
        self._write = write
        self._progress = progress or (lambda _: None)
        self.added, self.present, self.failed = 0, 0, dict[str, str]()

    def run(self, cases: Iterable[Case]) -> AddReport:
        """Add all cases that are not there.

        This thread reads and writes. Each worker encodes on its share of the cores, one the ECGs of a batch and the other its
        reports. That keeps the cores busier than one batch on all of them: what needs the interpreter or the disk is done while
        the workers multiply matrices.
        """
        unread = self._readable(iter(cases))
        underway: deque[Encoding] = deque()
        with _turns_of(_TURN), _share_of_the_cores() as workers:
            while batch := list(islice(unread, self._encoder.batch_size)):
                underway.append(Encoding(batch, ecgs=workers.submit(self._ecgs, batch), reports=workers.submit(self._reports, batch)))
                while len(underway) == AHEAD or (underway and underway[0].done):
                    self._finish(underway.popleft())
            while underway:
                self._finish(underway.popleft())
        return AddReport(self.added, self.present, self.failed)

    def _readable(self, cases: Iterator[Case]) -> Iterator[Prepared]:
        for case in cases:
            if case.case_id in self._seen:
                self.present += 1
                self._progress(1)
                continue
            try:
                record = _with_a_standard_lead(case.record)
                row, conditions = stored(case), conditions_of(case)
            except Exception as error:  # whatever a reader of somebody's file raises concerns this case only
                self.failed[case.case_id] = str(error) or type(error).__name__
                self._progress(1)
                continue
            self._seen.add(case.case_id)
            yield Prepared(case, record, row, conditions)

    def _ecgs(self, batch: list[Prepared]) -> Vectors:
        return self._encoder.encode_ecgs([prepared.record for prepared in batch])

    def _reports(self, batch: list[Prepared]) -> Vectors:
        reports = [prepared.case.report for prepared in _reported(batch)]
        return self._encoder.encode_reports(reports) if reports else np.empty((0, self._encoder.dim), np.float32)

    def _finish(self, encoding: Encoding) -> None:
        batch, reported = encoding.batch, _reported(encoding.batch)
        ecg_ids = [row_id(prepared.case, "ecg") for prepared in batch]
        report_ids = [row_id(prepared.case, "report") for prepared in reported]
        vectors = [marked(encoding.ecgs.result(), "ecg", ecg_ids), marked(encoding.reports.result(), "report", report_ids)]
        self._write(
            Encoded(
                case_ids=[prepared.case.case_id for prepared in batch],
                rows=[prepared.row for prepared in batch],
                ids=ecg_ids + report_ids,
                vectors=np.concatenate(vectors),
                metadata=[prepared.conditions for prepared in batch + reported],
            )
        )
        self.added += len(batch)
        self._progress(len(batch))


def _reported(batch: list[Prepared]) -> list[Prepared]:
    return [prepared for prepared in batch if prepared.case.report.strip()]


@contextmanager
def _share_of_the_cores() -> Iterator[ThreadPoolExecutor]:
    """Workers that multiply matrices on their share of the cores each; an error in the block drops what is not begun."""
    share = max(1, (os.cpu_count() or 1) // WORKERS)
    with threadpool_limits(share), ThreadPoolExecutor(WORKERS, "index", threadpool_limits, (share,)) as workers:
        try:
            yield workers
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


@contextmanager
def _turns_of(seconds: float) -> Iterator[None]:
    """How long a thread may keep the interpreter from the others."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def write(connection: Connection, batch: Encoded) -> None:
    """Write a batch, in the order that this module promises."""
    connection.put_cases(batch.case_ids, batch.rows)
    connection.put_vectors(batch.ids, batch.vectors, batch.metadata)


def _with_a_standard_lead(record: EcgRecord) -> EcgRecord:
    recorded = [name for name, row in zip(record.leads, record.signal, strict=True) if not np.isnan(row).all()]
    if not set(recorded) & set(STANDARD_LEADS):
        raise UnreadableEcgError(f"has {', '.join(recorded) or 'nothing'} recorded, wanted at least one of the twelve standard leads")
    return record
