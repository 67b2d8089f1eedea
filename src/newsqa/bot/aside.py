"""Runs what blocks for a moment on a thread of its own, one call after the other: the event loop never waits."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Aside:
    """One thread. Calls are made in the order in which they were asked for."""

    def __init__(self, name: str, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def call(self, made: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
        """Return what a call returns. Raises what it raises; not made if cancelled before its turn."""
        return await asyncio.wrap_future(self._thread.submit(made, *given, **named))

    def post(self, made: Callable[Given, object], *given: Given.args, **named: Given.kwargs) -> None:
        """Have a call made, and do not wait for it; `failed` is told what it raises, on the thread."""
        with suppress(RuntimeError):  # after the end there is nothing left to keep
            self._thread.submit(made, *given, **named).add_done_callback(self._told)

    def _told(self, call: Future[object]) -> None:
        if not call.cancelled() and (error := call.exception()):
            self._failed(error)

    def close(self) -> None:
        """Take no more calls; those asked for are still made."""
        self._thread.shutdown(wait=False)
