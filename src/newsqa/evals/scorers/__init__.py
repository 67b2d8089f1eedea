"""Scores of answers: pure functions of the lines of a run, one file a family of metrics.

    scores = [scorers.score(line) for line in lines]         # what each question has by itself
    table = scorers.table(lines)                             # once
    scorers.over("aurc", table)                              # what only the whole has: the names in WHOLE
    scorers.resampled("aurc", table, weights)                # the same of thousands of resamples, in one go

Every score lies in 0..1 and depends on records, questions and what the index knew of them, never on time, tokens or
the order of lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.scorers.metrics import METRICS, WHOLE
from newsqa.evals.scorers.table import Table, table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from newsqa.evals.lines import Line

__all__ = ["METRICS", "WHOLE", "Table", "over", "resampled", "right", "score", "table"]


def score(line: Line) -> dict[str, float]:
    """Score one line by every metric of METRICS that it has by itself; a name missing does not apply to it.

    A line that failed scores as an answer with nothing in it.
    """
    raise NotImplementedError


def right(line: Line) -> bool | None:
    """Tell whether a question was treated rightly; None where the set does not tell.

    Where a refusal is right: whether it was refused. Else it must be answered, and an accepted answer must stand in
    the answer; in a set without answers to look for, one of its citations must be from a gold article.
    """
    raise NotImplementedError


def over(name: str, table: Table) -> float | None:
    """Take a metric of WHOLE over a table; None where it has no question to be taken over."""
    raise NotImplementedError


def resampled(name: str, table: Table, weights: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Take a metric of WHOLE over resamples of a table: shape (resamples,), nan where it is not defined.

    `weights`, of shape (resamples, lines), tells how often each line stands in each resample, 0 or more. For swaps
    between two runs make one table of the lines of both, and weigh 1 whichever of a pair is in. It takes about ten
    milliseconds for 2,000 resamples of 400 lines, and memory for a few arrays of the shape of `weights`.
    """
    raise NotImplementedError
