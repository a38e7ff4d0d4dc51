# ruff: noqa: ARG002  the signatures are LlamaIndex's
"""A causal language model in a local Hugging Face folder, run with transformers; nothing is fetched."""

from functools import cached_property
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback
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
        import torch

        tokenizer, model = self._model
        if tokenizer.chat_template and not formatted:
            prompt = tokenizer.apply_chat_template([{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True)
        window = min(self.context_window, getattr(model.config, "max_position_embeddings", self.context_window))
        new = min(self.max_new_tokens, window // 2)
        asked = tokenizer(prompt, return_tensors="pt")["input_ids"][:, new - window :]  # the end of a prompt that is too long
        with torch.inference_mode():
            made = model.generate(
                asked, max_new_tokens=new, max_time=self.max_seconds, do_sample=False, pad_token_id=tokenizer.eos_token_id
            )
        return CompletionResponse(text=tokenizer.decode(made[0, asked.shape[1] :], skip_special_tokens=True))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The same in one piece."""
        answer = self.complete(prompt, formatted, **kwargs)

        def once() -> CompletionResponseGen:
            yield CompletionResponse(text=answer.text, delta=answer.text)

        return once()
