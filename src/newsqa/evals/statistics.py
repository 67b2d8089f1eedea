"""Statistics of runs: confidence intervals, tests of differences, and what a set could show.

Everything is over clusters: the questions that share a group (one conversation, one article); a question alone is its
own. Clusters are drawn and swapped whole, since what happens to one question of a group tends to happen to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Scores = Sequence[float | None]
    Numbers = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Measure = Callable[[Numbers, Numbers], Numbers]
    """Takes rows, shape (rows, columns), and how often each counts, (draws, rows); returns a value a draw."""

ALPHA = 0.05
SEED = 20_250_421  # draws are the same on every run and every machine
RESAMPLES = 2_000  # the ends of a 95 % interval then rest on fifty draws each
SWAPS = 10_000  # all of them if there are fewer
FEWEST_CHANGED = 6  # 2 × 0.5⁶ is the first two-sided p below 5 %: no test by signs can show fewer
FEWEST_CLUSTERS = 5  # intervals that are resampled from fewer are less certain than they seem
TO_BE_SHOWN = 2.8 / 1.96
"""Half of a 95 % interval is 1.96 standard errors; a difference of 2.8 of them is shown in four of five trials."""

_BLOCK = 2_000_000  # numbers held in memory at once


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """From end to end."""
        return self.high - self.low


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a metric of a run rests on: `measure` takes its value from `rows`, however often each counts.

    `cluster`, shape (rows,), is the number of the cluster that each row belongs to. `rate` is True if every cluster is
    one question that scores 0 or 1.
    """

    rows: Numbers
    cluster: npt.NDArray[np.intp]
    measure: Measure
    rate: bool = False

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
        blocks = np.array_split(times, times.size // _BLOCK + 1)
        return np.concatenate([self.measure(self.rows, block[:, self.cluster]) for block in blocks])

    def without_each(self) -> Numbers:
        """Return the value without each cluster in turn, shape (clusters,)."""
        every = np.arange(self.clusters)
        blocks = np.array_split(every, every.size**2 // _BLOCK + 1)
        return np.concatenate([self.drawn((every != block[:, None]).astype(float)) for block in blocks])

    def differs(self, other: Sample) -> Flags:
        """Return True for each cluster in which the other sample has something else."""
        apart = ~np.all((self.rows == other.rows) | (np.isnan(self.rows) & np.isnan(other.rows)), axis=1)
        return np.isin(np.arange(self.clusters), self.cluster[apart])


def gather(runs: Sequence[Scores], groups: Sequence[str]) -> list[Sample]:
    """Gather the scores of runs over the same questions, None if the metric does not apply, by group: a sample a run.

    A sample has a row a cluster: the sum of its scores, and how many there are. Its value is the mean, a ratio of two
    sums, as the runs may score different questions (only what was cited has a precision). Clusters in which no run has
    a score are left out.
    """
    values = np.array([[np.nan if score is None else score for score in run] for run in runs], dtype=float)
    kept = ~np.isnan(values).all(axis=0)
    numbers = _numbered([group for group, keep in zip(groups, kept, strict=True) if keep])
    every = np.arange(numbers.max(initial=-1) + 1)
    samples = []
    for run in values[:, kept]:
        totals = np.bincount(numbers, np.nan_to_num(run), every.size)
        counts = np.bincount(numbers, ~np.isnan(run), every.size)
        rate = bool(np.all(counts <= 1) and np.all((totals == 0) | (totals == 1)))
        samples.append(Sample(np.column_stack([totals, counts]), every, _mean, rate))
    return samples


def pool(runs: Sequence[Numbers], groups: Sequence[str], measure: Measure) -> list[Sample]:
    """Gather rows of runs over the same questions, shape (questions, columns), for what only a whole set has.

    Questions of which no run knows every column are left out.
    """
    kept = np.any([~np.isnan(rows).any(axis=1) for rows in runs], axis=0)
    cluster = _numbered([group for group, keep in zip(groups, kept, strict=True) if keep])
    return [Sample(rows[kept], cluster, measure) for rows in runs]


def ratio(totals: Numbers, counts: Numbers) -> Numbers:
    """Divide; NaN if there is nothing to divide by."""
    shares: Numbers = np.divide(totals, counts, out=np.full(np.shape(totals), np.nan), where=counts > 0)
    return shares


def _mean(rows: Numbers, weights: Numbers) -> Numbers:
    return ratio(weights @ rows[:, 0], weights @ rows[:, 1])


def _numbered(groups: Sequence[str]) -> npt.NDArray[np.intp]:
    """Give each question the number of its group, by name, so that the order of the questions changes no draw."""
    numbers = {group: number for number, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups], dtype=np.intp)


# 95 % intervals: Wilson's for a rate, bias-corrected and accelerated bootstrap over clusters for anything else.


def interval(sample: Sample) -> Interval | None:
    """Return the interval of a metric's value; None if there are too few questions to tell, or nothing varies.

    A mean of scores that are all 0, or all 1, leaves a bootstrap nothing to vary: scores between 0 and 1 vary no more
    than a rate does, so Wilson's interval over the clusters holds for them too.
    """
    value = sample.value
    if np.isnan(value):
        return None
    if sample.rate or (sample.measure is _mean and value in {0.0, 1.0}):
        return wilson(round(value * sample.clusters), sample.clusters)
    if sample.clusters < FEWEST_CLUSTERS:
        return None
    found = bootstrap(sample.drawn(draws(sample.clusters)), value, sample.without_each())
    return found if found and found.width else None


def interval_between(before: Sample, after: Sample) -> Interval | None:
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

    ends = binomtest(hits, questions).proportion_ci(1 - ALPHA, method="wilson")
    return Interval(float(ends.low), float(ends.high))


@lru_cache(maxsize=4)
def draws(clusters: int) -> Numbers:
    """Draw that many clusters with replacement, RESAMPLES times: how often each came, shape (draws, clusters)."""
    generator = np.random.default_rng([SEED, clusters])
    times = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES).astype(float)
    times.setflags(write=False)
    return times


