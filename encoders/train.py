"""The training loop: two towers, one space, in which cases that share statements lie together."""

import json
import math
import subprocess
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from data import EcgCasesError
from data.findings import VOCABULARY
from encoders.augment import Augmentation, distorted
from encoders.canvas import Canvas
from encoders.checkpoint import TEXT, CheckpointConfig, save_checkpoint
from encoders.dataset import TrainingSet, batches, collect
from encoders.imitation import imitation_of
from encoders.masking import pretrain
from encoders.objective import Objective
from encoders.settings import Training
from encoders.text import SentenceEncoder
from encoders.text_training import TextTraining, tune_sentences
from encoders.towers import TowerShape, TwoTowers
from encoders.watch import LOG, Watch, draw

STATE = "state.pt"  # of an unfinished training, beside its log
WATCHED_EVERY = 5  # epochs


class TrainingError(EcgCasesError, ValueError):
    """A training that cannot start or go on."""


def train(
    root: Path,
    out: Path,
    how: Training,
    *,
    canvas: Canvas | None = None,
    start: Path | None = None,
    unscaled: Path | None = None,
    teacher: Path | None = None,
    watched: int | None = None,
    resume: bool = False,
    device: str | None = None,
) -> Path:
    """Train on PTB-XL in `root` and on simulated ECGs; write a checkpoint to `out` and return it.

    Parameters
    ----------
    canvas : how an ECG is painted; None: as for the weights that ship
    start : safetensors of an ImageNet DeiT-tiny; None: random weights
    unscaled : a folder of further PTB-XL ECGs without their size, see `data.unscaled`
    teacher : safetensors of a network to learn superclasses from, see `encoders.teacher`
    watched : a fold that is not trained on; retrieval is measured on it every few epochs and drawn beside the loss
    resume : go on from the last finished epoch found in `out`
    device : "cpu", "cuda", ...; by default a GPU where there is one

    Raises
    ------
    TrainingError : `out` holds a training already, or none to resume, or one with other settings
    DataSetError : `root` is not PTB-XL
    """
    _check(out, how, resume)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    canvas, statements = canvas or Canvas(), tuple(sorted(VOCABULARY))
    text: Path | None = None
    if how.text_epochs:
        text_how = TextTraining(base=how.text_model, folds=how.folds, epochs=how.text_epochs, seed=how.seed)
        text = tune_sentences(root, out / TEXT, text_how, device=device)
    elif Path(how.text_model).is_dir():
        text = Path(how.text_model)
    data = collect(
        root,
        folds=how.folds,
        n_simulated=how.n_simulated,
        seed=how.seed,
        canvas=canvas,
        statements=statements,
        sentences=SentenceEncoder(str(text or how.text_model)),
        unscaled_root=unscaled,
    )
    watch = Watch(root, watched, data, statements, canvas=canvas) if watched else None
    return learn(data, out, how, canvas=canvas, statements=statements, start=start, teacher=teacher, watch=watch, text=text, device=device)


def learn(
    data: TrainingSet,
    out: Path,
    how: Training,
    *,
    canvas: Canvas,
    statements: tuple[str, ...],
    start: Path | None = None,
    teacher: Path | None = None,
    watch: Watch | None = None,
    text: Path | None = None,
    device: str,
) -> Path:
    """The second stage: both towers on what `collect` read. Arguments as of `train`; `text` is the sentence encoder to carry."""
    record = asdict(how) | {
        "data_set": "PTB-XL 1.0.3 and simulated ECGs",
        "n_ecgs": len(data),
        "n_texts": len(data.report_labels),
        "start": start.parent.name if start else None,
        "n_unscaled": int((~data.scaled).sum()),
        "teacher": teacher.parent.name if teacher else None,
        "commit": _commit(),
    }
    text_dim = data.report_embeddings.shape[1]
    shape = TowerShape(width=canvas.width, text_dim=text_dim, n_statements=len(statements), picture=canvas.picture)
    torch.manual_seed(how.seed)
    model = TwoTowers(shape)
    if start is not None:
        model.ecg.start_from(start)
    if how.masked_epochs and not (out / STATE).exists():
        pretrain(model.ecg, data.traces, canvas, epochs=how.masked_epochs, seed=how.seed, device=device)
    imitation = None if teacher is None else imitation_of(teacher, data, statements, how.weights, n_features=model.ecg.n_features)
    objective = Objective(data, statements, how, canvas=canvas, imitation=imitation)
    model = fit(model, objective, len(data), out, how, device=device, watch=watch)
    near = calibrate_near(model, data, canvas, seed=how.seed)
    save_checkpoint(out, model, CheckpointConfig(canvas, model.shape, how.text_model, statements, near, record), text=text)
    draw(out)
    return out


