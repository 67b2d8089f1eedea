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
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from pydantic import Field, SecretStr

from newsqa.errors import ModelError
from newsqa.models.files import read_gguf_header
from newsqa.models.providers import LLAMACPP

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from langchain_core.callbacks import CallbackManagerForLLMRun
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk, ChatResult
    from langchain_openai.chat_models.base import BaseChatOpenAI

BATCH = 128
"""Tokens that are read at once; after each batch llama.cpp checks if it was stopped. Larger is hardly faster."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What an engine loads: a GGUF file, its context in tokens, and the number of threads to compute with."""

    file: Path
    context: int
    threads: int


@dataclass(slots=True)
class Engine:
    """A loaded model, behind xllamacpp's server, and the client that asks it. The lock `turn` is held meanwhile."""

    weights: Weights
    server: Any
    key: str
    client: httpx.Client
    turn: Lock = field(default_factory=Lock)

    @contextmanager
    def answering(self, timeout: float) -> Iterator[None]:
        """Wait for the turn of an answer. Raises ModelError of the kind "timeout" after so many seconds."""
        if not self.turn.acquire(timeout=timeout):
            raise ModelError(
                f"The model on this machine was busy for {timeout:g} s.",
                hint="Give it more time (NEWSQA_TIMEOUT) or more threads (NEWSQA_THREADS), or choose a smaller model.",
                kind="timeout",
            )
        try:
            yield
        finally:
            self.turn.release()

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


class _EngineHolder:
    """The engine of this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.engine: Engine | None = None

    def close(self) -> None:
        with self.lock:
            if self.engine:
                self.engine.client.close()  # llama.cpp stops an answer that nobody reads
                self.engine.server = None  # what still reads it holds the engine
            self.engine = None


_LOADED = _EngineHolder()
atexit.register(_LOADED.close)  # a thread inside llama.cpp when Python ends would take the process down


def load_engine(weights: Weights) -> Engine:
    """Return the engine of some weights. It is loaded once; an engine of other weights is closed before.

    Raises ModelError if the file cannot be used.
    """
    with _LOADED.lock:
        if _LOADED.engine is None or _LOADED.engine.weights != weights:
            if _LOADED.engine:
                with _LOADED.engine.turn:
                    _LOADED.engine.server = None
            _LOADED.engine = None
            _LOADED.engine = _load(weights)
        return _LOADED.engine


def _load(weights: Weights) -> Engine:
    read_gguf_header(weights.file)  # llama.cpp gives no reason
    import httpx
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
        return Engine(weights, xllamacpp.Server(params), key, httpx.Client(trust_env=False))
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


class LlamaCppChat(BaseChatModel):
    """A GGUF file that answers in this process; `name` is its name in newsqa.

    `context` is how many tokens it reads and writes together, `max_tokens` how many it writes at most, `timeout` the
    seconds for one answer, the wait for other answers included. The weights are loaded at the first call. Several
    threads may ask it; they are answered one after the other.

    Raises ModelError, "broken" if the file cannot be used and "timeout" if its turn does not come, and what OpenAI's
    client raises.
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
        return load_engine(self._weights).count_tokens(text)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        loaded = load_engine(self._weights)
        with loaded.answering(self.timeout):
            client = self._client(loaded)
            yield from client._stream(messages, stop or self.stop, run_manager, **kwargs)  # noqa: SLF001  as it streams

    def _client(self, loaded: Engine) -> BaseChatOpenAI:
        """Return the client of the engine's server; closing its stream stops llama.cpp at its next batch."""
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            base_url=f"{loaded.server.listening_address}/v1",
            api_key=SecretStr(loaded.key),
            model=self.name,
            temperature=self.temperature,
            seed=self.seed,
            timeout=self.timeout,
            max_retries=0,
            http_client=loaded.client,
            http_socket_options=(),  # the unused client for asyncio would warn of proxies
            stream_usage=True,
            extra_body={
                "max_tokens": self.max_tokens,
                "return_progress": True,  # empty pieces show that it is at work
                "chat_template_kwargs": {"enable_thinking": False},  # thinking would take minutes here
            },
        )

    @property
    def _weights(self) -> Weights:
        return Weights(self.file, self.context, self.threads)
