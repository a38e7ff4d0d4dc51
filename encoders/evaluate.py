"""The retrieval benchmark on PTB-XL: a gallery of past cases, queries of other patients, relevance by shared statements."""

import math
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data import DataSetError, ptbxl
from encoders.encoder import Encoder
from encoders.evaluation.costs import Cost, costs
from encoders.evaluation.encoded import Encoded
from encoders.evaluation.kinds import Kinds, kinds
from encoders.evaluation.pairs import Recall, pairs
from encoders.evaluation.retrieval import Quality, retrieval
from encoders.evaluation.sheets import Shown, sheets
from encoders.evaluation.steadiness import Steady, steadiness


@dataclass(frozen=True)
class Evaluation:
    """Everything that the benchmark measures of one encoder."""

    encoder: str  # the checkpoint's id
    gallery_folds: tuple[int, ...]
    query_folds: tuple[int, ...]
    n_gallery: int
    n_queries: int
    retrieval: list[Quality]
    pairs: list[Recall]
    sheets: list[Shown]
    steadiness: list[Steady]
    costs: list[Cost]
    simulated: Kinds

    def as_data(self) -> dict[str, Any]:
        """For JSON: plain containers, None where a value cannot be told."""
        return _plain(asdict(self))


def evaluate(
    root: Path,
    encoder: Encoder,
    *,
    gallery: Collection[int] = range(1, 9),
    queries: Collection[int] = (9,),
    progress: Callable[[str], object] | None = None,
) -> Evaluation:
    """Rank the gallery's cases for each query by every route; then measure pairs, sheets, steadiness, cost and simulated kinds.

    Parameters
    ----------
    root : the folder of PTB-XL; its cases at 100 Hz are used, and 500 Hz where the two are compared
    gallery, queries : folds
    progress : called with what is done next

    Raises
    ------
    DataSetError : `root` is not PTB-XL, or has no waveform in one of the two, or a fold is in both
    """
    if both := sorted(set(gallery) & set(queries)):
        raise DataSetError(f"fold {both[0]} is in the gallery and asks too, and would find itself: give each fold to one of them")
    say = progress or (lambda _: None)
    past, new = (list(ptbxl.cases(root, folds=folds)) for folds in (gallery, queries))
    if not past or not new:
        raise DataSetError(f"no waveforms in folds {list(gallery if not past else queries)}: wanted some for gallery and queries")
    say(f"encoding {len(past)} and {len(new)} ECGs with their reports")
    known, asked = Encoded.of(past, encoder), Encoded.of(new, encoder)
    say("ranking them, beside random weights and a spectrum")
    found = retrieval(asked, known, encoder)
    paired = pairs(asked)
    say("hiding what a sheet does not show")
    shown = sheets(asked, known, encoder)
    say("changing rate, time and noise")
    steady = steadiness(asked, encoder, root, folds=queries)
    say("timing")
    cost = costs(asked, encoder)
    say("simulating ECGs of every kind")
    return Evaluation(
        encoder=encoder.id,
        gallery_folds=tuple(gallery),
        query_folds=tuple(queries),
        n_gallery=len(known),
        n_queries=len(asked),
        retrieval=found,
        pairs=paired,
        sheets=shown,
        steadiness=steady,
        costs=cost,
        simulated=kinds(encoder),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
