"""Learning what ECGs look like before anything is said of them: what is hidden is drawn from what is left (Xie et al. 2022, SimMIM)."""

import math

import torch
from torch import nn
from torch.nn.functional import smooth_l1_loss
from tqdm import tqdm

from encoders.augment import Augmentation, distorted
from encoders.canvas import Canvas
from encoders.dataset import batches
from encoders.pictures import picture
from encoders.precision import halved
from encoders.towers import EcgTower

MOMENTS, CELLS = 0.3, 0.4  # hidden: the share of moments, of all leads at once, and of what each lead shows of the others
LEAST_MV = 0.05  # a quieter lead is not blown up
_BATCH, _RATE, _DECAY = 64, 6e-4, 0.05


class Hidden(nn.Module):
    """The distance between what was hidden and what a tower draws in its place from its tokens, each of one moment of all leads."""

    def __init__(self, tower: EcgTower, canvas: Canvas, n_leads: int = 12) -> None:
        super().__init__()
        cut = picture(canvas.picture)
        if cut.patch[0] < cut.rows:
            raise ValueError(f"{canvas.picture} is cut into {cut.rows // cut.patch[0]} rows of tokens, wanted one: a token for each moment")
        self._canvas, self.n_leads, self.columns = canvas, n_leads, canvas.width // tower.n_tokens
        self.drawn = nn.Linear(tower.n_features, n_leads * self.columns)

    def forward(self, tower: EcgTower, traces: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """The loss of traces (batch, lead, column) in mV with NaN: smooth L1 in each lead's own root mean square, where hidden."""
        hidden = self.drawn_by_lot(len(traces), generator)
        recorded = ~torch.isnan(traces)
        known = torch.where(recorded, traces, 0.0)
        size = (known.square().sum(-1, keepdim=True) / recorded.sum(-1, keepdim=True).clamp(min=1)).sqrt() + LEAST_MV
        pictures = self._canvas.paint(traces.masked_fill(hidden, torch.nan))
        device = self.drawn.weight.device
        with halved(device):
            drawn = self.drawn(tower.tokens(pictures.to(device))).float()  # (batch, token, lead * column)
        drawn = drawn.unflatten(2, (self.n_leads, self.columns)).transpose(1, 2).flatten(2)  # (batch, lead, column)
        asked = (hidden & recorded).to(device)
        return smooth_l1_loss(drawn[asked], (known / size).to(device)[asked])

    def drawn_by_lot(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """What is hidden of n ECGs: (ecg, lead, column), bool."""
        tokens = self._canvas.width // self.columns
        moments = torch.rand(n, 1, tokens, generator=generator) < MOMENTS
        cells = torch.rand(n, self.n_leads, tokens, generator=generator) < CELLS
        return (moments | cells).repeat_interleave(self.columns, dim=2)


def pretrain(tower: EcgTower, traces: torch.Tensor, canvas: Canvas, *, epochs: int, seed: int, device: str) -> list[float]:
    """Train the tower to draw what is hidden of traces (ecg, lead, column), labels unseen; the mean loss of each epoch."""
    torch.manual_seed(seed)
    hidden = Hidden(tower, canvas).to(device)
    tower.to(device).train()
    learned = nn.ModuleList([tower, hidden])
    optimizer = torch.optim.AdamW(learned.parameters(), lr=_RATE, weight_decay=_DECAY, betas=(0.9, 0.98))
    steps = epochs * max(1, len(traces) // _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.1 * steps)) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    )
    generator = torch.Generator().manual_seed(seed)
    means = []
    for _ in tqdm(range(epochs), desc="drawing what is hidden", unit="epoch"):
        losses = []
        for picked in batches(len(traces), _BATCH, generator):
            seen = distorted(traces[picked].float(), Augmentation(), generator=generator)
            loss = hidden(tower, seen, generator)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
