"""Tries a chat model really: one short call that holds no article text, timed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.errors import ModelError
from newsqa.models.prices import address_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from newsqa.records import Usage
    from newsqa.settings import Settings

QUESTION = "Reply with one short sentence: what do you read?"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model said; the seconds until its first words, in which it was woken and read, and until its last."""

    said: str
    usage: Usage
    first: float
    last: float

    @property
    def read_rate(self) -> float | None:
        """Tokens read a second, None where they were not counted. It holds for a model that was awake."""
        return self.usage.input_tokens / self.first if self.usage.input_tokens and self.first > 0 else None

    @property
    def write_rate(self) -> float | None:
        """Tokens written a second, None where they were not counted or too few came one by one."""
        more, seconds = self.usage.output_tokens - 1, self.last - self.first
        return more / seconds if more > 0 and seconds > 0.001 * more else None  # else they came all at once


def try_model(settings: Settings) -> Trial:
    """Ask the model that is set one short question, within `settings.timeout` in all. Raises ModelError."""
    from newsqa.models.chat import chat_model  # noqa: PLC0415  clients take a second to import

    return timed(chat_model(settings), settings.model, QUESTION, settings.timeout)


def tried_at(settings: Settings) -> str:
    """Return the host and port that the model which is set is asked at; "" where it is made here or not at all."""
    from newsqa.models.chat import chat_model  # noqa: PLC0415

    try:
        return urlsplit(address_of(chat_model(settings))).netloc.rpartition("@")[2]
    except (ModelError, ValueError):
        return ""


def timed(model: BaseChatModel, name: str, text: str, timeout: float) -> Trial:
    """Ask a model and take the time, in seconds. Raises ModelError where it is not done after `timeout`."""
    from newsqa.models.chat import Reply, stream_model  # noqa: PLC0415

    began = time.monotonic()
    first = 0.0
    for event in stream_model(model, name, [("human", text)], began + timeout):
        now = time.monotonic() - began
        first = first or now
        if isinstance(event, Reply):
            return Trial(event.text, event.usage, first, now)
    raise AssertionError("a stream ends with its reply")
