"""The reply to one question in Discord, updated in order: in a channel, a thread, a direct message, an interaction."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord

from newsqa.bot.process import logger
from newsqa.frontends.discord.messages import edit_fields, send_fields, view_of
from newsqa.render.clean import safe_line
from newsqa.render.discord import DiscordMessage, render_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from newsqa.bot.events import Message

T = TypeVar("T")
Channel = discord.Thread | discord.PartialMessageable

UPDATE_INTERVAL = 1.2
"""Seconds between two edits of a message: Discord allows five in five seconds, for a whole channel."""

UPDATE_DELAY = 0.25
"""Seconds by which a partial answer is delayed: if the whole one follows, it would have to wait after an edit."""

TRIES = 3
LONGEST_THREAD_NAME = 90  # characters; Discord accepts 100
NOTICE_SECONDS = 15.0  # how long a notice stays in a channel if its reader accepts no direct messages
UNKNOWN_MESSAGE, THREAD_EXISTS, NO_HISTORY, ACKNOWLEDGED = 10008, 160004, 160002, 40060
EXPIRED = frozenset({10062, 10015, 50027})
"""Errors of Discord for an unknown interaction, or one whose token has expired after 15 minutes."""

log = logger("discord")


class ReplyUpdater:
    """Updates a reply in order and not too often: always with the newest message, and never after the end."""

    def __init__(self, reply: DiscordReply) -> None:
        self._reply = reply
        self._lock = asyncio.Lock()
        self._newest: DiscordMessage | None = None
        self._started = False
        self._updated = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, message: DiscordMessage) -> None:
        """Show the first message at once, again after an edit, in place of any partial answer.

        Raises discord.HTTPException if the bot may not post.
        """
        self._newest = None
        async with self._lock:
            await self._wait()
            await self._reply.show(message)
            self._updated = time.monotonic() if self._started else 0.0
            self._started = True

    def update(self, message: DiscordMessage) -> None:
        """Show a message at the next interval, unless a newer one comes first."""
        self._newest = message
        task = asyncio.create_task(self._update(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, messages: Sequence[DiscordMessage]) -> tuple[str, ...]:
        """Show the end, and return the ids of its messages."""
        self._newest = None
        async with self._lock:
            await self._wait()
            return await self._reply.finish(messages)

    async def delete(self) -> None:
        """Delete what was shown."""
        self._newest = None
        async with self._lock:
            await self._reply.delete()

    async def _update(self, message: DiscordMessage) -> None:
        await asyncio.sleep(UPDATE_DELAY)
        async with self._lock:
            if message is self._newest:
                await self._wait()
            if message is not self._newest:
                return
            try:
                await self._reply.show(message)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.warning("not_shown", why=type(error).__name__)  # the end is shown nevertheless
            self._updated = time.monotonic()

    async def _wait(self) -> None:
        await asyncio.sleep(max(0.0, self._updated + UPDATE_INTERVAL - time.monotonic()))


class ChannelReply:
    """Replies where the question was asked: in a new thread if the bot may create one, else below the question.

    `channel_id` is the channel or thread of the question. Each message has a nonce made from the question, so that
    neither a retry nor a process that resumes after a crash posts anything twice.
    """

    def __init__(self, client: discord.Client, question: Message, channel_id: int) -> None:
        self._client = client
        self._question = question
        self._channel_id = channel_id
        self._channel: Channel | None = None
        self._posts: list[discord.Message] = []
        self._sent = 0

    async def show(self, message: DiscordMessage) -> None:
        """Post the first message, or edit it."""
        if not self._posts:
            self._posts.append(await self._send(message))
            return
        try:
            post = self._posts[0]
            self._posts[0] = await retried(
                lambda: post.edit(**edit_fields(message), view=view_of(message), suppress=not message.embeds)
            )
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            self._posts[0] = await self._send(message)  # somebody deleted it; the asker still waits

    async def finish(self, messages: Sequence[DiscordMessage]) -> tuple[str, ...]:
        """Show the whole answer, and return the ids of its messages."""
        await self.show(messages[0])
        for message in messages[1:]:
            self._posts.append(await self._send(message))
        return tuple(str(post.id) for post in self._posts)

    async def delete(self) -> None:
        """Delete the messages, and archive a thread that was created for them."""
        for post in self._posts:
            with suppress(discord.NotFound):
                await post.delete()
        self._posts.clear()
        if isinstance(self._channel, discord.Thread) and self._channel.id != self._channel_id:
            await self._channel.edit(archived=True)

    async def notify_asker(self, message: DiscordMessage) -> None:
        """Send a direct message; if the asker accepts none, reply and delete the reply soon after."""
        try:
            direct = await self._client.create_dm(discord.Object(int(self._question.person)))
            await direct.send(**send_fields(message))
        except (discord.Forbidden, discord.NotFound):
            channel = self._client.get_partial_messageable(self._channel_id)
            await channel.send(**send_fields(message), delete_after=NOTICE_SECONDS, reference=self._reference())

    async def _send(self, message: DiscordMessage) -> discord.Message:
        self._channel = channel = self._channel or await self._open_channel()
        options: dict[str, Any] = {"nonce": f"{self._question.id}-{self._sent}"}
        is_below = not self._question.private and not self._question.place.direct and channel.id == self._channel_id
        if is_below and not self._sent:
            options["reference"] = self._reference()
        self._sent += 1
        try:
            return await retried(lambda: channel.send(**send_fields(message), **options))
        except discord.HTTPException as error:
            if error.code != NO_HISTORY:
                raise
        log.warning("no_history", channel=self._channel_id, hint="Without Read Message History it cannot reply there.")
        del options["reference"]
        return await retried(lambda: channel.send(**send_fields(message), **options))

    def _reference(self) -> discord.MessageReference:
        return discord.MessageReference(
            message_id=int(self._question.id), channel_id=self._channel_id, fail_if_not_exists=False
        )

    async def _open_channel(self) -> Channel:
        """Return the channel to post in: a new thread, the one that exists already, or where the question was asked."""
        here = self._client.get_channel(self._channel_id)
        me = here.guild.me if isinstance(here, discord.TextChannel | discord.Thread) else None
        if isinstance(here, discord.TextChannel | discord.Thread) and me and not here.permissions_for(me).embed_links:
            log.warning("no_embed_links", channel=here.id, hint="Without Embed Links answers show no sources there.")
        starts_thread = self._question.place.thread == self._question.id
        if starts_thread and isinstance(here, discord.TextChannel) and _can_create_threads(here):
            question = here.get_partial_message(int(self._question.id))
            try:
                return await question.create_thread(
                    name=safe_line(self._question.text)[:LONGEST_THREAD_NAME] or "newsqa"
                )
            except discord.HTTPException as error:
                if error.code == THREAD_EXISTS:
                    return self._client.get_partial_messageable(question.id, guild_id=here.guild.id)
                log.warning("no_thread", channel=here.id, why=str(error))
        return self._client.get_partial_messageable(self._channel_id)


def _can_create_threads(channel: discord.TextChannel) -> bool:
    if not channel.guild.me:  # the server is not loaded yet: try
        return True
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.create_public_threads and allowed.send_messages_in_threads


async def retried(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be repeated, and repeat it after errors of the network or of Discord.

    discord.py itself waits after 429.
    """
    for pause in range(1, TRIES):
        try:
            return await call()
        except (aiohttp.ClientError, TimeoutError, OSError, discord.DiscordServerError):
            await asyncio.sleep(pause)
    return await call()


