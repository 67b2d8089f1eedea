"""A server on loopback that speaks as much of OpenAI's protocol as a chat completion needs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class StandIn:
    """Answers every request with `reply`, under `status`; keeps what it was asked."""

    reply: str = "NOT FOUND"
    status: int = 200
    finish_reason: str = "stop"
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)

    def completion(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.reply}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "stand-in",
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}],
            "usage": {"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333},
        }


@contextmanager
def openai_stand_in() -> Iterator[StandIn]:
    """Serve on a free port of loopback for as long as the context lasts."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            stand_in.requests.append(json.loads(self.rfile.read(length)))
            body = stand_in.completion() if stand_in.status == 200 else {"error": {"message": "key sk-canary refused"}}
            data = json.dumps(body).encode()
            self.send_response(stand_in.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
