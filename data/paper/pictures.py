"""Opening pictures and pages: what a phone, a scanner or a PDF holds, as upright pixels, without trusting what a file says of itself."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError

if TYPE_CHECKING:
    from PIL import Image

Picture = npt.NDArray[np.uint8]  # (row, column, red-green-blue)

MAX_PIXELS = 60_000_000  # a phone makes 12 to 50 million
MAX_PAGES = 100
_LEAST_SIDE = 250  # pixels; less shows no trace
_LARGEST_SIDE = 5000  # pixels that are worked on: 12 a millimetre on the largest sheet
_PAGE_DPI = 220
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "HEIF", "GIF")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


def is_picture(content: bytes) -> bool:
    """Is this a picture or a PDF, by its first bytes."""
    head = content[:16]
    return (
        head.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"%PDF"))
        or (head.startswith(b"BM") and content[6:10] == b"\0\0\0\0")
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS)
    )


def picture_of(content: bytes, *, page: int | None = None) -> Picture:
    """The picture that a file holds, turned as its orientation tag says.

    Parameters
    ----------
    content : of a PNG, JPEG, BMP, TIFF, WebP, HEIC or PDF file
    page : of a PDF, from 1; may be left out where there is one

    Raises
    ------
    UnreadableEcgError : damaged, locked, too small or too large a picture, or a page that is not there
    """
    return _page(content, page) if content.startswith(b"%PDF") else _pixels(content)


def page_count(content: bytes) -> int:
    """How many pages there are to choose from: 1 for a picture, and for a PDF that cannot be opened."""
    import pypdfium2

    if not content.startswith(b"%PDF"):
        return 1
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return 1
    try:
        return max(1, min(len(document), MAX_PAGES))
    finally:
        document.close()


def _pixels(content: bytes) -> Picture:
    import warnings

    import pi_heif
    from PIL import Image, ImageOps

    pi_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; they are refused below, before any pixel is read
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_large(None) from None
    except Exception as error:  # Pillow's decoders raise many kinds on a damaged file
        raise UnreadableEcgError(
            f"is a picture that is damaged ({type(error).__name__}), wanted a sound one: take or export it again"
        ) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(image)
    if min(image.size) < _LEAST_SIDE:
        raise UnreadableEcgError(
            f"is a picture of {image.width} x {image.height} pixels, wanted at least {_LEAST_SIDE} on each side: send the original"
        )
    try:
        image.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))  # a JPEG is decoded no finer than needed
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            white = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(white, upright)
        upright = upright.convert("RGB")
    except Exception as error:
        raise UnreadableEcgError(
            f"is a picture that is damaged ({type(error).__name__}), wanted a sound one: take or export it again"
        ) from error
    if max(upright.size) > _LARGEST_SIDE:
        upright.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    return np.array(upright)


def _too_large(image: "Image.Image | None") -> UnreadableEcgError:
    came = f"{image.width * image.height / 1e6:,.0f} million pixels" if image else "far too many pixels"
    return UnreadableEcgError(f"is a picture of {came}, wanted at most {MAX_PIXELS / 1e6:.0f} million: send a smaller copy")


def _page(content: bytes, page: int | None) -> Picture:
    with page_of(content, page) as sheet:
        return rendered(sheet)


@contextmanager
def page_of(content: bytes, page: int | None) -> Iterator[Any]:
    """One page of a PDF, as pypdfium2 has it.

    Raises
    ------
    UnreadableEcgError : damaged or locked, of too many pages, without that page, or of many of which none is said
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        came = "is a PDF with a password" if locked else "is a damaged PDF"
        raise UnreadableEcgError(f"{came}, wanted an open, sound one: save a copy without a password, or send a picture") from error
    try:
        pages = len(document)
        if pages > MAX_PAGES:
            raise UnreadableEcgError(f"is a PDF of {pages:,} pages, wanted at most {MAX_PAGES}: send the page that shows the ECG")
        if page is None and pages > 1:
            raise UnreadableEcgError(f"is a PDF of {pages} pages, wanted one page: state which, e.g. --page 1, or send that page alone")
        if not 1 <= (page or 1) <= pages:
            raise UnreadableEcgError(f"is a PDF of {pages} pages and has no page {page}: state a page from 1 to {pages}")
        yield document[(page or 1) - 1]
    finally:
        document.close()


def rendered(page: Any) -> Picture:
    """A page of pypdfium2 as a picture, of `pixels_per_point`."""
    return np.array(page.render(scale=pixels_per_point(page)).to_pil().convert("RGB"))


def pixels_per_point(page: Any) -> float:
    """How finely a page is drawn."""
    return float(min(_PAGE_DPI / 72, _LARGEST_SIDE / max(*page.get_size(), 1)))
