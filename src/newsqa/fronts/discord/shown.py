"""What is shown of one answer: that it is worked on, what has passed, the end; a write at a time, not too often."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

import aiohttp
import discord

from newsqa.bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.discord import Part

GAP = 1.2
"""Seconds between two edits of a message: Discord lets five through in five, for a whole channel."""

PAUSE = 0.25
"""Seconds in which a partial answer waits for the whole one: after an edit, that would have to wait for longer."""

_log = logger("discord")


class Carrier(Protocol):
    """Brings one answer to Discord."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The messages that hold it."""

    async def show(self, part: Part) -> None:
        """Show a part as the one message there is so far."""

    async def end(self, parts: Sequence[Part]) -> None:
        """Show the whole answer, and see to it that it arrives."""

    async def remove(self) -> None:
        """Take away what was shown."""

    async def tell(self, part: Part) -> None:
        """Tell the asker something that others need not read."""


class Shown:
    """Keeps the order of what a carrier is given: the newest of what passed, nothing after the end."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._writing = asyncio.Lock()
        self._newest: Part | None = None
        self._opened = False
        self._written = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, part: Part) -> None:
        """Show at once that the question was taken, or again that it was edited: what it was before is void.

        Raises discord.HTTPException where the bot may not post.
        """
        self._newest = None
        async with self._writing:
            await self._pace()
            await self._carrier.show(part)
            self._written = time.monotonic() if self._opened else 0.0
            self._opened = True

    def change(self, part: Part) -> None:
        """Show a part as soon as the pace allows, unless a newer one comes first."""
        self._newest = part
        task = asyncio.create_task(self._change(part))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """Show the end, and return the ids of the messages that hold it."""
        self._newest = None
        async with self._writing:
            await self._pace()
            await self._carrier.end(parts)
        return self._carrier.ids

    async def remove(self) -> None:
        """Take away what was shown."""
        self._newest = None
        async with self._writing:
            await self._carrier.remove()

    async def _change(self, part: Part) -> None:
        await asyncio.sleep(PAUSE)
        async with self._writing:
            if part is self._newest:
                await self._pace()
            if part is not self._newest:
                return
            try:
                await self._carrier.show(part)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                _log.warning("not_shown", why=type(error).__name__)  # the end is shown nevertheless
            self._written = time.monotonic()

    async def _pace(self) -> None:
        await asyncio.sleep(max(0.0, self._written + GAP - time.monotonic()))
