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
from newsqa.evals.statistics import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.run_file import RunLine
    from newsqa.evals.scoring import ScoredLine

Floats = npt.NDArray[np.float64]

BINS = 10
RISK = 0.05  # the risk at which coverage is read

_ROUNDING = 1e-9
_BOUNDS = np.array([n / BINS for n in range(1, BINS)])


def selective_scores(line: RunLine) -> dict[str, float]:
    """Score if a question was refused, if its refusal was right, and how far its confidence is from what came of it.

    A failure is no refusal. If nobody knows what can be answered, refusals have no score.
    """
    can_be, refused = answerable(line.item), line.refused and not line.failed
    confidence, is_right = stated(line)
    scores = {} if np.isnan(confidence + is_right) else {"brier": (confidence - is_right) ** 2}
    if can_be is not None:
        scores["over_refusal" if can_be else "refusal_recall"] = float(refused)
        if refused:
            scores["refusal_precision"] = float(not can_be)
    return scores


def stated(line: RunLine) -> tuple[float, float]:
    """Return the confidence that an answer states, and 1.0 if it is right or 0.0; NaN for what is not known.

    A confidence that is no number, or lies outside 0..1, states none; what is no answer is neither right nor wrong.
    """
    confidence, is_right = line.record.get("confidence"), right(line) if answered(line) else None
    known = isinstance(confidence, int | float) and not isinstance(confidence, bool) and 0 <= confidence <= 1
    nan = float("nan")
    return float(confidence or 0) if known else nan, nan if is_right is None else float(is_right)


def stated_rows(run: Sequence[ScoredLine]) -> Floats:
    """Return what each line states, shape (lines, 2), for the metrics that only a set of answers has."""
    return np.array([one.stated for one in run], dtype=np.float64).reshape(-1, 2)


# Metrics of a set: they take rows of confidence and rightness, shape (rows, 2), those with a NaN left out, and weights,
# shape (draws, rows): how often each row is in each resample, 0 or more. They return a value a draw, NaN for none.


def aurc(rows: Floats, weights: Floats) -> Floats:
    """Return the area under the risk-coverage curve of each resample, 0 at best."""
    answers, wrong = _levels(rows, weights)
    answers_here, wrong_here = (np.diff(counts, axis=1, prepend=0) for counts in (answers, wrong))
    before = answers - answers_here
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, answers.max(initial=0) + 1))])
    inverse = harmonic[answers] - harmonic[before]  # the sum of 1/i over the places of a level
    rate = wrong_here / np.maximum(1, answers_here)
    area = (wrong - wrong_here) * inverse + rate * (answers_here - before * inverse)
    return ratio(area.sum(axis=1), answers.max(axis=1, initial=0))


def coverage(rows: Floats, weights: Floats) -> Floats:
    """Return the largest share of answers, most confident first, of which at most 5 % are wrong."""
    answers, wrong = _levels(rows, weights)
    safe = wrong <= RISK * answers + _ROUNDING
    return ratio(np.where(safe, answers, 0).max(axis=1, initial=0), answers.max(axis=1, initial=0))


def ece(rows: Floats, weights: Floats) -> Floats:
    """Return the expected calibration error of each resample."""
    kept = _usable(rows)
    (confidence, is_right), weights = rows[kept].T, weights[:, kept]
    gaps = [np.abs(weights[:, here] @ (is_right - confidence)[here]) for here in _bins(confidence)]
    return ratio(np.sum(gaps, axis=0), weights.sum(axis=1))


def curve(rows: Floats) -> tuple[tuple[float, float], ...]:
    """Return risk-coverage as (coverage, risk), a point for each confidence, from the highest down."""
    answers, wrong = (counts[0] for counts in _levels(rows, np.ones((1, len(rows)))))
    return tuple((float(n / answers[-1]), float(w / n)) for n, w in zip(answers, wrong, strict=True))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in one tenth: their mean confidence and the share that is right."""

    confidence: float
    accuracy: float
    n: int


def calibration(rows: Floats) -> tuple[Bin, ...]:
    """Return the bins that hold an answer, from the least confident up."""
    confidence, is_right = rows[_usable(rows)].T
    return tuple(
        Bin(float(confidence[here].mean()), float(is_right[here].mean()), int(here.sum()))
        for here in _bins(confidence)
        if here.any()
    )


def _levels(rows: Floats, weights: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count the answers of each confidence or a higher one, and those of them that are wrong: (draws, levels) each."""
    kept = _usable(rows)[::-1]
    (confidence, is_right), counted = rows[kept].T, weights[:, kept].astype(np.int64)
    ends = np.flatnonzero(np.diff(confidence, append=-1.0))
    answers, wrong = (counts.cumsum(axis=1)[:, ends] for counts in (counted, counted * (is_right == 0)))
    return answers, wrong


def _usable(rows: Floats) -> npt.NDArray[np.int64]:
    """Return which rows count, the least confident first, so that sums are the same in whatever order lines come."""
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    return order[~np.isnan(rows[order]).any(axis=1)]


def _bins(confidence: Floats) -> list[npt.NDArray[np.bool_]]:
    place = np.digitize(confidence, _BOUNDS, right=True)
    return [place == n for n in range(BINS)]


_SELECTIVE = "Over answered questions that can be told right from wrong, by the confidence of their answers."
METRICS = (
    Metric(
        "refusal_precision",
        "refusal",
        "Refusals that were right",
        "Over refusals of questions known to be answerable or not.",
        rate=True,
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
    Metric("brier", "selective", "Brier score", _SELECTIVE, "lower"),
)
