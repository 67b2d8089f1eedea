"""`newsqa eval run`: asks a set of questions, shows how it goes, and prints what it came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.doubts import doubts
from newsqa.evals.folder import RECORDS
from newsqa.evals.keys import Setup
from newsqa.evals.run import run_set
from newsqa.evals.sets import read_set
from newsqa.fronts.terminal.evals.results import show
from newsqa.fronts.terminal.evals.running import running
from newsqa.fronts.terminal.evals.told import tell
from newsqa.models.prices import Price, address_of
from newsqa.render.marks import count
from newsqa.wiring import EXTRACTIVE, open_desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.desk import Desk
    from newsqa.evals.run import Limits, Run
    from newsqa.evals.sets import Item
    from newsqa.settings import Settings

RUNS = Path("runs")


def run_questions(settings: Settings, questions: Path, out: Path | None, limits: Limits, *, as_json: bool) -> int:
    """Ask the questions of a set and print the report; return the exit code: 1 where it stopped before the end.

    Raises NewsqaError, and KeyboardInterrupt after saying how to go on.
    """
    items = read_set(questions)
    if limits.dollars is not None:
        _refuse_unknown_price(settings)
    asked = min(limits.questions or len(items), len(items))
    with open_desk(settings) as desk, running(asked) as progress:
        _tell_doubts(items[:asked], desk)
        folder = out or _usual_folder(questions, desk)
        try:
            run = run_set(items, desk, folder, limits, progress.add)
        except KeyboardInterrupt:
            progress.stop()
            tell(f"Interrupted: {progress.done} of {count(asked, 'question')} done. {_go_on(folder)}")
            raise
    show(folder, run.lines, as_json=as_json)
    _tell_what_is_left(run, asked)
    return 1 if run.stopped else 0


def _usual_folder(questions: Path, desk: Desk) -> Path:
    """Return where the run of a set goes by itself: the same set, index and configuration always to the same place."""
    name = questions.resolve().name
    return RUNS / f"{name.split('.')[0] or name}-{Setup.of(desk).short}"


def _refuse_unknown_price(settings: Settings) -> None:
    """Raise ModelError where a limit on costs could not be kept."""
    if settings.model == EXTRACTIVE:
        return
    from newsqa.models.chat import chat_model  # noqa: PLC0415

    if not Price(settings.model, address_of(chat_model(settings))).known:
        raise ModelError(
            f"The price of the model {settings.model} is not known, so --max-cost cannot be kept.",
            hint="Leave --max-cost out, and bound the run with --limit.",
        )


def _tell_doubts(items: Sequence[Item], desk: Desk) -> None:
    """Warn of what is odd about the questions, beside this index."""
    with desk.index.snapshot() as index:
        for doubt in doubts(items, index):
            tell(doubt)


def _tell_what_is_left(run: Run, asked: int) -> None:
    if run.stopped:
        tell(f"Stopped after {len(run.lines)} of {count(asked, 'question')}: {run.stopped}.")
    if run.failed:
        tell(f"{count(run.failed, 'question')} ended in an error. {_go_on(run.file.parent)}")


def _go_on(folder: Path) -> str:
    return f"Run the same command again to go on; what is answered is in {folder / RECORDS}."
