"""A conversation about one ECG and the cases like it: the draft first, then questions, with whichever language model is configured."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agent.agent import agent_over
from agent.background import iterate, plain, shared_loop
from agent.casebook import Casebook, describe_conditions
from agent.check import checked
from agent.draft import Draft, draft_evidence, nothing_similar, stream_draft
from agent.evidence import RESEARCH_USE, Evidence, Sentence, numbers_in
from agent.hits import CaseHit
from agent.identity import without_identity
from agent.measure import Measurements
from agent.measured import phrases
from agent.offline.questions import understand
from agent.offline.wording import CAN_ASK
from agent.tools import CaseTools, parsed
from agent.writing import Prose, broken_off
from data import EcgRecord

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from agent.library import CaseLibrary

TIMEOUT_S = 120.0
MAX_STEPS = 8  # rounds of tool calls before a model counts as looping


@dataclass(frozen=True)
class Reply:
    """An answer. Citation n is the conversation's `cases[n - 1]`."""

    sentences: tuple[Sentence, ...]  # all that were written; what is not supported is in `withheld`
    cases: tuple[CaseHit, ...] = ()  # the cited cases, in the order of their numbers
    notice: str = ""  # a plain word on what went otherwise than asked

    @property
    def withheld(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if not sentence.supported)

    @property
    def text(self) -> str:
        """What may be shown."""
        shown = " ".join(sentence.text for sentence in self.sentences if sentence.supported)
        return shown or "Nothing of the answer was supported by its sources."

    @property
    def citations(self) -> tuple[int, ...]:
        """Numbers cited in what may be shown, ascending."""
        return tuple(sorted({n for sentence in self.sentences if sentence.supported for n in sentence.citations}))

    def __str__(self) -> str:
        return "\n\n".join(part for part in (self.notice, self.text, RESEARCH_USE) if part)


