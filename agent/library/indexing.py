"""Adding cases: read, encode and write, in an order that a kill at any moment leaves whole.

A batch's case rows are written before its vector rows, and the vector rows of a batch in one transaction. A case is in the library
when its ECG's vector row is; a case row without it is what a kill left, is seen by nobody, and is written over or removed.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
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
        self._reading, self._counting = Lock(), Lock()
        self._unread: Iterator[Prepared] = iter(())
        self.added, self.present, self.failed = 0, 0, dict[str, str]()

    def run(self, cases: Iterable[Case]) -> AddReport:
        """Add all cases that are not there.

        Each worker encodes and writes whole batches on its share of the cores, and reads its next one while no other reads. That
        keeps the cores busier than one batch on all of them: what needs the interpreter or the disk falls to one worker while
        the other multiplies matrices.
        """
        self._unread = self._readable(iter(cases))
        with _turns_of(_TURN), ThreadPoolExecutor(WORKERS, "index") as workers:
            working = [workers.submit(self._work) for _ in range(WORKERS)]
            try:
                for done in as_completed(working):
                    done.result()
            finally:  # where one failed or somebody interrupts, no worker begins another batch
                with self._reading:
                    self._unread = iter(())
        return AddReport(self.added, self.present, self.failed)

    def _work(self) -> None:
        with threadpool_limits(max(1, (os.cpu_count() or 1) // WORKERS)):
            while batch := self._read():
                encoded = self._rows(batch, self._encoder.encode_ecgs([prepared.record for prepared in batch]))
                with self._counting:
                    self._write(encoded)
                    self.added += len(batch)
                    self._progress(len(batch))

    def _read(self) -> list[Prepared]:
        with self._reading:
            return list(islice(self._unread, self._encoder.batch_size))

    def _readable(self, cases: Iterator[Case]) -> Iterator[Prepared]:
        for case in cases:
            if case.case_id in self._seen:
                with self._counting:
                    self.present += 1
                    self._progress(1)
                continue
            try:
                record = _with_a_standard_lead(case.record)
                row, conditions = stored(case), conditions_of(case)
            except Exception as error:  # whatever a reader of somebody's file raises concerns this case only
                with self._counting:
                    self.failed[case.case_id] = str(error) or type(error).__name__
                    self._progress(1)
                continue
            self._seen.add(case.case_id)
            yield Prepared(case, record, row, conditions)

    def _rows(self, batch: list[Prepared], ecgs: Vectors) -> Encoded:
        """A batch as rows: its ECGs' vectors, and the vectors of its reports, which are encoded here."""
        reported = [prepared for prepared in batch if prepared.case.report.strip()]
        ecg_ids = [row_id(prepared.case, "ecg") for prepared in batch]
        report_ids = [row_id(prepared.case, "report") for prepared in reported]
        vectors = marked(ecgs, "ecg", ecg_ids)
        if reported:
            reports = self._encoder.encode_reports([prepared.case.report for prepared in reported])
            vectors = np.concatenate([vectors, marked(reports, "report", report_ids)])
        return Encoded(
            case_ids=[prepared.case.case_id for prepared in batch],
            rows=[prepared.row for prepared in batch],
            ids=ecg_ids + report_ids,
            vectors=vectors,
            metadata=[prepared.conditions for prepared in batch + reported],
        )


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