def bootstrap(drawn: Numbers, value: float, without_each: Numbers) -> Interval | None:
    """Return the BCa interval (Efron 1987, JASA 82:171) from the values drawn, and those without each cluster in turn.

    Draws without a value (NaN) are left out; None if they are most of them. If nothing varies, the interval has no
    width. If every draw lies on one side of the value, the plain percentiles are widened to hold it.
    """
    from scipy.stats import norm

    known = drawn[~np.isnan(drawn)]
    if 2 * len(known) < len(drawn):
        return None
    tails = np.asarray(norm.ppf([ALPHA / 2, 1 - ALPHA / 2]))
    shift, pull = float(norm.ppf((np.mean(known < value) + np.mean(known <= value)) / 2)), 0.0
    if np.isfinite(shift):
        pull = _acceleration(without_each)
    else:
        shift = 0.0
    moved = shift + tails
    low, high = np.quantile(known, np.asarray(norm.cdf(shift + moved / (1 - pull * moved))))
    return Interval(float(min(low, value)), float(max(high, value)))


def _acceleration(without_each: Numbers) -> float:
    known = without_each[~np.isnan(without_each)]
    change = known.mean() - known
    spread = np.sum(change**2) ** 1.5
    return float(np.sum(change**3) / (6 * spread)) if spread else 0.0


def smallest_shown(sample: Sample, found: Interval | None) -> float | None:
    """Return the smallest difference between two runs that a set would show in four of five trials, at 5 %.

    `found` is the interval of the difference or, of one run alone, that of its value: that supposes another run with
    the same spread whose scores correlate at one half with these, so that differences have the variance of the scores.
    Of a rate, no fewer questions than FEWEST_CHANGED show anything. None if the set is too small for any, or nothing
    varies (see Card et al. 2020, arXiv:2010.06595).
    """
    if found is None or not found.width or sample.clusters < FEWEST_CHANGED:
        return None
    fewest = FEWEST_CHANGED / sample.clusters if sample.rate else 0.0
    return round(max(TO_BE_SHOWN * found.width / 2, fewest), 4)


