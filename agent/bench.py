"""What the project's own work costs over what it is made of: measured side by side in one run, as ratios where there is one."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from agent import bench_readers
from agent.hits import Modality
from agent.library import CaseLibrary, EcgEncoder
from agent.library.indexing import Encoded, write
from agent.library.marks import MODALITIES, marked
from agent.library.rows import conditions_of, row_id, stored
from data import Case, EcgRecord, Patient
from data.findings import ReportReading, read_report

N_INDEXED = 640  # ECGs in files: ten batches of the shipped encoder
N_PACKED = 2000  # cases on disk to weigh
REPEATS = 40
K = 10
_PUT = 500  # cases


@dataclass(frozen=True)
class Row:
    """One line of the benchmark."""

    name: str
    value: float
    unit: str = "x"  # "x": a ratio
    target: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if not self.target:
            return None
        bound = float(self.target.split()[-1])
        return self.value <= bound if self.target.startswith("at most") else self.value >= bound


def bench(encoder: EcgEncoder, *, n_vectors: int = 40_000, progress: Callable[[str], object] | None = None) -> list[Row]:
    """Measure on this machine, in a folder of its own that is removed again.

    Parameters
    ----------
    n_vectors : rows in the collection that is searched, half ECGs and half reports, random vectors of the encoder's length
    progress : called with what is measured next
    """
    say = progress or (lambda _: None)
    with TemporaryDirectory(prefix="ecg-cases-bench-") as name:
        folder = Path(name)
        say("writing ECG files")
        paths, cases = _files(folder / "files", N_INDEXED)
        say(f"indexing {N_INDEXED} ECGs")
        library, rows = _indexing(encoder, cases, folder)
        say("from a file to its hits")
        rows += _latency(encoder, library, paths)
        say(f"searching {n_vectors} vectors")
        rows += _searching(encoder, folder / "searched", n_vectors)
        say("understanding reports")
        rows.append(_reading([case.report for case in cases]))
        say("reading files of every format")
        rows += _file_reading(folder)
        say("weighing")
        rows += [_weight(encoder, cases, folder / "weighed"), Row("peak memory", _peak_memory(), "MB")]
    return rows


def _files(folder: Path, n: int) -> tuple[list[Path], list[Case]]:
    """Simulated ECGs as WFDB files, and the cases that read them."""
    import wfdb

    from data import read_ecg, simulated

    folder.mkdir()
    cases, paths = [], []
    for i, case in enumerate(islice(simulated.cases(n), n)):
        record = case.record
        signal = record.signal.T.astype(np.float64)  # (sample, lead)
        wfdb.wrsamp(
            f"e{i}", fs=record.fs, units=["mV"] * len(record.leads), sig_name=list(record.leads),
            p_signal=signal, fmt=["16"] * len(record.leads), write_dir=str(folder),
        )  # fmt: skip
        paths.append(folder / f"e{i}.hea")
        cases.append(Case(f"file/{i}", partial(read_ecg, paths[-1]), case.report, "file", case.date, case.patient, case.statements))
    return paths, cases


def _indexing(encoder: EcgEncoder, cases: Sequence[Case], folder: Path) -> tuple[CaseLibrary, list[Row]]:
    """Cases per second into an empty library, files read and reports understood, over the encoder's own, all in memory."""
    records, reports = [case.record for case in cases], [case.report for case in cases]
    size = encoder.batch_size

    def encode() -> None:
        for start in range(0, len(records), size):
            encoder.encode_ecgs(records[start : start + size])
            encoder.encode_reports(reports[start : start + size])

    def index(run: int) -> CaseLibrary:
        library = CaseLibrary.create(folder / f"indexed{run}", encoder=encoder)
        library.add(Case(c.case_id, c.load, c.report, c.source, c.date, c.patient, c.statements) for c in cases)  # none read before
        return library

    encoder.encode_ecgs(records[:size])
    encoder.encode_reports(reports[:size])
    encoding, adding = [], []
    for run in range(3):
        encoding.append(_seconds(encode))
        start = time.perf_counter()
        library = index(run)
        adding.append(time.perf_counter() - start)
    return library, [
        Row("encoder alone, ECG and report", len(cases) / float(np.median(encoding)), "cases/s"),
        Row("indexing throughput over the encoder's own", float(np.median(np.divide(encoding, adding))), "x", "at least 0.8"),
    ]


