"""What a metric rests on, ready to be drawn anew and swapped: the scores of a run, by cluster.

A cluster is the questions that share a group (one conversation, one article); a question alone is its own. Clusters
are drawn and swapped whole, since what happens to one question of a group tends to happen to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Weights = npt.NDArray[np.int64]
    Measure = Callable[[Weights, Weights], Numbers]
    """The value, shape (draws,), of the own rows and the other run's, weighed by (draws, questions) each."""


_LARGEST_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """A metric that a question has by itself; its value is the mean over the questions it applies to.

    `totals` and `counts`, shape (clusters,): the sum of a cluster's scores, and how many questions have one. The
    value is a ratio of two sums, as both runs may score different questions (only what was cited has a precision).
    """

    totals: Numbers
    counts: Numbers

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return len(self.totals)

    @property
    def value(self) -> float:
        """The mean; NaN where no question has a score."""
        return float(_ratio(self.totals.sum(), self.counts.sum()))

    @property
    def rate(self) -> bool:
        """Whether every question has a cluster of its own and scores 0 or 1."""
        return bool(np.all(self.counts <= 1) and np.all((self.totals == 0) | (self.totals == 1)))

    def drawn(self, times: Numbers) -> Numbers:
        """Return the value of each draw, shape (draws,); `times`, (draws, clusters), is how often each was drawn."""
        return _ratio(times @ self.totals, times @ self.counts)

    def without_each(self) -> Numbers:
        """Return the value without each cluster in turn, shape (clusters,)."""
        return _ratio(self.totals.sum() - self.totals, self.counts.sum() - self.counts)

    def swapped(self, other: Self, masks: Flags) -> Numbers:
        """Return the value with the clusters of each mask, shape (masks, clusters), taken from the other sample."""
        totals = self.totals.sum() + masks @ (other.totals - self.totals)
        return _ratio(totals, self.counts.sum() + masks @ (other.counts - self.counts))

    def differs(self, other: Self) -> Flags:
        """Tell for each cluster whether the other sample has something else there."""
        apart: Flags = (self.totals != other.totals) | (self.counts != other.counts)
        return apart


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A metric that only a set of questions has, as a calibration error: `measure` gives it of weighed questions.

    `cluster`, shape (questions,), is the cluster of each question, and `rows`, (questions, columns), what the measure
    knows of it. Of two runs that are compared, each pool's measure knows its own rows and the other's.
    """

    rows: Numbers
    cluster: npt.NDArray[np.intp]
    measure: Measure

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.cluster.max(initial=-1)) + 1

    @property
    def value(self) -> float:
        """The value over all questions; NaN where they tell nothing."""
        return float(self.drawn(np.ones((1, self.clusters)))[0]) if self.clusters else float("nan")

    def drawn(self, times: Numbers) -> Numbers:
        """Return the value of each draw, shape (draws,); `times`, (draws, clusters), is how often each was drawn."""
        blocks = (self._weights(block) for block in _blocks(times))
        return np.concatenate([self.measure(own, np.zeros_like(own)) for own in blocks])

    def without_each(self) -> Numbers:
        """Return the value without each cluster in turn, shape (clusters,)."""
        size = self.clusters
        blocks = np.array_split(np.arange(size), size**2 // _LARGEST_BLOCK + 1)
        return np.concatenate([self.drawn((np.arange(size) != block[:, None]).astype(float)) for block in blocks])

    def swapped(self, other: Self, masks: Flags) -> Numbers:  # noqa: ARG002  the measure knows the other's rows
        """Return the value with the clusters of each mask, shape (masks, clusters), taken from the other sample."""
        blocks = (self._weights(block) for block in _blocks(masks))
        return np.concatenate([self.measure(1 - theirs, theirs) for theirs in blocks])

    def differs(self, other: Self) -> Flags:
        """Tell for each cluster whether the other sample has something else there."""
        apart = ~np.all((self.rows == other.rows) | (np.isnan(self.rows) & np.isnan(other.rows)), axis=1)
        return np.isin(np.arange(self.clusters), self.cluster[apart])

    def _weights(self, times: npt.NDArray[Any]) -> Weights:
        return times[:, self.cluster].astype(np.int64)


Sample = Means | Pool
"""The scores of one run in one metric."""
Same = TypeVar("Same", Means, Pool)
"""Two runs are compared in samples of the same kind, over the same clusters."""


def means(scores: Sequence[float | None], groups: Sequence[str]) -> Means:
    """Gather the scores of the questions, None where the metric does not apply, by group; the rest is left out."""
    (sample,) = _gathered([scores], groups)
    return sample


def paired_means(
    before: Sequence[float | None], after: Sequence[float | None], groups: Sequence[str]
) -> tuple[Means, Means]:
    """Gather the scores of two runs over the same questions; clusters that neither has a score in are left out."""
    first, second = _gathered([before, after], groups)
    return first, second


def pool(rows: Numbers, groups: Sequence[str], measure: Measure) -> Pool:
    """Gather the rows of the questions, shape (questions, columns), by group."""
    return Pool(rows, _numbered(groups), measure)


def _gathered(runs: Sequence[Sequence[float | None]], groups: Sequence[str]) -> list[Means]:
    values = np.array([[np.nan if score is None else score for score in run] for run in runs], dtype=float)
    applies = ~np.isnan(values)
    kept = applies.any(axis=0)
    numbers = _numbered([group for group, keep in zip(groups, kept, strict=True) if keep])
    size = int(numbers.max(initial=-1)) + 1

    def summed(weights: Numbers) -> Numbers:
        return np.bincount(numbers, weights=weights[kept], minlength=size).astype(float)

    return [
        Means(summed(np.where(has, run, 0)), summed(has.astype(float)))
        for run, has in zip(values, applies, strict=True)
    ]


def _numbered(groups: Sequence[str]) -> npt.NDArray[np.intp]:
    """Give each question the number of its group, by name, so that the order of the questions changes no draw."""
    numbers = {group: number for number, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups], dtype=np.intp)


def _blocks(times: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """Part draws so that a measure holds some ten million numbers at once, however large the set is."""
    return np.array_split(times, times.size // _LARGEST_BLOCK + 1)


def _ratio(totals: Numbers, counts: Numbers) -> Numbers:
    """Divide; NaN where there is nothing to divide by."""
    totals, counts = np.asarray(totals, dtype=float), np.asarray(counts, dtype=float)
    return np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)
