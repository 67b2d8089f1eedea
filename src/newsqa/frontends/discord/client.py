"""The client of Discord: what happens there goes to the bot, and what the bot tells is shown there."""

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
from newsqa.bot.events import Answered, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.bot.log import logger
from newsqa.errors import NewsqaError
from newsqa.frontends.discord.answers import ChannelFallback, ChannelReply, EphemeralReply
from newsqa.frontends.discord.decode import message_of, place_of, question_of
from newsqa.frontends.discord.messages import Buttons, LiveMessage
from newsqa.render.discord import answered, line, partial, plain, working

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Event, Message
    from newsqa.frontends.discord.messages import MessageEditor
    from newsqa.settings import Settings


# The commands that Discord lists: /ask for everybody's questions, /newsqa for those who look after the bot.

C = TypeVar("C", bound=discord.Client)

LONGEST = 1000
"""Characters that a command takes."""
LONGEST_TOLD = 2000

_command_log = logger("discord")


def commands(
    client: C, ask: Callable[[discord.Interaction, str], Awaitable[None]], settings: Settings
) -> app_commands.CommandTree[C]:
    """Return the commands of the bot; `ask` answers a question."""
    tree = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @tree.command(name="ask", description="Ask the articles; only you see the answer.")
    @app_commands.describe(question="What do you want to know?")
    async def asked(interaction: discord.Interaction, question: app_commands.Range[str, 1, LONGEST]) -> None:
        await ask(interaction, question)

    @tree.command(name="newsqa", description="Have the bot forget you; for those who look after it, more.")
    @app_commands.describe(command="help tells what there is")
    async def kept(interaction: discord.Interaction, command: app_commands.Range[str, 1, LONGEST] = "help") -> None:
        await _keep(interaction, command, settings)

    @tree.error
    async def failed(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        _command_log.error("command_failed", why=str(error), interaction=interaction.id)

    return tree


async def _keep(interaction: discord.Interaction, words: str, settings: Settings) -> None:
    """Do what a command to the bot itself says, and tell only who gave it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    place = place_of(interaction.channel, interaction.guild_id)
    told = await asyncio.to_thread(run_admin_command, words, str(interaction.user.id), place, settings)
    await interaction.edit_original_response(content=plain(told)[:LONGEST_TOLD])


REMEMBERED = 1000
"""Questions asked by replying, whose conversations' beginnings are remembered."""
NOT_HERE = "I do not answer here."
STOPPING = "I am being restarted. Please ask again in a minute."
FAULTS = (discord.DiscordException, aiohttp.ClientError, OSError, NewsqaError)

T = TypeVar("T")

_log = logger("discord")


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here


def intents(*, content: bool) -> discord.Intents:
    """Return what the bot needs to hear: servers, messages there and direct ones; `content` is the privileged one."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=content)


class NewsClient(discord.Client):
    """Decodes, asks, shows. It pings nobody, and keeps no messages and no members."""

    def __init__(self, bot: Bot, settings: Settings, *, content: bool, proxy: str | None) -> None:
        super().__init__(
            intents=intents(content=content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            proxy=proxy,
        )
        self._bot = bot
        self._buttons = Buttons(bot)
        self._tree = commands(self, self.ask, settings)
        self._answering: set[asyncio.Task[Any]] = set()
        self._began: OrderedDict[int, int] = OrderedDict()
        self._recovered = False
        self.stopping = False

    async def setup_hook(self) -> None:
        """Have Discord know the commands; where that fails, mentions and direct messages work all the same."""
        try:
            await self._tree.sync()
        except discord.DiscordException as error:
            _log.warning("commands_not_registered", why=str(error))

    async def on_ready(self) -> None:
        """Take up, once, what a process that died left without an answer."""
        _log.info("serving", servers=len(self.guilds))
        self._bot.vitals.connected()
        if self._recovered:
            return
        self._recovered = True
        for question in await self._bot.left_open():
            carrier = ChannelFallback if question.private else ChannelReply
            self._begin(self.answer(question, carrier(self, question, self._stands_in(question))))

    async def on_resumed(self) -> None:
        """Note that the connection is there again."""
        self._bot.vitals.connected()

    async def on_disconnect(self) -> None:
        """Note that the connection was lost; discord.py makes a new one."""
        self._bot.vitals.lost()

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message, where it is one for the bot."""
        question = await self._decoded(message)
        if question:
            self._remember(message, question)
            await self._begin(self.answer(question, ChannelReply(self, question, message.channel.id)))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer a question as edited, where its answer is not made yet."""
        question = await self._decoded(payload.message)
        if question:
            await self._bot.edited(question)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Leave a question that was deleted."""
        await self._deleted(payload.channel_id, payload.guild_id, {payload.message_id})

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Leave questions that were deleted together."""
        await self._deleted(payload.channel_id, payload.guild_id, payload.message_ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Do what a button says; commands go their own way."""
        if interaction.type is discord.InteractionType.component:
            try:
                await self._begin(self._buttons.pressed(interaction))
            except FAULTS as error:
                _log.warning("click_failed", why=type(error).__name__, code=getattr(error, "code", None))

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        """Log what no handler foresaw."""
        _log.exception("handler_failed", handler=event_method)

    async def ask(self, interaction: discord.Interaction, question: str) -> None:
        """Answer a question asked by /ask."""
        asked = question_of(interaction, question)
        aside = EphemeralReply(self, asked, interaction)
        if await aside.defer() and not await self._begin(self.answer(asked, aside)):
            await aside.tell(line(STOPPING if self.stopping else NOT_HERE))

    async def answer(self, question: Message, carrier: MessageEditor) -> bool:
        """Show what the bot tells of a question; False where it has nothing to tell."""
        shown, told = LiveMessage(carrier), False
        try:
            async with aclosing(self._bot.take(question)) as happenings:
                async for happening in happenings:
                    told = True
                    await self._show(happening, shown, carrier, private=question.private)
        except FAULTS as error:
            _log.error("answer_not_shown", message=question.id, why=str(error))
        return told

    async def _show(self, happening: Event, shown: LiveMessage, carrier: MessageEditor, *, private: bool) -> None:
        match happening:
            case Working():
                await shown.open(working())
            case Partial(sentences=sentences):
                shown.change(partial(sentences))
            case Answered(exchange=exchange, answer=answer):
                await self._bot.delivered(exchange, await shown.end(answered(answer, exchange, private=private)))
            case Failed() | Interrupted():
                await self._bot.delivered(happening.exchange, await shown.end((line(happening.line),)))
            case Limited():
                await carrier.tell(line(happening.line))
            case Left():
                await shown.remove()

    async def settled(self, seconds: float) -> None:
        """Wait until what is being shown is shown, or the time is up."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=seconds)

    async def _decoded(self, message: discord.Message) -> Message | None:
        if self.user is None or message.author.id == self.user.id:
            return None
        if message.guild and isinstance(message.channel, discord.PartialMessageable):
            message.channel = await self.fetch_channel(message.channel.id)  # type: ignore[assignment]
        return message_of(message, self.user, lambda asked: self._began.get(asked, asked))

    def _remember(self, message: discord.Message, question: Message) -> None:
        if question.place.thread.isdecimal():
            self._began[message.id] = int(question.place.thread)
            while len(self._began) > REMEMBERED:
                self._began.popitem(last=False)

    async def _deleted(self, channel: int, guild: int | None, messages: set[int]) -> None:
        for message in messages:
            place = place_of(self.get_channel(channel) or discord.Object(channel), guild, message)
            await self._bot.deleted(place, str(message))

    def _stands_in(self, question: Message) -> int:
        """Return the channel or thread in which a question of the store was asked."""
        place = question.place
        thread = int(place.thread) if place.thread.isdecimal() and place.thread != question.id else 0
        return thread if thread and isinstance(self.get_channel(thread), discord.Thread) else int(place.channel)

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin something that must end before the client is closed."""
        task = asyncio.create_task(work)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return task


# How long the bot waits before it tries Discord again: discord.py waits for up to a quarter of an hour.

BACKOFF_LONGEST = (60.0, 120.0)
"""Seconds between two tries after a long outage. Discord takes a thousand sessions a day from a bot, then resets its
token: even if every try begins one, there are fewer."""


class Backoff(ExponentialBackoff[Literal[False]]):
    """Waits of up to 2, 4, 8 … seconds, as discord.py's, but never long."""

    def delay(self) -> float:
        """Return the seconds to wait before the next try."""
        return min(super().delay(), uniform(*BACKOFF_LONGEST))  # noqa: S311


def use_backoff() -> None:
    """Have discord.py wait so, for the whole process."""
    discord.client.ExponentialBackoff = Backoff  # type: ignore[attr-defined,assignment]
