"""All metrics, and the scores of lines and runs by them.

A family of metrics is one module: its `METRICS` define them, and a function scores a line by all of them at once, since
they share what is costly. A metric that only a whole set has measures a table of the run, and resamples of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.metrics import answers, citations, retrieval, selective
from newsqa.evals.metrics.base import Metric

if TYPE_CHECKING:
    from newsqa.evals.metrics.selective import Counts, Floats, Table
    from newsqa.evals.run_file import RunLine

_JUDGED = "Over answers that a judge was asked about."
METRICS = (
    *retrieval.METRICS,
    *answers.METRICS,
    *citations.METRICS,
    *selective.METRICS,
    Metric("judge_faithfulness", "judge", "Faithful, says a judge model", _JUDGED),
    Metric("judge_correctness", "judge", "Correct, says a judge model", _JUDGED),
)
BY_NAME = {metric.name: metric for metric in METRICS}

WHOLE = frozenset(metric.name for metric in METRICS if metric.over)
"""Metrics that a set of answers has and a single one has not; the others are means over questions."""


def score(line: RunLine) -> dict[str, float]:
    """Score one line by every metric that it has by itself; a name missing does not apply to it.

    A line that failed scores as an answer with nothing in it. What a judge model said is taken as it is.
    """
    judge = line.judge
    judged = {"judge_faithfulness": judge.faithfulness, "judge_correctness": judge.correctness} if judge else {}
    return {
        **retrieval.retrieval_scores(line),
        **answers.answer_scores(line),
        **citations.citation_scores(line),
        **selective.refusal_scores(line),
        **{name: given for name, given in judged.items() if given is not None},
    }


def resampled(name: str, table: Table, weights: Counts) -> Floats:
    """Take a metric of WHOLE over resamples of a table: shape (resamples,), nan if it is not defined.

    `weights`, of shape (resamples, lines), is how often each line is in each resample, 0 or more. For swaps between two
    runs make one table of the lines of both, and weigh 1 whichever of a pair is in. It takes about ten milliseconds for
    2,000 resamples of 400 lines, and memory for a few arrays of the shape of `weights`.
    """
    measure = BY_NAME[name].over
    if measure is None:
        raise ValueError(f"{name} is a mean over questions")
    return measure(table, weights)
