"""95 % intervals: Wilson's for a rate, bias-corrected and accelerated bootstrap over clusters for anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals.figures import Interval
from newsqa.evals.statistics.resampling import draws
from newsqa.evals.statistics.samples import Means, Same

if TYPE_CHECKING:
    from newsqa.evals.statistics.samples import Numbers, Sample

LEVEL = 0.95
FEWEST_CHANGED = 6  # 2 × 0.5⁶ is the first two-sided p below 5 %: no test by signs can show fewer
FEWEST_CLUSTERS = 5  # what is drawn anew from fewer tells less than it seems to


def interval(sample: Sample) -> Interval | None:
    """Return the interval of a metric's value; None where there are too few questions to tell, or nothing varies.

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
    """Return the interval of what `after` has more than `before`, both drawn alike; None where too few to tell.

    Where fewer clusters differ than any test could take for more than chance, it is widened to hold no difference:
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
    """Return the score interval of a rate (Wilson 1927, JASA 22:209). Raises ValueError where there is no question."""
    from scipy.stats import binomtest  # noqa: PLC0415

    ends = binomtest(hits, questions).proportion_ci(LEVEL, method="wilson")
    return Interval(float(ends.low), float(ends.high))


def bootstrap(drawn: Numbers, value: float, without_each: Numbers) -> Interval | None:
    """Return the BCa interval (Efron 1987, JASA 82:171) from the values drawn, and those without each cluster in turn.

    Draws that tell nothing (NaN) are left out; None where they are most of them. Where nothing varies, the interval
    has no width. Where every draw lies on one side of the value, as a calibration error's may, the plain percentiles
    are widened to hold it.
    """
    from scipy.stats import norm  # noqa: PLC0415

    told = drawn[~np.isnan(drawn)]
    if 2 * len(told) < len(drawn):
        return None
    shift = norm.ppf((np.mean(told < value) + np.mean(told <= value)) / 2)
    tails = norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if not np.isfinite(shift):
        shift = pull = 0.0
    else:
        pull = _acceleration(without_each[~np.isnan(without_each)])
    ranks = norm.cdf(shift + (shift + tails) / (1 - pull * (shift + tails)))
    low, high = np.quantile(told, ranks)
    return Interval(float(min(low, value)), float(max(high, value)))


def _acceleration(without_each: Numbers) -> float:
    """Return how fast the spread changes with the value, from its change without each cluster."""
    change = without_each.mean() - without_each
    spread = np.sum(change**2) ** 1.5
    return float(np.sum(change**3) / (6 * spread)) if spread else 0.0
