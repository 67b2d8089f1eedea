"""How much time and memory reading one file may take. Only the process that reads is under these limits.

Time is processor time, so that a busy machine refuses nothing: a file begins with `SECONDS`, every article that it
gives adds `EARNED`, and every page of a long document `PAGE_EARNED`, up to `SECONDS` again. When it is used up the
system ends the process, whatever it is doing.
"""

from __future__ import annotations

import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

SECONDS = 5.0
EARNED = 0.5
PAGE_EARNED = 0.03  # what a page of a PDF takes, and half as much again
MEMORY = 220 * 2**20
"""Bytes of data, the program's own included: with the indexing process beside it, less than 300 MB are resident."""
TIRED = 120 * 2**20  # a process that has grown to so much is ended after its file: freed memory stays in pieces


def start_budget(seconds: float) -> None:
    """Begin to count the time of a file."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def earn(seconds: float) -> None:
    """Add to the time that is left; nothing where no time is counted."""
    left, _ = signal.getitimer(signal.ITIMER_PROF)
    if left > 0:
        signal.setitimer(signal.ITIMER_PROF, min(SECONDS, left + seconds))


def stop_budget() -> None:
    """Stop counting."""
    signal.setitimer(signal.ITIMER_PROF, 0)


def limit_memory() -> None:
    """Limit the memory of this process for good, where the system has such a limit."""
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if most < 0 else min(MEMORY, most), most))


def is_tired() -> bool:
    """Return True if this process has grown so much that a new one should take its place."""
    try:  # the peak that the system keeps begins with that of the program that started this one
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return resident > TIRED
