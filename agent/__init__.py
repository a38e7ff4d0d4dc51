"""A library of cases, retrieval, measurements, the cited draft and the agent.

Most names are imported when first used: LlamaIndex, Chroma and neurokit2 take seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from agent.measure import Measurements, measure  # at once: a lazy name would be hidden by the module of the same name

if TYPE_CHECKING:
    from agent.agent import build_agent
    from agent.conversation import Conversation, Reply
    from agent.draft import Draft, draft_summary
    from agent.evidence import Sentence
    from agent.hits import CaseHit, Match
    from agent.library import AddReport, CaseLibrary
    from agent.llms import load_llm
    from agent.query_engine import EcgQueryEngine
    from agent.retriever import EcgRetriever

__all__ = [
    "AddReport",
    "CaseHit",
    "CaseLibrary",
    "Conversation",
    "Draft",
    "EcgQueryEngine",
    "EcgRetriever",
    "Match",
    "Measurements",
    "Reply",
    "Sentence",
    "build_agent",
    "draft_summary",
    "load_llm",
    "measure",
]

_HOME = {
    "AddReport": "library",
    "CaseHit": "hits",
    "CaseLibrary": "library",
    "Conversation": "conversation",
    "Draft": "draft",
    "EcgQueryEngine": "query_engine",
    "EcgRetriever": "retriever",
    "Match": "hits",
    "Reply": "conversation",
    "Sentence": "evidence",
    "build_agent": "agent",
    "draft_summary": "draft",
    "load_llm": "llms",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'agent' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"agent.{_HOME[name]}"), name)
    return value
