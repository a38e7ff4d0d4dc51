"""Several rankings of the same cases as one."""

from collections.abc import Sequence

import numpy as np

from encoders.metrics import Floats

CONSTANT = 60.0  # Cormack, Clarke and Buettcher 2009


def reciprocal_rank_fusion(scores: Sequence[Floats]) -> Floats:
    """Sum of 1 / (60 + rank) over rankings of the same cases.

    Parameters
    ----------
    scores : each (query, case), larger is nearer

    Returns
    -------
    (query, case), larger is nearer
    """
    ranks = [np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1) + 1 for score in scores]
    return np.sum([1 / (CONSTANT + rank) for rank in ranks], axis=0)
