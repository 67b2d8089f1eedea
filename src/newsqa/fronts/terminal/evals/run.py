"""`newsqa eval run`: asks a set of questions, shows how it goes, and prints what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.doubts import doubts
from newsqa.evals.folder import RECORDS
from newsqa.evals.keys import Setup
from newsqa.evals.run import run_set
from newsqa.evals.sets.forms import read_set
from newsqa.extras import check_extra
from newsqa.fronts.terminal.evals.judging import judged_run, open_judge
from newsqa.fronts.terminal.evals.results import show
from newsqa.fronts.terminal.evals.running import running
from newsqa.fronts.terminal.evals.told import tell
from newsqa.fronts.terminal.leaving import tell_leaving
from newsqa.models.usage import Price
from newsqa.records import EXTRACTIVE
from newsqa.render.wording import count
from newsqa.wiring import open_desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.desk import Desk
    from newsqa.evals.run import Limits, Run
    from newsqa.evals.sets.items import Item
    from newsqa.settings import Settings

RUNS = Path("runs")


@dataclass(frozen=True, slots=True)
class Options:
    """How a set is run: into which folder, how far, and what judge model is asked in the end, if any."""

    out: Path | None
    limits: Limits
    judge: str | None
    as_json: bool


def run_questions(settings: Settings, questions: Path, options: Options) -> int:
    """Ask the questions of a set and print the report; return the exit code: 1 where it stopped before the end.

    Raises NewsqaError, and KeyboardInterrupt after saying how to go on.
    """
    check_extra("eval", "evaluation")
    items, limits = read_set(questions), options.limits
    judge = open_judge(settings, options.judge) if options.judge else None
    if limits.dollars is not None:
        _refuse_unknown_price(settings)
    asked = min(limits.questions or len(items), len(items))
    tell_leaving(settings)
    with open_desk(settings) as desk, running(asked) as progress:
        _tell_doubts(items[:asked], desk)
        folder = options.out or _usual_folder(questions, desk)
        try:
            run = run_set(items, desk, folder, limits, progress.add)
        except KeyboardInterrupt:
            progress.stop()
            tell(f"Interrupted: {progress.done} of {count(asked, 'question')} done. {_go_on(folder)}")
            raise
    lines = judged_run(folder, judge) if judge else run.lines
    show(folder, lines, as_json=options.as_json)
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
    from newsqa.models.registry import create_chat_model  # noqa: PLC0415

    if not Price.of(settings.model, create_chat_model(settings)).known:
        raise ModelError(
            f"The price of the model {settings.model} is not known, so --max-cost cannot be kept.",
            hint="Leave --max-cost out, and bound the run with --limit.",
        )


def _tell_doubts(items: Sequence[Item], desk: Desk) -> None:
    """Warn of what is odd about the questions, beside this index."""
    with desk.index.snapshot() as index:
        for doubt in doubts(items, index):
            tell(doubt)
    if undated := [item for item in items if not (item.asked or item.as_of)]:
        tell(f"{count(len(undated), 'question')} without “asked”: “last week” is seen from the day the run began")


def _tell_what_is_left(run: Run, asked: int) -> None:
    if run.stopped:
        tell(f"Stopped after {len(run.lines)} of {count(asked, 'question')}: {run.stopped}.")
    if run.failed:
        tell(f"{count(run.failed, 'question')} ended in an error. {_go_on(run.file.parent)}")


def _go_on(folder: Path) -> str:
    return f"Run the same command again to go on; what is answered is in {folder / RECORDS}."
