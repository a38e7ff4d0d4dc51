"""The stage before the towers: a sentence encoder learns that reports which state the same lie together, whatever their language."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, normalize
from tqdm import tqdm

from data import Case, EcgCasesError, ptbxl, simulated
from data.findings import VOCABULARY, to_english
from data.findings.english import MARKS
from data.findings.vocabulary import read_table
from encoders.levels import LEVELS, one_hot, projection
from encoders.losses import contrast, nearness
from encoders.precision import halved
from encoders.pruning import can_prune, prune
from encoders.text import SentenceEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

RECORD = "training.json"  # in the folder that is written: what it was trained with
_ASKED = {  # a question about {} and how its language joins two findings
    "en": (("{}", "which cases have {}?", "show me {}", "{} with similar ecg", "any patient with {}?"), " with "),
    "de": (("{}", "welche fälle haben {}?", "zeige {}", "fälle mit {}"), " mit "),
    "sv": (("{}", "vilka fall har {}?", "visa {}", "fall med {}"), " med "),
}


class TextTrainingError(EcgCasesError, ValueError):
    """A sentence encoder that was trained with other settings."""


@dataclass(frozen=True)
class TextTraining:
    """Settings of this stage. The same settings and seed on the same machine give the same weights."""

    base: str
    folds: tuple[int, ...]
    epochs: int
    seed: int = 0
    n_simulated: int = 1200
    n_questions: int = 1500
    n_tokens: int = 7680  # of the vocabulary, where it can be cut down
    longest: int = 96  # tokens read of a text while training
    batch_size: int = 64
    n_remembered: int = 1024
    learning_rate: float = 1e-4
    head_learning_rate: float = 3e-3
    weight_decay: float = 0.01
    temperature: float = 0.1
    statement: float = 15.0  # weight of the mean binary cross entropy; the contrast weighs 1
    translated: float = 0.25  # of the texts are read in English
    dropped: float = 0.05  # of the words


@dataclass(frozen=True)
class StatedTexts:
    """Different texts, each with every set of statements that was given with it."""

    texts: list[str]
    english: list[str]
    labels: list[torch.Tensor]  # of each text: (time given, statement), 0 or 1


def collect_texts(root: Path, how: TextTraining, statements: Sequence[str]) -> StatedTexts:
    """Reports of PTB-XL's folds and of simulated ECGs, the vocabulary's wordings, and questions made of them.

    Raises
    ------
    DataSetError : `root` is not PTB-XL
    """
    given: dict[str, list[npt.NDArray[np.float32]]] = defaultdict(list)
    past: Iterable[ptbxl.Row | Case] = chain(ptbxl.rows(root, folds=how.folds), simulated.cases(how.n_simulated, seed=how.seed + 1))
    for case in past:
        given[" ".join(case.report.lower().split())].append(one_hot(case.statements, statements))
    english = {report: "".join(letter for letter in to_english(report) if letter not in MARKS) or report for report in given}
    for text, codes in chain(_wordings(), _questions(how.n_questions, np.random.default_rng(how.seed))):
        given[text].append(one_hot(codes, statements))
    texts = [text for text in given if text]
    return StatedTexts(texts, [english.get(text, text) for text in texts], [torch.from_numpy(np.stack(given[text])) for text in texts])


def tune_sentences(root: Path, out: Path, how: TextTraining, *, device: str) -> Path:
    """Cut down a sentence encoder's vocabulary, train it on reports, and write it in half precision to `out`, which comes at the end.

    What is in `out` already stays, so that an interrupted training does not do this twice.

    Raises
    ------
    TextTrainingError : what is in `out` was trained with other settings
    DataSetError : `root` is not PTB-XL
    TextModelError : the base is no sentence-transformers folder
    """
    record = json.dumps(asdict(how), indent=1) + "\n"
    if out.exists():
        _check(out, record)
        return out
    statements = tuple(sorted(VOCABULARY))
    data = collect_texts(root, how, statements)
    base = SentenceEncoder(how.base)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".text-") as beside:
        if can_prune(base.folder):
            tables = (cell for name in ("vocabulary.csv", "glossary.csv", "cues.csv") for row in read_table(name) for cell in row.values())
            prune(base.folder, Path(beside) / "pruned", chain(data.texts, data.english, tables), size=how.n_tokens)
            base = SentenceEncoder(str(Path(beside) / "pruned"))
        model = base.load()
        fit(model, data, how, statements, device=device)
        model.to("cpu").half().save(str(Path(beside) / "done"), create_model_card=False)
        (Path(beside) / "done" / RECORD).write_text(record)
        (Path(beside) / "done").rename(out)
    return out


def fit(model: "SentenceTransformer", data: StatedTexts, how: TextTraining, statements: Sequence[str], *, device: str) -> None:
    """Train `model` in place: to state what was stated, through a layer of its own, and to draw together what states the same.

    A text is also drawn to those of the batches before, as they were embedded then (Wang et al. 2020, cross-batch memory).
    """
    torch.manual_seed(how.seed)
    rng = np.random.default_rng(how.seed)
    levels = [torch.from_numpy(projection(statements, level)).to(device) for level in LEVELS]
    head = nn.Linear(model.encode([""]).shape[1], len(statements)).to(device)
    model.to(device).train()
    usual, model.max_seq_length = model.max_seq_length, how.longest
    optimizer = torch.optim.AdamW(
        [{"params": model.parameters(), "lr": how.learning_rate}, {"params": head.parameters(), "lr": how.head_learning_rate}],
        weight_decay=how.weight_decay,
    )
    steps = how.epochs * math.ceil(len(data.texts) / how.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / (0.1 * steps)) * (1 - step / steps))
    remembered, remembered_labels = torch.empty(0, head.in_features, device=device), torch.empty(0, len(statements), device=device)

    with tqdm(total=steps, desc="training the sentence encoder", unit="batch") as progress:
        for picked in chain.from_iterable(_batches(data.texts, how.batch_size, rng) for _ in range(how.epochs)):
            texts = [_varied(data, i, how, rng) for i in picked]
            labels = torch.stack([data.labels[i][rng.integers(len(data.labels[i]))] for i in picked]).to(device)
            with halved(device):
                features = {name: value.to(device) for name, value in model.preprocess(texts).items() if isinstance(value, torch.Tensor)}
                vectors = model(features)["sentence_embedding"]
            vectors = normalize(vectors.float(), dim=-1)
            # Short texts come in one batch, long ones in another: the memory brings both together.
            others, other_labels = torch.cat([vectors, remembered]), torch.cat([labels, remembered_labels])
            wanted = nearness(labels, other_labels, levels)
            wanted.fill_diagonal_(torch.nan)
            loss = how.statement * binary_cross_entropy_with_logits(head(10.0 * vectors), labels)
            loss = loss + contrast(vectors, others, wanted, how.temperature)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            remembered, remembered_labels = others.detach()[: how.n_remembered], other_labels[: how.n_remembered]
            progress.update()
            progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    model.max_seq_length = usual
    model.eval()


def _batches(texts: Sequence[str], size: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.intp]]:
    """Every text once, texts of one batch about equally long, batches in random order."""
    noisy = [len(text) * rng.uniform(0.9, 1.1) for text in texts]
    order = np.argsort(noisy)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    return (batches[i] for i in rng.permutation(len(batches)))


def _varied(data: StatedTexts, i: int, how: TextTraining, rng: np.random.Generator) -> str:
    words = (data.english if rng.random() < how.translated else data.texts)[i].split()
    return " ".join(word for word in words if rng.random() >= how.dropped) or words[0]


def _wordings() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the vocabulary calls its statements."""
    for code, known in VOCABULARY.items():
        for wording in (known.name, *chain.from_iterable(known.synonyms.values())):
            if not wording.endswith("?"):  # which is but a suspicion
                yield _plain(wording), (code,)


def _questions(n: int, rng: np.random.Generator) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Questions for one statement or two, in a language's own words."""
    codes = sorted(VOCABULARY)
    for _ in range(n):
        language = str(rng.choice(list(_ASKED)))
        frames, joint = _ASKED[language]
        asked = tuple(str(code) for code in rng.choice(codes, size=rng.integers(1, 3), replace=False))
        names = [[w for w in VOCABULARY[code].synonyms[language] if not w.endswith("?")] or [VOCABULARY[code].name] for code in asked]
        yield frames[rng.integers(len(frames))].format(joint.join(_plain(str(rng.choice(some))) for some in names)), asked


def _plain(wording: str) -> str:
    """A wording without the vocabulary's marks: the first of old|alt, and infar* as it stands."""
    return " ".join(word.split("|")[0].rstrip("*") for word in wording.lower().split())


def _check(out: Path, record: str) -> None:
    began = json.loads((out / RECORD).read_text()) if (out / RECORD).is_file() else {}
    if changed := [name for name, value in json.loads(record).items() if began.get(name) != value]:
        raise TextTrainingError(f"{out.name} was trained with another {', '.join(changed)}: remove it, or name another folder")
