"""Answers in channels, in threads that the bot makes there, and in direct messages."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord

from newsqa.bot.log import logger
from newsqa.frontends.discord.messages import outgoing, sending, view_of
from newsqa.render.clean import safe_line
from newsqa.render.discord import Part, line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from newsqa.bot.events import Message


T = TypeVar("T")
Room = discord.Thread | discord.PartialMessageable

TRIES = 3
NAME = 90
"""Characters of a thread's name; Discord takes 100."""
UNKNOWN_MESSAGE, THREAD_EXISTS, NO_HISTORY = 10008, 160004, 160002
NOTICE = 15.0
"""Seconds for which a notice stands in a channel where its reader takes no direct messages."""

_log = logger("discord")


class ChannelReply:
    """Brings an answer to where it was asked: into a thread of its own where the bot may make one, else as a reply.

    `here` is the channel or thread in which the question stands. Every message has a nonce made from the question, so
    that neither a second try nor a process that takes up what a crash left shows anything twice.
    """

    def __init__(self, client: discord.Client, question: Message, here: int) -> None:
        self._client = client
        self._question = question
        self._here = here
        self._room: Room | None = None
        self._posts: list[discord.Message] = []
        self._sent = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """The messages that hold the answer."""
        return tuple(str(post.id) for post in self._posts)

    async def show(self, part: Part) -> None:
        """Show a part in the place of the one that stands."""
        if not self._posts:
            self._posts.append(await self._send(part))
            return
        try:
            post = self._posts[0]
            self._posts[0] = await tried(
                lambda: post.edit(**outgoing(part), view=view_of(part), suppress=not part.embeds)
            )
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            self._posts[0] = await self._send(part)  # somebody took the message away; the asker still waits

    async def end(self, parts: Sequence[Part]) -> None:
        """Show the whole answer."""
        await self.show(parts[0])
        await self.add(parts[1:])

    async def add(self, parts: Sequence[Part]) -> None:
        """Show further parts below those that stand."""
        for part in parts:
            self._posts.append(await self._send(part))

    async def remove(self) -> None:
        """Take away what was shown."""
        for post in self._posts:
            with suppress(discord.NotFound):
                await post.delete()
        self._posts.clear()
        if isinstance(self._room, discord.Thread) and self._room.id != self._here:
            await self._room.edit(archived=True)

    async def tell(self, part: Part) -> None:
        """Tell it in a direct message; where the asker takes none, in a reply that goes away again."""
        try:
            direct = await self._client.create_dm(discord.Object(int(self._question.person)))
            await direct.send(**sending(part))
        except (discord.Forbidden, discord.NotFound):
            room = self._client.get_partial_messageable(self._here)
            await room.send(**sending(part), delete_after=NOTICE, reference=self._reference())

    async def _send(self, part: Part) -> discord.Message:
        self._room = room = self._room or await self._make_room()
        more: dict[str, Any] = {"nonce": f"{self._question.id}-{self._sent}"}
        answers = not self._question.private and not self._question.place.direct and room.id == self._here
        if answers and not self._sent:
            more["reference"] = self._reference()
        self._sent += 1
        try:
            return await tried(lambda: room.send(**sending(part), **more))
        except discord.HTTPException as error:
            if error.code != NO_HISTORY:
                raise
        _log.warning("no_history", channel=self._here, hint="Without Read Message History it cannot reply there.")
        del more["reference"]
        return await tried(lambda: room.send(**sending(part), **more))

    def _reference(self) -> discord.MessageReference:
        return discord.MessageReference(
            message_id=int(self._question.id), channel_id=self._here, fail_if_not_exists=False
        )

    async def _make_room(self) -> Room:
        here = self._client.get_channel(self._here)
        if isinstance(here, discord.TextChannel | discord.Thread):
            _see_to_embeds(here)
        begins = self._question.place.thread == self._question.id
        if begins and isinstance(here, discord.TextChannel) and _makes_threads(here):
            question = here.get_partial_message(int(self._question.id))
            try:
                return await question.create_thread(name=safe_line(self._question.text)[:NAME] or "newsqa")
            except discord.HTTPException as error:
                if error.code == THREAD_EXISTS:
                    return self._client.get_partial_messageable(question.id, guild_id=here.guild.id)
                _log.warning("no_thread", channel=here.id, why=str(error))
        return self._client.get_partial_messageable(self._here)


def _see_to_embeds(channel: discord.TextChannel | discord.Thread) -> None:
    """Log where Discord will leave the sources out of an answer."""
    if channel.guild.me and not channel.permissions_for(channel.guild.me).embed_links:
        _log.warning("no_embed_links", channel=channel.id, hint="Without Embed Links answers show no sources there.")


def _makes_threads(channel: discord.TextChannel) -> bool:
    if not channel.guild.me:  # Discord has not told of the server yet: trying tells
        return True
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.create_public_threads and allowed.send_messages_in_threads


async def tried(work: Callable[[], Awaitable[T]]) -> T:
    """Do something that may be done twice, again where the network or Discord failed. discord.py waits out 429s."""
    for pause in range(1, TRIES):
        try:
            return await work()
        except (aiohttp.ClientError, TimeoutError, OSError, discord.DiscordServerError):
            await asyncio.sleep(pause)
    return await work()


# Answers to /ask, which in a server only the asker sees.

ACKNOWLEDGED = 40060
EXPIRED = frozenset({10062, 10015, 50027})
"""What Discord says of an interaction that is unknown, or whose token is no longer good: it lives 15 minutes."""


class ChannelFallback:
    """Brings an answer to /ask as a message in the channel, with whose question it was.

    So it is where the interaction's token is no longer good: an answer that never comes would be worse than one that
    others read, too.
    """

    def __init__(self, client: discord.Client, question: Message, here: int) -> None:
        self._client = client
        self._question = question
        self._channel = ChannelReply(client, question, here)

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


class EphemeralReply:
    """Brings an answer to where /ask was used: by the interaction as long as its token lives, then as a message."""

    def __init__(self, client: discord.Client, question: Message, interaction: discord.Interaction) -> None:
        self._interaction = interaction
        self._question = question
        self._late = ChannelFallback(client, question, interaction.channel_id or 0)
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
