"""A question on its way to its answer."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from newsqa.bot.gate import question
from newsqa.bot.telling import Telling

if TYPE_CHECKING:
    import asyncio

    from newsqa.bot.messages import Message
    from newsqa.bot.telling import Ending
    from newsqa.records import Answer, Sentence


class Exchange:
    """A message that is being answered: its words, which may be edited, what is told of it, and the tasks at work.

    `work` lasts from the claim to the ending, `attempt` from one edit to the next.
    """

    def __init__(self, message: Message) -> None:
        self.message = message
        self.question = question(message.text)
        self.telling = Telling(secrets.token_hex(8))
        self.began = time.monotonic()
        self.edits = 0
        self.work: asyncio.Task[None] | None = None
        self.attempt: asyncio.Task[Answer] | None = None

    @property
    def id(self) -> str:
        """The name of the exchange, under which its answer is kept."""
        return self.telling.exchange

    @property
    def seconds(self) -> float:
        """How long ago it was asked."""
        return round(time.monotonic() - self.began, 3)

    def passed(self, edits: int, sentence: Sentence) -> None:
        """Tell a sentence that passed the check, unless the question was edited since it had so many edits."""
        if edits == self.edits:
            self.telling.passed(sentence)

    def edit(self, words: str) -> None:
        """Have other words answered: whatever was told of the answer holds no longer."""
        self.question = words
        self.edits += 1
        self.telling.anew()
        if self.attempt:
            self.attempt.cancel()

    def end(self, ending: Ending) -> None:
        """Tell how it ends, and stop what is at work on it."""
        self.telling.end(ending)
        if self.work:
            self.work.cancel()
