"""Between Slack and the bot: each question on a task of its own, its stream shown on its board."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from newsqa.bot.admin import run_admin_command
from newsqa.bot.events import Answered, ConversationPlace, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.bot.log import logger
from newsqa.frontends.slack.boards import FAULTS, Board, EphemeralBoard, ThreadBoard, UpdateBudget
from newsqa.frontends.slack.decode import Deleted, Edited
from newsqa.frontends.slack.send import NotTakenError, fault
from newsqa.render.slack import Post, answered, asked, line, plain, sources

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Event, Message, Verdict
    from newsqa.frontends.slack.decode import Spoken
    from newsqa.frontends.slack.send import Sender
    from newsqa.settings import Settings


log = logger("slack")

THANKS: dict[Verdict, str] = {
    "good": "Thank you: noted as a good answer.",
    "bad": "Thank you: noted as a bad answer.",
}
FORGOTTEN = "That answer is no longer kept. Please ask again."


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button: who, on what, and where Slack takes what belongs to it."""

    action: str
    value: str
    person: str
    trigger: str
    url: str
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What people say and click in Slack, served by the bot; nothing here blocks, and every method returns at once."""

    bot: Bot
    sender: Sender
    settings: Settings
    pace: UpdateBudget = field(default_factory=UpdateBudget)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _shared: deque[str] = field(default_factory=lambda: deque(maxlen=1_000))

    def hear(self, spoken: Spoken) -> None:
        """Take what somebody said, changed or deleted."""
        if isinstance(spoken, Deleted):
            self._start(self.bot.deleted(spoken.place, spoken.id))
        elif isinstance(spoken, Edited):
            self._start(self.bot.edited(spoken.message))
        else:
            self._start(self._answer(spoken, ThreadBoard(self.sender, spoken, self.pace)))

    def command(self, message: Message, url: str) -> None:
        """Take the question of a command, to be answered at its address."""
        self._start(self._answer(message, EphemeralBoard(self.sender, message, url)))

    def keep(self, message: Message, url: str) -> None:
        """Take a command to the bot itself, from an admin or anybody."""
        self._start(self._keep(message, url))

    async def resume(self) -> None:
        """Take up what a process that died left without an answer."""
        for message in await self.bot.left_open():
            if message.private:
                self.command(message, url="")
            else:
                self.hear(message)

    def click(self, click: Click) -> None:
        """Take a click; one on a button that is not ours, or no longer, is nothing."""
        match click.action:
            case "newsqa_good":
                self._start(self._feedback(click, "good"))
            case "newsqa_bad":
                self._start(self._feedback(click, "bad"))
            case "newsqa_sources":
                self._start(self._sources(click))
            case "newsqa_share":
                self._start(self._share(click))

    async def finish(self, seconds: float) -> None:
        """Let what is under way be sent, for so long; then leave it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_told(work))
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Message, board: Board) -> None:
        async with aclosing(self.bot.take(message)) as happenings:
            async for happening in happenings:
                await self._show(happening, board, private=message.private)

    async def _show(self, happening: Event, board: Board, *, private: bool) -> None:
        match happening:
            case Working():
                await _attempted(self._working(board, happening), "working", happening.exchange)
            case Partial():
                board.partial(happening.sentences)
            case Limited():
                await _attempted(board.whisper(line(happening.line)), "limited", "")
            case Left():
                await _attempted(board.clear(), "left", happening.exchange)
            case _:
                await self._end(board, happening, private=private)

    async def _working(self, board: Board, happening: Working) -> None:
        names = await board.working(happening.before)
        await self.bot.shown(happening.exchange, names)

    async def _note(self, exchange: str, names: Sequence[str]) -> None:
        await _attempted(self.bot.shown(exchange, names), "noted", exchange)

    async def _end(self, board: Board, happening: Answered | Failed | Interrupted, *, private: bool) -> None:
        try:
            names = await board.end(_posts(happening, private=private), partial(self._note, happening.exchange))
        except FAULTS as error:
            log.warning("not_delivered", exchange=happening.exchange, why=fault(error))
        else:
            await self.bot.delivered(happening.exchange, names)

    async def _keep(self, message: Message, url: str) -> None:
        told = await asyncio.to_thread(run_admin_command, message.text, message.person, message.place, self.settings)
        await self.sender.respond(url, Post(plain(told), ()), response_type="ephemeral")

    async def _feedback(self, click: Click, verdict: Verdict) -> None:
        if await self.bot.feedback(click.value, click.person, verdict):
            await self._tell(click, THANKS[verdict])

    async def _sources(self, click: Click) -> None:
        answer = await self.bot.stored(click.value)
        if answer:
            await self.sender.open(click.trigger, sources(answer))
        else:
            await self._tell(click, FORGOTTEN)

    async def _share(self, click: Click) -> None:
        """Post a private answer for all, with who shared it; the private one gives way to it."""
        if click.value in self._shared:  # a second click, before the first took the button away
            return
        self._shared.append(click.value)
        answer = await self.bot.stored(click.value)
        if answer is None:
            await self._tell(click, FORGOTTEN)
            return
        first, *others = answered(answer, click.value)
        for post in (asked(answer, first, click.person), *others):
            await self._publish(click, post)
        await _attempted(self.sender.respond(click.url, delete_original=True), "shared", click.value)

    async def _publish(self, click: Click, post: Post) -> None:
        """Post for all; the address of a click works in every channel, but not for more than five messages."""
        try:
            await self.sender.respond(click.url, post, response_type="in_channel", replace_original=False)
        except NotTakenError:
            await self.sender.post(ConversationPlace("slack", "", click.channel), post)

    async def _tell(self, click: Click, words: str) -> None:
        """Say something to the one who clicked, where they clicked."""
        where = {"thread_ts": click.thread} if click.thread else {}
        post = line(words)
        await self.sender.respond(click.url, post, response_type="ephemeral", replace_original=False, **where)


def _posts(happening: Answered | Failed | Interrupted, *, private: bool) -> Sequence[Post]:
    if isinstance(happening, Answered):
        return answered(happening.answer, happening.exchange, private=private)
    return (line(happening.line),)


async def _attempted(work: Coroutine[None, None, None], what: str, exchange: str) -> None:
    """Send something that the answer does not depend on."""
    try:
        await work
    except FAULTS as error:
        log.warning("not_shown", what=what, exchange=exchange, why=fault(error))


async def _told(work: Coroutine[None, None, None]) -> None:
    """Do a piece of work; what goes wrong in it is in the log, and nowhere else."""
    try:
        await work
    except FAULTS as error:
        log.warning("not_sent", why=fault(error))
    except Exception as error:
        log.exception("not_done", why=type(error).__name__)
