"""Statistics of runs: confidence intervals, tests of differences, and what a set could show.

Everything is over clusters: the questions that share a group (one conversation, one article); a question alone is its
own. Clusters are drawn and swapped whole, since what happens to one question of a group tends to happen to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    Scores = Sequence[float | None]
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

    `cluster`, shape (questions,), is the cluster of each question, `rows`, (questions, columns), what the measure knows
    of it. Of two runs that are compared, each pool's measure knows its own rows and the other's.
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
        return np.concatenate([self.measure(own, np.zeros_like(own)) for own in self._weights(times)])

    def without_each(self) -> Numbers:
        """Return the value without each cluster in turn, shape (clusters,)."""
        size = self.clusters
        blocks = np.array_split(np.arange(size), size**2 // _LARGEST_BLOCK + 1)
        return np.concatenate([self.drawn((np.arange(size) != block[:, None]).astype(float)) for block in blocks])

    def swapped(self, other: Self, masks: Flags) -> Numbers:  # noqa: ARG002  the measure knows the other's rows
        """Return the value with the clusters of each mask, shape (masks, clusters), taken from the other sample."""
        return np.concatenate([self.measure(1 - theirs, theirs) for theirs in self._weights(masks)])

    def differs(self, other: Self) -> Flags:
        """Return True for each cluster in which the other sample has something else."""
        apart = ~np.all((self.rows == other.rows) | (np.isnan(self.rows) & np.isnan(other.rows)), axis=1)
        return np.isin(np.arange(self.clusters), self.cluster[apart])

    def _weights(self, times: npt.NDArray[Any]) -> Iterator[Weights]:
        """Yield how often each question counts, in blocks of some ten million numbers, however large the set is."""
        for block in np.array_split(times, times.size // _LARGEST_BLOCK + 1):
            yield block[:, self.cluster].astype(np.int64)


Sample = Means | PooledSample
Same = TypeVar("Same", Means, PooledSample)  # two runs are compared in samples of one kind, over the same clusters


def means(scores: Scores, groups: Sequence[str]) -> Means:
    """Gather the scores of the questions, None if the metric does not apply, by group; the rest is left out."""
    return _gathered([scores], groups)[0]


def paired_means(before: Scores, after: Scores, groups: Sequence[str]) -> tuple[Means, Means]:
    """Gather the scores of two runs over the same questions; clusters that neither has a score in are left out."""
    first, second = _gathered([before, after], groups)
    return first, second


def pool(rows: Numbers, groups: Sequence[str], measure: Measure) -> PooledSample:
    """Gather the rows of the questions, shape (questions, columns), by group."""
    return PooledSample(rows, _numbered(groups), measure)


def _gathered(runs: Sequence[Scores], groups: Sequence[str]) -> list[Means]:
    values = np.array([[np.nan if score is None else score for score in run] for run in runs], dtype=float)
    kept = ~np.isnan(values).all(axis=0)
    numbers = _numbered([group for group, keep in zip(groups, kept, strict=True) if keep])
    size = int(numbers.max(initial=-1)) + 1
    columns = [(np.nan_to_num(run), (~np.isnan(run)).astype(float)) for run in values[:, kept]]
    return [Means(*(np.bincount(numbers, weights, size).astype(float) for weights in pair)) for pair in columns]


def _numbered(groups: Sequence[str]) -> npt.NDArray[np.intp]:
    """Give each question the number of its group, by name, so that the order of the questions changes no draw."""
    numbers = {group: number for number, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups], dtype=np.intp)


def _ratio(totals: Numbers, counts: Numbers) -> Numbers:
    """Divide; NaN if there is nothing to divide by."""
    totals, counts = np.asarray(totals, dtype=float), np.asarray(counts, dtype=float)
    return np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)


# Draws and swaps, the same on every run and every machine: they depend on the number of clusters alone.

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
    generator = np.random.default_rng([SEED, len(places)])
    blocks = (generator.random((_BLOCK, len(places))) < 0.5 for _ in range(SWAPS // _BLOCK))
    if len(places) <= MOST_ENUMERATED:
        ways = np.arange(2 ** len(places))
        blocks = (every for every in [(ways[:, None] >> np.arange(len(places))) & 1 == 1])
    for block in blocks:
        masks = np.zeros((len(block), len(differing)), dtype=bool)
        masks[:, places] = block
        yield masks


# 95 % intervals: Wilson's for a rate, bias-corrected and accelerated bootstrap over clusters for anything else.

LEVEL = 0.95
FEWEST_CHANGED = 6  # 2 × 0.5⁶ is the first two-sided p below 5 %: no test by signs can show fewer
FEWEST_CLUSTERS = 5  # what is drawn anew from fewer is less certain than it seems


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
    width. If every draw lies on one side of the value, the plain percentiles are widened to hold it.
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
        known_without = without_each[~np.isnan(without_each)]
        change = known_without.mean() - known_without
        spread = np.sum(change**2) ** 1.5
        pull = float(np.sum(change**3) / (6 * spread)) if spread else 0.0  # the acceleration
    ranks = norm.cdf(shift + (shift + tails) / (1 - pull * (shift + tails)))
    low, high = np.quantile(known, ranks)
    return Interval(float(min(low, value)), float(max(high, value)))


# How often chance alone gives a difference as large between two runs over the same questions (two-sided p).

Test = Literal["McNemar", "permutation"]
_ROUNDING = 1e-12  # two sums of the same numbers in another order may differ by that much


def difference_test(before: Same, after: Same) -> tuple[Test, float] | None:
    """Return the p of a difference between two runs, and the test that gives it; None if one of them has no value.

    The test is McNemar's if every question is right or wrong in both runs, else a permutation.
    """
    if np.isnan(before.value) or np.isnan(after.value):
        return None
    turned = _turned(before, after)
    return ("McNemar", mcnemar(*turned)) if turned else ("permutation", permutation(before, after))


def _turned(before: Same, after: Same) -> tuple[int, int] | None:
    """Count the questions that turn right and those that turn wrong; None if scores are not right or wrong."""
    if not (isinstance(before, Means) and isinstance(after, Means) and before.rate and after.rate):
        return None
    if not np.array_equal(before.counts, after.counts):
        return None
    return int(np.sum(after.totals > before.totals)), int(np.sum(after.totals < before.totals))


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact p of McNemar's test (1947, Psychometrika 12:153): half of the changes go each way."""
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def permutation(before: Same, after: Same) -> float:
    """Return the p of a paired permutation test: if the runs were alike, each cluster's scores could change sides.

    For means over questions that both runs score this flips the signs of differences (Fisher's randomisation test;
    for sets of questions see Koehn 2004, W04-3250). Exact if few clusters differ; otherwise over swaps drawn at
    random, the runs as they are counted among them so that p is never 0 (Phipson & Smyth 2010, SAGMB 9:39). Where the
    runs state confidence on other scales, swapping mixes the scales, and the p of a metric over confidence is cautious.
    """
    differing = before.differs(after)
    seen = abs(after.value - before.value)
    as_large = swapped = 0
    for masks in swaps(differing):
        apart = np.abs(after.swapped(before, masks) - before.swapped(after, masks))
        as_large += int(np.sum((apart >= seen - _ROUNDING) | np.isnan(apart)))
        swapped += len(masks)
    exact = int(differing.sum()) <= MOST_ENUMERATED
    return as_large / swapped if exact else (as_large + 1) / (swapped + 1)


