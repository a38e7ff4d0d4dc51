# ruff: noqa: ARG002  the signature is LlamaIndex's
"""A language model that lies: false sentences of every kind, put into otherwise true drafts, and which of them the check lets through."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen
from llama_index.core.llms.mock import MockLLM

from agent.draft import draft_summary
from agent.evaluation.claims import KINDS, Kind, Teller
from agent.measure import measure
from data import Case

if TYPE_CHECKING:
    from agent.library import CaseLibrary

EACH = 2  # lies of a kind in one draft
TRUTHS = 12  # true sentences in one draft
TRUE = "true sentences"


class Scripted(MockLLM):
    """A language model that writes what it is given."""

    says: str = ""

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The script, whatever is asked."""
        return CompletionResponse(text=self.says)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The same, word by word."""
        return (CompletionResponse(text="", delta=f"{word} ") for word in self.says.split(" "))


@dataclass(frozen=True)
class Caught:
    """How many sentences of one kind were told, and how many of them were withheld."""

    kind: str
    told: int
    withheld: int

    @property
    def share(self) -> float:
        return self.withheld / self.told if self.told else float("nan")


@dataclass(frozen=True)
class LieScores:
    """Lies caught by kind, and true sentences lost."""

    drafts: int
    lies: tuple[Caught, ...]
    truths: Caught
    passed: tuple[tuple[str, str], ...]  # kind and text of each lie that was shown
    dropped: tuple[tuple[str, str], ...]  # reason and text of each truth that was withheld

    def as_lines(self) -> list[list[str]]:
        """The result as rows of cells."""
        every = Caught("all kinds", sum(row.told for row in self.lies), sum(row.withheld for row in self.lies))
        rows = [[row.kind, str(row.told), str(row.withheld), f"{row.share:.2%}"] for row in (*self.lies, every, self.truths)]
        return [[f"sentences in {self.drafts} drafts", "told", "withheld", "share"], *rows]


def evaluate(library: "CaseLibrary", queries: Sequence[Case], *, k: int = 10, each: int = 500, seed: int = 0) -> LieScores:
    """Let a scripted language model write a draft for each query, of true sentences and lies, and count what is shown.

    The sentences are made from the cases' data, not by the check's rules; see `agent.evaluation.claims`.

    Parameters
    ----------
    queries : their ECGs; they are gone round again until every kind that they give occasion for was told `each` times
    """
    told: Counter[str] = Counter()
    withheld: Counter[str] = Counter()
    passed, dropped = [], []
    chance = random.Random(seed)
    drafts = 0
    occasions = set(KINDS)  # kinds of which the last round told some, and not enough yet
    while occasions:
        before = told.copy()
        for case in queries:
            teller = Teller(hits := library.search(case.record, k=k), measure(case.record), chance)
            script = _script(teller)
            draft = draft_summary(case.record, hits, llm=_saying(script, chance))
            if draft.abstained:  # then no language model is asked
                continue
            drafts += 1
            shown = {sentence.text for sentence in draft.supported}
            reasons = {sentence.text: sentence.reason for sentence in draft.withheld}
            told.update(kind or TRUE for kind in script.values())
            withheld.update(kind or TRUE for text, kind in script.items() if text not in shown)
            passed += [(kind, text) for text, kind in script.items() if kind and text in shown]
            dropped += [
                (reasons.get(text, "not split off as a sentence"), text) for text, kind in script.items() if not kind and text not in shown
            ]
        occasions = {kind for kind in KINDS if before[kind] < told[kind] < each}
    rows = tuple(Caught(kind, told[kind], withheld[kind]) for kind in KINDS)
    return LieScores(drafts, rows, Caught(TRUE, told[TRUE], withheld[TRUE]), tuple(passed), tuple(dropped))


def _script(teller: Teller) -> dict[str, Kind | None]:
    """Sentences and the kind of lie each is; None for the true ones."""
    script: dict[str, Kind | None] = dict.fromkeys(teller.truths(TRUTHS))
    return script | {text: kind for kind in KINDS for text in teller.lies(kind, EACH) if text not in script}


def _saying(sentences: Iterable[str], chance: random.Random) -> Scripted:
    texts = list(sentences)
    chance.shuffle(texts)
    llm = Scripted(max_tokens=None)
    llm.says = " ".join(texts)
    return llm
