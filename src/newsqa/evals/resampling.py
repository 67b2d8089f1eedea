"""Resampling: the scores of a run by cluster, drawn anew and swapped, and the intervals that come of it.

A cluster is the questions that share a group (one conversation, one article); a question alone is its own. Clusters
are drawn and swapped whole, since what happens to one question of a group tends to happen to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Weights = npt.NDArray[np.int64]
    Measure = Callable[[Weights, Weights], Numbers]
    """The value, shape (draws,), of the own rows and the other run's, weighed by (draws, questions) each."""


_LARGEST_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float


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
        """The mean; NaN if no question has a score."""
        return float(_ratio(self.totals.sum(), self.counts.sum()))

    @property
    def rate(self) -> bool:
        """True if every question has a cluster of its own and scores 0 or 1."""
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
        """Return True for each cluster in which the other sample has something else."""
        apart: Flags = (self.totals != other.totals) | (self.counts != other.counts)
        return apart


@dataclass(frozen=True, slots=True, eq=False)
class PooledSample:
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
        """The value over all questions; NaN if they say nothing."""
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
        """Return True for each cluster in which the other sample has something else."""
        apart = ~np.all((self.rows == other.rows) | (np.isnan(self.rows) & np.isnan(other.rows)), axis=1)
        return np.isin(np.arange(self.clusters), self.cluster[apart])

    def _weights(self, times: npt.NDArray[Any]) -> Weights:
        return times[:, self.cluster].astype(np.int64)


Sample = Means | PooledSample
"""The scores of one run in one metric."""
Same = TypeVar("Same", Means, PooledSample)
"""Two runs are compared in samples of the same kind, over the same clusters."""


def means(scores: Sequence[float | None], groups: Sequence[str]) -> Means:
    """Gather the scores of the questions, None if the metric does not apply, by group; the rest is left out."""
    (sample,) = _gathered([scores], groups)
    return sample


def paired_means(
    before: Sequence[float | None], after: Sequence[float | None], groups: Sequence[str]
) -> tuple[Means, Means]:
    """Gather the scores of two runs over the same questions; clusters that neither has a score in are left out."""
    first, second = _gathered([before, after], groups)
    return first, second


def pool(rows: Numbers, groups: Sequence[str], measure: Measure) -> PooledSample:
    """Gather the rows of the questions, shape (questions, columns), by group."""
    return PooledSample(rows, _numbered(groups), measure)


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
    """Split draws so that a measure holds some ten million numbers at once, however large the set is."""
    return np.array_split(times, times.size // _LARGEST_BLOCK + 1)


def _ratio(totals: Numbers, counts: Numbers) -> Numbers:
    """Divide; NaN if there is nothing to divide by."""
    totals, counts = np.asarray(totals, dtype=float), np.asarray(counts, dtype=float)
    return np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)


# Draws and swaps, the same on every run and every machine: they hang on the number of clusters alone.

SEED = 20_250_421
RESAMPLES = 2_000  # the ends of a 95 % interval then rest on fifty draws each
SWAPS = 10_000
MOST_ENUMERATED = 13  # clusters: all 8,192 ways to swap them are fewer than the swaps drawn
_BLOCK = 1_000  # swaps held in memory at once


@lru_cache(maxsize=4)
def draws(clusters: int) -> Numbers:
    """Draw that many clusters with replacement, RESAMPLES times: how often each came, shape (draws, clusters)."""
    generator = np.random.default_rng([SEED, clusters])
    times = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES).astype(float)
    times.setflags(write=False)
    return times


