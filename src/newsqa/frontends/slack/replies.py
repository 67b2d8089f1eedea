"""The reply to one question in Slack, from its first line to the answer: in a thread, or to a command."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from newsqa.errors import NewsqaError
from newsqa.frontends.slack.messages import ResponseRejectedError, SlackSender, error_code
from newsqa.render.posts import WORKING, partial_line
from newsqa.render.slack import SlackMessage, render_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from newsqa.bot.events import Message
    from newsqa.types import Sentence

    OnPosted = Callable[[Sequence[str]], Awaitable[None]]

UPDATE_INTERVAL = 1.2  # seconds between two updates of one message

LONG_WAIT = 20.0
"""Seconds after which people look elsewhere: the answer is then posted as a new message, which notifies them."""

GONE = frozenset({
    "message_not_found", "cant_update_message", "edit_window_closed", "message_not_in_streaming_state",
})  # fmt: skip
"""Errors of Slack for a message that cannot be updated any more."""

SEND_ERRORS = (SlackApiError, NewsqaError, ClientError, TimeoutError)
"""What sending a message, and storing that it was sent, may raise."""


@dataclass(slots=True)
class UpdateBudget:
    """Limits the updates with partial answers: Slack accepts about 50 updates a minute in all.

    The others are left for the answers themselves, which are not limited here.
    """

    per_minute: int = 35
    _left: float = 10.0
    _refilled: float = field(default_factory=time.monotonic)

    def acquire(self) -> bool:
        """Return True and count an update if one may be sent now."""
        now = time.monotonic()
        self._left = min(10.0, self._left + (now - self._refilled) * self.per_minute / 60)
        self._refilled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def pause(self, seconds: float) -> None:
        """Allow no updates for so many seconds, as Slack has asked."""
        self._left, self._refilled = 0.0, time.monotonic() + seconds


@dataclass(slots=True)
class ThreadReply:
    """A reply in the asker's thread: posted at once, then updated up to the answer.

    After a long wait the answer is a new message, since Slack notifies nobody of updates. One task at a time sends
    updates, always the newest, so that nothing old can arrive after the end.
    """

    sender: SlackSender
    question: Message
    budget: UpdateBudget
    _ids: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _updated: float = 0.0
    _newest: Sequence[Sentence] = ()
    _task: asyncio.Task[None] | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, posted: Sequence[str], *, resumed: bool = False) -> tuple[str, ...]:
        """Post the first line, or show it again, after an edit too; return the ids (`ts`) of the messages.

        `posted` are the messages of a process that died, which are reused. It may have died before it stored an id: so
        a question that is `resumed` is answered in the messages that are found in Slack.
        """
        await self._stop_updates()
        if resumed and not self._ids:
            posted = await self._find_posted() or posted
        self._ids = self._ids or list(posted)
        await self._put(0, render_line(WORKING))
        self._updated = time.monotonic()
        return tuple(self._ids)

    def update(self, sentences: Sequence[Sentence]) -> None:
        """Keep the newest sentences; a task sends them at the next interval."""
        self._newest = sentences
        if self._ids and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._send_updates())

    async def finish(self, messages: Sequence[SlackMessage], on_posted: OnPosted) -> tuple[str, ...]:
        """Show the end, and nothing after it: replace the messages that are there, and post the others below.

        `on_posted` is called with the ids after each message, so that they are known if this process dies.
        """
        await self._stop_updates()
        old: list[str] = []
        if time.monotonic() - self._began > LONG_WAIT:
            old, self._ids = self._ids, []
        for number, message in enumerate(messages):
            await self._put(number, message)
            await on_posted(tuple(self._ids))
        for ts in (*old, *self._ids[len(messages) :]):
            await self._try_delete(ts)
        return tuple(self._ids[: len(messages)])

    async def notify_asker(self, message: SlackMessage) -> None:
        """Post an ephemeral message, in the thread only if it exists already.

        A direct message is private anyway: an ordinary message there is still visible later.
        """
        place = self.question.place
        if place.direct:
            await self.sender.post(place, message)
            return
        thread_exists = place.thread != self.question.id
        await self.sender.post_ephemeral(
            place if thread_exists else replace(place, thread=""), self.question.person, message
        )

    async def delete(self) -> None:
        """Delete the messages."""
        await self._stop_updates()
        ids, self._ids = self._ids, []
        for ts in ids:
            await self.sender.delete(self.question.place, ts)

    async def _find_posted(self) -> tuple[str, ...]:
        with suppress(*SEND_ERRORS):
            return await self.sender.find_posted(self.question.place, self.question.id)
        return ()

    async def _put(self, number: int, message: SlackMessage) -> None:
        """Replace the message of this number, or post it if there is none (any more)."""
        if number < len(self._ids):
            try:
                await self.sender.update(self.question.place, self._ids[number], message)
            except SlackApiError as error:
                if error_code(error) not in GONE:
                    raise
                await self._try_delete(self._ids[number])
            else:
                return
        self._ids[number : number + 1] = [await self.sender.post(self.question.place, message, self.question.id)]

    async def _try_delete(self, ts: str) -> None:
        """Delete a message if possible; otherwise the first line would stay beside the answer."""
        with suppress(SlackApiError):
            await self.sender.delete(self.question.place, ts)

    async def _send_updates(self) -> None:
        while self._newest:
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._stopping.wait(), max(0.0, self._updated + UPDATE_INTERVAL - time.monotonic())
                )
                return
            self._updated = time.monotonic()
            if self._newest and self.budget.acquire():
                newest, self._newest = self._newest, ()
                await self._send_update(render_line(partial_line(newest)))

    async def _send_update(self, message: SlackMessage) -> None:
        """Send an update without retries: the next one, or the answer, replaces it."""
        try:
            await self.sender.update(self.question.place, self._ids[0], message, wait=False)
        except SlackApiError as error:
            if error_code(error) == "ratelimited":
                self.budget.pause(float(error.response.headers.get("Retry-After", 30)))
        except SEND_ERRORS:
            pass

    async def _stop_updates(self) -> None:
        """Wait until no update is being sent, and let none follow."""
        self._newest = ()
        self._stopping.set()
        if self._task:
            await asyncio.wait({self._task})  # whatever became of it, the answer follows
        self._task = None
        self._stopping.clear()


@dataclass(slots=True)
class CommandReply:
    """The reply to a command, which only its asker sees.

    Slack accepts five messages at the response URL of a command, for half an hour: so no partial answers are sent.
    `url` is "" if a process that died had received the command.
    """

    sender: SlackSender
    question: Message
    url: str
    _sent: int = 0

    async def start(self, posted: Sequence[str], *, resumed: bool = False) -> tuple[str, ...]:  # noqa: ARG002  they have no ids
        """Send the first line once."""
        if not self._sent:
            await self._send(render_line(WORKING))
        return ()

    def update(self, sentences: Sequence[Sentence]) -> None:
        """Do nothing: each update would be a message of its own."""

    async def finish(self, messages: Sequence[SlackMessage], on_posted: OnPosted) -> tuple[str, ...]:  # noqa: ARG002  as `start`
        """Replace the first line by the answer."""
        for number, message in enumerate(messages):
            await self._send(message, replace_original=number == 0)
        return ()

    async def notify_asker(self, message: SlackMessage) -> None:
        """Send a message, which only the asker sees, like the others."""
        await self._send(message)

    async def delete(self) -> None:
        """Do nothing: nobody can delete a command."""

    async def _send(self, message: SlackMessage, *, replace_original: bool = False) -> None:
        """Send to the response URL; if it accepts no more, to the asker in the channel."""
        self._sent += 1
        if self.url:
            with suppress(ResponseRejectedError):
                await self.sender.respond(
                    self.url, message, response_type="ephemeral", replace_original=replace_original
                )
                return
        await self.sender.post_ephemeral(self.question.place, self.question.person, message)


SlackReply = ThreadReply | CommandReply  # where the answer to one question is shown
