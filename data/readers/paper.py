"""Sheets of paper: pictures and PDFs of printed ECGs. What is read with any doubt is refused here; a person may confirm it elsewhere."""

from data.errors import UnreadableEcgError
from data.paper.pictures import is_picture
from data.paper.stated import Stated
from data.readers.bundle import Bundle
from data.readers.format import Format, Given
from data.record import EcgRecord


def _read(name: str, files: Bundle, given: Given) -> EcgRecord:
    return sheet(files[name], given)


def sheet(content: bytes, given: Given) -> EcgRecord:
    """The ECG of a picture or PDF, as read without doubt or confirmed.

    Raises
    ------
    UnreadableEcgError : no sheet, an illegible one, or one that was read with doubts which nobody has confirmed
    """
    from data.paper.documents import read_document  # brings OpenCV with it

    stated = given.sheet or Stated()
    _, reading = read_document(content, stated)
    if reading.doubts and not stated.confirmed:
        mend = "See what was read with `ecg-cases sheets`, then state it by --layout, or --confirmed where it is right."
        raise UnreadableEcgError(f"is a sheet that was read with doubts. {' '.join(reading.doubts)} {mend}")
    return reading.confirmed() if stated.confirmed else reading.record


FORMAT = Format("a picture or PDF of a printed ECG", is_picture, _read)
