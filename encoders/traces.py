"""From an ECG to its traces: one row a lead, one column a hundredth of a second, by default."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfiltfilt

from data import EcgRecord
from data.gaps import bridged


@dataclass(frozen=True)
class Tracing:
    """How traces are made."""

    columns_per_second: int = 100
    seconds: float = 10.0
    band_hz: tuple[float, float] = (0.5, 40.0)  # below: baseline wander; above: mains and muscle
    clip_mv: float = 5.0
    least_rms_mv: float = 0.05  # a quieter lead is not blown up to look like a louder one

    @property
    def width(self) -> int:
        """Columns of the traces."""
        return round(self.columns_per_second * self.seconds)

    def trace(self, record: EcgRecord) -> npt.NDArray[np.float32]:
        """The leads as they are drawn: resampled, band-passed, cut or padded to the width.

        Returns
        -------
        (12 leads, width), mV, NaN where not recorded
        """
        signal = record.resampled(self.columns_per_second).standard().signal[:, : self.width]
        filled = bridged(signal)
        filled -= np.median(filled, axis=1, keepdims=True)
        filtered = sosfiltfilt(
            _bandpass(self.band_hz, self.columns_per_second), filled, axis=1, padlen=min(filled.shape[1] - 1, self.columns_per_second)
        )
        traces = np.full((len(signal), self.width), np.nan, np.float32)
        traces[:, : signal.shape[1]] = np.where(np.isnan(signal), np.nan, np.clip(filtered, -self.clip_mv, self.clip_mv))
        return traces


@lru_cache
def _bandpass(band_hz: tuple[float, float], fs: int) -> npt.NDArray[np.float64]:
    """Second order sections; designing them takes longer than filtering ten seconds."""
    return np.asarray(butter(2, band_hz, "bandpass", fs=fs, output="sos"))
