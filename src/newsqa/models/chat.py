"""Ask a chat model: one deadline for everything, few retries, and every error a ModelError without a key in it."""

from __future__ import annotations

import contextvars
import time
from collections import Counter
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field, replace
from math import inf
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from newsqa.errors import ModelError
from newsqa.models.chat_errors import DeadlineError, api_keys, excerpt, model_error, retry_after, translate_error
from newsqa.models.providers import LLAMACPP, LOCAL, client_address, list_served, without_secrets
from newsqa.models.usage import Price
from newsqa.types import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from contextlib import AbstractContextManager

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage


Messages = list[tuple[str, str]]
"""(role, text) each, where the role is "system", "human" or "ai"."""

TRIES = 3
WAITS = (0.5, 2.0)
"""Seconds before the second and the third try, if the server does not say how long to wait."""

DEFAULT_TIMEOUT = 600.0
"""Seconds for a model that was not made by `create_chat_model`, if no deadline is given."""

MAX_WRITTEN = 100_000
"""Characters; a model that goes on and on is stopped here, as at its own limit."""

MAX_PIECE = 500
"""Characters that are yielded at once; whoever reads them takes time, and the deadline is checked in between."""

IN_PROCESS = frozenset({LOCAL, LLAMACPP})
REPORT_END = IN_PROCESS | {"openai", "ollama", "anthropic"}
"""Providers that always report why a model stopped: without that, the stream was cut."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote. `cut_short` is True if it reached a limit of length; `notices` say if it was asked again."""

    text: str
    usage: Usage
    cut_short: bool = False
    notices: tuple[str, ...] = ()


def invoke_model(model: BaseChatModel, name: str, messages: Messages, deadline: float | None = None) -> Reply:
    """Send messages and return the whole reply, which may be empty. Otherwise as `stream_model`."""
    stream = name.partition(":")[0] in IN_PROCESS  # a stream can be stopped
    *_, reply = _ask(_Call(model, name, messages, stream=stream, may_be_empty=True), deadline)
    assert isinstance(reply, Reply)  # noqa: S101  the last item
    return reply


def stream_model(
    model: BaseChatModel, name: str, messages: Messages, deadline: float | None = None
) -> Iterator[str | Reply]:
    """Send messages and yield the words as they come, then the Reply with all of them.

    `deadline` is in seconds of `time.monotonic` and covers connecting, every retry and the last word; the default is
    the time limit that the model was made with, from now. The model is asked again, twice at most, if that may help
    and no word has come yet; the reply's notices say so.

    Raises ModelError, whose kind says why: "cut" if the stream broke off (the words before that were yielded),
    "timeout" at the deadline, "empty" if no word came. Its cause and its message hold no key.
    """
    return _ask(_Call(model, name, messages, stream=True), deadline)


@dataclass(frozen=True, slots=True)
class _Call:
    """A request to a model: `stream` if words are wanted as they come, `may_be_empty` if none are needed."""

    model: BaseChatModel
    name: str
    messages: Messages
    stream: bool
    may_be_empty: bool = False

    def send(self) -> Iterator[AIMessage]:
        """Send it once."""
        with _tracing(self.model):
            if self.stream:
                yield from self.model.stream(self.messages)
            else:
                yield self.model.invoke(self.messages)

    def translated(self, error: Exception, seconds: float) -> ModelError:
        """Return the ModelError for what the client raised after so many seconds."""
        address = without_secrets(client_address(self.model))
        keys = api_keys(self.model)
        translated = translate_error(error, self.name, address=address, seconds=seconds, keys=keys)
        if translated.kind == "unknown" and (names := _server_models(self)):
            served = {"served": f"; its server has {', '.join(names)}"}
            translated.hint = model_error("unknown", self.name, said=served).hint
        return translated


