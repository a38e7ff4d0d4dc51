"""The LlamaIndex agent over the tools."""

from typing import TYPE_CHECKING

from agent.casebook import Casebook
from agent.prompts import SYSTEM_PROMPT
from agent.tools import CaseTools
from data import EcgRecord

if TYPE_CHECKING:
    from llama_index.core.agent.workflow import BaseWorkflowAgent
    from llama_index.core.llms import LLM

    from agent.library import CaseLibrary


def build_agent(*, library: "CaseLibrary", llm: "LLM | None" = None, record: EcgRecord | None = None) -> "BaseWorkflowAgent":
    """An agent for `await agent.run("...")`.

    Parameters
    ----------
    library : the cases
    llm : any LlamaIndex LLM; without one the offline rules. One that cannot call functions works through ReAct.
    record : the ECG that "my ECG" means; it is searched at once

    Returns
    -------
    A `FunctionAgent`, or a `ReActAgent` where the LLM cannot call functions
    """
    book = Casebook(library, record)
    if record is not None:
        book.begin(record)
    return agent_over(CaseTools(book), llm)


def agent_over(tools: CaseTools, llm: "LLM | None" = None, *, react: bool = False) -> "BaseWorkflowAgent":
    """An agent over tools that already have a conversation's cases; `react`: by text alone, whatever the LLM says it can."""
    from llama_index.core.agent.workflow import FunctionAgent, ReActAgent

    from agent.offline.llm import OfflineLLM

    llm = llm or OfflineLLM()
    kind = FunctionAgent if llm.metadata.is_function_calling_model and not react else ReActAgent
    return kind(
        name="ecg-cases",
        description="Answers about an ECG and similar past cases.",
        tools=list(tools.as_llama_index()),
        llm=llm,
        system_prompt=SYSTEM_PROMPT,
    )
