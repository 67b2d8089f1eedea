"""The client of Discord: what happens there goes to the bot, and what the bot tells is shown there."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord

from newsqa.bot.events import Answered, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.bot.log import logger
from newsqa.errors import NewsqaError
from newsqa.fronts.discord.buttons import Buttons
from newsqa.fronts.discord.channel import InChannel
from newsqa.fronts.discord.commands import commands
from newsqa.fronts.discord.decode import message_of, place_of, question_of
from newsqa.fronts.discord.private import Aside, Late
from newsqa.fronts.discord.shown import Shown
from newsqa.render.discord import answered, line, partial, working

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Event, Message
    from newsqa.fronts.discord.shown import Carrier
    from newsqa.settings import Settings

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
            carrier = Late if question.private else InChannel
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
            await self._begin(self.answer(question, InChannel(self, question, message.channel.id)))

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
        aside = Aside(self, asked, interaction)
        if await aside.defer() and not await self._begin(self.answer(asked, aside)):
            await aside.tell(line(STOPPING if self.stopping else NOT_HERE))

    async def answer(self, question: Message, carrier: Carrier) -> bool:
        """Show what the bot tells of a question; False where it has nothing to tell."""
        shown, told = Shown(carrier), False
        try:
            async with aclosing(self._bot.take(question)) as happenings:
                async for happening in happenings:
                    told = True
                    await self._show(happening, shown, carrier, private=question.private)
        except FAULTS as error:
            _log.error("answer_not_shown", message=question.id, why=str(error))
        return told

    async def _show(self, happening: Event, shown: Shown, carrier: Carrier, *, private: bool) -> None:
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
