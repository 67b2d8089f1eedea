"""How a run goes, on standard error: a bar with running scores; plain lines, ten at most, where that is no terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsqa.evals.scorers import score
from newsqa.evals.scorers.rightness import right
from newsqa.fronts.terminal.console import messages
from newsqa.fronts.terminal.progress import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.evals.lines import Line

LINES = 10
"""Lines that tell a log how a run goes: enough to see that it lives, few enough to read."""

FOUND = ("doc_hit@5", "passage_hit@5")


class Progress:
    """Counts the lines of a run and shows the scores so far through `show`."""

    def __init__(self, show: Callable[[int, str], None], stop: Callable[[], None]) -> None:
        self.done = 0
        self.stop = stop
        self._show = show
        self._shares: dict[str, list[float]] = {"answered": [], "right": [], "hit@5": []}
        self._costs: list[float | None] = []

    def add(self, line: Line) -> None:
        """Take up a line that is done."""
        self.done += 1
        self._shares["answered"].append(not line.refused and not line.failed)
        if (judged := right(line)) is not None:
            self._shares["right"].append(judged)
        scores = score(line)
        self._shares["hit@5"] += [scores[name] for name in FOUND if name in scores][:1]
        self._costs.append(line.record["usage"].get("cost"))
        self._show(self.done, self.text())

    def text(self) -> str:
        """Return the scores so far: "answered 61 % · right 23 % · hit@5 38 % · $0.00"."""
        shares = [f"{name} {sum(of) / len(of):.0%}" for name, of in self._shares.items() if of]
        dollars = sum(cost for cost in self._costs if cost is not None)
        unknown = "" if None not in self._costs else "+?"
        return " · ".join([*(share.replace("%", " %") for share in shares), f"${dollars:.2f}{unknown}"])


@contextmanager
def running(total: int) -> Iterator[Progress]:
    """Show the progress of a run of `total` questions for as long as the context lasts."""
    if not messages().is_terminal:
        yield Progress(_to_log(total), lambda: None)
        return
    from rich.progress import TextColumn  # noqa: PLC0415

    with bar() as shown:
        shown.columns = (*shown.columns, TextColumn("{task.fields[scores]}", markup=False))
        task = shown.add_task("asking", total=total, scores="")
        yield Progress(lambda done, text: shown.update(task, completed=done, scores=text), shown.stop)


def _to_log(total: int) -> Callable[[int, str], None]:
    """Return what writes a line whenever another tenth of the questions is done."""

    def show(done: int, text: str) -> None:
        if total >= LINES and done * LINES // total > (done - 1) * LINES // total:
            messages().print(f"{done}/{total} · {text}", soft_wrap=True)

    return show
