"""Opening pictures and pages, and refusing what is none, too large, locked or damaged."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from data import UnreadableEcgError, read_ecg
from data.paper.pictures import is_picture, picture_of


def coded(size: tuple[int, int] = (400, 300), kind: str = "PNG", **how: object) -> bytes:
    stream = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    image.save(stream, kind, **how)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def blank_pdf(pages: int, *, locked: bool = False) -> bytes:
    """A PDF of empty pages, or one that asks for a password; without a table of its objects, which readers then look for."""
    kids = " ".join(f"{number + 4} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"] * pages,
    ]
    body = "".join(f"{number} 0 obj {one} endobj\n" for number, one in enumerate(objects, start=1))
    lock = f"/Encrypt 3 0 R /ID [<{'00' * 16}> <{'00' * 16}>]" if locked else ""
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size {len(objects) + 1} {lock} >>\n%%EOF\n".encode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF", "PDF"])
def test_every_kind_of_picture_is_known_and_opened(kind: str) -> None:
    content = coded(kind=kind)

    red, white = picture_of(content)[20, 20], picture_of(content)[-20, -20]

    assert is_picture(content)
    assert red[0] > 200 > 90 > red[1]
    assert white.min() > 240


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF", "PDF"])
def test_every_kind_of_picture_reaches_the_reader_of_sheets(kind: str) -> None:
    with pytest.raises(UnreadableEcgError, match="shows no grid of ECG paper"):
        read_ecg(coded(kind=kind))


def test_a_photograph_is_turned_as_its_orientation_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees

    picture = picture_of(coded(kind="JPEG", exif=exif))

    assert picture.shape == (400, 300, 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png_header(12_000, 9_000), "108 million pixels"),
        (png_header(60_000, 60_000), "pixels, wanted at most"),
        (coded()[:200], "damaged"),
        (coded((100, 100)), "100 x 100 pixels"),
        (b"%PDF-1.7 nothing", "damaged PDF"),
        (blank_pdf(1, locked=True), "PDF with a password"),
        (blank_pdf(2000), "PDF of 2,000 pages"),
    ],
    ids=["large", "bomb", "cut", "small", "no pdf", "locked", "long"],
)
def test_what_cannot_be_opened_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(content, name="sheet")


def test_of_a_pdf_of_many_pages_one_must_be_stated() -> None:
    stream = io.BytesIO()
    pages = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:])

    second = picture_of(stream.getvalue(), page=2)

    assert second[150, 150, 2] > 200
    with pytest.raises(UnreadableEcgError, match="2 pages, wanted one"):
        picture_of(stream.getvalue())


def test_a_picture_of_something_else_is_refused() -> None:
    rng = np.random.default_rng(0)
    blobs = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)).resize((1600, 1200), Image.Resampling.BICUBIC)
    stream = io.BytesIO()
    blobs.save(stream, "JPEG")

    with pytest.raises(UnreadableEcgError, match="no grid of ECG paper"):
        read_ecg(stream.getvalue(), name="cat.jpg")
