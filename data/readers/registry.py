"""The file formats: one small module each, tried in this order, told apart by content."""

from data.errors import UnreadableEcgError
from data.readers import csv, dicom, wfdb
from data.readers.bundle import Bundle
from data.readers.format import Format

FORMATS: tuple[Format, ...] = (dicom.FORMAT, wfdb.FORMAT, csv.FORMAT)  # the unmistakable ones first


def format_of(content: bytes) -> Format | None:
    """The first format that knows this content."""
    return next((fmt for fmt in FORMATS if fmt.sniff(content)), None)


def detect(files: Bundle) -> tuple[Format, str]:
    """The one ECG among the files: its format and the file to start from.

    Raises
    ------
    UnreadableEcgError : none, or more than one
    """
    found = [(fmt, name) for name, content in files.items() if (fmt := format_of(content))]
    if len(found) > 1:
        listed = ", ".join(name for _, name in found[:4]) + (" ..." if len(found) > 4 else "")
        raise UnreadableEcgError(f"holds {len(found)} ECGs ({listed}), wanted one: send one ECG at a time")
    if not found:
        wanted = ", ".join(fmt.name for fmt in FORMATS)
        came = ", ".join(sorted({kind_of(content) for content in files.values()}))
        raise UnreadableEcgError(f"is {came}, wanted an ECG as {wanted}: export it in one of these")
    return found[0]


_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"BM", "a picture"),
    (b"\x93NUMPY", "a NumPy array without rate, unit and leads"),
    (b"\x80\x02", "a Python pickle, which is never opened"),
    (b"\x80\x03", "a Python pickle, which is never opened"),
    (b"\x80\x04", "a Python pickle, which is never opened"),
    (b"\x80\x05", "a Python pickle, which is never opened"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB 5.0", "a MATLAB file without its WFDB header"),
    (b"0       ", "an EDF file"),
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
