"""How long the bot waits before it tries Discord again: discord.py waits for up to a quarter of an hour."""

from __future__ import annotations

from random import uniform
from typing import Literal

import discord
from discord.backoff import ExponentialBackoff

LONGEST = (60.0, 120.0)
"""Seconds between two tries after a long outage. Discord takes a thousand sessions a day from a bot, then resets its
token: even if every try begins one, there are fewer."""


class Backoff(ExponentialBackoff[Literal[False]]):
    """Waits of up to 2, 4, 8 … seconds, as discord.py's, but never long."""

    def delay(self) -> float:
        """Return the seconds to wait before the next try."""
        return min(super().delay(), uniform(*LONGEST))  # noqa: S311


def use_backoff() -> None:
    """Have discord.py wait so, for the whole process."""
    discord.client.ExponentialBackoff = Backoff  # type: ignore[attr-defined,assignment]
