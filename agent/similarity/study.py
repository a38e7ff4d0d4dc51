"""How well silence is kept: ECGs of a fold against signals that are none, broken ECGs, and kinds that a library lacks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from agent.hits import CaseHit
from agent.library import CaseLibrary, EcgEncoder
from agent.library.conditions import chroma_where
from agent.similarity.decision import Decision, Score, closeness, decide
from agent.similarity.signs import Signs, signs
from agent.similarity.strangers import BROKEN, NO_ECG
from data import Case, EcgRecord, simulated

K = 10
EACH = 40  # strangers of each kind
N_LEARNED = 388  # ECGs that are learned from, about, spread evenly over those given
LACKING_SEED = 30_000  # and on: no seed that a library, a training or a test begins with
ONE_IN = 200  # of the ECGs learned from are refused by each of the two limits
_BATCH = 32


@dataclass(frozen=True)
class Row:
    """One kind of question."""

    asked: str
    n: int
    refused: float  # share
    auroc: float | None  # of the confidence, the fold's ECGs against these; None for the ECGs themselves


def study(library: CaseLibrary, cases: Sequence[Case], *, each: int = EACH, progress: Callable[[str], object] | None = None) -> list[Row]:
    """Ask a library with the ECGs of `cases`, and with `each` strangers of every kind made in their likeness.

    The library holds ECGs of other patients. The limits were learned from folds 1-8; that the `CLOSEST` five are looked at was settled
    with fold 9 in sight. The strangers are other draws of the kinds that were learned from, and of the same two photographs.
    """
    say = progress or (lambda _: None)
    say(f"asking with {len(cases)} ECGs")
    asked = {"ECGs": [decide(record, hits) for record, hits in _found(library, (case.record for case in cases))]}
    for name, records in _strangers(cases, each, seed=9):
        say(f"asking with {name}")
        asked[name] = [decide(record, hits) for record, hits in _found(library, records)]
    strange = [decision for name, decisions in asked.items() if name != "ECGs" for decision in decisions]
    return [_row(name, decisions, asked["ECGs"]) for name, decisions in asked.items()] + [_row("all of these", strange, asked["ECGs"])]


def learn(library: CaseLibrary, cases: Sequence[Case], *, each: int = EACH, progress: Callable[[str], object] | None = None) -> Score:
    """The logistic score that tells the library's own ECGs, each asked without its patient, from strangers made in their likeness."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    say = progress or (lambda _: None)
    cases = cases[:: max(1, len(cases) // N_LEARNED)]
    say(f"learning from {len(cases)} ECGs")
    good = _signs(library, (case.record for case in cases))
    bad = []
    for name, records in _strangers(cases, each, seed=0):
        say(f"learning from {name}")
        bad += _signs(library, records)
    values = np.stack([seen.values() for seen in good + bad])
    scale = StandardScaler().fit(values)
    truth = np.arange(len(values)) < len(good)
    fitted = LogisticRegression(class_weight="balanced").fit(scale.transform(values), truth)
    weights = fitted.coef_[0] / scale.scale_
    own = values[: len(good)]
    score = Score(
        names=tuple(Signs.__dataclass_fields__),
        weights=tuple(round(float(weight), 4) for weight in weights),
        usual=tuple(round(float(value), 4) for value in np.median(own, axis=0)),
        bias=round(float(fitted.intercept_[0] - scale.mean_ @ weights), 4),
        least=0.0,
        farthest=round(float(np.quantile(own[:, 0], 1 / ONE_IN)), 4),
    )
    least = float(np.quantile([score.confidence(seen) for seen in good], 1 / ONE_IN))
    return Score(**{**vars(score), "least": round(least, 4)})


def lacking(encoder: EcgEncoder, *, held: int = 5, progress: Callable[[str], object] | None = None) -> list[Row]:
    """Ask a library of simulated ECGs with one of each kind: with that kind in the library, and without it.

    Parameters
    ----------
    held : ECGs of each kind in the library
    """
    say = progress or (lambda _: None)
    say("simulating a library of every kind")
    with TemporaryDirectory(prefix="ecg-cases-kinds-") as folder:
        library = CaseLibrary.create(Path(folder) / "library", encoder=encoder)
        library.add(_of_kind(kind, seed) for seed in range(held) for kind in simulated.KINDS)
        say("asking it without each kind")
        records = {kind: simulated.simulate(kind, seed=LACKING_SEED).record for kind in simulated.KINDS}
        vectors = dict(zip(records, encoder.encode_ecgs(list(records.values())), strict=True))

        def asked(kind: str, without: bool) -> Decision:
            where = chroma_where({"source": {"$in": [other for other in simulated.KINDS if other != kind]}}) if without else None
            return decide(records[kind], library.nearest({"ecg": vectors[kind][None]}, k=K, condition=where))

        there, gone = ([asked(kind, without) for kind in simulated.KINDS] for without in (False, True))
    return [_row("simulated ECGs", there, there), _row("of a kind that the library lacks", gone, there)]


def _of_kind(kind: str, seed: int) -> Case:
    """A simulated case whose source is its kind, so that a search can leave the kind out."""
    return Case(
        case_id=f"{kind}/{seed}", load=lambda: simulated.simulate(kind, seed=LACKING_SEED + 1 + seed).record, report="", source=kind
    )


def as_lines(rows: Iterable[Row]) -> list[list[str]]:
    """The rows as a table's cells, head first."""
    lines = [[row.asked, str(row.n), f"{row.refused:.1%}", "" if row.auroc is None else f"{row.auroc:.3f}"] for row in rows]
    return [["asked with", "n", "refused", "AUROC"], *lines]


def _strangers(cases: Sequence[Case], each: int, *, seed: int) -> Iterable[tuple[str, list[EcgRecord]]]:
    rng = np.random.default_rng(seed)
    records = [cases[i].record for i in np.unique(np.linspace(0, len(cases) - 1, each).astype(int))]
    for name, stranger in {**NO_ECG, **BROKEN}.items():
        yield name, [stranger(rng, record).changed(patient=record.patient) for record in records]


def _signs(library: CaseLibrary, records: Iterable[EcgRecord]) -> list[Signs]:
    return [signs(record, closeness(hits)) for record, hits in _found(library, records)]


def _found(library: CaseLibrary, records: Iterable[EcgRecord]) -> Iterator[tuple[EcgRecord, list[CaseHit]]]:
    """Records with their hits; encoded a batch at a time."""
    records = list(records)
    for start in range(0, len(records), _BATCH):
        batch = records[start : start + _BATCH]
        vectors = library.encoder.encode_ecgs(batch)
        for record, vector in zip(batch, vectors, strict=True):
            yield record, library.nearest({"ecg": vector[None]}, k=K, exclude_patient=record.patient.id)


def _row(name: str, decisions: Sequence[Decision], ecgs: Sequence[Decision]) -> Row:
    from sklearn.metrics import roc_auc_score

    refused = float(np.mean([bool(decision.reason) for decision in decisions]))
    if decisions is ecgs:
        return Row(name, len(ecgs), refused, None)
    confidences = [decision.confidence for decision in (*ecgs, *decisions)]
    return Row(name, len(decisions), refused, float(roc_auc_score([1] * len(ecgs) + [0] * len(decisions), confidences)))
