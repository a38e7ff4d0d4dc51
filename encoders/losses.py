"""What makes two vectors near: the statements that their ECGs share."""

from collections.abc import Sequence

import torch
from torch.nn.functional import cosine_similarity, cross_entropy, softplus


def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Jaccard overlap of label sets a (n, statement) and b (m, statement), 0 or 1: (n, m); two empty sets overlap by 0."""
    both = a @ b.T
    either = a.sum(1, keepdim=True) + b.sum(1) - both
    return both / either.clamp(min=1)


def nearness(a: torch.Tensor, b: torch.Tensor, levels: Sequence[torch.Tensor]) -> torch.Tensor:
    """Mean overlap of statement sets a (n, statement) and b (m, statement) over levels (statement, label): (n, m) in [0, 1]."""
    return torch.stack([overlap((a @ level).clamp(max=1), (b @ level).clamp(max=1)) for level in levels]).mean(0)


def doubt(logits: torch.Tensor, level: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    """Cross entropy (batch, label) between a teacher's label probabilities and ours; a label is there if one of its statements is.

    Parameters
    ----------
    logits : (batch, statement), each statement's own
    level : (statement, label) of 0 and 1
    taught : (batch, label), the teacher's probabilities
    """
    log_absent = -softplus(logits) @ level
    log_present = torch.log(-torch.expm1(log_absent.clamp(max=-1e-6)))
    return -(taught * log_present + (1 - taught) * log_absent)


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


def disagreement(vectors: torch.Tensor, others: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """How far a vector's cosines to all others are from proportional to the wanted nearness: 1 - cosine of the two rows, their mean.

    Where the nearness is uncertain, the best direction is that of its expectation: a ranking by it is one by expected gain, which
    is what NDCG rewards. A contrast, being a softmax, draws to the likeliest class instead.

    Parameters
    ----------
    vectors, others : (n, dim) and (m, dim), of length 1
    wanted : (n, m), 0 or more, or nan for a pair that is left out
    """
    left_out = torch.isnan(wanted)
    cosines = (vectors @ others.T).masked_fill(left_out, 0.0)
    wanted = wanted.masked_fill(left_out, 0.0)
    counted = wanted.sum(1) > 0
    return (1 - cosine_similarity(cosines[counted], wanted[counted], dim=1)).mean()
