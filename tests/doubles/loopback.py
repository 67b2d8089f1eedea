"""HTTP servers on a free port of loopback, for as long as a test needs one."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Request:
    """What a client sent: the names of its headers in lower case, its body as JSON ({} where it sent none)."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class Exchange:
    """One request, and the ways in which it may be answered."""

    def __init__(self, request: Request, handler: BaseHTTPRequestHandler, closing: Event) -> None:
        self.request = request
        self._handler = handler
        self._closing = closing

    def whole(self, data: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a body of known length; it is JSON unless the headers say otherwise."""
        self._begin(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})})
        self._handler.wfile.write(data)

    def json(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.whole(json.dumps(value).encode(), status, headers)

    def stream(self, pieces: Iterable[bytes], content_type: str, *, cut: bool = False) -> None:
        """Answer piece by piece, in chunks; `cut` closes the connection before the last chunk says that it is one."""
        self._begin(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked"})
        for piece in pieces:
            self._handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self._handler.wfile.flush()
        if not cut:
            self._handler.wfile.write(b"0\r\n\r\n")
        self._handler.close_connection = True

    def broken(self, data: bytes) -> None:
        """Answer with less than the length that was promised."""
        self._begin(200, {"Content-Type": "application/json", "Content-Length": str(2 * len(data) + 1)})
        self._handler.wfile.write(data)
        self._handler.close_connection = True

    def wait(self, seconds: float | None = None) -> bool:
        """Do nothing for so long, or until the server closes; return whether it closes."""
        return self._closing.wait(seconds)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()


@contextmanager
def served(answer: Callable[[Exchange], None]) -> Iterator[str]:
    """Answer every request by a function; give the address of the server, without a path."""
    closing = Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, json.loads(body) if body else {})
            with suppress(ConnectionError):  # a client may have had enough
                answer(Exchange(request, self, closing))

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False  # a client may keep its connection for later
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
