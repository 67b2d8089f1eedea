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

from newsqa.evals.metrics.answers import answer_scores, answerable
from newsqa.evals.metrics.citations import citation_scores
from newsqa.evals.metrics.retrieval import retrieval_scores
from newsqa.evals.metrics.selective import Table, aurc, brier, coverage, ece, share

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.evals.metrics.selective import Counts, Floats
    from newsqa.evals.run_lines import RunLine


# Refusals: whether those made were right, and whether those due were made.


def refusal_scores(line: RunLine) -> dict[str, float]:
    """Score whether a question was refused: good where it cannot be answered, over-refusal where it can.

    A failure is no refusal.
    """
    can_be = answerable(line.item)
    if can_be is None:
        return {}
    refused = float(line.refused and not line.failed)
    return {"over_refusal": refused} if can_be else {"refusal_recall": refused}


def refusal_precision(table: Table, weights: Counts) -> Floats:
    """Share of the refusals that were right, where it is known what is right, in each resample."""
    known = np.flatnonzero((table.refused == 1) & ~np.isnan(table.refusable))
    counted = weights[:, known]
    return share(counted @ table.refusable[known], counted.sum(axis=1))


# What a judge model said, where one was asked: its scores are taken as they are.


def judge_scores(line: RunLine) -> dict[str, float]:
    """Return the scores that the judge gave; none where it was not asked, or gave none."""
    if line.judge is None:
        return {}
    said = {"judge_faithfulness": line.judge.faithfulness, "judge_correctness": line.judge.correctness}
    return {name: score for name, score in said.items() if score is not None}


_OVER: dict[str, Callable[[Table, Counts], Floats]] = {
    "refusal_precision": refusal_precision,
    "aurc": aurc,
    "coverage@5": coverage,
    "ece": ece,
    "brier": brier,
}


def score(line: RunLine) -> dict[str, float]:
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
