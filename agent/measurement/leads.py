"""From a record to leads that can be measured: moving ones, at one rate, without drift and pacing spikes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter
from scipy.signal import butter, sosfiltfilt

from data import EcgRecord
from data.gaps import bridged
from data.paper.reading import SOURCE as PAPER

Array = npt.NDArray[np.float64]

FS = 500.0  # Hz inside this package
_SPIKE_S = 0.014  # a median over this removes a pacing spike, and leaves a QRS complex nearly as it is
_SPIKE_MV = 0.12  # what it then differs by: .01 to .06 at the sharpest R waves, .3 and more at spikes
_SPIKE_BEFORE_S, _SPIKE_BEHIND_S = 0.004, 0.018  # what is bridged around it: amplifiers recover slowly


@dataclass(frozen=True, eq=False)
class Leads:
    """Leads with signal, (n_leads, n_samples) in mV at FS, NaN where not recorded.

    `smooth` is 0.5 to 45 Hz, for beats, P and T waves; `sharp` is 0.5 to 100 Hz, as a narrower band would widen a QRS complex.
    """

    names: tuple[str, ...]
    smooth: Array
    sharp: Array
    printed: bool = False  # read from paper, so that a name may stand where leads begin

    @property
    def seconds(self) -> float:
        return self.smooth.shape[1] / FS


def usable(record: EcgRecord) -> Leads:
    """The standard leads that move for at least half a second; none where nothing does.

    On paper a pen sharpens every R wave, so that no pacing spike can be told from one: there nothing is taken for a spike.
    """
    standard = record.standard()
    moving = [i for i, row in enumerate(standard.signal) if np.isfinite(row).sum() > 0.5 * record.fs and np.nanstd(row) > 1e-3]
    if not moving or standard.duration < 0.5:
        return Leads((), *(np.empty((0, 0)),) * 2)
    names = tuple(standard.leads[i] for i in moving)
    signal = standard.changed(leads=names, signal=standard.signal[moving]).resampled(FS).signal.astype(np.float64)
    if record.source != PAPER:
        signal = _without_spikes(signal)
    return Leads(names, _band(signal, 45.0), _band(signal, 100.0), printed=record.source == PAPER)


def _without_spikes(signal: Array) -> Array:
    """Straight lines over pacing spikes: what a short median takes away from most leads at the same moment."""
    filled = np.nan_to_num(signal)
    sharp = filled - median_filter(filled, size=(1, round(_SPIKE_S * FS) | 1), mode="nearest")
    size = np.sqrt(np.mean(sharp**2, axis=0))
    before, behind = round(_SPIKE_BEFORE_S * FS), round(_SPIKE_BEHIND_S * FS)
    spikes = np.convolve(size > _SPIKE_MV, np.ones(before + behind + 1))[before : before + size.size] > 0
    if not spikes.any() or spikes.mean() > 0.1:  # so many are no spikes
        return signal
    at = np.arange(signal.shape[1])
    return np.stack([np.where(spikes, np.interp(at, at[~spikes], row[~spikes]), row) for row in signal])


def _band(signal: Array, high: float) -> Array:
    """0.5 Hz to `high`, forth and back, each lead where it was recorded."""
    band = butter(2, [0.5, high], "band", fs=FS, output="sos")
    filtered = sosfiltfilt(band, bridged(signal), axis=1)
    return np.where(np.isfinite(signal), filtered, np.nan)


def milliseconds(samples: float) -> float:
    """A number of samples at FS in ms."""
    return samples / FS * 1000


def nanmedian(values: Array) -> Array:
    """Over the first axis; NaN where nothing was recorded."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a lead that no beat covers stays NaN
        return np.asarray(np.nanmedian(values, axis=0))
