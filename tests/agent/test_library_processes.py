"""The library among processes: a kill, a second writer, a reader that was open before, and a Chroma server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.library import CaseLibrary, WrongEncoderError
from agent.library.connection import Connection
from agent.library.marks import EXTRA
from agent.library.place import Folder
from tests.agent.cases import made_up, wave
from tests.agent.stand_in import StandInEncoder

ROOT = Path(__file__).resolve().parents[2]
N = 80

START = f"""
import os, signal, sys, threading, time
from agent.library import CaseLibrary, connection
from tests.agent.cases import made_up, wave
from tests.agent.stand_in import StandInEncoder
library = CaseLibrary.open(sys.argv[1], encoder=StandInEncoder())
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
cases = made_up({N})
"""
KILLS = {
    "after the case rows of the second batch": """
put = connection.Connection.put_vectors
calls = []
connection.Connection.put_vectors = lambda *given: (calls.append(1), put(*given) if len(calls) < 2 else die())
library.add(cases)
""",
    "while the vectors are written": """
put = connection.Connection.put_vectors
def slow(*given):
    threading.Timer(0.005, die).start()
    put(*given)
connection.Connection.put_vectors = slow
library.add(cases)
""",
    "while a waveform is read": f"library.add(made_up({N}, load=lambda i: die() if i == 70 else wave(i)))",
}


def python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run code in another process, with the library's folder as its argument."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code, str(path)], env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@dataclass(eq=False)
class Contents:
    """Everything on disk, to be compared: rows with their metadata and vectors, and what the index finds."""

    metadata: dict[str, Any]
    vectors: dict[str, Any]
    found: list[str]

    @classmethod
    def of(cls, library: CaseLibrary) -> "Contents":
        connection: Connection = library._fresh()
        metadata: dict[str, Any] = {}
        vectors: dict[str, Any] = {}
        for collection in (connection.vectors, connection.cases):
            got: Any = collection.get(include=["metadatas", "embeddings"])
            metadata |= dict(zip(got["ids"], got["metadatas"], strict=True))
            vectors |= dict(zip(got["ids"], got["embeddings"], strict=True))
        everywhere = np.ones((1, StandInEncoder().dim + EXTRA), np.float32)
        return cls(metadata, vectors, sorted(connection.vectors.query(query_embeddings=everywhere, n_results=4 * N, include=[])["ids"][0]))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Contents)
            and (self.metadata, self.found) == (other.metadata, other.found)
            and all(np.allclose(vector, other.vectors[name], atol=1e-5) for name, vector in self.vectors.items())
        )


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    library = CaseLibrary.create(tmp_path_factory.mktemp("lib") / "whole", encoder=StandInEncoder())
    library.add(made_up(N))
    return Contents.of(library)


@pytest.mark.parametrize("moment", KILLS)
def test_killed_and_run_again_equals_an_uninterrupted_run(moment: str, tmp_path: Path, uninterrupted: Contents) -> None:
    library = CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder())
    assert python(START + KILLS[moment], tmp_path / "lib").returncode == -signal.SIGKILL
    library.add(made_up(N))
    assert Contents.of(library) == uninterrupted


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library as a kill left it, with the case rows of a batch but not its vectors."""
    path = tmp_path_factory.mktemp("lib") / "killed"
    CaseLibrary.create(path, encoder=StandInEncoder())
    python(START + KILLS["after the case rows of the second batch"], path)
    return path


def test_what_a_kill_left_behind_is_not_a_case(killed: Path, tmp_path: Path) -> None:
    library = CaseLibrary.open(shutil.copytree(killed, tmp_path / "lib"), encoder=StandInEncoder())
    assert (len(library), len(library.ids()), len(library.search(wave(1), k=N))) == (16, 16, 16)
    with pytest.raises(KeyError):
        library.get("made up/20")


def test_what_a_kill_left_behind_is_removed_when_its_source_is_gone(killed: Path, tmp_path: Path) -> None:
    library = CaseLibrary.open(shutil.copytree(killed, tmp_path / "lib"), encoder=StandInEncoder())
    library.add([])
    assert library._fresh().cases.count() == 16


def test_a_second_writing_process_is_told_to_wait(tmp_path: Path) -> None:
    library = CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder())
    outcomes: list[str] = []

    def while_reading(i: int) -> Any:
        outcomes.append(python(START + "library.add(cases)", tmp_path / "lib").stderr)
        return wave(i)

    library.add(made_up(1, load=while_reading))
    assert "LibraryBusyError: another process is adding to lib" in outcomes[0]


def test_an_open_reader_sees_what_another_process_adds(tmp_path: Path) -> None:
    CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder()).add(made_up(5))
    reader = CaseLibrary.open(tmp_path / "lib", encoder=StandInEncoder())
    before = len(reader)
    assert python(START + "library.add(cases)", tmp_path / "lib").returncode == 0
    assert (before, len(reader), len(reader.search(wave(1), k=N))) == (5, N, N)


def test_two_libraries_of_one_process_see_each_others_cases(tmp_path: Path) -> None:
    first = CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder())
    second = CaseLibrary.open(tmp_path / "lib", encoder=StandInEncoder())
    first.add(made_up(5))
    second.add(made_up(9))
    assert len(first.search(wave(1), k=N)) == len(second.search(wave(1), k=N)) == 9


def test_a_reader_overtaken_by_a_writer_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder())
    reader = CaseLibrary.open(tmp_path / "lib", encoder=StandInEncoder())
    monkeypatch.setattr(Folder, "written", lambda place: None)  # the rows are there, and nobody was told yet
    writer.add(made_up(9))
    assert len(reader.search(wave(1), k=N)) == 9


class TestServer:
    """The same library code on a real `chroma run`."""

    @pytest.fixture(scope="class")
    def url(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
        chroma = shutil.which("chroma", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(chroma), "run", "--path", str(tmp_path_factory.mktemp("server")), "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"ANONYMIZED_TELEMETRY": "False"}
        )
        try:
            self._wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()

    @staticmethod
    def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            assert server.poll() is None, "chroma run has ended"
            time.sleep(0.1)
        raise AssertionError("chroma run does not answer")

    @pytest.fixture(scope="class")
    def library(self, url: str) -> CaseLibrary:
        library = CaseLibrary.create(url, encoder=StandInEncoder())
        library.add(made_up(N))
        return library

    def test_holds_what_a_folder_holds(self, library: CaseLibrary, uninterrupted: Contents) -> None:
        assert Contents.of(library) == uninterrupted

    def test_adding_again_adds_nothing(self, library: CaseLibrary) -> None:
        assert (library.add(made_up(N)).present, len(library)) == (N, N)

    def test_conditions_and_patients(self, library: CaseLibrary) -> None:
        hits = library.search(wave(6), k=N, where={"statement": "AFIB", "age": {"$lt": 60}}, exclude_patient="p6")
        expected = {c.case_id for c in made_up(N) if "AFIB" in c.codes and (c.patient.age or 0) < 60 and c.patient.id != "p6"}
        assert {hit.case.case_id for hit in hits} == expected

    def test_another_client_sees_the_same(self, url: str, library: CaseLibrary) -> None:
        other = CaseLibrary.open(url, encoder=StandInEncoder())
        assert [hit.score for hit in other.search(wave(7))] == [hit.score for hit in library.search(wave(7))]

    @pytest.mark.usefixtures("library")
    def test_another_encoder_is_refused(self, url: str) -> None:
        with pytest.raises(WrongEncoderError, match=r"stand-in.*other"):
            CaseLibrary.open(url, encoder=StandInEncoder(id="other"))
