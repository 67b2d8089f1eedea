"""One thing at a time in each conversation, in the order in which it was asked for."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Order:
    """Nothing is kept of a conversation in which nobody waits."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        """Count the conversations in which something happens."""
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Wait until everything that was asked for before in this conversation is done."""
        lock, waiting = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = lock, waiting + 1
        try:
            async with lock:  # an asyncio.Lock is fair: first come, first served
                yield
        finally:
            _, waiting = self._locks[conversation]
            if waiting > 1:
                self._locks[conversation] = lock, waiting - 1
            else:
                del self._locks[conversation]
