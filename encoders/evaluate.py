"""The retrieval benchmark on PTB-XL: a gallery of past cases, queries of other patients, relevance by shared statements."""

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data import Case, DataSetError, EcgCasesError, ptbxl
from data.findings import VOCABULARY
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


@dataclass(frozen=True)
class Elsewhere:
    """How the ECGs of another place fare in the same gallery."""

    encoder: str
    gallery_folds: tuple[int, ...]
    n_gallery: int
    n_queries: int
    left_out: int  # could not be read, or have a report that affirms none of the statements
    retrieval: list[Quality]

    def as_data(self) -> dict[str, Any]:
        """For JSON, as of `Evaluation`."""
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


def evaluate_elsewhere(
    root: Path,
    cases: Iterable[Case],
    encoder: Encoder,
    *,
    gallery: Collection[int] = range(1, 9),
    progress: Callable[[str], object] | None = None,
) -> Elsewhere:
    """Rank PTB-XL's cases for the ECGs of another place, whose labels are the statements that their reports affirm.

    Another place words, and sees, differently: what its reports leave unsaid counts as absent.

    Parameters
    ----------
    root : the folder of PTB-XL
    cases : with reports
    gallery : folds
    progress : called with what is done next

    Raises
    ------
    DataSetError : `root` is not PTB-XL, or there is nothing to ask with
    """
    say = progress or (lambda _: None)
    asking = [_labelled_by_its_report(case) for case in cases]
    new = [case for case in asking if case]
    past = list(ptbxl.cases(root, folds=gallery))
    if not past or not new:
        raise DataSetError(f"{len(past)} ECGs in folds {list(gallery)}, {len(new)} with a report that is understood: wanted some of both")
    say(f"encoding {len(past)} and {len(new)} ECGs with their reports")
    known, asked = Encoded.of(past, encoder), Encoded.of(new, encoder)
    say("ranking them, beside random weights and a spectrum")
    return Elsewhere(encoder.id, tuple(gallery), len(known), len(asked), len(asking) - len(new), retrieval(asked, known, encoder))


def _labelled_by_its_report(case: Case) -> Case | None:
    """The case with the statements that its report affirms; None where there are none, or the waveform cannot be read."""
    try:
        record = case.record
    except EcgCasesError:
        return None
    codes = sorted(case.codes & VOCABULARY.keys())
    return replace(case, load=lambda: record, statements=dict.fromkeys(codes, 100.0)) if codes else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
