"""Runs as they are read from their folders, and whether they were asked the same questions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsqa.errors import SourceError, UsageError
from newsqa.evals.compare.values import Side
from newsqa.evals.folder import read_run
from newsqa.evals.summary import latencies, median_words, spent
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.lines import Line

MADE_BY = ("model", "index", "config")
"""What of a record says what made it."""
_ASKED = ("question", "answers", "gold", "answerable", "history", "asked", "as_of", "group")
"""What of a question must be the same in both runs."""
_MOST_NAMED = 3


def read_side(folder: Path) -> Side:
    """Read a run. Raises UsageError where the folder holds none that can be read."""
    try:
        return side_of(str(folder), read_run(folder))
    except SourceError as error:
        raise UsageError(str(error), hint=error.hint) from error


def side_of(name: str, lines: Sequence[Line]) -> Side:
    """Gather what is known of a run beside its scores; there must be a line."""
    model, index, config = (_usual(lines, field) for field in MADE_BY)
    return Side(
        name=name,
        lines=tuple(lines),
        total=max(line.place[1] for line in lines),
        model=model,
        index=index,
        config=config,
        latencies=latencies(lines),
        spent=spent(lines),
        median_words=median_words(lines),
    )


def common(baseline: Side, other: Side) -> tuple[list[Line], list[Line]]:
    """Return the lines of the questions that both runs have, in the baseline's order.

    Raises UsageError where the runs are of different questions: a number of them, or one with other words, accepted
    answers, gold, history or days.
    """
    theirs = {line.item.id: line for line in other.lines}
    mine = {line.item.id: line for line in baseline.lines}
    shared = [name for name in mine if name in theirs]
    if not shared or baseline.total != other.total or len(mine.keys() | theirs.keys()) > baseline.total:
        raise UsageError(_of_different_questions(baseline, other, len(shared)), hint="Run the same set for both.")
    if changed := [name for name in shared if _asked(mine[name]) != _asked(theirs[name])]:
        named = ", ".join(f"“{name}”" for name in changed[:_MOST_NAMED]) + (" …" if len(changed) > _MOST_NAMED else "")
        raise UsageError(
            f"{baseline.name} and {other.name} cannot be compared: {count(len(changed), 'question')} changed between "
            f"them, in words, answers, gold, history or days: {named}.",
            hint="Run the set as it is now for both.",
        )
    return [mine[name] for name in shared], [theirs[name] for name in shared]


def parts(before: Sequence[Line], after: Sequence[Line]) -> tuple[tuple[str, str, str], ...]:
    """Tell in which parts of their configuration two runs differ: (name, before, after)."""
    one, other = ({name: value for line in lines for name, value in line.made_of.items()} for lines in (before, after))
    return tuple((name, one[name], other[name]) for name in one if name in other and one[name] != other[name])


def _of_different_questions(baseline: Side, other: Side, shared: int) -> str:
    return (
        f"{baseline.name} and {other.name} cannot be compared: they are runs of different questions "
        f"({baseline.total:,} and {other.total:,}, {shared:,} of them in both)."
    )


def _asked(line: Line) -> tuple[object, ...]:
    return tuple(getattr(line.item, field) for field in _ASKED)


def _usual(lines: Sequence[Line], field: str) -> str:
    """Return what most records say; one that failed may not know."""
    said = Counter(str(line.record.get(field) or "") for line in lines if not line.failed)
    return said.most_common(1)[0][0] if said else ""
