"""Answers to /ask, which in a server only the asker sees."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import discord

from newsqa.fronts.discord.channel import InChannel, tried
from newsqa.fronts.discord.parts import outgoing, sending, view_of
from newsqa.render.discord import Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.bot.events import Message

ACKNOWLEDGED = 40060
EXPIRED = frozenset({10062, 10015, 50027})
"""What Discord says of an interaction that is unknown, or whose token is no longer good: it lives 15 minutes."""


class Late:
    """Brings an answer to /ask as a message in the channel, with whose question it was.

    So it is where the interaction's token is no longer good: an answer that never comes would be worse than one that
    others read, too.
    """

    def __init__(self, client: discord.Client, question: Message, here: int) -> None:
        self._client = client
        self._question = question
        self._channel = InChannel(client, question, here)

    @property
    def ids(self) -> tuple[str, ...]:
        """The messages that hold the answer."""
        return self._channel.ids

    async def show(self, part: Part) -> None:
        """Show nothing before the end."""

    async def end(self, parts: Sequence[Part]) -> None:
        """Show who had asked what, and the whole answer."""
        person = int(self._question.person)
        asker = self._client.get_user(person) or await self._client.fetch_user(person)
        asked = line(f"{asker.display_name} asked: {self._question.text}")
        await self._channel.add((asked, *map(_for_all, parts)))

    async def remove(self) -> None:
        """Take away what was shown."""
        await self._channel.remove()

    async def tell(self, part: Part) -> None:
        """Tell nothing: it would not be the asker's alone."""


class Aside:
    """Brings an answer to where /ask was used: by the interaction as long as its token lives, then as a message."""

    def __init__(self, client: discord.Client, question: Message, interaction: discord.Interaction) -> None:
        self._interaction = interaction
        self._question = question
        self._late = Late(client, question, interaction.channel_id or 0)
        self._expired = False
        self._ids: list[str] = []

    @property
    def ids(self) -> tuple[str, ...]:
        """The messages that hold the answer."""
        return (*self._ids, *self._late.ids)

    async def defer(self) -> bool:
        """Tell Discord within its three seconds that an answer comes; False where another has told it already."""
        try:
            await self._interaction.response.defer(ephemeral=self._question.private, thinking=True)
        except discord.HTTPException as error:
            if error.code == ACKNOWLEDGED:
                return False
            self._expired = True
        return True

    async def show(self, part: Part) -> None:
        """Show a part in the place of the one that stands, as long as the token lives."""
        if not self._expired:
            with self._noting_expiry():
                await self._edit(part)

    async def end(self, parts: Sequence[Part]) -> None:
        """Show the whole answer."""
        for number, part in enumerate(parts):
            if not await self._delivered(number, part):
                await self._late.end(parts[number:])
                return

    async def remove(self) -> None:
        """Take away what was shown."""
        await self._interaction.delete_original_response()

    async def tell(self, part: Part) -> None:
        """Tell the asker, as long as nobody else would read it."""
        await self._delivered(0, part)

    async def _delivered(self, number: int, part: Part) -> bool:
        """Show a part by the interaction; False where its token has expired."""
        if self._expired:
            return False
        with self._noting_expiry():
            self._ids.append(str((await self._edit(part)).id if number == 0 else await self._add(part)))
        return not self._expired

    @contextmanager
    def _noting_expiry(self) -> Iterator[None]:
        try:
            yield
        except discord.HTTPException as error:
            if error.code not in EXPIRED:
                raise
            self._expired = True

    async def _edit(self, part: Part) -> discord.InteractionMessage:
        return await tried(lambda: self._interaction.edit_original_response(**outgoing(part), view=view_of(part)))

    async def _add(self, part: Part) -> int:
        sent = await self._interaction.followup.send(**sending(part), ephemeral=self._question.private, wait=True)
        return int(sent.id)


def _for_all(part: Part) -> Part:
    """Take the button away that would share what all can see."""
    return Part(part.content, part.embeds, tuple(b for b in part.buttons if not b.id.startswith("newsqa:share:")))
