"""What an exchange has to tell, between the desk that makes it and the front that shows it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.bot.messages import Partial, Working

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from newsqa.bot.messages import Answered, Failed, Interrupted, Left
    from newsqa.records import Sentence

    Ending = Answered | Failed | Interrupted | Left


class Telling:
    """Holds what was not read yet, and no more: where the front is slow, sentences come together.

    Nothing is told after the first ending.
    """

    def __init__(self, exchange: str) -> None:
        self.exchange = exchange
        self.before: tuple[str, ...] = ()
        self._sentences: tuple[Sentence, ...] = ()
        self._working = True
        self._more = False
        self._ending: Ending | None = None
        self._news = asyncio.Event()
        self._news.set()

    @property
    def ended(self) -> bool:
        """Whether the ending is known."""
        return self._ending is not None

    def claimed(self, exchange: str, before: tuple[str, ...]) -> None:
        """Take the name under which the store knows it, and what showed it before; an ending takes the name too."""
        self.exchange, self.before = exchange, before
        self._ending = replace(self._ending, exchange=exchange) if self._ending else None

    def anew(self) -> None:
        """Begin again: what was told of the answer holds no longer."""
        self._sentences, self._more, self._working = (), False, True
        self._news.set()

    def passed(self, sentence: Sentence) -> None:
        """Tell a sentence that passed the check."""
        self._sentences, self._more = (*self._sentences, sentence), True
        self._news.set()

    def end(self, ending: Ending) -> None:
        """Tell how it ended; only the first ending counts."""
        self._ending = self._ending or ending
        self._news.set()

    async def happenings(self) -> AsyncGenerator[Working | Partial | Ending]:
        """Yield what there is to tell, as it comes, until the ending."""
        while True:
            await self._news.wait()
            if self._working:
                self._working = False
                yield Working(self.exchange, self.before)
            elif self._ending:
                yield self._ending
                return
            elif self._more:
                self._more = False
                yield Partial(self.exchange, self._sentences)
            else:
                self._news.clear()
