"""Ask a chat model: one deadline over everything, few retries, and every fault a ModelError without a key in it."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.models.addresses import without_secrets
from newsqa.models.chat.deadlines import until
from newsqa.models.chat.failures import failure, fault, retry_after
from newsqa.models.chat.providers import LLAMACPP, LOCAL
from newsqa.models.chat.replies import Gathered, Reply
from newsqa.models.chat.served import keys_of, names_served
from newsqa.models.chat.thoughts import Thoughts
from newsqa.models.prices import address_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from contextlib import AbstractContextManager

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

    from newsqa.errors import ModelError

Messages = list[tuple[str, str]]
"""(role, text) each, where the role is "system", "human" or "ai"."""

TRIES = 3
WAITS = (0.5, 2.0)
"""Seconds before the second and the third try, where the server does not say how long to wait."""

PATIENCE = 600.0
"""Seconds for a model that was not made by `chat_model`, where no deadline is given."""

MOST_WRITTEN = 100_000
"""Characters; a model that writes on and on is stopped here, as at a limit of its length."""

IN_PROCESS = frozenset({LOCAL, LLAMACPP})
SAYS_WHY = IN_PROCESS | {"openai", "ollama", "anthropic"}
"""Providers that always say why a model stopped: without it, the stream was cut."""


def ask_model(model: BaseChatModel, name: str, messages: Messages, deadline: float | None = None) -> Reply:
    """Send messages and return the whole reply, asked for in one piece; it may be empty. Else as `stream_model`."""
    streams = name.partition(":")[0] in IN_PROCESS  # so that it can be stopped
    *_, reply = _asked(_Call(model, name, messages, streams, may_be_empty=True), deadline)
    assert isinstance(reply, Reply)  # noqa: S101  the last that comes
    return reply


def stream_model(
    model: BaseChatModel, name: str, messages: Messages, deadline: float | None = None
) -> Iterator[str | Reply]:
    """Send messages and yield the words as they come, at last the Reply with all of them.

    `deadline` is in seconds of `time.monotonic` and covers connecting, every retry and the last word; without one it is
    the time limit that the model was made with, from now. The model is asked again, twice at most, where that may help
    and no word has come yet; the reply's notices say so.

    Raises ModelError, whose kind tells why: "cut" where the stream broke off (the words until then were yielded),
    "timeout" at the deadline, "empty" where no word came. Its cause and its words hold no key.
    """
    return _asked(_Call(model, name, messages, streams=True), deadline)


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked of whom; `streams` tells whether words are wanted as they come, `may_be_empty` whether any are."""

    model: BaseChatModel
    name: str
    messages: Messages
    streams: bool
    may_be_empty: bool = False

    def start(self) -> Iterator[AIMessage]:
        """Ask once."""
        with _tracing(self.model):
            if self.streams:
                yield from self.model.stream(self.messages)
            else:
                yield self.model.invoke(self.messages)

    def whole(self) -> _Call:
        """Return the same call for a server that cannot stream."""
        return replace(self, streams=False)

    def failed(self, error: Exception, seconds: float) -> ModelError:
        """Say what went wrong."""
        made = failure(
            error,
            self.name,
            address=without_secrets(address_of(self.model)),
            seconds=seconds,
            keys=keys_of(self.model),
        )
        if made.kind == "unknown" and (served := names_served(self.model)):
            made.hint = fault("unknown", self.name, served=served).hint
        return made


def _asked(call: _Call, deadline: float | None) -> Iterator[str | Reply]:
    began = time.monotonic()
    deadline = began + _patience(call.model) if deadline is None else deadline
    notices: tuple[str, ...] = ()
    for attempt in range(TRIES):
        gathered = Gathered()
        error, failed = yield from _once(call, deadline, gathered, began)
        if failed is None:
            yield gathered.reply(call.name, call.model).told(notices)
            return
        wait = _wait(error, attempt)
        if gathered.text or attempt + 1 == TRIES or not _again(failed, wait, deadline):
            raise _after(failed, attempt)
        call = call.whole() if failed.kind in {"empty", "malformed"} else call
        notices = (*notices, f"Asked again after {wait:g} s: {failed}")
        time.sleep(wait)


def _once(
    call: _Call, deadline: float, gathered: Gathered, began: float
) -> Generator[str, None, tuple[Exception | None, ModelError | None]]:
    """Ask once, yield the words, and return what went wrong: it is raised elsewhere, without the client's own."""
    thoughts = Thoughts()
    try:
        for message in until(deadline, call.start):
            words = thoughts.without(gathered.take(message))
            if words:
                yield words
            if gathered.length > MOST_WRITTEN:
                gathered.end = "length"
                break
    except Exception as error:  # every client raises its own kinds
        failed = call.failed(error, deadline - began)
        failed.retryable |= failed.kind == "malformed" and call.streams  # its server may only not know how to stream
        return error, failed
    if (rest := thoughts.rest()).strip():
        yield rest
    gathered.pieces = [thoughts.kept]
    return None, _lacking(call, gathered)


def _lacking(call: _Call, gathered: Gathered) -> ModelError | None:
    """Return what is wrong with a reply that came without an error."""
    if gathered.withheld:
        return fault("filtered", call.name)
    if not gathered.text and not call.may_be_empty:
        return _without_words(call, gathered)
    if call.streams and not gathered.end and call.name.partition(":")[0] in SAYS_WHY:
        return fault("cut", call.name)
    return None


def _without_words(call: _Call, gathered: Gathered) -> ModelError:
    made = fault("empty", call.name)
    made.retryable = call.streams and not gathered.end  # a server that cannot stream may still answer
    if gathered.cut_short:
        made.hint = "It reached the limit of its length before the first word: choose a model that thinks less."
    return made


def _again(failed: ModelError, wait: float, deadline: float) -> bool:
    return failed.retryable and time.monotonic() + wait < deadline


def _wait(error: Exception | None, attempt: int) -> float:
    told = retry_after(error) if error else None
    return WAITS[min(attempt, len(WAITS) - 1)] if told is None else told


def _after(failed: ModelError, attempt: int) -> ModelError:
    """Say how often was asked."""
    if attempt:
        failed.hint = f"It was asked {attempt + 1} times. {failed.hint}"
    return failed


def _patience(model: BaseChatModel) -> float:
    """Return the time limit that `chat_model` noted on a model."""
    noted = (model.metadata or {}).get("newsqa_timeout")
    return float(noted) if isinstance(noted, (int, float)) else PATIENCE


def _tracing(model: BaseChatModel) -> AbstractContextManager[None]:
    """Keep LangSmith out, whatever the environment asks for, unless the settings let it in."""
    if (model.metadata or {}).get("newsqa_tracing"):
        return nullcontext()
    from langsmith import tracing_context  # noqa: PLC0415

    return tracing_context(enabled=False)
