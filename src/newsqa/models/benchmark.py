"""How fast a chat model reads and writes: timed with short prompts without article text, cached with the day."""

from __future__ import annotations

import random
import time
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.errors import ModelError
from newsqa.models.chat import Reply, stream_model
from newsqa.models.files import read_cache, update_cache
from newsqa.models.providers import client_address
from newsqa.models.registry import create_chat_model

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from newsqa.settings import Settings
    from newsqa.types import Usage

QUESTION = "Reply with one short sentence: what do you read?"
SPEEDS = "speeds.json"

NUMBERS = 120
"""Numbers in the prompt: some 300 to 500 tokens, as many as a small model reads for an answer."""


@dataclass(frozen=True, slots=True)
class TimedReply:
    """A reply, and the seconds to its first words, in which it is loaded and reads the prompt, and to its end."""

    text: str
    usage: Usage
    first: float
    last: float

    @property
    def read_rate(self) -> float | None:
        """Tokens read per second, None if they were not counted. It holds for a model that was loaded."""
        return self.usage.input_tokens / self.first if self.usage.input_tokens and self.first > 0 else None

    @property
    def write_rate(self) -> float | None:
        """Tokens written per second, None if they were not counted or came all at once."""
        more, seconds = self.usage.output_tokens - 1, self.last - self.first
        return more / seconds if more > 0 and seconds > 0.001 * more else None


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second and the day of the measurement; None if the server did not count its tokens."""

    read: float | None
    written: float | None
    on: date


def try_model(settings: Settings) -> TimedReply:
    """Ask the model in the settings one short question, within `settings.timeout` in all. Raises ModelError."""
    return _timed(create_chat_model(settings), settings.model, QUESTION, settings.timeout)


def model_host(settings: Settings) -> str:
    """Return host and port of the server of the model in the settings; "" if it has none or cannot be created."""
    try:
        return urlsplit(client_address(create_chat_model(settings))).netloc.rpartition("@")[2]
    except (ModelError, ValueError):
        return ""


def measure_speed(name: str, settings: Settings) -> Speed:
    """Let a model read a few hundred tokens and write about a hundred; cache how fast it was. Raises ModelError.

    A short call before loads it, here or on its server. Reading is the time to the first piece of the answer, writing
    that of all that follow. The prompt begins with random numbers, so that no cache has read it before.
    """
    model = create_chat_model(replace(settings, model=name))
    chance = random.Random()  # noqa: S311  no secret
    numbers = " ".join(str(chance.randrange(1000, 10_000)) for _ in range(NUMBERS))
    _timed(model, name, "Say yes.", settings.timeout)
    reply = _timed(model, name, f"{numbers}\n\nWrite five sentences about the sea.", settings.timeout)
    read, written = (round(rate, 1) if rate else None for rate in (reply.read_rate, reply.write_rate))
    speed = Speed(read, written, date.today())
    save_speed(name, settings, speed)
    return speed


def load_speed(name: str, settings: Settings) -> Speed | None:
    """Return the cached speed of a model with as many threads as are set now, None if there is none."""
    found = read_cache(SPEEDS).get(f"{name} {settings.threads}")
    try:
        return Speed(**{**found, "on": date.fromisoformat(found["on"])}) if found else None
    except (TypeError, KeyError, ValueError):
        return None


def save_speed(name: str, settings: Settings, speed: Speed) -> None:
    """Cache the speed of a model, if the cache can be written."""
    update_cache(SPEEDS, f"{name} {settings.threads}", {**asdict(speed), "on": speed.on.isoformat()})


def _timed(model: BaseChatModel, name: str, prompt: str, timeout: float) -> TimedReply:
    """Send a prompt and time the reply. Raises ModelError if it is not complete after `timeout` seconds."""
    began = time.monotonic()
    first = 0.0
    for event in stream_model(model, name, [("human", prompt)], began + timeout):
        now = time.monotonic() - began
        first = first or now
        if isinstance(event, Reply):
            return TimedReply(event.text, event.usage, first, now)
    raise AssertionError("a stream ends with its reply")
