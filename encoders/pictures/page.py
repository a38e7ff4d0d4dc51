"""The printed sheet: leads as lines of ink in rows, at 25 mm/s and 10 mm/mV, as a greyscale raster."""

from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate

from encoders.traces import Tracing

MM_PER_SECOND, MM_PER_MV = 25.0, 10.0
LINE = 1.0  # pixels
POINTS = 4  # of the line in each pixel column: its corners are where they should be to a quarter pixel


@dataclass(frozen=True)
class Sheet:
    """Which lead is drawn where."""

    leads: tuple[tuple[int, ...], ...]  # in each row from above, from left to right: places in `STANDARD_LEADS`
    rows: int = 192  # pixels
    columns: int = 288  # pixels, which the whole of the traces fills


PAGE = Sheet((*((row, row + 3, row + 6, row + 9) for row in range(3)), (1,)))  # 3x4 and lead II as rhythm strip
ROWS = Sheet(tuple((lead,) for lead in range(12)))


def drawn(traces: torch.Tensor, how: Tracing, *, sheet: Sheet) -> torch.Tensor:
    """Traces (batch, lead, column) in mV with NaN as a sheet (batch, 1, row, column): ink 1, paper 0, line edges in between.

    A column of a row shows its own moment, as a sheet does that is written in one go; what was not recorded then stays paper. A
    large deflection runs into the rows above and below, as it does on paper.
    """
    height, width = sheet.rows, sheet.columns
    pixels_per_mv = width * MM_PER_MV / (MM_PER_SECOND * traces.shape[-1] / how.columns_per_second)
    points = interpolate(traces, size=POINTS * width + 1, mode="linear", align_corners=True)
    spans = -pixels_per_mv * points.unfold(-1, POINTS + 1, POINTS)  # (batch, lead, column, point), pixels below the baseline
    top, bottom = spans.amin(-1) - LINE / 2, spans.amax(-1) + LINE / 2
    rows = torch.arange(height, dtype=traces.dtype, device=traces.device)[:, None]
    ink = traces.new_zeros(len(traces), height, width)
    for row, leads in enumerate(sheet.leads):
        baseline = (row + 0.5) * height / len(sheet.leads)
        lead = torch.tensor(leads, device=traces.device).repeat_interleave(width // len(leads))
        here = (slice(None), lead, torch.arange(width, device=traces.device))
        covered = torch.minimum(bottom[here][:, None] + baseline, rows + 1) - torch.maximum(top[here][:, None] + baseline, rows)
        ink = torch.maximum(ink, covered.clamp(0, 1).nan_to_num())
    return ink[:, None]