def _ask(call: _Call, deadline: float | None) -> Iterator[str | Reply]:
    began = time.monotonic()
    deadline = began + _timeout(call.model) if deadline is None else deadline
    notices: tuple[str, ...] = ()
    for attempt in range(TRIES):
        written = _ReplyBuilder()
        error, failed = yield from _try(call, deadline, written, began)
        if failed is None:
            yield replace(written.reply(call.name, call.model), notices=notices)
            return
        wait = _wait(error, attempt)
        late = time.monotonic() + wait >= deadline
        if written.text or attempt + 1 == TRIES or not failed.retryable or late:
            if attempt:
                failed.hint = f"It was asked {attempt + 1} times. {failed.hint}"
            raise failed
        if failed.kind in {"empty", "malformed"}:  # the server may not be able to stream
            call = replace(call, stream=False)
        notices = (*notices, f"Asked again after {wait:g} s: {failed}")
        time.sleep(wait)


def _try(
    call: _Call, deadline: float, written: _ReplyBuilder, began: float
) -> Generator[str, None, tuple[Exception | None, ModelError | None]]:
    """Ask once, yield the words and return what went wrong; raised here, it would have the client's error as context.

    The first of the two is the client's error, if there is one.
    """
    answer = _ThinkingFilter()
    try:
        with closing(BackgroundIterator(call.send, deadline=deadline)) as messages:
            for message in messages:
                words = answer.feed(written.add(message))
                for start in range(0, len(words), MAX_PIECE):
                    if time.monotonic() >= deadline:
                        raise DeadlineError  # noqa: TRY301  as it is between messages
                    yield words[start : start + MAX_PIECE]
                if written.length >= MAX_WRITTEN:
                    written.end = "length"
                    break
    except Exception as error:  # every client raises its own types
        failed = call.translated(error, deadline - began)
        failed.retryable |= failed.kind == "malformed" and call.stream  # the server may not be able to stream
        return error, failed
    if (rest := answer.flush()).strip():
        yield rest
    written.pieces = [answer.kept]
    return None, _problem(call, written)


def _problem(call: _Call, written: _ReplyBuilder) -> ModelError | None:
    """Return what is wrong with a reply that came without an error."""
    if written.end in WITHHELD:
        return model_error("filtered", call.name)
    if not written.text and not call.may_be_empty:
        empty = model_error("empty", call.name)
        empty.retryable = call.stream and not written.end  # the server may not be able to stream
        if written.end in TOO_LONG:
            empty.hint = "It reached the limit of its length before the first word: choose a model that thinks less."
        return empty
    if call.stream and not written.end and call.name.partition(":")[0] in REPORT_END:
        return model_error("cut", call.name)
    return None


def _wait(error: Exception | None, attempt: int) -> float:
    asked = retry_after(error) if error else None
    return WAITS[min(attempt, len(WAITS) - 1)] if asked is None else asked


def _timeout(model: BaseChatModel) -> float:
    """Return the time limit that `create_chat_model` noted on a model."""
    noted = (model.metadata or {}).get("newsqa_timeout")
    return float(noted) if isinstance(noted, (int, float)) else DEFAULT_TIMEOUT


def _tracing(model: BaseChatModel) -> AbstractContextManager[None]:
    """Turn LangSmith off, whatever the environment says, unless the settings allow it."""
    if (model.metadata or {}).get("newsqa_tracing"):
        return nullcontext()
    from langsmith import tracing_context

    return tracing_context(enabled=False)


MAX_LISTED = 12


def _server_models(call: _Call) -> tuple[str, ...]:
    """Return the names of up to twelve models that the server has; () if it does not say in time."""
    try:
        served = list_served(call.name.partition(":")[0], client_address(call.model))
    except ModelError:  # this list is only for the hint
        return ()
    names = sorted(excerpt(one.name) for one in served)
    return (*names[:MAX_LISTED], *(["…"] if len(names) > MAX_LISTED else []))


END_FIELDS = ("finish_reason", "stop_reason", "done_reason", "stopReason")
"""Where providers report why a model stopped."""

TOO_LONG = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
WITHHELD = frozenset({"content_filter", "safety", "refusal", "prohibited_content", "recitation", "blocklist", "spii"})