class InteractionReply:
    """Replies to /ask by its interaction while the token of that is valid, then in the channel, and names the asker.

    Others then read the answer, but it is not lost. A question that a process which died had received has no token.
    """

    def __init__(self, client: discord.Client, question: Message, channel_id: int) -> None:
        self._client = client
        self._question = question
        self._channel = ChannelReply(client, question, channel_id)
        self._interaction: discord.Interaction | None = None

    async def defer(self, interaction: discord.Interaction) -> bool:
        """Acknowledge within Discord's three seconds; return False if another process has done so."""
        try:
            await interaction.response.defer(ephemeral=self._question.private, thinking=True)
        except discord.HTTPException as error:
            return error.code != ACKNOWLEDGED
        self._interaction = interaction
        return True

    async def show(self, message: DiscordMessage) -> None:
        """Edit the response, if the token is still valid."""
        await self._send(0, message)

    async def finish(self, messages: Sequence[DiscordMessage]) -> tuple[str, ...]:
        """Show the whole answer, and return the ids of its messages."""
        ids: list[str] = []
        for number, message in enumerate(messages):
            sent = await self._send(number, message)
            if sent is None:
                return (*ids, *await self._post_for_all(messages[number:]))
            ids.append(sent)
        return tuple(ids)

    async def delete(self) -> None:
        """Delete the response, or the messages in the channel."""
        await (self._interaction.delete_original_response() if self._interaction else self._channel.delete())

    async def notify_asker(self, message: DiscordMessage) -> None:
        """Show a message to the asker, if nobody else would read it."""
        await self._send(0, message)

    async def _send(self, number: int, message: DiscordMessage) -> str | None:
        """Edit the response, or send a followup; return the id of the message, None if there is no valid token."""
        if (interaction := self._interaction) is None:
            return None
        sent: discord.Message
        try:
            if number:
                private = self._question.private
                sent = await interaction.followup.send(**send_fields(message), ephemeral=private, wait=True)
            else:
                fields = {**edit_fields(message), "view": view_of(message)}
                sent = await retried(lambda: interaction.edit_original_response(**fields))
        except discord.HTTPException as error:
            if error.code not in EXPIRED:
                raise
            self._interaction = None
            return None
        return str(sent.id)

    async def _post_for_all(self, messages: Sequence[DiscordMessage]) -> tuple[str, ...]:
        """Post who asked what, and the answer without the button that shares it; return the ids."""
        person = int(self._question.person)
        asker = self._client.get_user(person) or await self._client.fetch_user(person)
        question = render_line(f"{asker.display_name} asked: {self._question.text}")
        answer = [
            replace(m, buttons=tuple(b for b in m.buttons if not b.id.startswith("newsqa:share:"))) for m in messages
        ]
        return await self._channel.finish((question, *answer))


DiscordReply = ChannelReply | InteractionReply
"""Where the answer to one question is shown; `finish` makes sure that it arrives."""
