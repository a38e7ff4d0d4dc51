"""From an ECG to the picture that a transformer sees."""

from dataclasses import dataclass

import torch

from encoders.pictures import STRIP, picture
from encoders.traces import Tracing


@dataclass(frozen=True)
class Canvas(Tracing):
    """How traces are made and what is painted of them; stored with the weights that were trained on it."""

    picture: str = STRIP  # one of `encoders.pictures.PICTURES`

    def __post_init__(self) -> None:
        picture(self.picture)

    def paint(self, traces: torch.Tensor) -> torch.Tensor:
        """Traces (batch, lead, column) in mV with NaN as pictures (batch, channel, row, column); what was not recorded is 0."""
        return picture(self.picture).paint(traces, self)
