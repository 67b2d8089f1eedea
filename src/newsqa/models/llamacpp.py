"""llama.cpp in this process, as a LangChain chat model: one model is loaded at a time, and asked one thing at a time.

xllamacpp's server always opens a port on loopback; it gets a random one, and a random key that nobody else has.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003  pydantic reads it
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from newsqa.errors import ModelError
from newsqa.models.files import read_gguf_header
from newsqa.models.providers import LLAMACPP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.callbacks import CallbackManagerForLLMRun

BATCH = 128
"""Tokens that are read at once; after each batch llama.cpp checks if it was stopped. Larger is hardly faster."""

POLL = 0.1
"""Seconds after which a thread that waits checks if it was interrupted."""

StreamEvent = dict[str, Any]
"""One event of a streamed completion in OpenAI's protocol."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What an engine loads: a GGUF file, its context in tokens, and the number of threads to compute with."""

    file: Path
    context: int
    threads: int


@dataclass(slots=True)
class Engine:
    """A loaded model. The lock `turn` is held while it answers."""

    weights: Weights
    server: Any
    key: str
    turn: Lock = field(default_factory=Lock)
    _running: tuple[Event, Thread] | None = None

    def stream(self, request: dict[str, Any], timeout: float) -> Iterator[StreamEvent]:
        """Yield the events of a completion, with those that report progress in reading the prompt.

        Closing the iterator early stops llama.cpp at its next batch. Raises ModelError of the kind "timeout" after
        `timeout` seconds, the wait for the turn included.
        """
        deadline = monotonic() + timeout
        if not self.turn.acquire(timeout=timeout):
            raise _timeout_error(timeout)
        events: SimpleQueue[StreamEvent | None] = SimpleQueue()
        stopped = Event()
        worker = Thread(target=self._run, args=(request, events, stopped), name="llama.cpp", daemon=True)
        self._running = stopped, worker
        worker.start()  # it releases the lock
        try:
            while monotonic() <= deadline:
                try:
                    event = events.get(timeout=POLL)
                except Empty:
                    continue
                if event is None:
                    return
                yield event
            raise _timeout_error(timeout)
        finally:
            stopped.set()

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text is."""
        address = urlsplit(self.server.listening_address)
        connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=10)
        try:
            body = json.dumps({"content": text})
            connection.request("POST", "/tokenize", body, {"Authorization": f"Bearer {self.key}"})
            return len(json.load(connection.getresponse())["tokens"])
        finally:
            connection.close()

    def close(self) -> None:
        """Stop the answer that is being written, and unload the model."""
        if self._running:
            stopped, worker = self._running
            stopped.set()
            worker.join()
        self.server = None

    def _run(self, request: dict[str, Any], events: SimpleQueue[StreamEvent | None], stopped: Event) -> None:
        def take(event: StreamEvent) -> bool:
            events.put(event)
            return stopped.is_set()

        try:
            self.server.handle_chat_completions(request, take)
        except Exception as error:  # raised where the events are read
            events.put({"error": {"message": str(error)}})
        finally:
            events.put(None)
            self.turn.release()


class _EngineHolder:
    """The engine of this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.engine: Engine | None = None

    def close(self) -> None:
        with self.lock:
            if self.engine:
                self.engine.close()
            self.engine = None


_LOADED = _EngineHolder()
atexit.register(_LOADED.close)  # a thread inside llama.cpp when Python ends would take the process down


