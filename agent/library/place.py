"""Where a library lies: a folder, or a Chroma server. All that differs between the two is here."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from agent.library.errors import LibraryBusyError, NotALibraryError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_DATABASE = "chroma.sqlite3"
_PATIENCE = 120.0  # seconds; a batch is written in a few


class Place(Protocol):
    """Where a library lies."""

    name: str
    exclusive: bool  # True: `one_writer` keeps all others from writing

    def prepare(self) -> None:
        """Make the place ready for a new library; raises `NotALibraryError` where something else lies there."""

    def check(self) -> None:
        """Raise `NotALibraryError` where no library can be; creates nothing."""

    def connect(self) -> "ClientAPI":
        """A client that sees all that was written so far."""

    def version(self) -> int:
        """A number that changes when another process has written what this one's client cannot see."""

    def failures(self) -> tuple[type[Exception], ...]:
        """What a client raises that a new client may mend."""

    def one_writer(self) -> AbstractContextManager[object]:
        """Held while adding; raises `LibraryBusyError` where another writer holds it."""

    def writing(self) -> AbstractContextManager[object]:
        """Held while one batch is written, and while a reader opens the index files; raises `LibraryBusyError` after long waiting."""

    def written(self) -> None:
        """Tell other processes that something was written."""


def place_of(path: str | Path) -> Place:
    """The folder or the server, as "http://host:port", that a path names."""
    return Server(path) if isinstance(path, str) and path.startswith(("http://", "https://")) else Folder(Path(path))


class Folder:
    """A folder of this machine, by Chroma's persistent client. No network.

    Chroma is not safe for several processes: an open client never sees another's vectors, and two writers lose some. So one
    writer holds a lock, and renews a file `version` after each batch, by the time of which readers know to connect anew.
    """

    exclusive = True

    def __init__(self, path: Path) -> None:
        self.name = path.name or path.resolve().name
        self._path = path
        self._version = path / "version"
        self._writer = FileLock(path / "writer.lock")
        self._files = FileLock(path / "files.lock", timeout=_PATIENCE, thread_local=False)

    def prepare(self) -> None:
        if self._path.exists() and not self._path.is_dir():
            raise NotALibraryError(f"{self.name} is a file: give a new or an empty folder for the library")
        if self._path.is_dir() and any(self._path.iterdir()) and not (self._path / _DATABASE).is_file():
            raise NotALibraryError(f"{self.name} has other files in it: give a new or an empty folder for the library")
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)  # reports of patients: for their owner only
        except OSError as error:
            raise NotALibraryError(f"{self.name} cannot be made ({error.strerror}): give a folder where you may write") from error

    def check(self) -> None:
        if not (self._path / _DATABASE).is_file():
            what = "is not a library of cases" if self._path.exists() else "is not there"
            raise NotALibraryError(f"{self.name} {what}: give a library's folder, or make one with `ecg-cases index SOURCE --library DIR`")

    def connect(self) -> "ClientAPI":
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.errors import ChromaError

        SharedSystemClient.clear_system_cache()  # Chroma would hand out its client of before, blind to what others wrote since
        try:
            return chromadb.PersistentClient(str(self._path), settings=chromadb.Settings(anonymized_telemetry=False))
        except ChromaError as error:
            raise NotALibraryError(f"{self.name} is not a library that can be opened ({error}): give another folder") from error

    def version(self) -> int:
        try:
            return self._version.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def failures(self) -> tuple[type[Exception], ...]:
        from chromadb.errors import ChromaError

        return (ChromaError,)

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        try:
            self._writer.acquire(timeout=0)
        except Timeout:
            raise LibraryBusyError(
                f"another process is adding to {self.name}: wait until it is done, or serve the library with `chroma run` and give its URL"
            ) from None
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            self._files.acquire()
        except Timeout:
            raise LibraryBusyError(f"another process has kept {self.name} to itself for {_PATIENCE:g} s: end it, or try again") from None
        try:
            yield
        finally:
            self._files.release()

    def written(self) -> None:
        fresh = self._version.with_suffix(".new")
        fresh.write_text("")
        os.replace(fresh, self._version)


class Server:
    """A running Chroma server, the way to many processes and machines: it is the one process that touches the files."""

    exclusive = False

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            self._port = parts.port or (443 if parts.scheme == "https" else 8000)
        except ValueError:
            raise NotALibraryError(f"{url!r} has no port that can be: give the server as http://host:port") from None
        self._host = parts.hostname or ""
        self._ssl = parts.scheme == "https"
        self.name = f"{self._host}:{self._port}"

    def prepare(self) -> None: ...

    def check(self) -> None: ...

    def connect(self) -> "ClientAPI":
        import chromadb

        try:
            return chromadb.HttpClient(
                host=self._host, port=self._port, ssl=self._ssl, settings=chromadb.Settings(anonymized_telemetry=False)
            )
        except Exception as error:  # Chroma lets ValueError, httpx's and its own errors through
            raise NotALibraryError(
                f"no Chroma server answers at {self.name} ({type(error).__name__}): start one with `chroma run`"
            ) from error

    def version(self) -> int:
        return 0

    def failures(self) -> tuple[type[Exception], ...]:
        from chromadb.errors import ChromaError
        from httpx import TransportError

        return (ChromaError, TransportError)

    def one_writer(self) -> AbstractContextManager[object]:
        return nullcontext()

    def writing(self) -> AbstractContextManager[object]:
        return nullcontext()

    def written(self) -> None: ...
