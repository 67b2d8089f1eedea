"""Measures how fast a model reads and writes, by letting it do both."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.models.chat import chat_model
from newsqa.models.inventory.speeds import Speed, keep_speed
from newsqa.models.trial import timed

if TYPE_CHECKING:
    from newsqa.settings import Settings

NUMBERS = 120
"""Numbers in the prompt: some 300 to 500 tokens, as many as a small model reads for an answer."""


def measure(name: str, settings: Settings) -> Speed:
    """Let a model read a few hundred tokens and write about a hundred; keep how fast it was. Raises ModelError.

    A short call before loads it, or wakes it on its server. Reading is the time to the first piece of the answer,
    writing that of all that follow. The prompt begins with random numbers, so that no cache has read it before.
    """
    model = chat_model(replace(settings, model=name))
    timed(model, name, "Say yes.", settings.timeout)
    trial = timed(model, name, _prompt(), settings.timeout)
    speed = Speed(_rounded(trial.read_rate), _rounded(trial.write_rate), date.today())  # noqa: DTZ011  a person's day
    keep_speed(name, settings, speed)
    return speed


def _prompt() -> str:
    chance = random.Random()  # noqa: S311  no secret
    numbers = " ".join(str(chance.randrange(1000, 10_000)) for _ in range(NUMBERS))
    return f"{numbers}\n\nWrite five sentences about the sea."


def _rounded(rate: float | None) -> float | None:
    return round(rate, 1) if rate else None
