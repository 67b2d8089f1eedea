"""Where the terminal front writes: standard output and standard error, as rich consoles that take no markup."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newsqa.render.record import to_line
from newsqa.render.wording import WIDEST

if TYPE_CHECKING:
    from rich.console import Console

    from newsqa.records import JsonObject

STAGES = {"search": "searching", "rerank": "reading", "answer": "answering", "write": "writing"}


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
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if console.is_terminal:
        console.width = min(console.width, WIDEST)
    return console
