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

import numpy as np

from newsqa.evals.scorers.answers import answer_scores
from newsqa.evals.scorers.citations import citation_scores
from newsqa.evals.scorers.judged import judge_scores
from newsqa.evals.scorers.metrics import METRICS, WHOLE
from newsqa.evals.scorers.refusals import refusal_precision, refusal_scores
from newsqa.evals.scorers.retrieval import retrieval_scores
from newsqa.evals.scorers.rightness import right
from newsqa.evals.scorers.said import answer_text
from newsqa.evals.scorers.selective import aurc, brier, calibration, coverage, curve, ece
from newsqa.evals.scorers.table import Table, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.evals.lines import Line
    from newsqa.evals.scorers.table import Counts, Floats

__all__ = [
    "METRICS",
    "WHOLE",
    "Table",
    "answer_text",
    "calibration",
    "curve",
    "over",
    "resampled",
    "right",
    "score",
    "table",
]

_OVER: dict[str, Callable[[Table, Counts], Floats]] = {
    "refusal_precision": refusal_precision,
    "aurc": aurc,
    "coverage@5": coverage,
    "ece": ece,
    "brier": brier,
}


def score(line: Line) -> dict[str, float]:
    """Score one line by every metric of METRICS that it has by itself; a name missing does not apply to it.

    A line that failed scores as an answer with nothing in it.
    """
    return (
        retrieval_scores(line) | answer_scores(line) | citation_scores(line) | refusal_scores(line) | judge_scores(line)
    )


def over(name: str, table: Table) -> float | None:
    """Take a metric of WHOLE over a table; None where it has no question to be taken over."""
    value = float(resampled(name, table, np.ones((1, len(table)), dtype=np.int64))[0])
    return None if np.isnan(value) else value


def resampled(name: str, table: Table, weights: Counts) -> Floats:
    """Take a metric of WHOLE over resamples of a table: shape (resamples,), nan where it is not defined.

    `weights`, of shape (resamples, lines), tells how often each line stands in each resample, 0 or more. For swaps
    between two runs make one table of the lines of both, and weigh 1 whichever of a pair is in. It takes about ten
    milliseconds for 2,000 resamples of 400 lines, and memory for a few arrays of the shape of `weights`.
    """
    return _OVER[name](table, weights)