@contextmanager
def load_engine(weights: Weights) -> Iterator[Engine]:
    """Yield the engine of some weights. It is loaded once; an engine of other weights is closed before.

    Raises ModelError if the file cannot be used.
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
    read_gguf_header(weights.file)  # llama.cpp gives no reason
    import xllamacpp

    params, key = xllamacpp.CommonParams(), secrets.token_urlsafe(32)
    params.model.path = str(weights.file)
    params.n_ctx, params.n_parallel, params.n_batch, params.n_ubatch = weights.context, 1, BATCH, BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads(weights.threads)
    params.warmup, params.use_jinja, params.ui, params.endpoint_slots = False, True, False, False
    params.cache_ram_mib, params.n_threads_http = 0, 2
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.verbosity = -1  # prints nothing
    try:
        return Engine(weights, xllamacpp.Server(params), key)
    except RuntimeError:
        raise ModelError(
            f"llama.cpp cannot load {weights.file.name}.",
            hint="The file may be cut off or too new for the installed xllamacpp, or there is too little memory.",
            kind="broken",
        ) from None


def _threads(wished: int) -> int:
    """Return one thread if other programs use all cores: threads that wait for each other make little progress then.

    Measured on two cores, both used by others: one thread wrote 48 tokens a second, two wrote 2 to 20.
    """
    try:
        busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    except (AttributeError, OSError):  # not everywhere
        return wished
    return 1 if busy else wished


def _timeout_error(timeout: float) -> ModelError:
    return ModelError(
        f"The model on this machine took longer than {timeout:g} s.",
        hint="Give it more time (NEWSQA_TIMEOUT) or more threads (NEWSQA_THREADS), or choose a smaller model.",
        kind="timeout",
    )


class LlamaCppChat(BaseChatModel):
    """A GGUF file that answers in this process; `name` is its name in newsqa.

    `context` is how many tokens it reads and writes together, `max_tokens` how many it writes at most, `timeout` the
    seconds for one answer, the wait for other answers included. The weights are loaded at the first call. Several
    threads may ask it; they are answered one after the other.

    Raises ModelError: "broken" if the file cannot be used, "context" if the prompt is too long, "timeout".
    """

    name: str = LLAMACPP
    file: Path
    context: int = Field(default=8_192, gt=0)
    threads: int = Field(default=2, gt=0)
    max_tokens: int = Field(default=512, gt=0)
    temperature: float = Field(default=0.0, ge=0)
    seed: int = 7
    stop: list[str] | None = None
    timeout: float = Field(default=60.0, gt=0)

    @property
    def _llm_type(self) -> str:
        return LLAMACPP

    @property
    def model_name(self) -> str:
        """Its name, as LangChain's tracing reads it."""
        return self.name

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.name, "temperature": self.temperature, "max_tokens": self.max_tokens}

    def count_tokens_of(self, text: str) -> int:
        """Return how many tokens a text is to this model; loads it."""
        with load_engine(self._weights) as loaded:
            return loaded.count_tokens(text)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs)
        ended = ""
        with load_engine(self._weights) as loaded:
            for event in loaded.stream(request, self.timeout):
                self._raise_error(event)
                words, end = _words_in(event)
                ended = end or ended
                if (counted := event.get("usage")) is not None:
                    yield self._last_chunk(counted, ended)
                    return
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=words))  # empty ones show that it is at work
                if run_manager and words:
                    run_manager.on_llm_new_token(words, chunk=chunk)
                yield chunk

    @property
    def _weights(self) -> Weights:
        return Weights(self.file, self.context, self.threads)

    def _request(self, messages: list[BaseMessage], stop: list[str] | None, given: dict[str, object]) -> dict[str, Any]:
        return {
            "messages": convert_to_openai_messages(messages, text_format="string"),
            "max_tokens": given.get("max_tokens", self.max_tokens),
            "temperature": given.get("temperature", self.temperature),
            "seed": given.get("seed", self.seed),
            "stop": stop or self.stop or [],
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "chat_template_kwargs": {"enable_thinking": False},  # thinking would take minutes here
        }

    def _raise_error(self, event: dict[str, Any]) -> None:
        error = event.get("error")
        if not error:
            return
        if error.get("type") == "exceed_context_size_error":
            raise ModelError(
                f"The prompt for {self.name} is longer than what it reads: "
                f"{error.get('n_prompt_tokens')} of {self.context} tokens.",
                hint="Raise NEWSQA_CONTEXT, or choose a model that reads more.",
                kind="context",
                limit=self.context,
            )
        raise ModelError(
            f"llama.cpp could not answer: {error.get('message')}", hint="Choose another model.", kind="request"
        )

    def _last_chunk(self, counted: dict[str, Any], end: str) -> ChatGenerationChunk:
        read, written = counted["prompt_tokens"], counted["completion_tokens"]
        cached = (counted.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        usage = UsageMetadata(
            input_tokens=read,
            output_tokens=written,
            total_tokens=read + written,
            input_token_details=InputTokenDetails(cache_read=cached),
        )
        about = {"model_name": self.name, "model_provider": LLAMACPP, "finish_reason": end or "stop"}
        return ChatGenerationChunk(
            message=AIMessageChunk(content="", usage_metadata=usage, response_metadata=about, chunk_position="last")
        )


def _words_in(event: dict[str, Any]) -> tuple[str, str]:
    """Return the words of an event, and why the model stopped, "" while it goes on."""
    choice: dict[str, Any] = next(iter(event.get("choices") or []), {})
    return choice.get("delta", {}).get("content") or "", choice.get("finish_reason") or ""
