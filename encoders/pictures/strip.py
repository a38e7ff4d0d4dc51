"""Strips: one row a lead, voltage as intensity, what else is known of a lead in further channels."""

from collections.abc import Sequence

import torch
from torch.nn.functional import adaptive_avg_pool1d, avg_pool1d

from encoders.traces import Tracing

SLOW_SECONDS = 0.12  # a mean over this is left with P and T waves, and takes away what is fast in a QRS complex


def strips(traces: torch.Tensor, how: Tracing, *, channels: Sequence[str], columns: int | None = None) -> torch.Tensor:
    """Traces (batch, lead, column) in mV with NaN as pictures (batch, channel, lead, column); what was not recorded is 0 in all channels.

    Parameters
    ----------
    channels : among "voltage" in mV; "shape", the same with each lead scaled to unit root mean square, which shows small leads;
        "slow" and "fast", which add up to the voltage; "recorded", 1 or 0
    columns : neighbouring columns are averaged down to so many
    """
    recorded = ~torch.isnan(traces)
    voltage = torch.where(recorded, traces, 0.0)
    there = recorded.to(voltage.dtype)
    painted = {"voltage": voltage, "recorded": there}
    if "shape" in channels:
        mean_square = voltage.square().sum(-1, keepdim=True) / recorded.sum(-1, keepdim=True).clamp(min=1)
        painted["shape"] = voltage / (mean_square.sqrt() + how.least_rms_mv)
    if {"slow", "fast"} & set(channels):
        half = round(SLOW_SECONDS * how.columns_per_second / 2)
        painted["slow"] = avg_pool1d(voltage, 2 * half + 1, stride=1, padding=half, count_include_pad=False) * there
        painted["fast"] = voltage - painted["slow"]
    picture = torch.stack([painted[name] for name in channels], dim=1)
    if columns is None or columns == picture.shape[-1]:
        return picture
    return adaptive_avg_pool1d(picture.flatten(1, 2), columns).view(*picture.shape[:3], columns)
