"""Language models by name. Only what is named here is ever talked to, and only when it is named."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.errors import EcgCasesError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

TIMEOUT_S = 60.0
CONTEXT = 8192  # tokens; said to Ollama, whose client would otherwise ask the server when it is made
WANTED = 'wanted "offline", "ollama/MODEL", "http://host:port/v1#MODEL" or "hf:/folder"'


class UnknownLLMError(EcgCasesError, ValueError):
    """A language model specification that means nothing here."""


class MissingExtraError(EcgCasesError, ImportError):
    """A language model that needs a package that is not installed."""


def load_llm(spec: str | None = None, *, api_key: str | None = None) -> "LLM":
    """A LlamaIndex LLM from its specification.

    Parameters
    ----------
    spec : "offline" or None, "ollama/MODEL", any OpenAI-compatible URL with the model behind "#", or "hf:" and a local folder
    api_key : for an OpenAI-compatible server that wants one

    Raises
    ------
    UnknownLLMError : the specification is none of these, or its folder is not there
    MissingExtraError : a package is missing; the message has the command that installs it
    """
    spec = (spec or "offline").strip()
    if spec == "offline":
        from agent.offline.llm import OfflineLLM

        return OfflineLLM()
    if spec.startswith("ollama/") and len(spec) > len("ollama/"):
        return _ollama(spec.removeprefix("ollama/"))
    if re.match(r"https?://[^#\s]+#\S+$", spec):
        base, _, model = spec.partition("#")
        return _openai_like(base, model, api_key)
    if spec.startswith("hf:"):
        return _hugging_face(Path(spec.removeprefix("hf:")))
    raise UnknownLLMError(f"language model {spec!r} is not known: {WANTED}")


def _ollama(model: str) -> "LLM":
    try:
        from llama_index.llms.ollama import Ollama
    except ImportError:
        raise _missing("an Ollama model", "ollama") from None
    return Ollama(model=model, request_timeout=TIMEOUT_S, context_window=CONTEXT)


def _openai_like(base: str, model: str, api_key: str | None) -> "LLM":
    try:
        from llama_index.llms.openai_like import OpenAILike
    except ImportError:
        raise _missing("an OpenAI-compatible server", "openai") from None
    return OpenAILike(
        model=model,
        api_base=base.rstrip("/"),
        api_key=api_key or "none",
        is_chat_model=True,
        is_function_calling_model=True,
        context_window=CONTEXT,
        timeout=TIMEOUT_S,
        max_retries=1,
    )


def _hugging_face(folder: Path) -> "LLM":
    if not (folder / "config.json").is_file():
        raise UnknownLLMError(
            f"{folder.name or 'the folder'} holds no config.json: wanted a folder with a transformers causal language model"
        )
    from agent.local_llm import LocalLLM

    return LocalLLM(folder=str(folder))


def _missing(what: str, extra: str) -> MissingExtraError:
    return MissingExtraError(f'{what} needs a package that is not installed: pip install "ecg-cases[{extra}]"')


def whereabouts(spec: str | None = None) -> str:
    """Where questions, measurements and reports go with a language model of this specification, in words for the page.

    >>> whereabouts("offline")
    'nothing leaves this machine'
    """
    spec = (spec or "offline").strip()
    if spec == "offline" or spec.startswith("hf:"):
        return "nothing leaves this machine"
    host = urlsplit(spec).hostname or "localhost" if "://" in spec else "localhost"
    if host in ("localhost", "127.0.0.1", "::1"):
        return "questions, measurements and reports go to a server on this machine, without names, ids or files"
    return f"questions, measurements and reports are sent to {host}, without names, ids or files"
