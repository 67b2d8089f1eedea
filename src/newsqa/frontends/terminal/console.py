"""Where the terminal front writes: standard output and standard error, as rich consoles that take no markup."""

from __future__ import annotations

import re
import sys
from calendar import monthrange
from contextlib import contextmanager
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


def output() -> Console:
    """Return a console on standard output: colour and width as the terminal has them, NO_COLOR heeded."""
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


# Progress on standard error: a bar where that is a terminal, else nothing.


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while something is counted up to `total`; call what is given with how many are done."""
    with bar() as shown:
        task = shown.add_task(label, total=total)
        yield lambda done: shown.update(task, completed=done)


def bar() -> Bar:
    """Return a bar with a label, a count and the time that is left; it goes when it is done."""
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


# Days as a person types them for a bound: 2025-03-14, 2025-03, 2025, today, yesterday.

_SHAPE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def first_day(text: str) -> date:
    """Return the day, or the first of the month or year, that was typed. Raises UsageError."""
    return _read(text, last=False)


def last_day(text: str) -> date:
    """Return the day, or the last of the month or year, that was typed. Raises UsageError."""
    return _read(text, last=True)


def _read(text: str, *, last: bool) -> date:
    typed = text.strip().casefold()
    today = date.today()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if typed in named:
        return named[typed]
    shape = _SHAPE.fullmatch(typed)
    try:
        return _filled(shape, last=last) if shape else date.fromisoformat("no date")
    except ValueError:
        raise UsageError(
            f"“{text}” is no date.", hint="Write it like 2025-03-14, 2025-03, 2025, today or yesterday."
        ) from None


def _filled(shape: re.Match[str], *, last: bool) -> date:
    year, month, day = (int(part) if part else None for part in shape.groups())
    assert year is not None  # noqa: S101  the pattern has it
    month = month or (12 if last else 1)
    return date(year, month, day or (monthrange(year, month)[1] if last else 1))
