"""Between Slack and the bot: each question on a task of its own, its events shown in its reply."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from newsqa.bot.admin import run_admin_command
from newsqa.bot.events import Answered, ConversationPlace, Declined, Failed, Interrupted, Partial, Started, Withdrawn
from newsqa.bot.process import logger
from newsqa.frontends.slack.messages import MessageDeleted, MessageEdited, ResponseRejectedError, error_code
from newsqa.frontends.slack.replies import SEND_ERRORS, CommandReply, SlackReply, ThreadReply, UpdateBudget
from newsqa.render.slack import SlackMessage, add_question, escape, render_answer, render_line, render_sources

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Event, Message, Vote
    from newsqa.frontends.slack.messages import SlackEvent, SlackSender
    from newsqa.settings import Settings

log = logger("slack")

THANKS: dict[Vote, str] = {"good": "Thank you: noted as a good answer.", "bad": "Thank you: noted as a bad answer."}
FORGOTTEN = "That answer is no longer kept. Please ask again."


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button: its action and value, who clicked, and where to respond."""

    action: str
    value: str
    person: str
    trigger: str
    url: str
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class SlackService:
    """Handles messages, commands and clicks with the bot; each handler starts a task and returns at once."""

    bot: Bot
    sender: SlackSender
    settings: Settings
    budget: UpdateBudget = field(default_factory=UpdateBudget)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _shared: deque[str] = field(default_factory=lambda: deque(maxlen=1_000))

    def handle_event(self, event: SlackEvent) -> None:
        """Handle a message that was written, edited or deleted."""
        if isinstance(event, MessageDeleted):
            self._start(self.bot.handle_delete(event.place, event.id))
        elif isinstance(event, MessageEdited):
            self._start(self.bot.handle_edit(event.message))
        else:
            self._start(self._answer(event, ThreadReply(self.sender, event, self.budget)))

    def handle_question(self, message: Message, url: str) -> None:
        """Handle a question asked by command, to be answered at its response URL."""
        self._start(self._answer(message, CommandReply(self.sender, message, url)))

    def handle_admin_command(self, message: Message, url: str) -> None:
        """Handle `/newsqa`, from an admin or anybody."""
        self._start(self._run_admin_command(message, url))

    def handle_click(self, click: Click) -> None:
        """Handle a click; clicks on unknown buttons are ignored."""
        match click.action:
            case "newsqa_good":
                self._start(self._record_vote(click, "good"))
            case "newsqa_bad":
                self._start(self._record_vote(click, "bad"))
            case "newsqa_sources":
                self._start(self._show_sources(click))
            case "newsqa_share":
                self._start(self._share(click))

    async def resume(self) -> None:
        """Answer what a process that died left without an answer."""
        for message in await self.bot.load_unanswered():
            if message.private:
                self.handle_question(message, url="")
            else:
                self.handle_event(message)

    async def finish(self, seconds: float) -> None:
        """Wait for running tasks for so many seconds, then cancel them."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_log_errors(work))
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Message, reply: SlackReply) -> None:
        async with aclosing(self.bot.handle(message)) as events:
            async for event in events:
                await self._show(event, reply, private=message.private)

    async def _show(self, event: Event, reply: SlackReply, *, private: bool) -> None:
        match event:
            case Started():
                await _try_send(self._show_started(event, reply), "working", event.request_id)
            case Partial():
                reply.update(event.sentences)
            case Declined():
                await _try_send(reply.notify_asker(render_line(event.reply)), "limited", "")
            case Withdrawn():
                await _try_send(reply.delete(), "left", event.request_id)
            case _:
                await self._show_ending(event, reply, private=private)

    async def _show_started(self, event: Started, reply: SlackReply) -> None:
        ids = await reply.start(event.posted, resumed=event.resumed)
        await self.bot.record_posted(event.request_id, ids)

    async def _show_ending(self, event: Answered | Failed | Interrupted, reply: SlackReply, *, private: bool) -> None:
        messages: Sequence[SlackMessage]
        if isinstance(event, Answered):
            messages = render_answer(event.answer, event.request_id, private=private)
        else:
            messages = (render_line(event.reply),)
        try:
            ids = await reply.finish(messages, partial(self._record_posted, event.request_id))
        except SEND_ERRORS as error:
            log.warning("not_delivered", exchange=event.request_id, why=error_code(error))
        else:
            await self.bot.record_delivered(event.request_id, ids)

    async def _record_posted(self, request_id: str, ids: Sequence[str]) -> None:
        await _try_send(self.bot.record_posted(request_id, ids), "noted", request_id)

    async def _run_admin_command(self, message: Message, url: str) -> None:
        reply = await asyncio.to_thread(run_admin_command, message.text, message.person, message.place, self.settings)
        await self.sender.respond(url, SlackMessage(escape(reply), ()), response_type="ephemeral")

    async def _record_vote(self, click: Click, vote: Vote) -> None:
        if await self.bot.record_vote(click.value, click.person, vote):
            await self._reply_to_click(click, THANKS[vote])

    async def _show_sources(self, click: Click) -> None:
        answer = await self.bot.load_answer(click.value)
        if answer:
            await self.sender.client.views_open(trigger_id=click.trigger, view=render_sources(answer))
        else:
            await self._reply_to_click(click, FORGOTTEN)

    async def _share(self, click: Click) -> None:
        """Post a private answer for everyone, with who shared it, in place of the private one."""
        if click.value in self._shared:  # a second click, before the first removed the button
            return
        self._shared.append(click.value)
        answer = await self.bot.load_answer(click.value)
        if answer is None:
            await self._reply_to_click(click, FORGOTTEN)
            return
        first, *others = render_answer(answer, click.value)
        for message in (add_question(answer, first, click.person), *others):
            try:
                await self.sender.respond(click.url, message, response_type="in_channel", replace_original=False)
            except ResponseRejectedError:  # it accepts five messages, but works in every channel
                await self.sender.post(ConversationPlace("slack", "", click.channel), message)
        await _try_send(self.sender.respond(click.url, delete_original=True), "shared", click.value)

    async def _reply_to_click(self, click: Click, text: str) -> None:
        """Reply to the person who clicked, where they clicked."""
        thread = {"thread_ts": click.thread} if click.thread else {}
        message = render_line(text)
        await self.sender.respond(click.url, message, response_type="ephemeral", replace_original=False, **thread)


async def _try_send(work: Coroutine[None, None, None], what: str, request_id: str) -> None:
    """Send something that the answer does not depend on; errors are logged."""
    try:
        await work
    except SEND_ERRORS as error:
        log.warning("not_shown", what=what, exchange=request_id, why=error_code(error))


async def _log_errors(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except SEND_ERRORS as error:
        log.warning("not_sent", why=error_code(error))
    except Exception as error:
        log.exception("not_done", why=type(error).__name__)
