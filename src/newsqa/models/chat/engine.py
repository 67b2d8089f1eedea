"""llama.cpp in this process: one model is loaded at a time, and asked one thing at a time.

xllamacpp's server always opens a port on loopback; it gets a random one, and a random key that is told to nobody.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsqa.errors import ModelError
from newsqa.models.chat.gguf import read_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 128
"""Tokens that are read at once; after each batch llama.cpp looks whether it was stopped. Larger is hardly faster."""

QUIET = -1
OFTEN = 0.1
"""Seconds after which a reader that waits looks whether it was interrupted."""

Event_ = dict[str, Any]
"""One event of a streamed completion, as OpenAI's protocol has it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What an engine is made of: a GGUF file, its context in tokens, and the threads that it computes with."""

    file: Path
    context: int
    threads: int


@dataclass(slots=True)
class Engine:
    """A loaded model. `turn` is held by whoever asks it."""

    weights: Weights
    server: Any
    key: str
    turn: Lock = field(default_factory=Lock)
    _running: tuple[Event, Thread] | None = None

    def stream(self, request: dict[str, Any], timeout: float) -> Iterator[Event_]:
        """Yield the events of a completion, those of its reading too. Leaving early stops llama.cpp at its next batch.

        Raises ModelError of the kind "timeout" after `timeout` seconds, waiting for one's turn included.
        """
        deadline = monotonic() + timeout
        if not self.turn.acquire(timeout=timeout):
            raise _late(timeout)
        events: SimpleQueue[Event_ | None] = SimpleQueue()
        left = Event()
        worker = Thread(target=self._run, args=(request, events, left), name="llama.cpp", daemon=True)
        self._running = left, worker
        worker.start()  # it ends the turn
        try:
            yield from _until_end(events, deadline, timeout)
        finally:
            left.set()

    def tokens(self, text: str) -> int:
        """Return how many tokens a text is."""
        place = urlsplit(self.server.listening_address)
        line = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=10)
        try:
            body = json.dumps({"content": text})
            line.request("POST", "/tokenize", body, {"Authorization": f"Bearer {self.key}"})
            return len(json.load(line.getresponse())["tokens"])
        finally:
            line.close()

    def close(self) -> None:
        """Stop what runs, and let go of the model."""
        if self._running:
            left, worker = self._running
            left.set()
            worker.join()
        self.server = None

    def _run(self, request: dict[str, Any], events: SimpleQueue[Event_ | None], left: Event) -> None:
        def take(event: Event_) -> bool:
            events.put(event)
            return left.is_set()

        try:
            self.server.handle_chat_completions(request, take)
        except Exception as error:  # told where the events are read
            events.put({"error": {"message": str(error)}})
        finally:
            events.put(None)
            self.turn.release()


def _until_end(events: SimpleQueue[Event_ | None], deadline: float, timeout: float) -> Iterator[Event_]:
    while True:
        if monotonic() > deadline:
            raise _late(timeout)
        try:
            event = events.get(timeout=OFTEN)
        except Empty:
            continue
        if event is None:
            return
        yield event


class _Loaded:
    """The engine of this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.engine: Engine | None = None

    def close(self) -> None:
        with self.lock:
            if self.engine:
                self.engine.close()
            self.engine = None


_LOADED = _Loaded()
atexit.register(_LOADED.close)  # a thread inside llama.cpp when Python ends would take the process down


@contextmanager
def engine(weights: Weights) -> Iterator[Engine]:
    """Give the engine of some weights; it is loaded once, and another that was loaded before is closed.

    Raises ModelError where the file cannot be used.
    """
    with _LOADED.lock:
        if _LOADED.engine is None or _LOADED.engine.weights != weights:
            if _LOADED.engine:
                with _LOADED.engine.turn:
                    _LOADED.engine.close()
            _LOADED.engine = None
            _LOADED.engine = _load(weights)
        loaded = _LOADED.engine
    yield loaded


def _load(weights: Weights) -> Engine:
    read_header(weights.file)  # llama.cpp gives no reason
    import xllamacpp  # noqa: PLC0415  a library of 100 MB

    params, key = xllamacpp.CommonParams(), secrets.token_urlsafe(32)
    params.model.path = str(weights.file)
    params.n_ctx, params.n_parallel, params.n_batch, params.n_ubatch = weights.context, 1, BATCH, BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads(weights.threads)
    params.warmup, params.use_jinja, params.ui, params.endpoint_slots = False, True, False, False
    params.cache_ram_mib, params.n_threads_http = 0, 2
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.verbosity = QUIET
    try:
        return Engine(weights, xllamacpp.Server(params), key)
    except RuntimeError:
        raise ModelError(
            f"llama.cpp cannot load {weights.file.name}.",
            hint="The file may be cut off or too new for the installed xllamacpp, or there is too little memory.",
            kind="broken",
        ) from None


def _threads(wished: int) -> int:
    """Return one thread where other programs want the cores too: threads that wait for each other then hardly get on.

    Measured on two cores, both wanted by others: one thread wrote 48 tokens a second, two wrote 2 to 20.
    """
    try:
        busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    except (AttributeError, OSError):  # not everywhere
        return wished
    return 1 if busy else wished


def _late(timeout: float) -> ModelError:
    return ModelError(
        f"The model on this machine took longer than {timeout:g} s.",
        hint="Give it more time (NEWSQA_TIMEOUT) or more threads (NEWSQA_THREADS), or choose a smaller model.",
        kind="timeout",
    )