class Conversation:
    """One ECG, its cases, and the memory of what was asked.

    Citation n is `cases[n - 1]`: every case met in this conversation, in the order met, so that a number never changes. `shown` is
    the current selection, best first. An LLM that fails, loops or is too slow is replaced by the offline rules for that answer.
    """

    def __init__(self, library: "CaseLibrary", llm: "LLM | None" = None, *, k: int = 10, timeout_s: float = TIMEOUT_S) -> None:
        self._book = Casebook(library, k=k)
        self._tools = CaseTools(self._book)
        self._timeout_s = timeout_s
        self.llm = llm
        self.reply: Reply | None = None  # the last answer
        self.draft: Draft | None = None
        self._caution = ""  # why no case counts as close to the ECG
        self._react = False  # whether the model was found not to call functions
        self._history: list[Any] = []  # LlamaIndex chat messages of the earlier turns

    @property
    def record(self) -> EcgRecord | None:
        return self._book.record

    @property
    def measurements(self) -> Measurements | None:
        return self._book.measured(0) if self.record is not None else None

    @property
    def cases(self) -> tuple[CaseHit, ...]:
        return tuple(self._book.cases)

    @property
    def shown(self) -> tuple[int, ...]:
        return tuple(self._book.shown)

    @property
    def conditions(self) -> dict[str, Any]:
        """The present conditions on cases, as `CaseLibrary.search` takes them; `any_statement` holds codes of which one is enough."""
        return dict(self._book.conditions)

    @property
    def offline(self) -> bool:
        """Whether the offline rules answer."""
        return self.llm is None or bool(getattr(self.llm, "offline", False))

    def start(self, record: EcgRecord) -> Draft:
        """Begin anew with an ECG: search, measure, draft."""
        for _ in self.drafting(record):
            pass
        assert self.draft is not None
        return self.draft

    def drafting(self, record: EcgRecord) -> Iterator[Sentence]:
        """`start`, and the supported sentences of its draft as they are ready; then `draft` is the whole of it."""
        self.open(record)
        llm = None if self.offline else self.llm
        self.draft = yield from stream_draft(record, self.cases, llm=llm, timeout_s=self._timeout_s)
        self._remember("I uploaded an ECG: measure it, find similar cases and draft a summary.", str(self.draft))

    def open(self, record: EcgRecord) -> None:
        """Begin anew with an ECG and its closest cases, without a draft."""
        self._caution = nothing_similar(record, self._book.begin(record))
        self._history = []

    def look_up(self, text: str) -> None:
        """Put the cases that fit a text on the table, where there is no ECG; those that report a finding it names, if any do."""
        codes = list(understand(text).codes)
        if not (codes and self._tools.search_by_text(text, with_findings=codes)["found"]):
            self._tools.search_by_text(text)

    def narrow(
        self,
        *,
        sex: Literal["F", "M"] | None = None,
        age: dict[str, float] | None = None,
        with_findings: Sequence[str] | None = None,
        without_findings: Sequence[str] | None = None,
    ) -> tuple[int, ...]:
        """Search again under exactly these conditions; returns the numbers now shown.

        Raises
        ------
        EcgCasesError : a condition that the library does not know, or no ECG and no condition
        """
        self._tools.search_by_ecg(sex, age, list(with_findings or ()), list(without_findings or ()), keep_conditions=False)
        return self.shown

    def ask(self, question: str) -> Reply:
        """Answer a question about the ECG and the cases."""
        for _ in self.stream(question):
            pass
        assert self.reply is not None
        return self.reply

    def stream(self, question: str) -> Iterator[Sentence]:
        """The supported sentences of an answer as they are ready; then `reply` is the whole of it."""
        sentences: list[Sentence] = []
        notice = ""
        if not question.strip():
            sentences = [Sentence(CAN_ASK, "note")]
            yield from sentences
            self.reply = Reply(tuple(sentences))
            return
        if not self.offline:
            try:
                for sentence in self._answer_of_llm(without_identity(question)):
                    sentences.append(sentence)
                    if sentence.supported:
                        yield sentence
                if not any(sentence.supported for sentence in sentences):
                    notice = "The language model's answer was not supported by the sources; this is the offline answer."
            except Exception as error:  # whatever a foreign client raises, the person gets an answer
                notice = f"The language model did not answer ({plain(error)}); this is the offline answer."
        if self.offline or notice:
            offline = []
            for sentence in self._answer(question, None):
                offline.append(sentence)
                if sentence.supported:
                    yield sentence
            sentences = [*(s for s in sentences if not s.supported), *offline] if notice else offline
        cited = sorted({n for sentence in sentences if sentence.supported for n in sentence.citations})
        notice = " ".join(part for part in (self._caution if cited else "", notice) if part)
        self.reply = Reply(tuple(sentences), tuple(self._book.cases[n - 1] for n in cited), notice)
        self._remember(question, self.reply.text)

    def _answer_of_llm(self, question: str) -> Iterator[Sentence]:
        """The configured model's sentences; one that turns out not to call functions is asked again, by text alone, from then on."""
        try:
            yield from self._answer(question, self.llm)
        except Exception as error:
            if self._react or not _lacks_tools(error):
                raise
            self._react = True
            yield from self._answer(question, self.llm)

    def _answer(self, question: str, llm: "LLM | None") -> Iterator[Sentence]:
        """Sentences of the agent's answer, each checked against what the tools had given by then."""
        numbers: set[float] = set()
        defined: set[str] = set()
        prose = Prose()
        for kind, content in iterate(self._events(question, llm), self._timeout_s, shared_loop() if llm is not None else None):
            if kind == "tool":
                numbers |= set(numbers_in(json.dumps(content, ensure_ascii=False).replace('"', " ")))
                defined |= {definition["code"] for definition in content.get("definitions", ())}
                continue
            yield from (checked(sentence, self._evidence(numbers, defined)) for sentence in prose.add(content))
        last = [checked(sentence, self._evidence(numbers, defined)) for sentence in prose.rest()]
        yield from last if llm is None else map(broken_off, last)

    async def _events(self, question: str, llm: "LLM | None") -> AsyncIterator[tuple[str, Any]]:
        """("tool", result) and ("text", piece of the answer), as the agent goes."""
        from llama_index.core.agent.workflow import AgentStream, FunctionAgent, ToolCallResult

        agent = agent_over(self._tools, llm, react=self._react)
        handler = agent.run(user_msg=question, chat_history=list(self._history), max_iterations=MAX_STEPS)
        streams = isinstance(agent, FunctionAgent)  # what a ReAct agent streams is its reasoning
        streamed = ""
        async for event in handler.stream_events():
            if isinstance(event, ToolCallResult):
                yield "tool", parsed(event.tool_output.content or "")
            elif streams and isinstance(event, AgentStream) and event.delta:
                streamed += event.delta
                yield "text", event.delta
        output: Any = await handler
        answer = output.response.content or ""
        if not streamed.strip():
            yield "text", answer

    def _remember(self, question: str, answer: str) -> None:
        from llama_index.core.llms import ChatMessage, MessageRole

        self._history += [ChatMessage(role=MessageRole.USER, content=question), ChatMessage(role=MessageRole.ASSISTANT, content=answer)]

    def _evidence(self, numbers: set[float], defined: set[str]) -> Evidence:
        measured = self._book.known_measurements.values()
        given, notes = set(numbers), tuple(words for m in measured for words in (*m.missing.values(), *phrases(m)))
        notes += (f"({describe_conditions(self._book.conditions)})",) if self._book.conditions else ()
        if self.record is not None and self.measurements is not None:
            drafted = draft_evidence(self.measurements, self.record, self._book.numbered)
            given, notes = given | drafted.numbers, notes + drafted.notes
        cases = {n: hit.case for n, hit in self._book.numbered.items()}
        similar = {n: hit.similarities for n, hit in self._book.numbered.items()}
        return Evidence(cases, self.shown, frozenset(given), self._book.known_measurements, frozenset(defined), similar, notes)


def _lacks_tools(error: Exception) -> bool:
    """Whether a server refused because its model cannot call functions."""
    return bool(re.search(r"(?:not|n't) support.{0,30}(?:tool|function)|(?:tool|function).{0,40}(?:not |un)support", str(error), re.I))