def swaps(differing: Flags) -> Iterator[Flags]:
    """Yield blocks of masks, shape (masks, clusters), that swap clusters which differ; swapping others changes nothing.

    All the ways if they are few, else SWAPS drawn at random.
    """
    places = np.flatnonzero(differing)
    if len(places) <= MOST_ENUMERATED:
        ways = np.arange(2 ** len(places))
        yield _spread((ways[:, None] >> np.arange(len(places))) & 1 == 1, places, len(differing))
        return
    generator = np.random.default_rng([SEED, len(places)])
    for _ in range(SWAPS // _BLOCK):
        yield _spread(generator.random((_BLOCK, len(places))) < 0.5, places, len(differing))


def _spread(masks: Flags, places: np.ndarray[tuple[int, ...], np.dtype[np.intp]], clusters: int) -> Flags:
    spread = np.zeros((len(masks), clusters), dtype=bool)
    spread[:, places] = masks
    return spread


# 95 % intervals: Wilson's for a rate, bias-corrected and accelerated bootstrap over clusters for anything else.

LEVEL = 0.95
FEWEST_CHANGED = 6  # 2 × 0.5⁶ is the first two-sided p below 5 %: no test by signs can show fewer
FEWEST_CLUSTERS = 5  # what is drawn anew from fewer tells less than it seems to


def interval(sample: Sample) -> Interval | None:
    """Return the interval of a metric's value; None if there are too few questions to tell, or nothing varies.

    A mean of scores that are all 0, or all 1, leaves a bootstrap nothing to vary: scores between 0 and 1 vary no more
    than a rate does, so Wilson's interval over the clusters holds for them too.
    """
    if not sample.clusters or np.isnan(sample.value):
        return None
    if isinstance(sample, Means) and (sample.rate or sample.value in {0.0, 1.0}):
        return wilson(round(sample.value * sample.clusters), sample.clusters)
    if sample.clusters < FEWEST_CLUSTERS:
        return None
    found = bootstrap(sample.drawn(draws(sample.clusters)), sample.value, sample.without_each())
    return found if found and found.low < found.high else None


def interval_between(before: Same, after: Same) -> Interval | None:
    """Return the interval of what `after` has more than `before`, both drawn alike; None if too few to tell.

    If fewer clusters differ than any test could take for more than chance, it is widened to hold no difference:
    a bootstrap that has so few to draw from ends too soon.
    """
    value = after.value - before.value
    if before.clusters < FEWEST_CLUSTERS or np.isnan(value):
        return None
    times = draws(before.clusters)
    drawn = after.drawn(times) - before.drawn(times)
    found = bootstrap(drawn, value, after.without_each() - before.without_each())
    if found is None or np.sum(before.differs(after)) >= FEWEST_CHANGED:
        return found
    return Interval(min(found.low, 0.0), max(found.high, 0.0))


def wilson(hits: int, questions: int) -> Interval:
    """Return the score interval of a rate (Wilson 1927, JASA 22:209). Raises ValueError if there is no question."""
    from scipy.stats import binomtest

    ends = binomtest(hits, questions).proportion_ci(LEVEL, method="wilson")
    return Interval(float(ends.low), float(ends.high))


def bootstrap(drawn: Numbers, value: float, without_each: Numbers) -> Interval | None:
    """Return the BCa interval (Efron 1987, JASA 82:171) from the values drawn, and those without each cluster in turn.

    Draws without a value (NaN) are left out; None if they are most of them. If nothing varies, the interval has no
    width. If every draw lies on one side of the value, as a calibration error's may, the plain percentiles are widened
    to hold it.
    """
    from scipy.stats import norm

    known = drawn[~np.isnan(drawn)]
    if 2 * len(known) < len(drawn):
        return None
    shift = norm.ppf((np.mean(known < value) + np.mean(known <= value)) / 2)
    tails = norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if not np.isfinite(shift):
        shift = pull = 0.0
    else:
        pull = _acceleration(without_each[~np.isnan(without_each)])
    ranks = norm.cdf(shift + (shift + tails) / (1 - pull * (shift + tails)))
    low, high = np.quantile(known, ranks)
    return Interval(float(min(low, value)), float(max(high, value)))


def _acceleration(without_each: Numbers) -> float:
    """Return how fast the spread changes with the value, from its change without each cluster."""
    change = without_each.mean() - without_each
    spread = np.sum(change**2) ** 1.5
    return float(np.sum(change**3) / (6 * spread)) if spread else 0.0
