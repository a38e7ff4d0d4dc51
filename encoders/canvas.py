"""From an ECG to its traces, one row a lead and one column a hundredth of a second, and from these to a picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.signal import butter, sosfiltfilt

from data import EcgRecord
from encoders.pictures import STRIP, picture


@dataclass(frozen=True)
class Canvas:
    """How traces are made and what is painted of them; stored with the weights that were trained on it."""

    columns_per_second: int = 100
    seconds: float = 10.0
    band_hz: tuple[float, float] = (0.5, 40.0)  # below: baseline wander; above: mains and muscle
    clip_mv: float = 5.0
    least_rms_mv: float = 0.05  # a quieter lead is not blown up to look like a louder one
    picture: str = STRIP  # one of `encoders.pictures.PICTURES`

    def __post_init__(self) -> None:
        picture(self.picture)

    @property
    def width(self) -> int:
        """Columns of the traces."""
        return round(self.columns_per_second * self.seconds)

    def trace(self, record: EcgRecord) -> npt.NDArray[np.float32]:
        """The leads as they are drawn: resampled, band-passed, cut or padded to the canvas.

        Returns
        -------
        (12 leads, width), mV, NaN where not recorded
        """
        signal = record.resampled(self.columns_per_second).standard().signal[:, : self.width]
        open_ = np.isnan(signal)
        offset = np.zeros((len(signal), 1), np.float32)
        some = ~open_.all(axis=1)
        offset[some] = np.nanmedian(signal[some], axis=1, keepdims=True)
        filled = np.where(open_, 0.0, signal - offset)
        sos = butter(2, self.band_hz, "bandpass", fs=self.columns_per_second, output="sos")
        filtered = sosfiltfilt(sos, filled, axis=1, padlen=min(filled.shape[1] - 1, self.columns_per_second))
        canvas = np.full((len(signal), self.width), np.nan, np.float32)
        canvas[:, : signal.shape[1]] = np.where(open_, np.nan, np.clip(filtered, -self.clip_mv, self.clip_mv))
        return canvas

    def paint(self, traces: torch.Tensor) -> torch.Tensor:
        """Traces (batch, lead, column) in mV with NaN as pictures (batch, channel, row, column); what was not recorded is 0."""
        return picture(self.picture).paint(traces, self)
