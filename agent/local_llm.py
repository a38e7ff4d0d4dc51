# ruff: noqa: ARG002  the signatures are LlamaIndex's
"""A causal language model in a local Hugging Face folder, run with transformers; nothing is fetched."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponseAsyncGen, CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM


class LocalLLM(CustomLLM):
    """A text model, used through ReAct: it is not asked to call functions itself."""

    folder: str
    context_window: int = 4096
    max_new_tokens: int = 400
    max_seconds: float = 60.0  # for one completion

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        return tokenizer, AutoModelForCausalLM.from_pretrained(self.folder, local_files_only=True).eval()

    @classmethod
    def class_name(cls) -> str:
        return "LocalLLM"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.context_window, num_output=self.max_new_tokens, model_name=Path(self.folder).name)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Greedy continuation of the prompt, in the model's chat template where it has one."""
        return CompletionResponse(text="".join(self._pieces(prompt, formatted)))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The same, word by word."""

        def growing() -> CompletionResponseGen:
            text = ""
            for piece in self._pieces(prompt, formatted):
                text += piece
                yield CompletionResponse(text=text, delta=piece)

        return growing()

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """`stream_chat` with the model at work in another thread, so that a time-out can end the wait."""
        answers = self.stream_chat(messages, **kwargs)

        async def each() -> ChatResponseAsyncGen:
            while (answer := await asyncio.to_thread(next, answers, None)) is not None:
                yield answer

        return each()

    def _pieces(self, prompt: str, formatted: bool) -> Iterator[str]:
        from transformers import TextIteratorStreamer

        tokenizer, model = self._model
        if tokenizer.chat_template and not formatted:
            prompt = tokenizer.apply_chat_template([{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True)
        window = min(self.context_window, getattr(model.config, "max_position_embeddings", self.context_window))
        new = min(self.max_new_tokens, window // 2)
        asked = tokenizer(prompt, return_tensors="pt")["input_ids"][:, new - window :]  # the end of a prompt that is too long
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        failed: list[Exception] = []

        def generate() -> None:
            how = {"max_new_tokens": new, "max_time": self.max_seconds, "do_sample": False, "pad_token_id": tokenizer.eos_token_id}
            try:
                model.generate(asked, streamer=streamer, **how)  # without gradients, as transformers has it
            except Exception as error:
                failed.append(error)
                streamer.end()

        threading.Thread(target=generate, name="ecg-cases-transformers", daemon=True).start()
        yield from streamer
        if failed:
            raise failed[0]
