"""Refusals, and selective answering: does the confidence of answers separate right ones from wrong ones.

Confidence is measured over answered questions that can be judged and state a confidence. Answers of one confidence
cannot be ranked by it, so they count together: as the mean over every order in which they could be.
Nothing depends on the order of lines.

- Risk-coverage and the area under it: El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017, arXiv:1705.08500. AURC is
  the mean of the risks at each coverage 1/n, 2/n, … 1.
- Expected calibration error: Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, ten bins of equal width, each with
  its upper bound.
- Brier score: Brier 1950, as the mean squared difference of confidence and rightness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from newsqa.evals.metrics.answers import answerable, right
from newsqa.evals.metrics.base import Metric, answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.run_file import RunLine


# A run as the metrics of whole sets see it: four numbers a line, made once, resampled thousands of times.

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns, an entry a line, in the order of the lines; all float64 of shape (lines,).

    `refused` is 1 if the answer is a refusal, else 0. `refusable` is 1 if a refusal is right, 0 if an answer
    is, nan if nobody knows. `right` is 1 or 0 for answered questions, nan for others and if it cannot be judged.
    `confidence` lies in 0..1, nan if the answer states none.
    """

    refused: Floats
    refusable: Floats
    right: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.refused)


def table(lines: Sequence[RunLine]) -> Table:
    """Make the table of a run."""
    rows = np.array([_row(line) for line in lines], dtype=np.float64).reshape(-1, 4)
    return Table(*rows.T)


def share(part: Floats, total: Counts) -> Floats:
    """Divide, giving nan if there is nothing to divide by."""
    shares: Floats = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
    return shares


def _row(line: RunLine) -> tuple[float, float, float, float]:
    can_be = answerable(line.item)
    is_right = right(line) if answered(line) else None
    return (
        float(line.refused and not line.failed),
        float("nan") if can_be is None else float(not can_be),
        float("nan") if is_right is None else float(is_right),
        _confidence(line.record.get("confidence")),
    )


def _confidence(stated: object) -> float:
    """Read a confidence; what is no number, or lies outside 0..1, states none."""
    known = isinstance(stated, int | float) and not isinstance(stated, bool) and 0 <= stated <= 1
    return float(stated) if known else float("nan")  # type: ignore[arg-type]


# Refusals: were those made right, and were those due made.


def refusal_scores(line: RunLine) -> dict[str, float]:
    """Score if a question was refused: good if it cannot be answered, over-refusal if it can.

    A failure is no refusal.
    """
    can_be = answerable(line.item)
    if can_be is None:
        return {}
    refused = float(line.refused and not line.failed)
    return {"over_refusal": refused} if can_be else {"refusal_recall": refused}


def refusal_precision(table: Table, weights: Counts) -> Floats:
    """Return the share of the refusals that were right, if it is known what is right, in each resample."""
    known = np.flatnonzero((table.refused == 1) & ~np.isnan(table.refusable))
    counted = weights[:, known]
    return share(counted @ table.refusable[known], counted.sum(axis=1))


# Confidence.

BINS = 10
RISK = 0.05  # the risk at which coverage is read

_ROUNDING = 1e-9
_BOUNDS = np.array([n / BINS for n in range(1, BINS)])


def aurc(table: Table, weights: Counts) -> Floats:
    """Return the area under the risk-coverage curve of each resample, 0 at best; shape (resamples,)."""
    levels = _Levels(table, weights)
    before = levels.answers - levels.answers_here
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, levels.answers.max(initial=0) + 1))])
    inverse = harmonic[levels.answers] - harmonic[before]  # the sum of 1/i over the places of a level
    wrong_before = levels.wrong - levels.wrong_here
    rate = levels.wrong_here / np.maximum(1, levels.answers_here)
    area = wrong_before * inverse + rate * (levels.answers_here - before * inverse)
    return share(area.sum(axis=1), levels.total)


def coverage(table: Table, weights: Counts) -> Floats:
    """Return the largest share of answers, most confident first, of which at most 5 % are wrong; shape (resamples,)."""
    levels = _Levels(table, weights)
    safe = levels.wrong <= RISK * levels.answers + _ROUNDING
    return share(np.where(safe, levels.answers, 0).max(axis=1, initial=0).astype(float), levels.total)


