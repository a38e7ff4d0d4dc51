"""Which picture? The same training for each, then what each is worth on ECGs that none has seen, and what it costs."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from data import Case, DataSetError, ptbxl
from encoders.canvas import Canvas
from encoders.checkpoint import load_checkpoint
from encoders.encoder import Encoder
from encoders.evaluation.retrieval import measures
from encoders.levels import labelled, labels_of, one_hot
from encoders.pictures import picture
from encoders.train import STATE, Training, train

LEVEL = "superclass"  # what makes two ECGs alike
N_TIMED = 30


@dataclass(frozen=True)
class Compared:
    """One picture, trained once. Quality is that of ECGs ranking ECGs by cosine, alike if they share a superclass."""

    picture: str
    seed: int
    tokens: int
    milliseconds: float  # median time from an ECG in memory to its vector, one at a time
    precision_at_10: float
    ndcg_at_10: float
    knn_auc: float


def budget(epochs: int, *, folds: Collection[int] = range(1, 9), seed: int = 0) -> Training:
    """A training on recorded ECGs alone, over a sentence encoder as it comes: what differs is the picture."""
    return Training(folds=tuple(folds), n_simulated=0, text_epochs=0, epochs=epochs, warmup_epochs=min(3.0, 0.2 * epochs), seed=seed)


def compare(
    root: Path,
    trainings: Sequence[Training],
    pictures: Sequence[str],
    *,
    start: Path | None = None,
    queries: Collection[int] = (9,),
    out: Path | None = None,
    progress: Callable[[str], object] | None = None,
) -> list[Compared]:
    """Train every picture by each of `trainings`, which differ in their seeds, and rank their folds for the ECGs of other folds.

    Parameters
    ----------
    root : the folder of PTB-XL
    pictures : names among `encoders.pictures.PICTURES`
    start : safetensors of an ImageNet DeiT-tiny; None: random weights
    queries : folds that ask
    out : a folder that keeps the checkpoints, from which an interrupted comparison goes on; None: they are not kept
    progress : called with what is done next

    Raises
    ------
    PictureError : a name that is none
    DataSetError : `root` is not PTB-XL, or has no waveform in the folds
    """
    for name in pictures:
        picture(name)
    asked = list(ptbxl.cases(root, folds=queries))
    if not asked:
        raise DataSetError(f"no waveforms in folds {list(queries)}: wanted some that ask")
    found = []
    with TemporaryDirectory() as scratch:
        for how in trainings:
            past = list(ptbxl.cases(root, folds=how.folds))
            for name in pictures:
                if progress:
                    progress(f"{name}, seed {how.seed}")
                folder = (out or Path(scratch)) / f"{name}-{how.seed}"
                train(root, folder, how, canvas=Canvas(picture=name), start=start, resume=(folder / STATE).exists())
                model, config, checkpoint = load_checkpoint(folder)
                encoder = Encoder(model, config, checkpoint)
                found.append(Compared(name, how.seed, model.ecg.n_tokens, _milliseconds(encoder, asked), *_quality(encoder, past, asked)))
    return found


def as_lines(rows: Sequence[Compared]) -> list[list[str]]:
    """A table's cells, its head first."""
    head = [field.name.replace("_", " ") for field in fields(Compared)]
    return [head, *([f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in astuple(row)] for row in rows)]


def _quality(encoder: Encoder, past: Sequence[Case], asked: Sequence[Case]) -> tuple[float, ...]:
    """P@10, NDCG@10 and the macro AUC of the nearest cases' votes."""
    labels, wanted = (np.stack([one_hot(labelled(case.statements, LEVEL), labels_of(LEVEL)) for case in cases]) for cases in (past, asked))
    vectors, queries = (encoder.encode_ecgs([case.record for case in cases]) for cases in (past, asked))
    found = measures(queries @ vectors.T, wanted, labels)
    return tuple(found[name].value for name in ("P@10", "NDCG@10", "kNN AUC"))


def _milliseconds(encoder: Encoder, cases: Sequence[Case]) -> float:
    records, taken = [case.record for case in cases[:N_TIMED]], []
    encoder.encode_ecgs(records[:1])  # the first call prepares what later ones find
    for record in records:
        before = time.perf_counter()
        encoder.encode_ecgs([record])
        taken.append(time.perf_counter() - before)
    return 1000 * float(np.median(taken))
