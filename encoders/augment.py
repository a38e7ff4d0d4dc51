"""What may differ between two recordings of the same heart: placement, paper layout, timing, gain, noise."""

from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate

CHEST = slice(6, 12)


@dataclass(frozen=True)
class Augmentation:
    """Probabilities and sizes of what is changed, drawn anew for every ECG."""

    p_sheet: float = 0.25  # only the spans of a printed 3x4 or 6x2 sheet are seen
    p_rhythm_strip: float = 0.6  # of a sheet: lead II is seen throughout
    p_leads: float = 0.25  # some leads are missing
    p_span: float = 0.25  # a span of all leads is missing
    p_displaced: float = 0.25  # chest electrodes lie between their places
    tempo: float = 0.06  # relative change of the rate
    gain: float = 0.15  # standard deviation of the logarithm
    unknown_gain: float = 0.4  # the same, where the size is not known
    noise_mv: float = 0.02
    wander_mv: float = 0.05
    p_mixed: float = 0.0  # another ECG is added at less than the ECG's own size


def distorted(traces: torch.Tensor, how: Augmentation, *, generator: torch.Generator, unscaled: torch.Tensor | None = None) -> torch.Tensor:
    """Traces (batch, lead, column) in mV with NaN as another recording would show them; the same shape.

    `unscaled`, (batch,), marks the ECGs whose size is not known: it is drawn, so that nothing is learned from it.
    """
    n, n_leads, width = traces.shape

    def uniform(*size: int) -> torch.Tensor:
        return torch.rand(*size, generator=generator)

    def normal(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=generator)

    traces = _retimed(traces, 1 + how.tempo * (2 * float(uniform(1)) - 1))
    shifts = (width * uniform(n)).long()
    traces = torch.stack([row.roll(int(shift), dims=-1) for row, shift in zip(traces, shifts, strict=True)])

    chest = traces[:, CHEST]
    mix = 0.4 * uniform(n, 1, 1) * (uniform(n, 1, 1) < how.p_displaced)
    neighbour = chest.roll(1 if float(uniform(1)) < 0.5 else -1, dims=1)
    neighbour[:, 0], neighbour[:, -1] = chest[:, 0], chest[:, -1]
    traces = torch.cat([traces[:, :6], (1 - mix) * chest + mix * neighbour], dim=1)

    traces = traces * torch.exp(how.gain * normal(n, 1, 1)) * torch.exp(0.3 * how.gain * normal(n, n_leads, 1))
    if unscaled is not None:
        drawn = how.unknown_gain * normal(n, n_leads, 1)
        drawn[:, : CHEST.start] = drawn[:, :1]  # the limb leads are in proportion
        traces = traces * torch.exp(drawn * unscaled[:, None, None])
    seconds = torch.arange(width) / 100.0
    slow = torch.sin(2 * torch.pi * ((0.5 + 0.3 * uniform(n, 1, 1)) * seconds + uniform(n, n_leads, 1)))
    traces = traces + how.wander_mv * uniform(n, 1, 1) * slow
    return traces + how.noise_mv * uniform(n, 1, 1) * normal(n, n_leads, width)


def partly_hidden(traces: torch.Tensor, how: Augmentation, *, generator: torch.Generator) -> torch.Tensor:
    """Traces (batch, lead, column) of which only what a sheet, some leads or some seconds show is left; the rest is NaN."""
    return traces.masked_fill(~_seen(traces.shape, how, generator), torch.nan)


def shares(n: int, how: Augmentation, *, generator: torch.Generator) -> torch.Tensor:
    """How much of each of n ECGs is its own when it is mixed with the next (mixup, Zhang et al. 2018): (ecg,), half to all."""
    if not how.p_mixed:
        return torch.ones(n)
    drawn = torch.rand(2, n, generator=generator)
    return torch.where(drawn[0] < how.p_mixed, 0.5 + 0.5 * drawn[1], 1.0)


def mixed(rows: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Each of (ecg, ...) with what its share leaves of the next one."""
    own = shares.view(-1, *[1] * (rows.ndim - 1))
    return own * rows + (1 - own) * rows.roll(-1, dims=0)


def _retimed(traces: torch.Tensor, tempo: float) -> torch.Tensor:
    """The same beats faster or slower; what is then lacking at the end was not recorded."""
    width = traces.shape[-1]
    stretched = interpolate(traces, size=round(width / tempo), mode="linear", align_corners=False)
    if stretched.shape[-1] >= width:
        return stretched[..., :width]
    lacking = traces.new_full((*traces.shape[:2], width - stretched.shape[-1]), torch.nan)
    return torch.cat([stretched, lacking], dim=-1)


def _seen(shape: torch.Size, how: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """Which part of each ECG is kept: (batch, lead, column), bool."""
    n, n_leads, width = shape
    seen = torch.ones(shape, dtype=torch.bool)
    draws = torch.rand(n, 6, generator=generator)
    for row, (sheet, strip, leads, span, kind, place) in zip(seen, draws.tolist(), strict=True):
        if sheet < how.p_sheet:
            columns = 4 if kind < 0.7 else 2
            per_column, span_width = n_leads // columns, width // columns
            row[:] = False
            for column in range(columns):
                row[column * per_column : (column + 1) * per_column, column * span_width : (column + 1) * span_width] = True
            if strip < how.p_rhythm_strip:
                row[1] = True
        elif leads < how.p_leads:
            n_kept = 1 + int(kind * n_leads)
            row[torch.randperm(n_leads, generator=generator)[n_kept:]] = False
        if span < how.p_span:
            start = int(place * width)
            row[:, start : start + int(0.5 * kind * width)] = False
    return seen
