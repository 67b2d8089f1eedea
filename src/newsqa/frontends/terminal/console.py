"""What commands share: consoles, bars, days as typed, options, settings, and consent before keys and texts leave."""

from __future__ import annotations

import re
import signal
import sys
import threading
from calendar import monthrange
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from newsqa.environment import from_dotenv
from newsqa.errors import ModelError, SettingsError, UsageError
from newsqa.machine import system_error
from newsqa.private_files import read_list, write_list
from newsqa.render.clean import safe_line
from newsqa.render.record import to_line
from newsqa.render.wording import MAX_WIDTH
from newsqa.settings import Settings, data_folder
from newsqa.trust import CREDENTIALS, find_untrusted, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console
    from rich.progress import Progress as Bar

    from newsqa.types import JsonObject


GRACE = 0.5
"""Seconds after the deadline of an answer in which it may end by itself."""

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
    with _writing_output():
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()


def print_json(record: JsonObject) -> None:
    """Print one record as a line of JSON, in UTF-8 whatever the locale."""
    with _writing_output():
        sys.stdout.flush()
        sys.stdout.buffer.write(to_line(record).encode() + b"\n")
        sys.stdout.buffer.flush()


@contextmanager
def _writing_output() -> Iterator[None]:
    """Raise ResourceError if standard output cannot be written, and BrokenPipeError if its reader has left."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise system_error(error, "Standard output") or error from error


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ModelError once so many seconds have passed, whatever is being computed or waited for.

    Answers keep to their deadline; this bounds what does not look at it, such as loading models on a slow machine. Only
    the main thread can be interrupted; on any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _OutOfTimeError

    before = signal.signal(signal.SIGALRM, stop)
    left, again = signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
    try:
        yield
    except _OutOfTimeError:
        raise ModelError(
            f"There was no answer within {seconds:g} s.", hint="Give it more time (NEWSQA_TIMEOUT).", kind="timeout"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, again)
        signal.signal(signal.SIGALRM, before)


class _OutOfTimeError(BaseException):
    """No Exception, so that no handler of errors takes it for the error of a model."""


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


# The options of several commands, the settings that they come to, and what a person agrees to before text leaves.

Index = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="The folder of the index [.newsqa].")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else.")]
Model = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who answers, as `newsqa models` lists them [NEWSQA_MODEL].")
]
Outlet = Annotated[str | None, typer.Option(metavar="NAME", help="See only articles of this outlet.")]
Since = Annotated[date | None, typer.Option(parser=first_day, metavar="DATE", help="See nothing from before this day.")]
Until = Annotated[date | None, typer.Option(parser=last_day, metavar="DATE", help="See nothing from after this day.")]
AsOf = Annotated[date | None, typer.Option(parser=last_day, metavar="DATE", help="Answer as on this day.")]
Asked = Annotated[date | None, typer.Option(parser=first_day, metavar="DATE", help="The day that is today [today].")]


def read_settings(
    index: Path | None = None,
    model: str | None = None,
    *,
    connects: bool = False,
    judge: str | None = None,
    addresses: Sequence[str] = (),
) -> Settings:
    """Return the settings of the environment and `.env`, with what the options of a command replace.

    A command that `connects` to servers first has a person confirm addresses that only `.env` gives: those of the
    settings' models, of the model `judge`, and of the variables in `addresses`. Raises SettingsError.
    """
    settings = Settings.load()
    settings = replace(settings, index=index.expanduser() if index else settings.index, model=model or settings.model)
    if connects:
        confirm_addresses(settings, judge, addresses)
    return settings


def confirm_addresses(settings: Settings, judge: str | None = None, addresses: Sequence[str] = ()) -> None:
    """Ask, at a terminal, if keys of the environment may go to addresses that `.env` gives; a yes is remembered.

    It asks about the addresses of these settings' models, the judge among them, and of the model `judge` of a command,
    and about `addresses`, by their variables. After a no, or without a terminal, sending a key raises an error. Raises
    SettingsError if a yes cannot be remembered.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or not any(map(find_untrusted, CREDENTIALS)):
        return
    from newsqa.models.providers import PROVIDERS, on_loopback

    kinds = [name.partition(":")[0] for name in (settings.model, settings.embedder, settings.judge, judge or "")]
    bases = [PROVIDERS[kind].url for kind in kinds if kind in PROVIDERS]
    used = {*bases, "NEWSQA_CHROMA", *addresses}
    for address in CREDENTIALS:
        found = find_untrusted(address) if address in used else None
        if found is None or (address in bases and on_loopback(found.place)):  # a model's server here gets no key
            continue
        messages().print(safe_line(str(found)), soft_wrap=True)
        if confirm(safe_line(f"Send it there, from this folder, now and later? [y/N] ({found.place}) ")):
            try:
                trust(found)
            except OSError as error:
                raise SettingsError(
                    f"That cannot be kept ({error.strerror}).", hint="Run newsqa --trust-env … instead."
                ) from error


# Notices of data egress.

NOTICES = "told.json"


def announce_egress(
    settings: Settings, does: Literal["asks", "indexes", "lists"] = "asks", *, judge: str | None = None
) -> None:
    """Print on standard error what goes where and why, before it is first sent: each notice once, unless it changes.

    They are remembered in the folder of the conversations; if that is not possible they are printed again next time.
    `does` is what the command does: asks questions, indexes articles, or lists models. `judge` is a model that judges
    by an option.
    """
    from newsqa.models.egress import ASKING, INDEXING, LISTING, data_egress

    tasks = {"asks": ASKING, "indexes": INDEXING, "lists": LISTING}[does]
    # not in a folder that .env names: it may hold a list that suppresses every notice
    file = (data_folder() if from_dotenv("NEWSQA_SESSIONS") else settings.sessions_folder()) / NOTICES
    announced = read_list(file)
    new = [text for one in data_egress(settings, tasks, judge=judge) if (text := str(one)) not in announced]
    if new:
        with suppress(OSError):
            write_list(file, [*announced, *new])
    for text in new:
        messages().print(safe_line(f"{text} This is said once. Models that need not: newsqa models"), soft_wrap=True)
