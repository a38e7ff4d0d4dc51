# ruff: noqa: ARG002  the signatures are LlamaIndex's
"""A language model without a model: it maps a question to tool calls by rules, and words the answer from the tools' results.

It is a LlamaIndex `FunctionCallingLLM`, so the same agent, tools, memory and checks run with it as with any other.
"""

from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
    TextBlock,
    ToolCallBlock,
)
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.tools import BaseTool

from agent.ecg_tools import RANKED
from agent.offline.questions import Request, asks_for_a_diagnosis, understand
from agent.offline.wording import CAN_ASK, GREETING, NO_DIAGNOSIS, NOT_UNDERSTOOD, REFUSAL, worded
from agent.tools import parsed

Call = tuple[str, dict[str, Any]]


class OfflineLLM(FunctionCallingLLM):
    """Deterministic, offline, and honest about it: `metadata.model_name` says so."""

    offline: bool = True

    @classmethod
    def class_name(cls) -> str:
        return "OfflineLLM"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=100_000, is_chat_model=True, is_function_calling_model=True, model_name="offline rules, no language model"
        )

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Tool calls for a question, an answer for the results of tools."""
        results = _results(messages)
        questions = [message.content or "" for message in messages if message.role == MessageRole.USER]
        if results:
            caution = [NO_DIAGNOSIS] if asks_for_a_diagnosis(questions[-1]) else []
            return _said(" ".join([*caution, *(worded(result) for result in results)]))
        request = understand(questions[-1] if questions else "", tuple(questions[:-1]))
        calls = [call for call in plan(request) if call[0] in kwargs.get("available", ())]
        if not calls:
            return _said({"refuse": REFUSAL, "greet": GREETING}.get(request.intent, f"{NOT_UNDERSTOOD} {CAN_ASK}"))
        turn = len(messages)
        blocks = [
            ToolCallBlock(tool_call_id=f"offline-{turn}-{i}", tool_name=name, tool_kwargs=given) for i, (name, given) in enumerate(calls)
        ]
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, blocks=list(blocks)))

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        def once() -> Generator[ChatResponse, None, None]:
            yield _whole(self.chat(messages, **kwargs))

        return once()

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return self.chat(messages, **kwargs)

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        async def once() -> AsyncGenerator[ChatResponse, None]:
            yield _whole(self.chat(messages, **kwargs))

        return once()

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.chat([ChatMessage(role=MessageRole.USER, content=prompt)]).message.content or "")

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def once() -> Generator[CompletionResponse, None, None]:
            answer = self.complete(prompt)
            yield CompletionResponse(text=answer.text, delta=answer.text)

        return once()

    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return self.complete(prompt)

    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:
        async def once() -> AsyncGenerator[CompletionResponse, None]:
            answer = self.complete(prompt)
            yield CompletionResponse(text=answer.text, delta=answer.text)

        return once()

    def _prepare_chat_with_tools(
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,
        allow_parallel_tool_calls: bool = False,
        tool_required: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        asked = [ChatMessage(role=MessageRole.USER, content=user_msg)] if isinstance(user_msg, str) else [user_msg] if user_msg else []
        return {"messages": [*(chat_history or []), *asked], "available": [tool.metadata.get_name() for tool in tools]}

    def get_tool_calls_from_response(
        self, response: ChatResponse, error_on_no_tool_call: bool = True, **kwargs: Any
    ) -> list[ToolSelection]:
        """The tool calls of a response; raises ValueError where one is wanted and there is none."""
        calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
        if not calls and error_on_no_tool_call:
            raise ValueError("the question needs no tool")
        return [ToolSelection(tool_id=c.tool_call_id or "", tool_name=c.tool_name, tool_kwargs=dict(c.tool_kwargs)) for c in calls]  # type: ignore[arg-type]


def plan(request: Request) -> list[Call]:
    """The tool calls that answer a request."""
    r, cases, codes = request, list(request.cases), list(request.codes)
    lacking: dict[str, Any] = {"without_findings": list(r.lacking)} if r.lacking else {}
    unwanted = codes if r.absent else list(r.lacking)
    person: dict[str, Any] = {name: r.conditions[name] for name in ("sex", "age") if name in r.conditions}
    past = [case for case in cases if case not in ("this", "all")]
    match r.intent:
        case "restrict":
            findings: dict[str, Any] = {"without_findings" if r.absent else "with_findings": codes} if codes else {}
            findings |= {"any_finding": True} if r.any_code and not r.absent else {}
            findings |= {"one_of": list(r.one_of)} if r.one_of else {}
            steered = {name: list(kinds) for name, kinds in (("same", r.same), ("ignore", r.ignore)) if kinds}
            if steered:
                findings = {}
            return [("search_by_ecg", {**person, **findings, **steered, **lacking, **({"keep_conditions": False} if r.reset else {})})]
        case "search_text":
            return [
                (
                    "search_by_text",
                    {"text": r.text, **person, "with_findings": [] if r.absent else codes, "without_findings": unwanted},
                )
            ]
        case "open":
            return [("open_case", {"case": case}) for case in past]
        case "explain":
            return [("explain_match", {"case": case}) for case in past or ["first"]]
        case "compare":
            named = [case for case in cases if case != "all"]
            pair = {0: ["first", "second"], 1: [*named, "first" if named == ["this"] else "this"]}.get(len(named), named)
            return [("compare_cases", {"first": pair[0], "second": pair[1]})]
        case "measure":
            return [("measure_ecg", {"cases": cases or ["this"], "fields": list(r.fields)} | ({"leads": list(r.leads)} if r.leads else {}))]
        case "rank":
            return [("rank_cases", {"by": next((name for name in r.fields if name in RANKED), "age"), "lowest": r.lowest} | r.limits)]
        case "ecg":
            return [("describe_ecg", {})]
        case "library":
            return [("describe_library", {})]
        case "summarise":
            return [("summarise", {})]
        case "count":
            some: dict[str, Any] = {"one_of": list(r.one_of)} if r.one_of else {}
            return [("count_findings", {"findings": codes, **person, **lacking, **some, "absent": r.absent, "cases": past})]
        case "tally":
            minority = any(word in r.text.lower() for word in ("contradict", "dissent", "disagree", "against"))
            shared = any(word in r.text.lower() for word in ("in common", "share", "agree on"))
            return [("list_findings", {"category": r.category, "minority": minority} | ({"shared": True} if shared else {}))]
        case "define":
            return [("define", {"finding": code}) for code in codes]
        case _:
            return []


def _results(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Results of tools since the last question; one that is no JSON object is told as an error."""
    results: list[dict[str, Any]] = []
    for message in reversed(messages):
        if message.role == MessageRole.USER:
            break
        if message.role == MessageRole.TOOL:
            results.insert(0, parsed(message.content or ""))
    return results


def _said(text: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, blocks=[TextBlock(text=text)]))


def _whole(response: ChatResponse) -> ChatResponse:
    """A streamed response that comes in one piece."""
    return ChatResponse(message=response.message, delta=response.message.content or "")
