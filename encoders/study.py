"""What pays? The same training again and again with one thing changed, then what each is worth on ECGs that none has seen."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from data import Case, DataSetError, EcgCasesError, ptbxl
from data.findings import VOCABULARY
from encoders.canvas import Canvas
from encoders.checkpoint import load_checkpoint
from encoders.dataset import TrainingSet, collect
from encoders.encoder import Encoder
from encoders.pictures import PICTURES, STRIP
from encoders.settings import Training
from encoders.text import SentenceEncoder
from encoders.train import learn
from encoders.watch import Watch

N_TIMED = 30


class StudyError(EcgCasesError, ValueError):
    """A change that is not among those named here."""


@dataclass(frozen=True)
class Change:
    """What one training does otherwise than the one that ships."""

    settings: Mapping[str, Any] = field(default_factory=dict)  # of `Training`
    weights: Mapping[str, Any] = field(default_factory=dict)  # of the parts of the loss
    augmentation: Mapping[str, float] = field(default_factory=dict)
    picture: str = STRIP
    started: bool = True  # from the ImageNet weights, where they are given
    kept: Callable[[TrainingSet], torch.Tensor] | None = None  # the ECGs that are learned from, (ecg,) bool

    def of(self, how: Training) -> Training:
        """The changed settings."""
        weights, augmentation = replace(how.weights, **self.weights), replace(how.augmentation, **self.augmentation)
        return replace(how, weights=weights, augmentation=augmentation, **self.settings)


UNCHANGED = "unchanged"
TRAININGS: dict[str, Change] = {
    UNCHANGED: Change(),
    "no teacher": Change(weights={"teacher": 0.0}),
    "features of the teacher": Change(weights={"features": 5.0}),
    "features of the teacher without nearness": Change(weights={"features": 5.0, "near": 0.0}),
    "contrast without nearness": Change(weights={"near": 0.0}),
    "nearness without contrast": Change(weights={"contrast": 0.0}),
    "no statements": Change(weights={"statement": 0.0}),
    "few reports without ECG": Change(settings={"n_reports": 1}),
    "no ECGs without size": Change(kept=lambda data: data.scaled),
    "no simulated ECGs": Change(kept=lambda data: data.measured | ~data.scaled),
    "nothing hidden": Change(augmentation={"p_sheet": 0.0, "p_leads": 0.0, "p_span": 0.0}),
    "not distorted": Change(augmentation={"p_displaced": 0.0, "tempo": 0.0, "gain": 0.0, "noise_mv": 0.0, "wander_mv": 0.0}),
    "no averaged weights": Change(settings={"ema": 0.0}),
    "no ImageNet start": Change(started=False),
    "likelihoods as soft labels": Change(weights={"likely": True}),
    "masked pre-training": Change(settings={"masked_epochs": 8}),
    "mixup": Change(augmentation={"p_mixed": 0.5}),
}
CHANGES = TRAININGS | {name: Change(picture=name) for name in PICTURES if name != STRIP}


def changed(how: Training, names: Sequence[str]) -> Training:
    """Settings with several changes at once.

    Raises
    ------
    StudyError : a name that is none, or of a change that is more than settings, such as another picture
    """
    settings = [name for name, change in TRAININGS.items() if change.started and change.kept is None]
    if unknown := [name for name in names if name not in settings]:
        raise StudyError(f"change is {unknown[0]!r}, wanted one of {', '.join(settings)}")
    for name in names:
        how = TRAININGS[name].of(how)
    return how


@dataclass(frozen=True)
class Compared:
    """One training. Quality is that of superclasses, both routes fused, as it is watched."""

    change: str
    seed: int
    tokens: int
    milliseconds: float  # median time from an ECG in memory to its vector, one at a time
    precision_at_10: float
    ndcg_at_10: float
    knn_auc: float


def compare(
    root: Path,
    how: Training,
    changes: Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    start: Path | None = None,
    unscaled: Path | None = None,
    teacher: Path | None = None,
    asked: int = 9,
    out: Path | None = None,
    progress: Callable[[str], object] | None = None,
    device: str = "cpu",
) -> list[Compared]:
    """Train with every change from every seed, and search what was learned from for the ECGs of another fold.

    The sentence encoder is the one that `how` names and stays as it is, so that texts are read once for all trainings.

    Parameters
    ----------
    root : the folder of PTB-XL
    changes : names among `CHANGES`
    start, unscaled, teacher : as of `encoders.train.train`
    asked : the fold that asks
    out : a folder that keeps the checkpoints, from which an interrupted comparison goes on; None: they are not kept
    progress : called with what is done next

    Raises
    ------
    StudyError : a name that is none
    DataSetError : `root` is not PTB-XL, or has no waveform in the folds
    """
    if unknown := [name for name in changes if name not in CHANGES]:
        raise StudyError(f"change is {unknown[0]!r}, wanted one of {', '.join(CHANGES)}")
    canvas, statements = Canvas(), tuple(sorted(VOCABULARY))
    if not (cases := list(ptbxl.cases(root, folds=[asked]))):
        raise DataSetError(f"no waveforms in fold {asked}: wanted some that ask")
    data = collect(
        root,
        folds=how.folds,
        n_simulated=how.n_simulated,
        seed=how.seed,
        canvas=canvas,
        statements=statements,
        sentences=SentenceEncoder(how.text_model),
        unscaled_root=unscaled,
    )
    rows = []
    with TemporaryDirectory() as scratch:
        for seed in seeds:
            for name in changes:
                if progress:
                    progress(f"{name}, seed {seed}")
                change, folder = CHANGES[name], (out or Path(scratch)) / f"{name.replace(' ', '-')}-{seed}"
                painted, changed = replace(canvas, picture=change.picture), change.of(replace(how, seed=seed))
                learned = data if change.kept is None else data.only(change.kept(data))
                begun = start if change.started else None
                learn(learned, folder, changed, canvas=painted, statements=statements, start=begun, teacher=teacher, device=device)
                model, config, checkpoint = load_checkpoint(folder)
                encoder = Encoder(model, config, checkpoint, SentenceEncoder(how.text_model))
                quality = Watch(root, asked, learned, statements, canvas=painted)(model)
                rows.append(Compared(name, seed, model.ecg.n_tokens, _milliseconds(encoder, cases), *quality.values()))
    return rows


def as_lines(rows: Sequence[Compared]) -> list[list[str]]:
    """A table's cells, its head first: a line a change, with the mean over its seeds and, in brackets, the least and the most."""
    by_change: dict[str, list[Compared]] = defaultdict(list)
    for row in rows:
        by_change[row.change].append(row)
    lines = [["change", "seeds", "tokens", "ms", "P@10", "NDCG@10", "kNN AUC"]]
    for name, some in by_change.items():
        measured = [[row.precision_at_10, row.ndcg_at_10, row.knn_auc] for row in some]
        spread = zip(np.mean(measured, axis=0), np.min(measured, axis=0), np.max(measured, axis=0), strict=True)
        cells = [f"{mean:.3f} ({least:.3f}-{most:.3f})" for mean, least, most in spread]
        lines.append([name, str(len(some)), str(some[0].tokens), f"{np.median([row.milliseconds for row in some]):.1f}", *cells])
    return lines


def _milliseconds(encoder: Encoder, cases: Sequence[Case]) -> float:
    records, taken = [case.record for case in cases[:N_TIMED]], []
    encoder.encode_ecgs(records[:1])  # the first call prepares what later ones find
    for record in records:
        before = time.perf_counter()
        encoder.encode_ecgs([record])
        taken.append(time.perf_counter() - before)
    return 1000 * float(np.median(taken))
