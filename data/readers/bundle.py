"""The files of one upload: sizes checked before anything is read, zips opened without trusting what they say."""

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from data.errors import UnreadableEcgError

Bundle = Mapping[str, bytes]  # plain file name to content

MAX_BYTES = 100_000_000  # one upload, also after unzipping; two leads of a 24-hour recording are some 65 MB
MAX_FILES = 1000
_ALWAYS_UNPACKED, _EXPANSION = 10_000_000, 30  # bytes out of a zip, and how many times its own size beyond; ECGs have some ten
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def is_numpy_archive(content: bytes) -> bool:
    """Whether a zip is one of `numpy.savez`, which is one file and no bundle."""
    return content.startswith(_ZIP[0]) and content[30:230].find(b".npy") > 0


def own_name(written: str) -> str:
    """The file's own name, fit for a one-line message: no folder, nothing unprintable, not endless."""
    name = "".join(c for c in written.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] if c.isprintable())
    return name if len(name) <= 80 else f"{name[:38]}...{name[-38:]}"


def file_content(path: Path) -> bytes:
    """The content of one ordinary file of at most `MAX_BYTES`.

    Raises
    ------
    UnreadableEcgError : not there, a folder, no ordinary file, too large, or not allowed to be read
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableEcgError(
                "is a folder, wanted one ECG file: name a file in it, or add the whole folder to a library with `ecg-cases index`"
            )
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableEcgError("is a device or a pipe, wanted an ordinary file: save the ECG as a file first")
        check_size(status.st_size)
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableEcgError("no such file, wanted an ECG file: check the path") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadableEcgError):
            raise
        raise UnreadableEcgError(
            f"cannot be opened ({type(error).__name__}), wanted an ECG file: check the path and its permissions"
        ) from None


def opened(files: Bundle) -> Bundle:
    """The same files under plain names, zips replaced by what they hold.

    Raises
    ------
    UnreadableEcgError : nothing there, too large, or a zip that is damaged, locked, nested, or would write outside its folder
    """
    check_size(sum(map(len, files.values())))
    found: dict[str, bytes] = {}
    for written, content in files.items():
        for name, part in _unzipped(content).items() if _is_zip(content) else [(own_name(written), content)]:
            if name in found:
                raise UnreadableEcgError(f"holds two files called {name}, wanted the files of one ECG: send one ECG at a time")
            found[name] = part
    if not found or not any(found.values()):
        raise UnreadableEcgError("is empty, wanted an ECG file: export it again")
    return found


def _is_zip(content: bytes) -> bool:
    return content.startswith(_ZIP) and not is_numpy_archive(content)


def check_size(n_bytes: int) -> None:
    """Raises `UnreadableEcgError` where an upload has more than `MAX_BYTES`."""
    if n_bytes > MAX_BYTES:
        raise UnreadableEcgError(
            f"has {n_bytes / 1e6:,.0f} MB, wanted at most {MAX_BYTES / 1e6:,.0f} MB: send one ECG, or the part that matters"
        )


def _unzipped(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _members(archive, max(_ALWAYS_UNPACKED, _EXPANSION * len(content)))
    except UnreadableEcgError:
        raise
    except Exception as error:  # zipfile and the decompressors raise a dozen kinds on a damaged archive
        raise UnreadableEcgError(f"is a zip that cannot be unpacked ({type(error).__name__}), wanted a sound zip: pack it again") from error


def _members(archive: zipfile.ZipFile, at_most: int) -> dict[str, bytes]:
    members = [info for info in archive.infolist() if not info.is_dir() and not _is_clutter(info.filename)]
    if len(members) > MAX_FILES:
        raise UnreadableEcgError(f"is a zip of {len(members):,} files, wanted the files of one ECG: pack only those")
    check_size(sum(info.file_size for info in members))  # as declared; the true size is counted below
    found: dict[str, bytes] = {}
    left = min(MAX_BYTES, at_most)
    for info in members:
        if info.filename.startswith(("/", "\\")) or ".." in PurePosixPath(info.filename.replace("\\", "/")).parts or ":" in info.filename:
            raise UnreadableEcgError("is a zip with a path outside its own folder, wanted plain file names: pack the ECG files again")
        if info.flag_bits & 1:
            raise UnreadableEcgError("is a zip with a password, wanted an open one: pack it without a password")
        with archive.open(info) as member:
            part = member.read(left + 1)
        left -= len(part)
        if left < 0:
            limit = min(MAX_BYTES, at_most) / 1e6
            raise UnreadableEcgError(f"is a zip that unpacks to over {limit:,.0f} MB, wanted less: send one ECG, or its files unpacked")
        if part.startswith(_ZIP):
            raise UnreadableEcgError("is a zip within a zip, wanted the ECG files themselves: unpack it once and pack the files")
        name = own_name(info.filename)
        if name in found:
            raise UnreadableEcgError(f"is a zip with two files called {name}, wanted the files of one ECG: pack one ECG at a time")
        found[name] = part
    return found


def _is_clutter(filename: str) -> bool:
    return filename.startswith("__MACOSX/") or own_name(filename) in (".DS_Store", "Thumbs.db", "desktop.ini")
