"""Millivolts as the whole numbers that binary formats hold."""

import numpy as np
import numpy.typing as npt

from data.record import Signal

GAP = -32768  # stands for "not recorded"


def steps_per_millivolt(signal: Signal) -> float:
    """The finest round number of steps that 16 bits allow: 10,000 (0.1 uV) for an ordinary ECG, less for larger ones.

    Parameters
    ----------
    signal : (n_leads, n_samples) mV
    """
    peak = max(float(np.nanmax(np.abs(signal), initial=0.0)), 1e-9)
    fitting = [step * 10.0**power for power in range(-6, 4) for step in (1, 2, 5) if step * 10.0**power * peak <= 32_000]
    return min(10_000.0, max(fitting, default=1e-6))


def counted(signal: Signal, gain: float) -> npt.NDArray[np.int16]:
    """The signal in steps of 1 / gain mV, `GAP` where nothing was recorded."""
    steps = np.round(signal.astype(np.float64) * gain)
    return np.where(np.isnan(steps), GAP, steps).astype("<i2")
