"""What makes two vectors near: the statements that their ECGs share."""

import torch
from torch.nn.functional import cross_entropy


def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Jaccard overlap of label sets a (n, statement) and b (m, statement), 0 or 1: (n, m); two empty sets overlap by 0."""
    both = a @ b.T
    either = a.sum(1, keepdim=True) + b.sum(1) - both
    return both / either.clamp(min=1)


def contrast(vectors: torch.Tensor, others: torch.Tensor, weights: torch.Tensor, temperature: float) -> torch.Tensor:
    """Cross entropy between the softmax of cosines and the wanted nearness.

    With the identity as weights this is the InfoNCE of CLIP (Radford et al. 2021); with same-label weights the supervised
    contrast of Khosla et al. 2020. A weight of `nan` leaves the pair out, a row without any weight counts nothing.

    Parameters
    ----------
    vectors, others : (n, dim) and (m, dim), of length 1
    weights : (n, m), 0 or more, or nan
    """
    left_out = torch.isnan(weights)
    logits = (vectors @ others.T / temperature).masked_fill(left_out, -1e4)
    wanted = weights.masked_fill(left_out, 0.0)
    sums = wanted.sum(1, keepdim=True)
    counted = sums.squeeze(1) > 0
    if not counted.any():
        return logits.sum() * 0.0
    return cross_entropy(logits[counted], (wanted / sums.clamp(min=1e-9))[counted])