def _latency(encoder: EcgEncoder, library: CaseLibrary, paths: Sequence[Path]) -> list[Row]:
    from data import read_ecg

    def to_hits(path: Path) -> None:
        library.search(read_ecg(path), k=K)

    records: list[EcgRecord] = [read_ecg(path) for path in paths[:REPEATS]]
    forward, whole = _interleaved([lambda i: encoder.encode_ecgs([records[i]]), lambda i: to_hits(paths[i])])
    return [Row("forward time of one ECG", forward * 1e3, "ms"), Row("file to hits over forward time", whole / forward, "x", "at most 2")]


def _file_reading(folder: Path) -> list[Row]:
    """One ECG of every format, and the folder data set over single reads."""
    each = bench_readers.milliseconds(folder / "formats")
    rows = [Row(f"reading one ECG, {name}", value, "ms", "at most 60") for name, value in each.items()]
    rows.append(Row("reading a photo of 12 megapixels", bench_readers.photo_seconds(), "s", "at most 8"))
    return [*rows, Row("folder over single reads", bench_readers.folder_over_single(folder / "many"), "x", "at least 0.6")]


def _searching(encoder: EcgEncoder, path: Path, n_vectors: int) -> list[Row]:
    """Search without encoding, over Chroma's own query for the same vectors and as many rows, as it comes (metadata included)."""
    random = np.random.default_rng(0)
    library = CaseLibrary.create(path, encoder=encoder)
    connection = library._fresh()
    short = EcgRecord(("II",), np.zeros((1, 10), np.float32), 100)
    cases = [
        Case(f"random/{i}", lambda: short, "sinus rhythm", "random", patient=Patient(f"p{i}", 50, "F"), reading=ReportReading("en", "", ()))
        for i in range(n_vectors // 2)
    ]
    for start in range(0, len(cases), _PUT):
        write(connection, _with_vectors(cases[start : start + _PUT], encoder.dim, random))
    questions = [_unit(random.normal(size=(1, encoder.dim))) for _ in range(REPEATS)]
    asked = [np.concatenate([marked(question, modality) for modality in MODALITIES]) for question in questions]

    def search(i: int, among: Sequence[Modality] = MODALITIES) -> None:
        library.nearest({"ecg": questions[i]}, k=K, among=among)

    raw, both, one = _interleaved(
        [lambda i: connection.vectors.query(query_embeddings=asked[i], n_results=K), search, lambda i: search(i, among=["ecg"])]
    )
    return [
        Row(f"raw query of {n_vectors} vectors", raw * 1e3, "ms"),
        Row("search over raw query", both / raw, "x", "at most 1.5"),
        Row("search of one modality over both", one / both, "x", "at most 1.5"),
    ]


def _reading(reports: Sequence[str]) -> Row:
    """Reports a second of processor time, findings and English; the tables are read before."""
    read_report(reports[0])
    start = time.process_time()
    for report in reports:
        read_report(report)
    return Row("reports understood, on one core", len(reports) / (time.process_time() - start), "reports/s", "at least 2000")


def _weight(encoder: EcgEncoder, cases: Sequence[Case], path: Path) -> Row:
    """Bytes of the folder for each case, vectors and waveforms included."""
    library = CaseLibrary.create(path, encoder=encoder)
    random = np.random.default_rng(1)
    many = [Case(f"weighed/{i}", partial(getattr, cases[i % len(cases)], "record"), cases[i % len(cases)].report) for i in range(N_PACKED)]
    for start in range(0, len(many), _PUT):
        write(library._fresh(), _with_vectors(many[start : start + _PUT], encoder.dim, random))
    total = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return Row("on disk, for each case", total / N_PACKED / 1e3, "kB")


def _with_vectors(cases: Sequence[Case], dim: int, random: np.random.Generator) -> Encoded:
    ids = {modality: [row_id(case, modality) for case in cases] for modality in MODALITIES}
    vectors = [marked(_unit(random.normal(size=(len(cases), dim))), modality, ids[modality]) for modality in MODALITIES]
    return Encoded(
        case_ids=[case.case_id for case in cases],
        rows=[stored(case) for case in cases],
        ids=[name for modality in MODALITIES for name in ids[modality]],
        vectors=np.concatenate(vectors),
        metadata=[conditions_of(case) for _ in MODALITIES for case in cases],
    )


def _interleaved(measured: Sequence[Callable[[int], object]]) -> list[float]:
    """Median seconds of each, called in turn so that what else the machine does falls on all alike; the first round is not counted."""
    for call in measured:
        call(0)
    times = [[_seconds(partial(call, i)) for call in measured] for i in range(REPEATS)]
    return [float(value) for value in np.median(times, axis=0)]


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _unit(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _peak_memory() -> float:
    """Of this process, in MB; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