def fit(
    model: TwoTowers, objective: Objective, n_ecgs: int, out: Path, how: Training, *, device: str, watch: Watch | None = None
) -> TwoTowers:
    """The loop itself: from the state found in `out`, or from the beginning, to the averaged towers of the last epoch."""
    out.mkdir(parents=True, exist_ok=True)
    torch.set_flush_denormal(True)
    model.to(device)
    objective.to(device)
    average = deepcopy(model).eval()
    learned = nn.ModuleList([model, objective])
    optimizer = torch.optim.AdamW(_groups(learned, how.weight_decay), lr=how.learning_rate, betas=(0.9, 0.98))
    steps = max(1, n_ecgs // how.batch_size)

    def rate(step: int) -> float:
        warm = how.warmup_epochs * steps
        return min(1.0, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / (how.epochs * steps))))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    parts: dict[str, Any] = {"model": model, "objective": objective, "average": average, "optimizer": optimizer, "schedule": schedule}
    first = _restore(out / STATE, parts) if (out / STATE).exists() else 0

    for epoch in (progress := tqdm(range(first, how.epochs), desc="training", unit="epoch", initial=first, total=how.epochs)):
        generator = torch.Generator().manual_seed(how.seed * 10_000 + epoch)  # an epoch's draws do not depend on where it was resumed
        torch.manual_seed(how.seed * 10_000 + epoch)
        losses = []
        model.train()
        for picked in batches(n_ecgs, how.batch_size, generator):
            loss = objective(model, picked, generator)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            _follow(average, model, min(how.ema, (schedule.last_epoch + 1) / (schedule.last_epoch + 10)))
            losses.append(loss.item())
        progress.set_postfix(loss=f"{np.mean(losses):.3f}")
        line = {"epoch": epoch + 1, "loss": float(np.mean(losses))}
        if watch is not None and ((epoch + 1) % WATCHED_EVERY == 0 or epoch + 1 == how.epochs):
            line |= watch(average)
        with (out / LOG).open("a") as log:
            log.write(json.dumps(line) + "\n")
        torch.save({name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch + 1, "how": asdict(how)}, out / "state.new")
        (out / "state.new").replace(out / STATE)

    return average.to("cpu")


@torch.inference_mode()
def calibrate_near(model: TwoTowers, data: TrainingSet, canvas: Canvas, *, seed: int) -> float:
    """The cosine that 999 of 1000 ECGs reach with the ECG of another patient, when gain, timing and noise differ from training.

    The towers know these ECGs, so that new ones lie farther off: a threshold that more of them missed would turn real ECGs away.
    """
    generator = torch.Generator().manual_seed(seed)
    traces, patients = data.traces[data.scaled], data.patients[data.scaled]

    def vectors(changed: bool) -> torch.Tensor:
        batches = (batch.float() for batch in traces.split(64))
        return torch.cat([model.ecg(canvas.paint(distorted(b, Augmentation(), generator=generator) if changed else b)) for b in batches])

    cosines = vectors(changed=True) @ vectors(changed=False).T
    cosines[patients[:, None] == patients[None, :]] = -1
    return round(float(cosines.max(dim=1).values.quantile(0.001)), 4)


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Weights decay; biases, norms and positions do not."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for name, p in named if p.ndim >= 2 and "pos_embed" not in name], "weight_decay": weight_decay},
        {"params": [p for name, p in named if p.ndim < 2 or "pos_embed" in name], "weight_decay": 0.0},
    ]


@torch.no_grad()
def _follow(average: TwoTowers, model: TwoTowers, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


def _commit() -> str | None:
    """The commit of the checkout that trains; None outside one."""
    try:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
        return asked.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _check(out: Path, how: Training, resume: bool) -> None:
    """Refuse to write over a training, to resume none, or to go on with other settings."""
    if (out / STATE).exists() != resume:
        found = "holds no training to resume" if resume else "holds a training already: resume it"
        raise TrainingError(f"{out.name} {found} or name another folder")
    if resume:
        began = asdict(Training()) | torch.load(out / STATE, weights_only=True)["how"]  # it may be older than a setting
        if changed := [name for name, value in asdict(how).items() if began[name] != value]:
            raise TrainingError(f"{out.name} was begun with another {', '.join(changed)}: resume with the same or name another folder")


def _restore(path: Path, parts: dict[str, Any]) -> int:
    """Put every part back where the last finished epoch left it; the number of epochs done."""
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["epoch"])
