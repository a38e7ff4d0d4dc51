"""What is opened once for the whole process: the command line opens it before it serves, so that every page finds it there."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from agent import CaseLibrary
    from encoders import Encoder

API_KEY = "ECG_CASES_API_KEY"  # environment variable; a name of our own, so that no other service's key goes to a server by accident


@cache
def encoder(weights: Path | None = None) -> "Encoder":
    """The encoder of a checkpoint, or the one that ships."""
    from encoders import load_encoder

    return load_encoder(weights)


@cache
def library(path: str, weights: Path | None = None) -> "CaseLibrary":
    """A library that is there, opened with the encoder that made it."""
    from agent import CaseLibrary

    return CaseLibrary.open(path, encoder=encoder(weights))


@cache
def language_model(spec: str | None = None) -> "LLM":
    """The language model that a specification names."""
    from agent import load_llm

    return load_llm(spec, api_key=os.environ.get(API_KEY))
