"""The file formats: one small module each, tried in this order, told apart by content.

A reader of one's own joins by an entry point of the group `ecg_cases.readers` that names a `data.readers.format.Format`:

    [project.entry-points."ecg_cases.readers"]
    my_device = "my_package:FORMAT"
"""

import warnings
from functools import cache
from importlib.metadata import entry_points

from data.errors import UnreadableEcgError
from data.readers import aecg, arrays, csv, dicom, edf, ishne, mfer, mortara, muse, paper, philips, scp, wfdb
from data.readers.bundle import Bundle
from data.readers.format import Format

ENTRY_POINTS = "ecg_cases.readers"
FORMATS: tuple[Format, ...] = (
    dicom.FORMAT,
    aecg.FORMAT,
    philips.FORMAT,
    muse.FORMAT,
    mortara.FORMAT,
    edf.FORMAT,
    ishne.FORMAT,
    scp.FORMAT,
    mfer.FORMAT,
    arrays.NPZ,
    arrays.MATLAB,
    arrays.HDF5,
    wfdb.FORMAT,
    paper.FORMAT,
    csv.FORMAT,
)  # the unmistakable ones first


@cache
def formats() -> tuple[Format, ...]:
    """All formats that can be read, those of entry points first: whoever adds one means it."""
    added = []
    for point in entry_points(group=ENTRY_POINTS):
        try:
            fmt = point.load()
        except Exception as error:  # a stranger's module may raise anything, and must not keep the other formats from being read
            warnings.warn(f"reader {point.name} cannot be loaded ({type(error).__name__}: {error}); it is left out", stacklevel=2)
            continue
        if isinstance(fmt, Format):
            added.append(fmt)
        else:
            warnings.warn(f"reader {point.name} is no data.readers.format.Format; it is left out", stacklevel=2)
    return (*added, *FORMATS)


def format_of(content: bytes) -> Format | None:
    """The first format that knows this content."""
    return next((fmt for fmt in formats() if fmt.sniff(content)), None)


def detect(files: Bundle) -> tuple[Format, str]:
    """The one ECG among the files: its format and the file to start from.

    Raises
    ------
    UnreadableEcgError : none, or more than one
    """
    found = [(fmt, name) for name, content in files.items() if (fmt := format_of(content))]
    if len(found) > 1:  # what another refers to is part of it
        parts = {part for fmt, name in found for part in fmt.companions(files[name]) if part != name}
        found = [(fmt, name) for fmt, name in found if name not in parts] or found
    if len(found) > 1:  # a picture beside an ECG shows it
        found = [(fmt, name) for fmt, name in found if fmt is not paper.FORMAT] or found
    if len(found) > 1:
        listed = ", ".join(name for _, name in found[:4]) + (" ..." if len(found) > 4 else "")
        raise UnreadableEcgError(f"holds {len(found)} ECGs ({listed}), wanted one: send one ECG at a time")
    if not found:
        wanted = ", ".join(fmt.name for fmt in formats())
        came = ", ".join(sorted({kind_of(content) for content in files.values()}))
        raise UnreadableEcgError(f"is {came}, wanted an ECG as {wanted}: export it in one of these")
    return found[0]


_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\x93NUMPY", "a NumPy array without rate, unit and leads"),
    (b"\x80\x02", "a Python pickle, which is never opened"),
    (b"\x80\x03", "a Python pickle, which is never opened"),
    (b"\x80\x04", "a Python pickle, which is never opened"),
    (b"\x80\x05", "a Python pickle, which is never opened"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)


def kind_of(content: bytes) -> str:
    """What a content that no format knows looks like, in words."""
    if not content:
        return "an empty file"
    for magic, words in _KINDS:
        if content.startswith(magic):
            return words
    if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "XML or HTML"
    if b"\0" in content[:4000]:
        return "binary data of an unknown kind (a WFDB signal file needs its .hea beside it)"
    return "text without an ECG's table or header"
