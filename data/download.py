"""PTB-XL from PhysioNet: resumable, and every file checked against the checksum that PhysioNet publishes."""

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import httpx

from data.errors import DownloadError

PTBXL_URL = "https://physionet.org/files/ptb-xl/1.0.3/"
CHECKSUMS = "SHA256SUMS.txt"

Progress = Callable[[int, int, int], None]  # files done, files in all, bytes fetched by this call

_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*)")
_PARTIAL, _RANGE_NOT_SATISFIABLE = 206, 416


def download_ptbxl(
    dest: str | Path,
    *,
    rate: int | None = None,
    base_url: str = PTBXL_URL,
    progress: Progress | None = None,
    connections: int = 4,
    retries: int = 5,
    pause: float = 1.0,
) -> Path:
    """Fetch PTB-XL into a folder; run again, it goes on where it stopped.

    A file is complete when its content has its checksum; until then it is called `.part`.

    Parameters
    ----------
    dest : the folder; made where it is not there
    rate : 100 or 500 Hz; both by default (1.2 GB and 5.5 GB unpacked)
    base_url : the folder of the data set on a server
    progress : called as (files done, files in all, bytes fetched so far)
    connections : files fetched at a time
    retries : attempts without any new byte before it gives up
    pause : seconds before the second attempt, doubled for each further one

    Raises
    ------
    DownloadError : the server cannot be reached or lacks a file, a file is not what its checksum promises, or the disk is full
    """
    if rate not in (None, 100, 500):
        raise DownloadError(f"PTB-XL has no recordings at {rate} Hz: ask for 100, 500 or both")
    if not base_url.startswith(("http://", "https://")):
        raise DownloadError(f"{base_url!r} is no web address: wanted http:// or https://")
    left_out = {100: "records500/", 500: "records100/"}.get(rate or 0)
    dest = Path(dest).resolve()
    with _in_words(dest), httpx.Client(timeout=30, follow_redirects=True, headers={"Accept-Encoding": "identity"}) as client:
        dest.mkdir(parents=True, exist_ok=True)
        server = _Server(client, base_url.rstrip("/") + "/", retries, pause)
        files = [file for file in _checksums(server, dest) if not (left_out and file.path.startswith(left_out))]
        pool = ThreadPoolExecutor(connections)
        try:
            jobs = [pool.submit(_complete, server, file, dest) for file in files]
            fetched = 0
            for done, job in enumerate(as_completed(jobs), start=1):
                fetched += job.result()
                if progress:
                    progress(done, len(jobs), fetched)
        finally:
            pool.shutdown(cancel_futures=True)
    return dest


@dataclass(frozen=True)
class _File:
    path: str
    sha256: str


class _Unavailable(Exception):
    """The server answered that it cannot answer now."""


@dataclass(frozen=True)
class _Server:
    client: httpx.Client
    base: str
    retries: int
    pause: float

    def fetch(self, path: str, part: Path) -> int:
        """Append to `part` what it lacks of a file; the number of bytes that came."""
        before = _size(part)
        failures = 0
        while True:
            had = _size(part)
            try:
                self._stream(path, part)
                return max(_size(part) - before, 0)
            except (httpx.TransportError, _Unavailable) as error:
                failures = 0 if _size(part) > had else failures + 1
                if failures >= self.retries:
                    why = str(error) or type(error).__name__
                    raise DownloadError(f"{path}: no answer after {failures} attempts ({why}): run it again later") from error
                time.sleep(self.pause * 2 ** max(failures - 1, 0))

    def _stream(self, path: str, part: Path) -> None:
        have = _size(part)
        with self.client.stream("GET", self.base + quote(path), headers={"Range": f"bytes={have}-"} if have else {}) as response:
            status = response.status_code
            if status == _RANGE_NOT_SATISFIABLE and have:
                return  # nothing is missing: the checksum tells whether it is the right file
            if status == 429 or status >= 500:
                raise _Unavailable(f"status {status}")
            if status not in (200, _PARTIAL):
                raise DownloadError(f"{path}: the server answers {status} {response.reason_phrase}: is the address that of the data set?")
            resumes = status == _PARTIAL and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if status == _PARTIAL and not resumes:
                part.unlink()
                raise _Unavailable("it sent another part of the file")
            with part.open("ab" if resumes else "wb") as file:
                for chunk in response.iter_raw():  # as they come: a chunk size would hold bytes back that a break then loses
                    file.write(chunk)


def _checksums(server: _Server, dest: Path) -> list[_File]:
    """The list of all files, fetched anew; its paths may not leave the folder."""
    part = dest / f"{CHECKSUMS}.part"
    part.unlink(missing_ok=True)
    server.fetch(CHECKSUMS, part)
    listing = part.read_text(encoding="utf-8", errors="replace")
    files = [_File(match[2].strip(), match[1].lower()) for line in listing.splitlines() if (match := _LINE.fullmatch(line.strip()))]
    if not files:
        part.unlink()
        raise DownloadError(f"{CHECKSUMS}: what came is no list of checksums: is the address that of PTB-XL?")
    for file in files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", file.path) or not (dest / path).resolve().is_relative_to(dest):
            part.unlink()
            raise DownloadError(f"{CHECKSUMS}: names a file outside the folder ({file.path!r}): nothing was fetched")
    os.replace(part, dest / CHECKSUMS)
    return files


def _complete(server: _Server, file: _File, dest: Path) -> int:
    """See to it that one file is there and right; the number of bytes that had to come."""
    target = dest / file.path
    part = target.with_name(f"{target.name}.part")
    if target.is_file() and _sha256(target) == file.sha256:
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    resumed = _size(part) > 0
    came = server.fetch(file.path, part)
    if resumed and _sha256(part) != file.sha256:  # the part may be of an older edition
        part.unlink()
        came = server.fetch(file.path, part)
    if _sha256(part) != file.sha256:
        part.unlink()
        raise DownloadError(f"{file.path}: what came does not have the promised checksum and was removed: run it again")
    os.replace(part, target)
    return came


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _in_words(dest: Path) -> Iterator[None]:
    try:
        yield
    except DownloadError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DownloadError(f"the disk of {dest.name} is full: make room and run it again, what is there is kept") from error
        raise DownloadError(f"{dest.name} cannot be written ({error.strerror}): give a folder that you may write to") from error
    except httpx.HTTPError as error:
        raise DownloadError(f"the download failed ({error}): run it again, what is there is kept") from error
