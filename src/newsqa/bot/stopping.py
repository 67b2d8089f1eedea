"""How a bot's process ends when it is told to: answers first, but in time, whatever hangs."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from typing import NoReturn

PATIENCE = 9.0
"""Seconds from the signal to the end at most: service managers kill after ten."""

AT_WORK = frozenset({"answer", "warm"})
"""Names of the threads that call models and are not waited for."""


def stopping() -> asyncio.Future[int]:
    """Return what becomes the signal that stops the bot, SIGTERM or SIGINT; a second one stops it at once.

    From the first on the process has `PATIENCE`; then it ends wherever it is.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(which: signal.Signals) -> None:
        loop.remove_signal_handler(which)
        if not stopped.done():
            _end_within(PATIENCE, which)
            stopped.set_result(which)

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop, which)
    return stopped


def leave(by: int) -> NoReturn:
    """End the process as the signal asks, once all is closed: with 0, or with 130 after Ctrl-C.

    Python unwinds daemon threads when it ends, and a model's native code takes that for an error and aborts the process
    (SIGABRT): a stop that went well would look like a crash. So where one is at work, nothing is unwound.
    """
    if any(thread.name in AT_WORK for thread in threading.enumerate()):
        _end_here(by)
    sys.exit(_code(by))


def _end_within(seconds: float, by: int) -> None:
    timer = threading.Timer(seconds, _end_here, (by,))
    timer.daemon = True
    timer.start()


def _end_here(by: int) -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_code(by))


def _code(by: int) -> int:
    return 130 if by == signal.SIGINT else 0
