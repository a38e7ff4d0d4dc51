"""Image-encoded time series: one beat of each lead as three fields, the picture of Qiu et al. 2023 (arXiv 2304.06286).

Wang and Oates 2015 (arXiv 1506.00327) for the Gramian angular summation field and the Markov transition field, Eckmann et al.
1987 for the recurrence plot. The fields themselves are pyts's (Faouzi and Janati 2020).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import avg_pool1d, interpolate, max_pool1d, pad

from data import EcgCasesError
from encoders.traces import Tracing

FIELDS = ("angular sums", "recurrence", "transitions")
SIZE = 224  # rows and columns of the picture
BEFORE, AFTER = 0.35, 0.65  # seconds of a beat around its steepest moment
BAND_HZ = (0.5, 15.0)
BINS = 4  # states of the Markov transition field
LEAST_MV = 0.01  # a beat with less between its extremes is no beat, and its angles would be noise


class FieldsError(EcgCasesError, ImportError):
    """The package that draws the fields is not installed."""


def fields(traces: torch.Tensor, how: Tracing) -> torch.Tensor:
    """Traces (batch, 12 leads, column) in mV with NaN as pictures (batch, 3 fields, 224, 224), leads in three rows of four.

    The recurrence plot keeps its millivolts. A lead of which no whole beat was recorded is 0 in all three.

    Raises
    ------
    FieldsError : pyts is not installed
    """
    recorded = ~torch.isnan(traces)
    filtered = _filtered(torch.where(recorded, traces, 0.0), how.columns_per_second)
    beats, whole = _beats(filtered, recorded, how.columns_per_second)  # (batch, lead, time), (batch, lead)
    shown = whole & (beats.amax(-1) - beats.amin(-1) >= LEAST_MV)
    cells = traces.new_zeros(*beats.shape[:2], len(FIELDS), beats.shape[2], beats.shape[2])
    if shown.any():
        cells[shown] = torch.from_numpy(transformed(beats[shown].numpy())).to(cells)
    page = cells.view(-1, 4, 3, *cells.shape[2:]).permute(0, 3, 2, 4, 1, 5)  # (batch, field, row of leads, y, column of leads, x)
    page = page.reshape(len(traces), len(FIELDS), 3 * cells.shape[-1], 4 * cells.shape[-1])
    return interpolate(page, size=(SIZE, SIZE), mode="bilinear", antialias=True)


def transformed(beats: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Beats (beat, time) as their three fields (beat, field, time, time)."""
    try:
        from pyts.image import GramianAngularField, MarkovTransitionField, RecurrencePlot
    except ImportError as error:
        raise FieldsError("the picture 'fields' needs pyts, which is not installed: pip install 'ecg-cases[pictures]'") from error
    transforms: tuple[Any, ...] = (GramianAngularField(method="summation"), RecurrencePlot(), MarkovTransitionField(n_bins=BINS))
    return np.stack([transform.fit_transform(beats) for transform in transforms], axis=1).astype(np.float32)


def _filtered(voltage: torch.Tensor, fs: float) -> torch.Tensor:
    """Zero-phase band-pass with the gain of a Butterworth filter of order 4 at each edge."""
    hz = torch.fft.rfftfreq(voltage.shape[-1], 1 / fs)
    low, high = BAND_HZ
    gain = ((hz / low) ** 8 / (1 + (hz / low) ** 8) / (1 + (hz / high) ** 8)).sqrt()
    return torch.fft.irfft(torch.fft.rfft(voltage) * gain, n=voltage.shape[-1])


def _beats(voltage: torch.Tensor, recorded: torch.Tensor, fs: float) -> tuple[torch.Tensor, torch.Tensor]:
    """One beat of each lead, (batch, lead, time), and whether a whole one was recorded, (batch, lead).

    Beats are where all leads together are steepest. Of those that a lead has whole, the one of median steepness is taken, so
    that it is no extrasystole if most are none; leads recorded at one time show the same beat.
    """
    before, length = round(BEFORE * fs), round((BEFORE + AFTER) * fs)
    gaps = pad((~recorded).float(), (before, length - before - 1), value=1.0)
    whole = max_pool1d(gaps, length, stride=1) == 0  # (batch, lead, column): the second around this column was recorded
    slopes = torch.gradient(voltage, dim=-1)[0].square() * recorded
    steep = slopes.sum(1, keepdim=True) / recorded.sum(1, keepdim=True).clamp(min=1)
    for _ in range(3):  # nearly a Gaussian: both flanks of a QRS complex become one hump with one top
        steep = avg_pool1d(steep, 2 * round(0.04 * fs) + 1, stride=1, padding=round(0.04 * fs))
    half = round(0.25 * fs)
    is_beat = (steep == max_pool1d(steep, 2 * half + 1, stride=1, padding=half)) & (steep > 0.05 * steep.amax(-1, keepdim=True))
    candidates = torch.where(is_beat & whole, steep, torch.nan)  # (batch, lead, column)
    first_whole = whole.float().argmax(-1, keepdim=True)  # of a lead without any beat
    place = torch.where((is_beat & whole).any(-1, keepdim=True), candidates.nanmedian(-1, keepdim=True).indices, first_whole)
    window = (place - before + torch.arange(length)).clamp(0, voltage.shape[-1] - 1)
    return voltage.gather(-1, window), whole.any(-1)
