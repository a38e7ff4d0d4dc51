"""Language models by name, and one that is reached over HTTP for real."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent import CaseLibrary, Conversation, load_llm
from agent.llms import MissingExtraError, UnknownLLMError
from agent.offline.llm import OfflineLLM
from data import EcgRecord


class TestNames:
    @pytest.mark.parametrize("spec", [None, "offline", " offline "])
    def test_offline_is_the_default(self, spec: str | None) -> None:
        assert isinstance(load_llm(spec), OfflineLLM)

    @pytest.mark.parametrize("spec", ["gpt", "ollama/", "http://host/v1", "ftp://host#model", "hf:/no/such/folder"])
    def test_anything_else_is_refused_with_what_is_wanted(self, spec: str) -> None:
        with pytest.raises(UnknownLLMError, match="wanted"):
            load_llm(spec)

    def test_a_missing_package_is_named_with_its_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "llama_index.llms.ollama", None)
        with pytest.raises(MissingExtraError, match=r'pip install "ecg-cases\[ollama\]"'):
            load_llm("ollama/llama3")

    def test_ollama_is_not_called_when_it_is_made(self) -> None:
        pytest.importorskip("llama_index.llms.ollama")
        assert load_llm("ollama/llama3").metadata.model_name == "llama3"


class Server(ThreadingHTTPServer):
    """Speaks enough of the OpenAI chat protocol, streamed: one tool call, then an answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Chat)
        self.asked: list[dict[str, Any]] = []
        self.breaks = False


class Chat(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        if self.server.breaks:
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for delta, reason in self._deltas(asked):
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "tiny",
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _deltas(self, asked: dict[str, Any]) -> list[tuple[dict[str, Any], str | None]]:
        if asked["messages"][-1]["role"] != "tool":
            call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "open_case", "arguments": '{"case": "4"}'}}
            return [({"role": "assistant", "tool_calls": [call]}, None), ({}, "tool_calls")]
        return [
            ({"role": "assistant", "content": "Case 4 was "}, None),
            ({"content": "opened [4]. Case 55 has AF [55]."}, None),
            ({}, "stop"),
        ]

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("llama_index.llms.openai_like")
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def talk(server: Server, simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> Conversation:
    conversation = Conversation(simulated_library, load_llm(f"http://127.0.0.1:{server.server_port}/v1#tiny"))
    conversation.open(simulated_ecg)
    return conversation


class TestOpenAICompatibleServer:
    def test_calls_tools_and_is_checked(self, talk: Conversation) -> None:
        reply = talk.ask("What about the fourth?")
        assert reply.text == "Case 4 was opened [4]."
        assert reply.notice == ""
        assert [sentence.text for sentence in reply.withheld] == ["Case 55 has AF [55]."]

    def test_receives_the_report_quoted_and_no_id_or_path(self, server: Server, talk: Conversation, tmp_path: Path) -> None:
        talk.ask("What about the fourth?")
        sent = json.dumps(server.asked, ensure_ascii=False)
        case = talk.cases[3].case
        assert f"“{' '.join(case.report.split())}”" in server.asked[-1]["messages"][-1]["content"]
        assert case.case_id not in sent
        assert str(tmp_path.parent) not in sent

    def test_remembers_the_turns_before(self, server: Server, talk: Conversation) -> None:
        talk.ask("What about the fourth?")
        talk.ask("And again?")
        assert "What about the fourth?" in json.dumps(server.asked[-1]["messages"])

    def test_that_fails_leaves_the_offline_answer(self, server: Server, talk: Conversation) -> None:
        server.breaks = True
        reply = talk.ask("open case 4")
        assert reply.citations == (4,)
        assert "offline answer" in reply.notice


def test_a_local_folder_is_run_with_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"<end>": 0, "sinus": 1, "rhythm": 2}, unk_token="<end>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>").save_pretrained(tmp_path)
    config = transformers.GPT2Config(vocab_size=3, n_positions=64, n_embd=8, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=0)
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path)
    llm = load_llm(f"hf:{tmp_path}")
    assert isinstance(llm.complete("sinus rhythm").text, str)
