"""A file of a sheet, read: a PDF of vectors as it was drawn, everything else as a picture."""

from data.errors import UnreadableEcgError
from data.paper.pictures import Picture, page_of, picture_of, pixels_per_point, rendered
from data.paper.reading import SheetReading, read_sheet
from data.paper.stated import Stated
from data.paper.vector_sheet import read_vectors, shown_at
from data.paper.vectors import page_vectors


def read_document(content: bytes, stated: Stated | None = None) -> tuple[Picture, SheetReading]:
    """The picture that a person sees of a sheet, and what was read of it.

    Parameters
    ----------
    content : of a PNG, JPEG, BMP, TIFF, WebP, HEIC or PDF file

    Raises
    ------
    UnreadableEcgError : a file that cannot be opened, or a sheet that cannot be read
    """
    stated = stated or Stated()
    if not content.startswith(b"%PDF"):
        picture = picture_of(content)
        return picture, read_sheet(picture, stated)
    with page_of(content, stated.page) as page:
        picture, scale, vectors = rendered(page), pixels_per_point(page), page_vectors(page)
    try:
        reading = read_vectors(vectors, stated) if vectors else None
    except UnreadableEcgError:  # lines that are no rows of leads, such as those of a form around a scan
        reading = None
    return picture, shown_at(reading, scale) if reading else read_sheet(picture, stated)
