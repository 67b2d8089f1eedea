"""`newsqa eval score`: scores answers that something else produced, as if a run had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.evals.folder import keep
from newsqa.evals.predictions import lines_of, read_predictions
from newsqa.evals.sets.forms import read_set
from newsqa.extras import check_extra
from newsqa.fronts.terminal.evals.judging import judged_lines, judged_run, open_judge
from newsqa.fronts.terminal.evals.results import show
from newsqa.fronts.terminal.evals.told import tell
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.predictions import Predictions
    from newsqa.evals.sets.items import Item
    from newsqa.settings import Settings

NAMED = 3


@dataclass(frozen=True, slots=True)
class Options:
    """How predictions are scored: kept as a run in `out`, looked up in the index of the settings, judged by a model."""

    out: Path | None
    look_up: bool
    judge: str | None
    as_json: bool


def score_predictions(settings: Settings, predictions: Path, questions: Path, options: Options) -> None:
    """Score predictions and print the report. Raises NewsqaError."""
    check_extra("eval", "evaluation")
    judge = open_judge(settings, options.judge) if options.judge else None
    given, items = read_predictions(predictions), read_set(questions)
    if options.look_up:
        with open_index(settings) as opened, opened.snapshot() as index:
            lines = lines_of(given, items, index)
    else:
        lines = lines_of(given, items)
    _tell_what_is_odd(given, items)
    out = options.out
    kept = keep(out, lines) if out else lines
    if judge:
        kept = judged_run(out, judge) if out else judged_lines(lines, judge)
    show(out, kept, as_json=options.as_json)


def _tell_what_is_odd(given: Predictions, items: Sequence[Item]) -> None:
    if missing := given.missing(items):
        tell(
            f"{len(missing):,} of {count(len(items), 'question')} without a prediction, counted as empty answers: "
            f"{_some(missing)}"
        )
    if unknown := given.unknown(items):
        tell(f"{count(len(unknown), 'prediction')} for no question of the set, left out: {_some(unknown)}")
    if given.repeated:
        tell(f"{count(len(given.repeated), 'id')} more than once, the last counted: {_some(given.repeated)}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
