"""How retrieval fares on a fold that is not learned from, watched while training goes on, and drawn."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from data import ptbxl
from encoders.canvas import Canvas
from encoders.dataset import TrainingSet
from encoders.evaluation.retrieval import measures
from encoders.fusion import reciprocal_rank_fusion
from encoders.levels import labelled, labels_of, one_hot, projection
from encoders.towers import TwoTowers

LOG, CURVE = "log.jsonl", "curve.png"
_MEASURES = ("P@10", "NDCG@10", "kNN AUC")


class Watch:
    """Superclasses of a fold's ECGs, searched fused among the recorded ECGs that are learned from."""

    def __init__(self, root: Path, fold: int, data: TrainingSet, statements: Sequence[str], *, canvas: Canvas) -> None:
        """Read the fold.

        Raises
        ------
        DataSetError : `root` is not PTB-XL
        """
        level = "superclass"
        asked = [case for case in ptbxl.cases(root, folds=[fold]) if labelled(case.statements, level)]
        self._canvas = canvas
        self._asked = torch.from_numpy(np.stack([canvas.trace(case.record) for case in asked]))
        self._wanted = np.stack([one_hot(labelled(case.statements, level), labels_of(level)) for case in asked])
        self._past = data.traces[data.measured]
        self._reports = data.report_embeddings[: len(data)][data.measured]
        self._labels = (data.ecg_labels[data.measured].numpy() @ projection(statements, level)).clip(max=1)

    @torch.inference_mode()
    def __call__(self, model: TwoTowers) -> dict[str, float]:
        """Mean P@10, NDCG@10 and macro AUC of the labels of 20 neighbours."""
        device = model.statements.weight.device

        def vectors(traces: torch.Tensor) -> np.ndarray:
            return torch.cat([model.ecg(self._canvas.paint(batch.float()).to(device)).cpu() for batch in traces.split(64)]).numpy()

        asked, reports = vectors(self._asked), model.report(self._reports.to(device)).cpu().numpy()
        scores = reciprocal_rank_fusion([asked @ vectors(self._past).T, asked @ reports.T])
        found = measures(scores, self._wanted, self._labels)
        return {name: found[name].value for name in _MEASURES}


def draw(folder: Path) -> Path:
    """The loss, and what was watched, over epochs, from a training's log: a PNG beside it."""
    from matplotlib.figure import Figure

    written = (json.loads(line) for line in (folder / LOG).read_text().splitlines())
    lines = list({line["epoch"]: line for line in written}.values())  # an epoch that was cut short comes twice
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    loss = figure.add_subplot()
    loss.plot([line["epoch"] for line in lines], [line["loss"] for line in lines], color="black", label="loss")
    loss.set_xlabel("epoch")
    loss.set_ylabel("loss on the training ECGs")
    watched = [line for line in lines if _MEASURES[0] in line]
    if watched:
        quality = loss.twinx()
        for name in _MEASURES:
            quality.plot([line["epoch"] for line in watched], [line[name] for line in watched], marker=".", label=name)
        quality.set_ylabel("superclasses of the watched fold, fused search")
        quality.legend(loc="center right")
    figure.savefig(folder / CURVE, dpi=150)
    return folder / CURVE
