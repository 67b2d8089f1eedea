"""What is shown of one question, from the first word that it is worked on to its end."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from newsqa.errors import NewsqaError
from newsqa.frontends.slack.send import NotTakenError, fault
from newsqa.render.slack import partial, working

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from newsqa.bot.events import Message
    from newsqa.frontends.slack.send import Sender
    from newsqa.render.slack import Post
    from newsqa.types import Sentence

    Noted = Callable[[Sequence[str]], Awaitable[None]]


APART = 1.2
"""Seconds between two updates of one message."""

LONG = 20.0
"""Seconds of waiting after which people look elsewhere: what is updated then tells nobody, what is posted does."""

GONE = frozenset({
    "message_not_found", "cant_update_message", "edit_window_closed", "message_not_in_streaming_state",
})  # fmt: skip
"""Why a message cannot be updated any more."""

FAULTS = (SlackApiError, NewsqaError, ClientError, TimeoutError)
"""What sending, and noting what was sent, may raise."""


class Board(Protocol):
    """Where the answer to one question is shown."""

    async def working(self, before: Sequence[str]) -> tuple[str, ...]:
        """Show that the question is worked on; again where it was edited. Return the names of the messages.

        `before` are those by which a process that died had shown it.
        """

    def partial(self, sentences: Sequence[Sentence]) -> None:
        """Show what has passed so far, when there is time for it."""

    async def end(self, posts: Sequence[Post], noted: Noted) -> tuple[str, ...]:
        """Show the end, and nothing after it; return the names of the messages.

        `noted` is told their names so far, for a process that takes this up where this one dies in between.
        """

    async def whisper(self, post: Post) -> None:
        """Show a line to the asker alone."""

    async def clear(self) -> None:
        """Take away what was shown."""


@dataclass(slots=True)
class UpdateBudget:
    """How many updates may tell of answers that are not done yet: Slack takes about 50 a minute of all of them.

    What is left is for the answers themselves, which wait for no one here.
    """

    a_minute: int = 35
    _left: float = 10.0
    _seen: float = field(default_factory=time.monotonic)

    def free(self) -> bool:
        """Whether one more may go out now; it is then counted."""
        now = time.monotonic()
        self._left = min(10.0, self._left + (now - self._seen) * self.a_minute / 60)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def stop(self, seconds: float) -> None:
        """Let none go out for so long: Slack has asked for it."""
        self._left, self._seen = 0.0, time.monotonic() + seconds


@dataclass(slots=True)
class ThreadBoard:
    """A message in the asker's thread, posted at once and updated until the answer stands in it.

    After a long wait it gives way to a new one, since Slack tells nobody of updates. It is updated by one task at a
    time, always with the newest, so that nothing old can land after the end.
    """

    sender: Sender
    message: Message
    pace: UpdateBudget
    _names: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0
    _newest: Sequence[Sentence] = ()
    _task: asyncio.Task[None] | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def working(self, before: Sequence[str]) -> tuple[str, ...]:
        """Post that the question is worked on, or say so again."""
        await self._settle()
        self._names = self._names or list(before)
        await self._say(0, working())
        self._shown = time.monotonic()
        return tuple(self._names)

    def partial(self, sentences: Sequence[Sentence]) -> None:
        """Note the newest; a task shows it when its time has come."""
        self._newest = sentences
        if self._names and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._keep_up())

    async def end(self, posts: Sequence[Post], noted: Noted) -> tuple[str, ...]:
        """Put the posts in the places of the messages that are there, and the others below."""
        await self._settle()
        before: list[str] = []
        if time.monotonic() - self._began > LONG:
            before, self._names = self._names, []
        for number, post in enumerate(posts):
            await self._say(number, post)
            await noted(tuple(self._names))
        for name in (*before, *self._names[len(posts) :]):
            await self._delete(name)
        return tuple(self._names[: len(posts)])

    async def whisper(self, post: Post) -> None:
        """Post for the asker alone; not into a thread that only their question would begin, where nobody looks.

        A direct message is theirs alone: there it is posted as all else, and still stands when they come back.
        """
        place = self.message.place
        if place.direct:
            await self.sender.post(place, post)
            return
        begun = place.thread != self.message.id
        await self.sender.whisper(place if begun else replace(place, thread=""), self.message.person, post)

    async def clear(self) -> None:
        """Delete the working message."""
        await self._settle()
        names, self._names = self._names, []
        for name in names:
            await self.sender.delete(self.message.place, name)

    async def _say(self, number: int, post: Post) -> None:
        """Put a post in the place of a message, or post it where there is none (any more)."""
        if number < len(self._names):
            try:
                await self.sender.update(self.message.place, self._names[number], post)
            except SlackApiError as error:
                if fault(error) not in GONE:
                    raise
                await self._delete(self._names[number])
            else:
                return
        self._names[number : number + 1] = [await self.sender.post(self.message.place, post)]

    async def _delete(self, name: str) -> None:
        """Delete a message where that can be done; else "working" would stand beside the answer for ever."""
        with suppress(SlackApiError):
            await self.sender.delete(self.message.place, name)

    async def _keep_up(self) -> None:
        while self._newest:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), max(0.0, self._shown + APART - time.monotonic()))
                return
            self._shown = time.monotonic()
            if self._newest and self.pace.free():
                newest, self._newest = self._newest, ()
                await self._hurry(partial(newest))

    async def _hurry(self, post: Post) -> None:
        """Update without patience: the next one, or the answer, is as good."""
        try:
            await self.sender.update(self.message.place, self._names[0], post, patient=False)
        except SlackApiError as error:
            if fault(error) == "ratelimited":
                self.pace.stop(float(error.response.headers.get("Retry-After", 30)))
        except FAULTS:
            pass

    async def _settle(self) -> None:
        """Wait until no update is on its way, and let none follow."""
        self._newest = ()
        self._over.set()
        if self._task:
            await asyncio.wait({self._task})  # whatever became of it, the answer follows
        self._task = None
        self._over.clear()


@dataclass(slots=True)
class EphemeralBoard:
    """The answer to a command, which only its asker sees.

    Slack takes five messages at the address of a command, for half an hour: so nothing partial goes there. `url` is ""
    where a process that died had the command.
    """

    sender: Sender
    message: Message
    url: str
    _told: int = 0

    async def working(self, before: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002  only what all see has a name
        """Say once that the question is worked on."""
        if not self._told:
            await self._send(working())
        return ()

    def partial(self, sentences: Sequence[Sentence]) -> None:
        """Show nothing: each sentence would be a message of its own."""

    async def end(self, posts: Sequence[Post], noted: Noted) -> tuple[str, ...]:  # noqa: ARG002  as `working`
        """Put the answer in the place of the first line."""
        for number, post in enumerate(posts):
            await self._send(post, replace_original=number == 0)
        return ()

    async def whisper(self, post: Post) -> None:
        """Say a line, as all of it is said: to the asker alone."""
        await self._send(post)

    async def clear(self) -> None:
        """Leave it: nobody can delete a command."""

    async def _send(self, post: Post, *, replace_original: bool = False) -> None:
        """Send to the address of the command; where that takes no more, to the asker in the channel."""
        self._told += 1
        try:
            if self.url:
                await self.sender.respond(self.url, post, response_type="ephemeral", replace_original=replace_original)
                return
        except NotTakenError:
            pass
        await self.sender.whisper(self.message.place, self.message.person, post)