def ece(table: Table, weights: Counts) -> Floats:
    """Return the expected calibration error of each resample; shape (resamples,)."""
    kept = _usable(table)
    confidence, right, weights = table.confidence[kept], table.right[kept], weights[:, kept]
    gaps = [np.abs(weights[:, here] @ (right - confidence)[here]) for here in _bins(confidence)]
    return share(np.sum(gaps, axis=0), weights.sum(axis=1))


def brier(table: Table, weights: Counts) -> Floats:
    """Return the Brier score of each resample; shape (resamples,)."""
    kept = _usable(table)
    squares = (table.confidence[kept] - table.right[kept]) ** 2
    return share(weights[:, kept] @ squares, weights[:, kept].sum(axis=1))


def curve(table: Table) -> tuple[tuple[float, float], ...]:
    """Return risk-coverage as (coverage, risk), a point for each confidence, from the highest down."""
    levels = _Levels(table, np.ones((1, len(table)), dtype=np.int64))
    answers, wrong = levels.answers[0], levels.wrong[0]
    return tuple((float(n / answers[-1]), float(w / n)) for n, w in zip(answers, wrong, strict=True))


def calibration(table: Table) -> tuple[Bin, ...]:
    """Return the bins that hold an answer, from the least confident up."""
    kept = _usable(table)
    confidence, right = table.confidence[kept], table.right[kept]
    return tuple(
        Bin(float(confidence[here].mean()), float(right[here].mean()), int(here.sum()))
        for here in _bins(confidence)
        if here.any()
    )


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in one tenth: their mean confidence and the share that is right."""

    confidence: float
    accuracy: float
    n: int


class _Levels:
    """Answers by their confidence, highest first; arrays of shape (resamples, levels), counts of answers.

    `answers` and `wrong` count those of a level and all above it, `answers_here` and `wrong_here` those of it alone.
    """

    def __init__(self, table: Table, weights: Counts) -> None:
        kept = _usable(table)[::-1]
        counted = weights[:, kept]
        starts = np.flatnonzero(np.diff(table.confidence[kept], prepend=2.0))
        self.answers_here = _summed(counted, starts)
        self.wrong_here = _summed(counted * (table.right[kept] == 0), starts)
        self.answers = self.answers_here.cumsum(axis=1)
        self.wrong = self.wrong_here.cumsum(axis=1)
        self.total = self.answers_here.sum(axis=1)


def _usable(table: Table) -> npt.NDArray[np.int64]:
    """Return which lines count, the least confident first, so that sums are the same in whatever order lines come."""
    order = np.lexsort((table.right, table.confidence))
    return order[~np.isnan(table.right[order]) & ~np.isnan(table.confidence[order])]


def _bins(confidence: Floats) -> list[npt.NDArray[np.bool_]]:
    place = np.digitize(confidence, _BOUNDS, right=True)
    return [place == n for n in range(BINS)]


def _summed(counted: Counts, starts: npt.NDArray[np.int64]) -> Counts:
    """Sum columns by level; `starts` are the columns where levels begin."""
    return np.add.reduceat(counted, starts, axis=1) if len(starts) else counted


_SELECTIVE = "Over answered questions that can be told right from wrong, by the confidence of their answers."
METRICS = (
    Metric(
        "refusal_precision",
        "refusal",
        "Refusals that were right",
        "Over refusals of questions known to be answerable or not.",
        over=refusal_precision,
    ),
    Metric("refusal_recall", "refusal", "Unanswerable refused", "Over questions marked as unanswerable.", rate=True),
    Metric(
        "over_refusal",
        "refusal",
        "Answerable refused",
        "Over questions with answers or gold, unless marked as unanswerable, and those marked as answerable.",
        "lower",
        rate=True,
    ),
    Metric("aurc", "selective", "Area under risk-coverage", _SELECTIVE, "lower", over=aurc),
    Metric("coverage@5", "selective", "Coverage at 5 % risk", _SELECTIVE, over=coverage),
    Metric("ece", "selective", "Calibration error", f"In ten bins. {_SELECTIVE}", "lower", over=ece),
    Metric("brier", "selective", "Brier score", _SELECTIVE, "lower", over=brier),
)