@dataclass(slots=True)
class _ReplyBuilder:
    """The pieces of a reply so far. `end` is why the model stopped, in its provider's words; "" while it goes on."""

    pieces: list[str] = field(default_factory=list)
    end: str = ""
    length: int = 0
    tokens: Counter[str] = field(default_factory=Counter)

    def add(self, message: AIMessage) -> str:
        """Add the next piece, or a whole message, and return its words, up to MAX_WRITTEN in all."""
        words = str(message.text)[: MAX_WRITTEN - self.length]
        self.pieces.append(words)
        self.length += len(words)
        self.end = _end_of(message.response_metadata) or self.end
        if counted := message.usage_metadata:
            self.tokens.update(
                read=counted.get("input_tokens") or 0,
                written=counted.get("output_tokens") or 0,
                cached=(counted.get("input_token_details") or {}).get("cache_read") or 0,
            )
        return words

    @property
    def text(self) -> str:
        """All words so far."""
        return "".join(self.pieces).strip()

    def reply(self, name: str, model: BaseChatModel) -> Reply:
        """Return the reply, with its tokens and their price."""
        price = Price.of(name, model)
        read, written, cached = self.tokens["read"], self.tokens["written"], self.tokens["cached"]
        known = price.free or self.tokens  # the server reported them
        cost = price.dollars(read, written, cached) if known else None
        return Reply(self.text, Usage(read, written, cost), self.end in TOO_LONG)


def _end_of(metadata: Mapping[str, Any]) -> str:
    return next((str(metadata[key]).lower() for key in END_FIELDS if metadata.get(key)), "")


THINK, END_THINK = "<think>", "</think>"


class _ThinkingFilter:
    """Removes "<think>…</think>", which some servers leave before the answer of a reasoning model, from a stream."""

    def __init__(self) -> None:
        self.kept = ""
        self._held = ""
        self._thinking: bool | None = None  # None until the first words have come

    def feed(self, words: str) -> str:
        """Add the next words and return what of the answer is new."""
        self._held += words
        if self._thinking is None:
            opening = self._held.lstrip()
            if opening and not THINK.startswith(opening[: len(THINK)]):
                self._thinking = False
            elif opening.startswith(THINK):
                self._thinking = True
        if self._thinking and END_THINK in self._held:
            self._thinking, self._held = False, self._held.partition(END_THINK)[2]
        if self._thinking is not False:
            return ""
        if not self.kept:
            self._held = self._held.lstrip()
        return self.flush()

    def flush(self) -> str:
        """Return what was held back and belongs to the answer."""
        rest = "" if self._thinking else self._held
        self._held = ""
        self.kept += rest
        return rest


Item = TypeVar("Item")
QUEUE_SIZE = 64
POLL = 0.1
"""Seconds after which a thread that waits checks if it was interrupted."""


class BackgroundIterator(Generic[Item]):
    """The items of `start()`, made on a thread: a client that connects, or reads byte after byte, may keep no limit.

    It raises DeadlineError at `deadline`, in seconds of `time.monotonic`, and ends early once `stopped` is set or it is
    closed. The iterator behind it is then closed after its next item.
    """

    def __init__(
        self, start: Callable[[], Iterator[Item]], *, deadline: float = inf, stopped: Event | None = None
    ) -> None:
        self.deadline = deadline
        self._stopped = stopped or Event()
        self._closed = Event()
        self._queue: Queue[tuple[Item] | BaseException | None] = Queue(QUEUE_SIZE)
        Thread(target=contextvars.copy_context().run, args=(self._run, start), name="model", daemon=True).start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        """Return the next item. Raises DeadlineError, and what the iterator behind it raised."""
        while not self._ended:
            if (left := self.deadline - time.monotonic()) <= 0:
                raise DeadlineError
            try:
                found = self._queue.get(timeout=min(left, POLL))
            except Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            if found is None:
                break
            return found[0]
        raise StopIteration

    def close(self) -> None:
        """End it, and close the iterator behind it after its next item."""
        self._closed.set()

    @property
    def _ended(self) -> bool:
        return self._closed.is_set() or self._stopped.is_set()

    def _run(self, start: Callable[[], Iterator[Item]]) -> None:
        try:
            for item in (items := start()):
                self._put((item,))
                if self._ended:
                    break
            if close := getattr(items, "close", None):
                close()
            self._put(None)
        except BaseException as error:  # raised again where the items are read
            self._put(error)

    def _put(self, found: tuple[Item] | BaseException | None) -> None:
        """Put an item, or how the iterator ended, unless nobody reads any more."""
        while not self._ended:
            with suppress(Full):
                self._queue.put(found, timeout=POLL)
                return