# The smallest difference between two runs that a set of questions would show, in four of five trials, at 5 %: many sets
# are too small for the differences that are claimed on them (Card et al. 2020, arXiv:2010.06595).

ALPHA = 0.05
POWER = 0.8
CORRELATION = 0.5
"""The correlation assumed between the scores of two runs, question by question, if only one of them is known."""

_RARE = 1e-9  # numbers of changed questions less likely than that are left out


def smallest_between(before: Same, after: Same) -> float | None:
    """Return the smallest difference that two runs like these would show; None if the set is too small for any."""
    if before.clusters < FEWEST_CHANGED:
        return None
    turned = _turned(before, after)
    if turned:
        return smallest_rate(before.clusters, (sum(turned) + 1) / (before.clusters + 2))
    times = draws(before.clusters)
    return _smallest(after.drawn(times) - before.drawn(times))


def smallest_of(sample: Sample) -> float | None:
    """Return the smallest difference from another run that a set like this would show, seen from one run alone.

    Supposes that the other run has the same spread and that the scores of both correlate at CORRELATION, so that the
    differences have the variance that the scores have. None if the set is too small for any, or nothing varies.
    """
    if sample.clusters < FEWEST_CHANGED or np.isnan(sample.value):
        return None
    if isinstance(sample, Means) and sample.rate:
        share = (sample.totals.sum() + 2) / (sample.clusters + 4)  # Agresti & Coull 1998: never quite 0 or 1
        return smallest_rate(sample.clusters, 2 * (1 - CORRELATION) * share * (1 - share))
    return _smallest(sample.drawn(draws(sample.clusters)) * np.sqrt(2 * (1 - CORRELATION)))


