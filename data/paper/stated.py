"""What a person says about a sheet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stated:
    """What a person says about a sheet; what they do not say is found.

    Parameters
    ----------
    layout : as `data.paper.layouts.layout_named` takes it
    order : the leads of the cells, down each column
    speed, gain : mm/s and mm/mV
    page : of a PDF, from 1
    confirmed : a person has seen what was read and says that it is right
    """

    layout: str | None = None
    order: tuple[str, ...] | None = None
    speed: float | None = None
    gain: float | None = None
    page: int | None = None
    confirmed: bool = False
