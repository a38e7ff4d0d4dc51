"""What a file format is to the readers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.paper.stated import Stated
from data.readers.bundle import Bundle
from data.record import EcgRecord


@dataclass(frozen=True)
class Given:
    """What the caller knows and the file may not say."""

    fs: float | None = None  # samples per second
    unit: str | None = None  # of the values, e.g. "uV"
    sheet: Stated | None = None  # layout and scale of a sheet of paper


@dataclass(frozen=True)
class Format:
    """One file format.

    Parameters
    ----------
    name : as a person calls it
    sniff : is this content a file of the format; looks, never raises
    read : (name of the file sniffed, all files of the upload, what the caller gave) to the whole recording;
        raises `UnreadableEcgError` for what it knows is wrong, anything else counts as a damaged file
    companions : names of the other files that this content refers to
    """

    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[str, Bundle, Given], EcgRecord]
    companions: Callable[[bytes], Sequence[str]] = lambda _: ()
