"""What commands share at a terminal: its consoles, bars of progress, questions of yes or no, and days as typed."""

from __future__ import annotations

import re
import sys
from calendar import monthrange
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from newsqa.errors import UsageError
from newsqa.render.record import to_line
from newsqa.render.wording import MAX_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress as Bar

    from newsqa.types import JsonObject

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def output() -> Console:
    """Return a console on standard output. It takes no markup; colour and width suit the terminal and NO_COLOR."""
    return _console(stderr=False)


def messages() -> Console:
    """Return a console on standard error, for what is not the result."""
    return _console(stderr=True)


def print_text(text: str) -> None:
    """Print plain text that has been made safe; characters that the encoding lacks become question marks."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def print_json(record: JsonObject) -> None:
    """Print one record as a line of JSON, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(to_line(record).encode() + b"\n")
    sys.stdout.buffer.flush()


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if console.is_terminal:
        console.width = min(console.width, MAX_WIDTH)
    return console


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar of progress up to `total`; the function that is yielded takes how many are done."""
    with bar() as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.update(task, completed=done)


def bar() -> Bar:
    """Return a bar on standard error with a label, a count and the time that is left, which is cleared at the end.

    Nothing is shown unless standard error is a terminal.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    console = messages()
    columns = (
        SpinnerColumn("dots", style="cyan"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def confirm(question: str) -> bool:
    """Ask on standard error, and return True if the line on standard input says yes."""
    messages().print(question, end="")
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def first_day(text: str) -> date:
    """Return the day that was typed, or the first of the month or year: 2025-03-14, 2025-03, 2025, today, yesterday.

    Raises UsageError if it is none of these.
    """
    return _parse_day(text, last=False)


def last_day(text: str) -> date:
    """Return the day that was typed, or the last of the month or year, as `first_day` does. Raises UsageError."""
    return _parse_day(text, last=True)


def _parse_day(text: str, *, last: bool) -> date:
    typed = text.strip().casefold()
    today = date.today()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if typed in named:
        return named[typed]
    if found := _DAY.fullmatch(typed):
        year, month, day = (int(part) if part else 0 for part in found.groups())
        month = month or (12 if last else 1)
        with suppress(ValueError):
            return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    raise UsageError(f"“{text}” is no date.", hint="Write it like 2025-03-14, 2025-03, 2025, today or yesterday.")
