"""PTB-XL's download against a real HTTP server on loopback that misbehaves on demand."""

import errno
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.download import download_ptbxl
from data.errors import DownloadError

FILES = {
    "ptbxl_database.csv": b"ecg_id,report\n1,sinus rhythm\n",
    "records100/00000/00001_lr.hea": b"00001_lr 12 100 1000\n",
    "records100/00000/00001_lr.dat": bytes(range(256)) * 300,
    "records500/00000/00001_hr.dat": bytes(range(255, -1, -1)) * 900,
}


def checksums(files: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(content).hexdigest()} {path}\n" for path, content in files.items()).encode()


class PhysioNet(ThreadingHTTPServer):
    """Serves `files` with ranges; per path, `drop` connections break after 1,000 bytes and `busy` answers are 503."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {**FILES, "SHA256SUMS.txt": checksums(FILES)}
        self.drop: Counter[str] = Counter()
        self.busy: Counter[str] = Counter()
        self.ranges = True
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/files/ptb-xl/1.0.3/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PhysioNet

    def do_GET(self) -> None:
        path = self.path.removeprefix("/files/ptb-xl/1.0.3/")
        wanted = self.headers.get("Range")
        self.server.asked.append((path, wanted))
        if self.server.busy[path] > 0:
            self.server.busy[path] -= 1
            self.send_error(503)
            return
        if path not in self.server.files:
            self.send_error(404)
            return
        content = self.server.files[path]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.server.ranges else 0
        if start >= len(content) and start:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.server.drop[path] > 0:
            self.server.drop[path] -= 1
            self.wfile.write(content[start : start + 1000])
            self.close_connection = True
            return
        self.wfile.write(content[start:])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def physionet() -> Iterator[PhysioNet]:
    with PhysioNet() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(server: PhysioNet, dest: Path, **kwargs: object) -> Path:
    return download_ptbxl(dest, base_url=server.url, pause=0.0, **kwargs)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_arrives_under_its_own_name(physionet: PhysioNet, tmp_path: Path) -> None:
    fetch(physionet, tmp_path / "ptb-xl")

    assert contents(tmp_path / "ptb-xl") == physionet.files


@pytest.mark.parametrize(("rate", "left_out"), [(100, "records500"), (500, "records100")])
def test_one_rate_leaves_the_other_recordings_out(physionet: PhysioNet, tmp_path: Path, rate: int, left_out: str) -> None:
    fetch(physionet, tmp_path, rate=rate)

    assert sorted(contents(tmp_path)) == sorted(path for path in physionet.files if not path.startswith(left_out))


def test_progress_counts_files_and_the_bytes_that_came(physionet: PhysioNet, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []

    fetch(physionet, tmp_path, progress=lambda *numbers: told.append(numbers))

    assert [(done, total) for done, total, _ in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert told[-1][2] == sum(map(len, FILES.values()))


def test_a_second_run_fetches_only_the_list(physionet: PhysioNet, tmp_path: Path) -> None:
    fetch(physionet, tmp_path)
    physionet.asked.clear()

    fetch(physionet, tmp_path)

    assert physionet.asked == [("SHA256SUMS.txt", None)]


def test_a_broken_connection_is_taken_up_where_it_broke(physionet: PhysioNet, tmp_path: Path) -> None:
    path = "records100/00000/00001_lr.dat"
    physionet.drop[path] = 3

    fetch(physionet, tmp_path)

    assert (tmp_path / path).read_bytes() == FILES[path]
    assert [wanted for asked, wanted in physionet.asked if asked == path] == [None, "bytes=1000-", "bytes=2000-", "bytes=3000-"]


def test_a_part_of_an_earlier_run_is_continued(physionet: PhysioNet, tmp_path: Path) -> None:
    path = "records500/00000/00001_hr.dat"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / f"{path}.part").write_bytes(FILES[path][:5000])

    fetch(physionet, tmp_path)

    assert (path, "bytes=5000-") in physionet.asked
    assert (tmp_path / path).read_bytes() == FILES[path]


def test_a_part_that_is_already_whole_becomes_the_file(physionet: PhysioNet, tmp_path: Path) -> None:
    (tmp_path / "ptbxl_database.csv.part").write_bytes(FILES["ptbxl_database.csv"])

    fetch(physionet, tmp_path)

    assert (tmp_path / "ptbxl_database.csv").read_bytes() == FILES["ptbxl_database.csv"]


def test_a_part_of_another_edition_is_fetched_anew(physionet: PhysioNet, tmp_path: Path) -> None:
    (tmp_path / "ptbxl_database.csv.part").write_bytes(b"something else")

    fetch(physionet, tmp_path)

    assert contents(tmp_path) == physionet.files


def test_a_server_without_ranges_is_asked_from_the_beginning(physionet: PhysioNet, tmp_path: Path) -> None:
    physionet.ranges = False
    physionet.drop["records100/00000/00001_lr.dat"] = 1

    fetch(physionet, tmp_path)

    assert contents(tmp_path) == physionet.files


def test_a_damaged_file_on_disk_is_replaced(physionet: PhysioNet, tmp_path: Path) -> None:
    fetch(physionet, tmp_path)
    (tmp_path / "ptbxl_database.csv").write_bytes(b"cut off")

    fetch(physionet, tmp_path)

    assert contents(tmp_path) == physionet.files


def test_a_busy_server_is_asked_again(physionet: PhysioNet, tmp_path: Path) -> None:
    physionet.busy["ptbxl_database.csv"] = 3

    fetch(physionet, tmp_path)

    assert contents(tmp_path) == physionet.files


def test_a_file_with_a_wrong_checksum_is_named_and_removed(physionet: PhysioNet, tmp_path: Path) -> None:
    physionet.files["ptbxl_database.csv"] = b"tampered"

    with pytest.raises(DownloadError, match=r"ptbxl_database\.csv: what came does not have the promised checksum and was removed"):
        fetch(physionet, tmp_path)

    assert not [path for path in contents(tmp_path) if path.startswith("ptbxl_database")]


def test_a_missing_file_is_named(physionet: PhysioNet, tmp_path: Path) -> None:
    del physionet.files["ptbxl_database.csv"]

    with pytest.raises(DownloadError, match=r"ptbxl_database\.csv: the server answers 404"):
        fetch(physionet, tmp_path)


def test_a_connection_that_never_holds_gives_up_in_words(physionet: PhysioNet, tmp_path: Path) -> None:
    physionet.busy["ptbxl_database.csv"] = 1000

    with pytest.raises(DownloadError, match=r"ptbxl_database\.csv: no answer after 2 attempts \(status 503\)"):
        fetch(physionet, tmp_path, retries=2)


def test_nobody_listening_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"SHA256SUMS\.txt: no answer after 1 attempts"):
        download_ptbxl(tmp_path, base_url="http://127.0.0.1:9/", retries=1, pause=0.0)


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "records100/../../evil", "..\\evil", "C:evil"])
def test_a_list_that_leaves_the_folder_is_refused_before_anything_is_written(physionet: PhysioNet, tmp_path: Path, path: str) -> None:
    physionet.files["SHA256SUMS.txt"] = checksums({path: b"evil"})

    with pytest.raises(DownloadError, match="names a file outside the folder"):
        fetch(physionet, tmp_path / "ptb-xl")

    assert contents(tmp_path) == {}


def test_a_link_that_leaves_the_folder_is_refused(physionet: PhysioNet, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ptb-xl").mkdir()
    (tmp_path / "ptb-xl" / "records100").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(DownloadError, match="names a file outside the folder"):
        fetch(physionet, tmp_path / "ptb-xl")


def test_a_page_in_place_of_the_list_is_refused(physionet: PhysioNet, tmp_path: Path) -> None:
    physionet.files["SHA256SUMS.txt"] = b"<html>please log in</html>"

    with pytest.raises(DownloadError, match="no list of checksums"):
        fetch(physionet, tmp_path)


def test_a_full_disk_is_said_in_words(physionet: PhysioNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    with pytest.raises(DownloadError, match="the disk of ptb-xl is full"):
        fetch(physionet, tmp_path / "ptb-xl")


def test_a_file_in_the_folder_s_place_is_said_in_words(physionet: PhysioNet, tmp_path: Path) -> None:
    (tmp_path / "ptb-xl").write_text("not a folder")

    with pytest.raises(DownloadError, match="ptb-xl cannot be written"):
        fetch(physionet, tmp_path / "ptb-xl")


@pytest.mark.parametrize(("kwargs", "message"), [({"rate": 250}, "no recordings at 250 Hz"), ({"base_url": "ftp://x"}, "no web address")])
def test_what_cannot_be_asked_for_is_refused(tmp_path: Path, kwargs: dict[str, object], message: str) -> None:
    with pytest.raises(DownloadError, match=message):
        download_ptbxl(tmp_path, **kwargs)  # type: ignore[arg-type]
