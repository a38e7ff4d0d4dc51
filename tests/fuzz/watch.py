"""What reading one damaged file may do: answer or refuse, in time, in memory, and without looking elsewhere."""

import resource
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from data import UnreadableEcgError, read_upload

SECONDS = 10
MEMORY, PER_BYTE = 200_000_000, 20
_LIBRARIES = tuple(str(Path(path).resolve()) for path in {sys.prefix, sys.base_prefix, *filter(None, sys.path)})
_ELSEWHERE = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.rename")
_PAGE = resource.getpagesize()


class _TooLong(BaseException):
    """Not an `Exception`, so that no reader takes it for a damaged file."""


class _Hook:
    """Sees every file that is opened; can be switched on and off, never removed."""

    def __init__(self) -> None:
        self.on, self.seen = False, list[str]()
        self.allowed = (tempfile.gettempdir(), *_LIBRARIES)
        sys.addaudithook(self)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open" and isinstance(args[0], str | bytes):
            path = args[0].decode(errors="replace") if isinstance(args[0], bytes) else args[0]
            if not path.startswith(self.allowed):
                self.seen.append(f"opened {path}")
        elif event in _ELSEWHERE:
            self.seen.append(f"{event} {args[:1]}")


class Watch:
    """Runs the reader on one bundle after the other and says what it must not do."""

    def __init__(self) -> None:
        self._hook = _Hook()
        signal.signal(signal.SIGALRM, _too_long)
        warnings.simplefilter("ignore")

    def fault(self, files: Mapping[str, bytes]) -> str | None:
        """What went wrong, or None."""
        self._hook.seen.clear()
        size = sum(map(len, files.values()))
        signal.alarm(SECONDS)
        try:
            with _little_memory(MEMORY + PER_BYTE * size):
                self._hook.on = True
                return self._read(files)
        except _TooLong:
            return f"took over {SECONDS} s"
        finally:
            self._hook.on = False
            signal.alarm(0)

    def _read(self, files: Mapping[str, bytes]) -> str | None:
        fault = None
        try:
            record = read_upload(files)
        except UnreadableEcgError as refusal:
            message = str(refusal)
            if isinstance(refusal.__cause__, MemoryError):
                fault = "took too much memory"
            elif not message or "\n" in message or len(message) > 1000:
                fault = f"refused in other than one line: {message[:200]!r}"
        except MemoryError:
            fault = "took too much memory"
        except Exception as error:  # whatever it is, it is what is looked for
            fault = f"raised {type(error).__name__}: {error}"
        else:
            if not np.isfinite(record.signal).any() or not 1 <= record.duration <= 10.1:
                fault = f"answered with {record.duration:g} s of which nothing is recorded"
        return fault or (self._hook.seen[0] if self._hook.seen else None)


@contextmanager
def _little_memory(n_bytes: int) -> Iterator[None]:
    """No more address space than now and so many bytes more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (now + n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _too_long(_: int, __: FrameType | None) -> None:
    raise _TooLong
