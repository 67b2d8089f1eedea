"""The client of Discord: decodes what happens there, asks the bot, and shows its events."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import aclosing
from random import uniform
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.backoff import ExponentialBackoff

from newsqa.bot.admin import run_admin_command
from newsqa.bot.events import Answered, Declined, Event, Failed, Interrupted, Message, Partial, Started, Withdrawn
from newsqa.bot.process import logger
from newsqa.errors import NewsqaError
from newsqa.frontends.discord.messages import ClickHandler, conversation_place, decode_message, decode_question
from newsqa.frontends.discord.replies import ChannelReply, DiscordReply, InteractionReply, ReplyUpdater
from newsqa.render.discord import escape, render_answer, render_line
from newsqa.render.posts import WORKING, partial_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from newsqa.bot.core import Bot
    from newsqa.settings import Settings

T = TypeVar("T")
C = TypeVar("C", bound=discord.Client)

LONGEST_COMMAND = 1000  # characters of the text of a command
LONGEST_REPLY = 2000
MOST_ROOTS = 1000  # questions asked by replying for which the first question of the conversation is kept
BACKOFF_LIMIT = (60.0, 120.0)
"""Seconds between two attempts to connect after a long outage. Discord allows a bot a thousand sessions a day, then
resets its token: this stays below, even if every attempt starts a session."""

NOT_HERE = "I do not answer here."
STOPPING = "I am being restarted. Please ask again in a minute."
SEND_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, NewsqaError)

log = logger("discord")

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is not used


class NewsClient(discord.Client):
    """Decodes, asks, shows. It mentions nobody, and caches no messages and no members.

    `content` asks for the privileged intent to read messages that do not mention the bot.
    """

    def __init__(self, bot: Bot, settings: Settings, *, content: bool, proxy: str | None) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            proxy=proxy,
        )
        self._bot = bot
        self._clicks = ClickHandler(bot)
        self._tree = command_tree(self, self.ask, settings)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._roots: OrderedDict[int, int] = OrderedDict()
        self._resumed = False
        self.stopping = False

    async def setup_hook(self) -> None:
        """Register the commands; if that fails, mentions and direct messages still work."""
        try:
            await self._tree.sync()
        except discord.DiscordException as error:
            log.warning("commands_not_registered", why=str(error))

    async def on_ready(self) -> None:
        """Answer, once, what a process that died left without an answer."""
        log.info("serving", servers=len(self.guilds))
        self._bot.metrics.set_connected()
        if self._resumed:
            return
        self._resumed = True
        for question in await self._bot.load_unanswered():
            reply = InteractionReply if question.private else ChannelReply
            self._start(self.answer(question, reply(self, question, self._channel_of(question))))

    async def on_resumed(self) -> None:
        """Record that the connection is back."""
        self._bot.metrics.set_connected()

    async def on_disconnect(self) -> None:
        """Record that the connection was lost; discord.py connects again."""
        self._bot.metrics.set_disconnected()

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is for the bot."""
        question = await self._decode(message)
        if question:
            self._remember_root(message, question)
            await self._start(self.answer(question, ChannelReply(self, question, message.channel.id)))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer a question as edited, if its answer is not complete yet."""
        question = await self._decode(payload.message)
        if question:
            await self._bot.handle_edit(question)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Abandon a question that was deleted."""
        await self._handle_delete(payload.channel_id, payload.guild_id, {payload.message_id})

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Abandon questions that were deleted together."""
        await self._handle_delete(payload.channel_id, payload.guild_id, payload.message_ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle clicks; the command tree handles commands."""
        if interaction.type is discord.InteractionType.component:
            try:
                await self._start(self._clicks.handle(interaction))
            except SEND_ERRORS as error:
                log.warning("click_failed", why=type(error).__name__, code=getattr(error, "code", None))

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        """Log an unexpected error in a handler."""
        log.exception("handler_failed", handler=event_method)

    async def ask(self, interaction: discord.Interaction, text: str) -> None:
        """Answer a question asked by /ask."""
        question = decode_question(interaction, text)
        reply = InteractionReply(self, question, interaction.channel_id or 0)
        if await reply.defer(interaction) and not await self._start(self.answer(question, reply)):
            await reply.notify_asker(render_line(STOPPING if self.stopping else NOT_HERE))

    async def answer(self, question: Message, reply: DiscordReply) -> bool:
        """Show the bot's events for a question; return False if there are none."""
        updater, any_shown = ReplyUpdater(reply), False
        try:
            async with aclosing(self._bot.handle(question)) as events:
                async for event in events:
                    any_shown = True
                    await self._show(event, updater, reply, private=question.private)
        except SEND_ERRORS as error:
            log.error("answer_not_shown", message=question.id, why=str(error))  # noqa: TRY400  expected: no trace
        return any_shown

    async def _show(self, event: Event, updater: ReplyUpdater, reply: DiscordReply, *, private: bool) -> None:
        match event:
            case Started():
                await updater.start(render_line(WORKING))
            case Partial():
                updater.update(render_line(partial_line(event.sentences)))
            case Answered():
                ids = await updater.finish(render_answer(event.answer, event.request_id, private=private))
                await self._bot.record_delivered(event.request_id, ids)
            case Failed() | Interrupted():
                await self._bot.record_delivered(event.request_id, await updater.finish((render_line(event.reply),)))
            case Declined():
                await reply.notify_asker(render_line(event.reply))
            case Withdrawn():
                await updater.delete()

    async def finish(self, seconds: float) -> None:
        """Wait for running tasks for so many seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _decode(self, message: discord.Message) -> Message | None:
        if self.user is None or message.author.id == self.user.id:
            return None
        if message.guild and isinstance(message.channel, discord.PartialMessageable):
            message.channel = await self.fetch_channel(message.channel.id)  # type: ignore[assignment]
        return decode_message(message, self.user, lambda question: self._roots.get(question, question))

    def _remember_root(self, message: discord.Message, question: Message) -> None:
        if question.place.thread.isdecimal():
            self._roots[message.id] = int(question.place.thread)
            while len(self._roots) > MOST_ROOTS:
                self._roots.popitem(last=False)

    async def _handle_delete(self, channel: int, guild: int | None, messages: set[int]) -> None:
        for message in messages:
            place = conversation_place(self.get_channel(channel) or discord.Object(channel), guild, message)
            await self._bot.handle_delete(place, str(message))

    def _channel_of(self, question: Message) -> int:
        """Return the id of the channel or thread in which a stored question was asked."""
        place = question.place
        thread = int(place.thread) if place.thread.isdecimal() and place.thread != question.id else 0
        return thread if thread and isinstance(self.get_channel(thread), discord.Thread) else int(place.channel)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task that `finish` waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def command_tree(
    client: C, ask: Callable[[discord.Interaction, str], Awaitable[None]], settings: Settings
) -> app_commands.CommandTree[C]:
    """Return the bot's commands: /ask, which calls `ask`, and /newsqa."""
    tree = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @tree.command(name="ask", description="Ask the articles; only you see the answer.")
    @app_commands.describe(question="What do you want to know?")
    async def on_ask(interaction: discord.Interaction, question: app_commands.Range[str, 1, LONGEST_COMMAND]) -> None:
        await ask(interaction, question)

    @tree.command(name="newsqa", description="Have the bot forget you; for those who look after it, more.")
    @app_commands.describe(command="help tells what there is")
    async def on_newsqa(
        interaction: discord.Interaction, command: app_commands.Range[str, 1, LONGEST_COMMAND] = "help"
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = conversation_place(interaction.channel, interaction.guild_id)
        reply = await asyncio.to_thread(run_admin_command, command, str(interaction.user.id), place, settings)
        await interaction.edit_original_response(content=escape(reply)[:LONGEST_REPLY])

    @tree.error
    async def on_error(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        log.error("command_failed", why=str(error), interaction=interaction.id)

    return tree


class Backoff(ExponentialBackoff[Literal[False]]):
    """Waits of up to 2, 4, 8 … seconds as in discord.py, but never up to a quarter of an hour."""

    def delay(self) -> float:
        """Return the seconds to wait before the next attempt."""
        return min(super().delay(), uniform(*BACKOFF_LIMIT))  # noqa: S311


def install_backoff() -> None:
    """Make discord.py use `Backoff`, for the whole process."""
    discord.client.ExponentialBackoff = Backoff  # type: ignore[attr-defined,assignment]
