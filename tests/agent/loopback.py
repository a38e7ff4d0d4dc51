"""A server on loopback that speaks Ollama's chat API and the OpenAI-compatible one, streamed, from a script."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = tuple[
    str, Any
]  # ("say", text), ("call", (tool, arguments as JSON text)), ("die", text), ("hang", seconds), ("garbage", bytes), ("refuse", text)


class Server(ThreadingHTTPServer):
    """Answers each request with the next step; the last step for ever."""

    daemon_threads = True

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), _Chat)
        self.steps = list(steps)
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next(self) -> Step:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


@contextmanager
def serving(*steps: Step) -> Iterator[Server]:
    server = Server(*steps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Chat(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        kind, what = self.server.next()
        if kind == "refuse" and asked.get("tools"):
            return self._refuse(what)
        if kind == "refuse":
            kind, what = self.server.next()
        if kind == "hang":
            time.sleep(what)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if self._ollama else "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if kind == "garbage":
            self._chunk(what)
        elif kind in ("say", "die", "call"):
            for piece in self._ollama_pieces(kind, what) if self._ollama else self._openai_pieces(kind, what):
                self._chunk(piece)
        if kind == "die":  # the connection breaks in the middle of a stream
            self.close_connection = True
            return None
        self._chunk(b"")
        return None

    @property
    def _ollama(self) -> bool:
        return self.path.startswith("/api/")

    def _refuse(self, what: str) -> None:
        body = json.dumps({"error": what if self._ollama else {"message": what, "type": "invalid_request_error"}}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _ollama_pieces(self, kind: str, what: Any) -> Iterator[bytes]:
        def line(message: dict[str, Any], done: bool) -> bytes:
            row = {
                "model": "tiny",
                "created_at": "2026-01-01T00:00:00Z",
                "message": {"role": "assistant", "content": "", **message},
                "done": done,
            }
            return json.dumps(row).encode() + b"\n"

        if kind == "call":
            yield line({"tool_calls": [{"function": {"name": what[0], "arguments": json.loads(what[1])}}]}, False)
        else:
            for word in what.split(" "):
                yield line({"content": word + " "}, False)
        if kind != "die":
            yield line({}, True)

    def _openai_pieces(self, kind: str, what: Any) -> Iterator[bytes]:
        def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            row = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny", "choices": [choice]}
            return f"data: {json.dumps(row)}\n\n".encode()

        if kind == "call":
            function = {"name": what[0], "arguments": what[1]}
            yield event({"role": "assistant", "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]})
        else:
            for word in what.split(" "):
                yield event({"role": "assistant", "content": word + " "})
        if kind != "die":
            yield event({}, "tool_calls" if kind == "call" else "stop")
            yield b"data: [DONE]\n\n"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