def smallest_rate(questions: int, changed: float) -> float | None:
    """Return the smallest difference of a rate that McNemar's exact test would show, to a tenth of a point.

    `changed` is the share of questions that turn from right to wrong or back; if a difference is larger than it,
    all that changed is taken to have changed one way. None if not even that would be shown.
    """
    low, high = 0.0, 1.0
    if power_of_rates(questions, changed, high) < POWER:
        return None
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (low, middle) if power_of_rates(questions, changed, middle) >= POWER else (middle, high)
    return round(high, 3)


def power_of_rates(questions: int, changed: float, difference: float) -> float:
    """Return how often McNemar's exact test shows a difference at 5 %, over all ways in which questions may change."""
    from scipy.stats import binom

    changed = max(changed, difference)
    numbers = np.arange(binom.ppf(_RARE, questions, changed), binom.ppf(1 - _RARE, questions, changed) + 1)
    chances = binom.pmf(numbers, questions, changed)
    one_way = (changed + difference) / (2 * changed)
    edge = binom.ppf(ALPHA / 2, numbers, 0.5)
    most_lost = np.where(binom.cdf(edge, numbers, 0.5) > ALPHA / 2, edge - 1, edge)
    shown = binom.cdf(most_lost, numbers, 1 - one_way) + binom.cdf(most_lost, numbers, one_way)
    return float(np.sum(chances * shown))


def _smallest(drawn: Numbers) -> float | None:
    """Return 2.8 standard errors, which a difference must measure to be shown; the spread of the draws is one error."""
    from scipy.stats import norm

    known = drawn[~np.isnan(drawn)]
    error = float(np.std(known)) if 2 * len(known) >= len(drawn) else 0.0
    return round(float(norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER)) * error, 4) if error > 1e-9 else None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two values of a metric, the interval of their difference (after less before), and its p by `test`.

    `differing` counts the questions, or groups of them, that score otherwise. `smallest` is the smallest difference
    that these runs could show; None if they can show none.
    """

    before: float
    after: float
    interval: Interval | None
    test: Test
    p: float
    differing: int
    smallest: float | None

    @property
    def difference(self) -> float:
        """By how much the second run has more."""
        return self.after - self.before

    @property
    def same(self) -> bool:
        """True if nothing differs, or only in questions that leave the value as it is however they are drawn."""
        return not self.differing or (self.interval is not None and self.interval == Interval(0.0, 0.0))

    @property
    def least_p(self) -> float:
        """The smallest p that any scores of as many differing questions could have: that of all going one way."""
        return min(1.0, 2.0 ** (1 - self.differing))


def contrast(before: Same, after: Same) -> Contrast | None:
    """Compare the samples of two runs; None if one of them has no value."""
    tested = difference_test(before, after) if before.clusters else None
    if tested is None:
        return None
    return Contrast(
        before=before.value,
        after=after.value,
        interval=interval_between(before, after),
        test=tested[0],
        p=tested[1],
        differing=int(np.sum(before.differs(after))),
        smallest=smallest_between(before, after),
    )
