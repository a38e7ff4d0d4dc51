"""The library as a LlamaIndex query engine: a question, with or without an ECG, answered with cited cases as source nodes."""

import asyncio
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from agent.conversation import Conversation, Reply
from agent.hits import CaseHit
from agent.retriever import EcgQueryBundle, node
from data import EcgRecord

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from agent.library import CaseLibrary


class EcgQueryEngine(BaseQueryEngine):
    """Answers questions about the cases of a library.

    Parameters
    ----------
    library : the cases
    llm : any LlamaIndex LLM; without one the offline rules
    k : cases looked up for an ECG
    """

    def __init__(self, *, library: "CaseLibrary", llm: "LLM | None" = None, k: int = 10) -> None:
        super().__init__(callback_manager=None)
        self._library = library
        self._llm = llm
        self._k = k

    def query(self, str_or_query_bundle: QueryType, ecg: EcgRecord | None = None) -> Response:
        """Answer a question; with an ECG, about it and its closest cases.

        Returns
        -------
        Response : `source_nodes` are the cited cases, their number in `metadata["citation"]`; str() is what may be shown
        """
        return super().query(_bundle(str_or_query_bundle, ecg))  # type: ignore[return-value]

    async def aquery(self, str_or_query_bundle: QueryType, ecg: EcgRecord | None = None) -> Response:
        """`query` without blocking the event loop."""
        return await super().aquery(_bundle(str_or_query_bundle, ecg))  # type: ignore[return-value]

    def _query(self, query_bundle: QueryBundle) -> Response:
        conversation = Conversation(self._library, self._llm, k=self._k)
        ecg = query_bundle.ecg if isinstance(query_bundle, EcgQueryBundle) else None
        if ecg is not None:
            conversation.open(ecg)
        else:
            conversation.look_up(query_bundle.query_str)
        return _response(conversation.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def _bundle(question: QueryType, ecg: EcgRecord | None) -> QueryBundle:
    if ecg is None:
        return question if isinstance(question, QueryBundle) else QueryBundle(question)
    return EcgQueryBundle(question.query_str if isinstance(question, QueryBundle) else question, ecg=ecg)


def _response(reply: Reply) -> Response:
    nodes = [_cited(hit, number) for number, hit in zip(reply.citations, reply.cases, strict=True)]
    return Response(str(reply), source_nodes=nodes, metadata={"withheld": [sentence.reason for sentence in reply.withheld]})


def _cited(hit: CaseHit, number: int) -> NodeWithScore:
    """The node of a case with the number it is cited by."""
    found = node(hit)
    found.node.metadata["citation"] = number
    return found
