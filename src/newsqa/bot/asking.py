"""Has a question answered: in its turn, with the history of its conversation, in time, and anew when it was edited."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from newsqa.answer.history import turns
from newsqa.bot.order import Order
from newsqa.bot.store import conversation

if TYPE_CHECKING:
    from newsqa.bot.aside import Aside
    from newsqa.bot.exchange import Exchange
    from newsqa.bot.pool import Pool
    from newsqa.bot.store import Store
    from newsqa.records import Answer


@dataclass(frozen=True, slots=True)
class Asking:
    """What an answer takes; `patience` bounds the seconds from question to answer, all waiting included."""

    store: Store
    aside: Aside
    pool: Pool
    patience: float
    order: Order = field(default_factory=Order)

    async def answer(self, exchange: Exchange) -> Answer:
        """Return the answer to an exchange. Raises TimeoutError, NewsqaError, and whatever else goes wrong."""
        async with asyncio.timeout(self.patience), self.order.turn(conversation(exchange.message)):
            while True:
                edits = exchange.edits
                exchange.attempt = asyncio.create_task(self._attempt(exchange))
                try:
                    answer = await exchange.attempt
                except (Exception, asyncio.CancelledError):
                    if edits == exchange.edits or (exchange.work and exchange.work.cancelling()):
                        raise
                else:
                    if edits == exchange.edits:
                        return answer

    async def _attempt(self, exchange: Exchange) -> Answer:
        before = await self.aside.call(self.store.history, exchange.message, exchange.id)
        return await self.pool.answer(exchange.question, turns(before), partial(exchange.passed, exchange.edits))