# How often chance alone gives a difference as large between two runs over the same questions (two-sided p).

Test = Literal["McNemar", "permutation"]


def difference_test(before: Sample, after: Sample) -> tuple[Test, float] | None:
    """Return the p of a difference between two runs, and the test that gives it; None if one of them has no value.

    The test is McNemar's if every question is right or wrong in both runs, else a permutation.
    """
    if np.isnan(before.value) or np.isnan(after.value):
        return None
    if before.rate and after.rate and np.array_equal(before.rows[:, 1], after.rows[:, 1]):
        change = after.rows[:, 0] - before.rows[:, 0]
        return "McNemar", mcnemar(int(np.sum(change > 0)), int(np.sum(change < 0)))
    return "permutation", permutation(before, after)


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact p of McNemar's test (1947, Psychometrika 12:153): half of the changes go each way."""
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def permutation(before: Sample, after: Sample) -> float:
    """Return the p of a paired permutation test: if the runs were alike, each cluster's scores could change sides.

    For means over questions that both runs score this flips the signs of differences (Fisher's randomisation test;
    for sets of questions see Koehn 2004, W04-3250). Exact if few clusters differ; otherwise over swaps drawn at
    random, the runs as they are counted among them so that p is never 0 (Phipson & Smyth 2010, SAGMB 9:39). Where the
    runs state confidence on other scales, swapping mixes the scales, and the p of a metric over confidence is cautious.
    """
    from scipy.stats import permutation_test

    rows, places = np.vstack([before.rows, after.rows]), np.flatnonzero(before.differs(after))
    if not len(places):
        return 1.0

    def apart(swapped: Numbers, _: Numbers, axis: int) -> Numbers:  # noqa: ARG001  the last one, as asked for
        masks = np.zeros((*swapped.shape[:-1], before.clusters))
        masks[..., places] = swapped[..., : len(places)]
        theirs = np.atleast_2d(masks)[:, before.cluster]
        first = before.measure(rows, np.hstack([1 - theirs, theirs]))
        second = before.measure(rows, np.hstack([theirs, 1 - theirs]))
        return np.nan_to_num(np.abs(second - first), nan=np.inf).reshape(swapped.shape[:-1])

    size = max(len(places), 2)  # scipy takes no fewer; what is swapped beside changes nothing
    found = permutation_test(
        (np.zeros(size), np.ones(size)),
        apart,
        permutation_type="samples",
        vectorized=True,
        n_resamples=SWAPS,
        batch=_BLOCK // len(rows) + 1,
        alternative="greater",
        rng=np.random.default_rng([SEED, size]),
    )
    return float(found.pvalue)


def holm(chances: Sequence[float]) -> list[float]:
    """Adjust the p of several tests so that 5 % is the chance of any false alarm among them (Holm 1979, SJS 6:65).

    In the order given. The smallest is multiplied by how many there are, the next by one fewer, and none falls below
    the one before it.
    """
    order = np.argsort(chances, kind="stable")
    scaled = np.array(chances)[order] * np.arange(len(chances), 0, -1)
    adjusted = np.empty(len(chances))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(scaled))
    return adjusted.tolist()


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
        return not self.differing or self.interval == Interval(0.0, 0.0)

    @property
    def least_p(self) -> float:
        """The smallest p that any scores of as many differing questions could have: that of all going one way."""
        return min(1.0, 2.0 ** (1 - self.differing))


def contrast(before: Sample, after: Sample) -> Contrast | None:
    """Compare the samples of two runs; None if one of them has no value."""
    tested = difference_test(before, after)
    if tested is None:
        return None
    found, differing = interval_between(before, after), int(np.sum(before.differs(after)))
    smallest = smallest_shown(before, found)
    return Contrast(before.value, after.value, found, *tested, differing, smallest)
