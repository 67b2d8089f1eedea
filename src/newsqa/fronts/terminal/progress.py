"""Progress on standard error: a bar where that is a terminal, else nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsqa.fronts.terminal.console import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as Bar


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while something is counted up to `total`; call what is given with how many are done."""
    with bar() as shown:
        task = shown.add_task(label, total=total)
        yield lambda done: shown.update(task, completed=done)


def bar() -> Bar:
    """Return a bar with a label, a count and the time that is left; it goes when it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = messages()
    columns = (
        SpinnerColumn("dots", style="cyan"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
