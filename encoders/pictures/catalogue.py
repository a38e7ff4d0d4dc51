"""The pictures that an ECG can be painted as, each with how a transformer cuts it into tokens.

Geometry and channels are data here, so that pictures can be compared with all else equal: see `encoders.study`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch

from data import EcgCasesError
from encoders.pictures.fields import FIELDS, SIZE, fields
from encoders.pictures.page import PAGE, ROWS, Sheet, drawn
from encoders.pictures.strip import strips
from encoders.traces import Tracing

Painter = Callable[[torch.Tensor, Tracing], torch.Tensor]  # (batch, lead, column) in mV -> (batch, channel, row, column)
STRIP = "strip"


class PictureError(EcgCasesError, ValueError):
    """A picture that is not among those named here."""


@dataclass(frozen=True)
class Picture:
    """What is painted, and into which patches it is cut."""

    paint: Painter
    channels: tuple[str, ...]
    rows: int
    patch: tuple[int, int]  # rows and columns of a token
    columns: int | None = None  # None: those of the traces
    strides: tuple[int, ...] = ()  # of convolutions over time that make a token of a patch as high as the picture; none: a linear map
    relative: bool = False  # attention also learns a bias for each distance between tokens, in rows and in columns


def _strips(
    *channels: str, patch: tuple[int, int] = (12, 20), columns: int | None = None, strides: tuple[int, ...] = (), relative: bool = False
) -> Picture:
    return Picture(partial(strips, channels=channels, columns=columns), channels, 12, patch, columns, strides, relative)


def _drawn(sheet: Sheet) -> Picture:
    return Picture(partial(drawn, sheet=sheet), ("ink",), sheet.rows, (16, 16), sheet.columns)


_CHANNELS = ("voltage", "shape", "recorded")
_STEM = (2, 2, 1, 5)

PICTURES: dict[str, Picture] = {
    STRIP: _strips(*_CHANNELS, strides=_STEM),
    "strip-no-shape": _strips("voltage", "recorded", strides=_STEM),
    "strip-bands": _strips("voltage", "shape", "slow", "fast", "recorded", strides=_STEM),
    "strip-50hz": _strips(*_CHANNELS, columns=500, patch=(12, 10), strides=(2, 1, 1, 5)),
    "strip-patches": _strips(*_CHANNELS),
    "strip-lead-patches": _strips(*_CHANNELS, patch=(1, 50), relative=True),
    "page": _drawn(PAGE),
    "rows": _drawn(ROWS),
    "fields": Picture(fields, FIELDS, SIZE, (16, 16), SIZE),
}


def picture(name: str) -> Picture:
    """The picture of that name.

    Raises
    ------
    PictureError : there is none
    """
    if name not in PICTURES:
        raise PictureError(f"picture is {name!r}, wanted one of {', '.join(PICTURES)}")
    return PICTURES[name]
