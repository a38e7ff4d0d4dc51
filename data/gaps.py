"""Gaps in a recording: what a filter is given where nothing was recorded."""

from typing import Any

import numpy as np
import numpy.typing as npt


def bridged(signal: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Leads (lead, sample), NaN where not recorded, straight across their gaps and level before and behind what was recorded.

    A filter makes a wave of a step, which looks like a beat; here none is left. A lead without any sample is 0 throughout.
    """
    whole = np.zeros(signal.shape)
    at = np.arange(signal.shape[1])
    for row, lead in zip(whole, signal, strict=True):
        there = np.flatnonzero(np.isfinite(lead))
        if there.size:
            row[:] = np.interp(at, there, lead[there])
    return whole
