import pytest

from agent import bench as benchmark
from agent import bench_readers
from agent.bench import Row, bench
from data import simulated
from tests.agent.stand_in import StandInEncoder


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmark, "N_INDEXED", 8)
        patch.setattr(benchmark, "N_PACKED", 20)
        patch.setattr(benchmark, "REPEATS", 3)
        patch.setattr(bench_readers, "N_FOLDER", 20)
        patch.setattr(bench_readers, "REPEATS", 2)
        return {row.name: row for row in bench(StandInEncoder(), n_vectors=40)}


def test_every_promise_is_measured(rows: dict[str, Row]) -> None:
    reading = {f"reading one ECG, {name}": "at most 60" for name in bench_readers.files(next(iter(simulated.cases(1))).record)}
    assert {name: row.target for name, row in rows.items() if row.target} == reading | {
        "folder over single reads": "at least 0.6",
        "reading a photo of 12 megapixels": "at most 8",
        "search over raw query": "at most 1.5",
        "search of one modality over both": "at most 1.5",
        "indexing throughput over the encoder's own": "at least 0.8",
        "file to hits over forward time": "at most 2",
        "reports understood, on one core": "at least 2000",
    }


def test_memory_and_disk_are_measured(rows: dict[str, Row]) -> None:
    assert {"peak memory", "on disk, for each case"} <= rows.keys()


def test_every_value_is_above_nought(rows: dict[str, Row]) -> None:
    assert min(row.value for row in rows.values()) > 0


@pytest.mark.parametrize(("target", "met"), [("at most 1.5", False), ("at least 0.8", True), ("", None)])
def test_a_target_is_met_or_not(target: str, met: bool | None) -> None:
    assert Row("ratio", 1.6, "x", target).met is met
