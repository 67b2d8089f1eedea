"""What is shown of one answer: that it is worked on, what has passed, the end; a write at a time, not too often."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

import aiohttp
import discord

from newsqa.bot.log import logger
from newsqa.render.discord import Part, answered, line, sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Verdict


GAP = 1.2
"""Seconds between two edits of a message: Discord lets five through in five, for a whole channel."""

PAUSE = 0.25
"""Seconds in which a partial answer waits for the whole one: after an edit, that would have to wait for longer."""

_log = logger("discord")


class MessageEditor(Protocol):
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


class LiveMessage:
    """Keeps the order of what a carrier is given: the newest of what passed, nothing after the end."""

    def __init__(self, carrier: MessageEditor) -> None:
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


# A rendered part as discord.py takes it.

_STYLES = {"primary": discord.ButtonStyle.primary, "secondary": discord.ButtonStyle.secondary}


class Outgoing(TypedDict):
    """What sends and edits alike take."""

    content: str
    embeds: list[discord.Embed]


def outgoing(part: Part) -> Outgoing:
    """Return the text and the embeds of a part; the client itself allows no mentions."""
    return {"content": part.content, "embeds": [discord.Embed.from_dict(embed) for embed in part.embeds]}


def sending(part: Part) -> dict[str, Any]:
    """Return what a new message takes: links show no previews, unless the part has embeds, which that would hide."""
    view = view_of(part)
    return {**outgoing(part), "suppress_embeds": not part.embeds, **({"view": view} if view else {})}


def view_of(part: Part) -> discord.ui.View | None:
    """Return the buttons of a part. Clicks are known by custom_id, so discord.py need not remember the view."""
    if not part.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in part.buttons:
        item: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=button.label, custom_id=button.id, style=_STYLES[button.style]
        )
        view.add_item(item)
    view.stop()
    return view


# Clicks on the buttons below answers. They carry all they mean in their custom_id, so they work after a restart.

_VERDICTS: dict[str, Verdict] = {"good": "good", "bad": "bad"}

THANKS = "Thank you. It counts once a person; you can change your mind."
SHARED = "It is shared already."
ALREADY = "You have said so already."
NO_LONGER = "This answer is no longer kept."
NO_SOURCES = "This answer has no sources."


@dataclass(frozen=True, slots=True)
class Buttons:
    """What clicks do. `_shared` are answers shared since the start, so that a double click shares once."""

    bot: Bot
    _shared: set[str] = field(default_factory=set[str])

    async def pressed(self, interaction: discord.Interaction) -> None:
        """Do what a button says; one of somebody else's, or of no known kind, is left alone."""
        data: Mapping[str, Any] = interaction.data or {}
        owner, does, exchange = (*str(data.get("custom_id", "")).split(":", 2), "", "")[:3]
        if owner != "newsqa" or not exchange:
            return
        if does in _VERDICTS:
            counted = await self.bot.feedback(exchange, str(interaction.user.id), _VERDICTS[does])
            await _tell(interaction, (line(THANKS if counted else ALREADY),))
        elif does == "sources":
            answer = await self.bot.stored(exchange)
            await _tell(interaction, (sources(answer) or (line(NO_SOURCES),)) if answer else (line(NO_LONGER),))
        elif does == "share" and exchange in self._shared:
            await _tell(interaction, (line(SHARED),))
        elif does == "share":
            self._shared.add(exchange)
            await self._share(interaction, exchange)

    async def _share(self, interaction: discord.Interaction, exchange: str) -> None:
        """Post a private answer for all, with who shared it and what was asked; its button goes: once is enough."""
        answer = await self.bot.stored(exchange)
        if answer is None:
            await _tell(interaction, (line(NO_LONGER),))
            return
        await interaction.response.edit_message(view=_without(interaction.message, exchange))
        told = line(f"{interaction.user.display_name} asked, and shares the answer: {answer.question}")
        await _follow(interaction, (told, *answered(answer, exchange)), ephemeral=False)


async def _tell(interaction: discord.Interaction, parts: Sequence[Part]) -> None:
    """Answer the one who clicked, and nobody else."""
    await interaction.response.send_message(**sending(parts[0]), ephemeral=True)
    await _follow(interaction, parts[1:], ephemeral=True)


async def _follow(interaction: discord.Interaction, parts: Sequence[Part], *, ephemeral: bool) -> None:
    for part in parts:
        await interaction.followup.send(**sending(part), ephemeral=ephemeral)


def _without(message: discord.Message | None, exchange: str) -> discord.ui.View | None:
    """Return the buttons of a message but for the one that shares."""
    if message is None:
        return None
    view = discord.ui.View.from_message(message, timeout=None)
    for item in view.children:
        if isinstance(item, discord.ui.Button) and item.custom_id == f"newsqa:share:{exchange}":
            view.remove_item(item)
    view.stop()
    return view
