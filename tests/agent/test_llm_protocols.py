"""Language models over the protocols they speak, and every way in which they fail: the person always has an answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent import CaseLibrary, Conversation, load_llm
from data import EcgRecord
from tests.agent.loopback import Server, serving

OPEN_4 = ("call", ("open_case", '{"case": "4"}'))
ANSWER = ("say", "Case 4 was opened [4]. Case 55 has AF [55].")


def ollama(server: Server) -> Any:
    module = pytest.importorskip("llama_index.llms.ollama")
    return module.Ollama(model="tiny", base_url=server.url, request_timeout=5, context_window=4096)


def openai(server: Server) -> Any:
    pytest.importorskip("llama_index.llms.openai_like")
    return load_llm(f"{server.url}/v1#tiny")


@pytest.fixture(params=[ollama, openai], ids=["ollama", "openai"])
def client(request: pytest.FixtureRequest) -> Callable[[Server], Any]:
    return request.param


@pytest.fixture
def talk(simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> Callable[..., Conversation]:
    def begin(llm: Any, timeout_s: float = 20) -> Conversation:
        conversation = Conversation(simulated_library, llm, timeout_s=timeout_s)
        conversation.open(simulated_ecg)
        return conversation

    return begin


def test_tools_are_called_and_every_sentence_is_checked(client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
    with serving(OPEN_4, ANSWER) as server:
        reply = talk(client(server)).ask("What about the fourth?")
    assert (reply.text, reply.notice) == ("Case 4 was opened [4].", "")
    assert [sentence.text for sentence in reply.withheld] == ["Case 55 has AF [55]."]


def test_the_next_question_is_answered_too(client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
    with serving(OPEN_4, ANSWER, OPEN_4, ANSWER) as server:
        conversation = talk(client(server))
        assert [conversation.ask("What about the fourth?").notice for _ in range(2)] == ["", ""]


def test_what_is_sent_holds_no_id_name_or_path(client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
    with serving(OPEN_4, ANSWER) as server:
        conversation = talk(client(server))
        conversation.ask("What about the fourth of Mrs. Doe in /home/doe/ecg.hea?")
        sent = json.dumps(server.asked, ensure_ascii=False)
    assert "Doe" not in sent
    assert "ecg.hea" not in sent
    assert not any(hit.case.case_id in sent for hit in conversation.cases)


def test_a_model_without_function_calling_works_by_text(client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
    thought = 'Thought: I need the report.\nAction: open_case\nAction Input: {"case": "4"}'
    answer = "Thought: I can answer without using any more tools.\nAnswer: Case 4 was opened [4]."
    refusal = ("refuse", "model 'tiny' does not support tools")
    with serving(refusal, ("say", thought), ("say", answer)) as server:
        reply = talk(client(server)).ask("What about the fourth?")
    assert (reply.text, reply.notice) == ("Case 4 was opened [4].", "")


class TestFailures:
    @pytest.mark.parametrize(
        ("steps", "notice"),
        [
            ([OPEN_4], "it went in circles"),
            ([("die", "Case 4 was")], "offline answer"),
            ([("garbage", b"data: {not json\n\n{nor this\n")], "offline answer"),
            ([("refuse", "out of memory")], "offline answer"),
            ([("hang", 3.0)], "no answer within 1 s"),
            ([("call", ("erase_library", "{}"))], "it went in circles"),
        ],
        ids=["loops", "dies mid-stream", "broken JSON", "refuses", "hangs", "unknown tool for ever"],
    )
    def test_leave_the_offline_answer_and_a_plain_notice(
        self, client: Callable[..., Any], talk: Callable[..., Conversation], steps: list[Any], notice: str
    ) -> None:
        with serving(*steps) as server:
            reply = talk(client(server), timeout_s=1 if steps[0][0] == "hang" else 20).ask("open case 4")
        assert reply.citations == (4,)
        assert notice in reply.notice
        assert "127.0.0.1" not in reply.notice

    def test_an_unknown_tool_is_told_to_the_model_which_goes_on(
        self, client: Callable[..., Any], talk: Callable[..., Conversation]
    ) -> None:
        with serving(("call", ("erase_library", "{}")), OPEN_4, ANSWER) as server:
            assert talk(client(server)).ask("open case 4").text == "Case 4 was opened [4]."

    def test_arguments_that_are_no_json_leave_an_answer(self, talk: Callable[..., Conversation]) -> None:
        with serving(("call", ("open_case", '{"case": ')), ("say", "I could not open it.")) as server:
            assert talk(openai(server)).ask("open case 4").text

    def test_an_answer_that_breaks_off_loses_its_last_words(self, client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
        with serving(OPEN_4, ("say", "Case 4 was opened [4]. Case 4 also")) as server:
            reply = talk(client(server)).ask("open case 4")
        assert reply.text == "Case 4 was opened [4]."
        assert [sentence.reason for sentence in reply.withheld] == ["it breaks off"]

    def test_a_draft_that_takes_too_long_is_written_offline(self, client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
        with serving(("hang", 3.0)) as server:
            conversation = talk(client(server), timeout_s=1)
            draft = conversation.start(conversation.record)  # type: ignore[arg-type]
        assert "no answer within 1 s" in draft.notice
        assert draft.cited


class TestDrafts:
    def test_are_streamed_sentence_by_sentence(self, client: Callable[..., Any], talk: Callable[..., Conversation]) -> None:
        fourth = talk(None).cases[3].case.english
        with serving(("say", f"The report of case 4 reads “{fourth}” [4]. Case 55 has AF [55]. I stop here.")) as server:
            conversation = talk(client(server))
            shown = [sentence.text for sentence in conversation.drafting(conversation.record)]  # type: ignore[arg-type]
        assert shown == [f"The report of case 4 reads “{fourth}” [4].", "I stop here."]
        assert [sentence.text for sentence in conversation.draft.withheld] == ["Case 55 has AF [55]."]  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        "step",
        [("die", "Case 4 was"), ("garbage", b"data: {not json\n\n{nor this\n"), ("refuse", "out of memory")],
        ids=["die", "broken JSON", "refused"],
    )
    def test_that_fail_are_written_offline(self, client: Callable[..., Any], talk: Callable[..., Conversation], step: Any) -> None:
        with serving(step) as server:
            conversation = talk(client(server))
            draft = conversation.start(conversation.record)  # type: ignore[arg-type]
        assert "written offline" in draft.notice
        assert draft.cited


class TestTransformers:
    """Real models of transformers, made here: one of random weights, and one that says the same words whatever it is asked."""

    N_POSITIONS = 64  # the prompt's last 32 tokens, then 32 new ones

    def save(self, folder: Path, words: list[str]) -> Any:
        """A tokenizer of these words, and the configuration for a model over it."""
        transformers = pytest.importorskip("transformers")
        from tokenizers import Tokenizer, models, pre_tokenizers

        known = Tokenizer(models.WordLevel({word: n for n, word in enumerate(["<end>", *words])}, unk_token="<end>"))
        known.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        transformers.PreTrainedTokenizerFast(tokenizer_object=known, eos_token="<end>").save_pretrained(folder)
        return transformers.GPT2Config(
            vocab_size=1 + len(words), n_positions=self.N_POSITIONS, n_embd=1 + len(words), n_layer=1, n_head=1,
            bos_token_id=0, eos_token_id=0, tie_word_embeddings=False,
        )  # fmt: skip

    def saying(self, folder: Path, *said: str) -> Any:
        """A model whose position embeddings alone say the next word."""
        words = list(dict.fromkeys(said))
        config = self.save(folder, words)
        import torch
        from transformers import GPT2LMHeadModel

        model = GPT2LMHeadModel(config)
        with torch.no_grad():
            for weight in model.parameters():
                weight.zero_()
            model.transformer.ln_f.weight.fill_(1)
            model.lm_head.weight.copy_(torch.eye(config.vocab_size))
            for step, word in enumerate([*(1 + words.index(word) for word in said), 0]):
                model.transformer.wpe.weight[self.N_POSITIONS // 2 - 1 + step, word] = 1
        model.save_pretrained(folder)
        return load_llm(f"hf:{folder}")

    def test_one_that_babbles_leaves_the_offline_answer(self, tmp_path: Path, talk: Callable[..., Conversation]) -> None:
        config = self.save(tmp_path, ["sinus", "rhythm"])
        from transformers import GPT2LMHeadModel

        GPT2LMHeadModel(config).save_pretrained(tmp_path)
        reply = talk(load_llm(f"hf:{tmp_path}"), timeout_s=60).ask("open case 4")
        assert reply.citations == (4,)
        assert "offline answer" in reply.notice

    def test_one_that_reasons_answers_through_react(self, tmp_path: Path, talk: Callable[..., Conversation]) -> None:
        thought = ("Thought:", "I", "can", "answer", "without", "using", "any", "more", "tools.\nAnswer:")
        llm = self.saying(tmp_path, *thought, "Case", "4", "is", "the", "fourth", "[4].")
        reply = talk(llm, timeout_s=60).ask("what is the fourth?")
        assert (reply.text, reply.notice) == ("Case 4 is the fourth [4].", "")

    def test_one_that_lies_in_a_draft_is_withheld(self, tmp_path: Path, talk: Callable[..., Conversation]) -> None:
        llm = self.saying(tmp_path, "Case", "4", "is", "close", "[4].", "Case", "55", "is", "close", "[55].")
        conversation = talk(llm, timeout_s=60)
        conversation.start(conversation.record)  # type: ignore[arg-type]
        assert [s.text for s in conversation.draft.withheld] == ["Case 55 is close [55]."]  # type: ignore[union-attr]
