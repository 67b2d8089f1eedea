"""The judge of `newsqa eval run` and `eval score`: asked after the answers are kept, with a bar."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.evals.folder import read_run
from newsqa.fronts.terminal.evals.told import tell
from newsqa.fronts.terminal.leaving import tell_leaving
from newsqa.fronts.terminal.progress import counting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.judge import Judge
    from newsqa.evals.lines import Line
    from newsqa.settings import Settings


def open_judge(settings: Settings, name: str) -> Judge:
    """Make the judge of a name, before anything is asked. Raises ModelError and SettingsError."""
    from newsqa.evals.judge import open_judge as opened  # noqa: PLC0415  most runs have none

    tell_leaving(replace(settings, model=name))
    return opened(settings, name)


def judged_run(folder: Path, judge: Judge) -> tuple[Line, ...]:
    """Judge a run that is kept, and return its lines. Raises ModelError, SourceError, and KeyboardInterrupt, told."""
    from newsqa.evals.judge import judge_run  # noqa: PLC0415

    try:
        with counting("judging", len(read_run(folder))) as report:
            return judge_run(folder, judge, report)
    except KeyboardInterrupt:
        tell("Interrupted while judging. Answers and verdicts so far are kept; the same command goes on.")
        raise


def judged_lines(lines: Sequence[Line], judge: Judge) -> tuple[Line, ...]:
    """Judge lines that are kept nowhere. Raises ModelError."""
    from newsqa.evals.judge import judge_lines  # noqa: PLC0415

    with counting("judging", len(lines)) as report:
        return judge_lines(lines, judge, report)
