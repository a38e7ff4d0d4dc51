"""A sheet of paper between upload and confirmation: what was read of it, and what the person says. No Streamlit here."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data import UnreadableEcgError
from data.paper.pictures import is_picture, page_count
from data.paper.stated import Stated

if TYPE_CHECKING:
    from data.paper.reading import SheetReading

LAYOUTS = ("3x4", "3x4+II", "3x4+V1", "3x4+V1+II+V5", "6x2", "6x2+II", "12x1", "3x4 cabrera", "3x4 cabrera+II", "6x2 cabrera")  # offered


@dataclass
class Unconfirmed:
    """A picture or PDF of a sheet. Nothing is concluded from it before a person has seen what was read and said that it is right.

    Parameters
    ----------
    stated : what the person has said so far
    reading : None before `read`, and where it was refused
    overlay : the picture with what was recognised drawn over it, JPEG
    """

    name: str
    content: bytes = field(repr=False)
    stated: Stated = field(default_factory=Stated)
    reading: "SheetReading | None" = None
    refusal: str = ""
    overlay: bytes = field(default=b"", repr=False)

    @classmethod
    def among(cls, files: Mapping[str, bytes]) -> "Unconfirmed | None":
        """The one file of an upload where that is a picture or a PDF; None for all other uploads."""
        name, content = next(iter(files.items()))
        return cls(name, content) if len(files) == 1 and is_picture(content) else None

    @property
    def waits(self) -> bool:
        """Has it still to be read?"""
        return self.reading is None and not self.refusal

    @property
    def pages(self) -> int:
        """How many pages there are to choose from."""
        return page_count(self.content)

    def state(self, stated: Stated) -> None:
        """Take what the person says; it is read again with that."""
        self.stated, self.reading, self.refusal, self.overlay = stated, None, "", b""

    def read(self) -> None:
        """Read the sheet; what cannot be read becomes a refusal."""
        from PIL import Image

        from data.paper.documents import read_document
        from ui.sheets import overlay

        try:
            picture, self.reading = read_document(self.content, self.stated)
        except UnreadableEcgError as refusal:
            self.refusal = f"{self.name}: {refusal}"
            return
        drawn = io.BytesIO()
        Image.fromarray(overlay(picture, self.reading)).save(drawn, "JPEG", quality=85)
        self.overlay = drawn.getvalue()
