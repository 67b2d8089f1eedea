"""Significance: what can be said of one metric of two runs over the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from newsqa.evals.resampling import (
    FEWEST_CHANGED,
    MOST_ENUMERATED,
    Interval,
    Means,
    Same,
    draws,
    interval_between,
    swaps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.resampling import Numbers, Sample


# How often chance alone gives a difference as large between two runs over the same questions (two-sided p).

Test = Literal["McNemar", "permutation"]
_ROUNDING = 1e-12  # two sums of the same numbers in another order may differ by that much


def kind_of_test(before: Same, after: Same) -> Test:
    """Name the test that suits: McNemar's if every question is right or wrong in both runs, else a permutation."""
    return "McNemar" if changes(before, after) else "permutation"


def chance(before: Same, after: Same) -> float | None:
    """Return the p of a difference between two runs; None if one of them has no value."""
    if np.isnan(before.value) or np.isnan(after.value):
        return None
    turned = changes(before, after)
    return mcnemar(*turned) if turned else permutation(before, after)


def changes(before: Same, after: Same) -> tuple[int, int] | None:
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


def holm(chances: Sequence[float]) -> list[float]:
    """Adjust the p of several tests so that 5 % is the chance of any false alarm among them (Holm 1979, SJS 6:65).

    In the order given. The smallest is multiplied by how many there are, the next by one fewer, and none falls below
    the one before it.
    """
    adjusted = [1.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda n: chances[n])):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        adjusted[place] = highest
    return adjusted


# The smallest difference between two runs that a set of questions would show, in four of five trials, at 5 %.
#
# Card et al. 2020 (With Little Power Comes Great Responsibility, arXiv:2010.06595) say why to ask this first: many
# sets are too small for the differences that are claimed on them.

LEVEL = 0.05
POWER = 0.8
CORRELATION = 0.5
"""How far the scores of two runs are taken to go together, question by question, where only one of them is known."""

_RARE = 1e-9  # numbers of changed questions less likely than that are left out


def smallest_between(before: Same, after: Same) -> float | None:
    """Return the smallest difference that two runs like these would show; None if the set is too small for any."""
    if before.clusters < FEWEST_CHANGED:
        return None
    turned = changes(before, after)
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
    edge = binom.ppf(LEVEL / 2, numbers, 0.5)
    most_lost = np.where(binom.cdf(edge, numbers, 0.5) > LEVEL / 2, edge - 1, edge)
    shown = binom.cdf(most_lost, numbers, 1 - one_way) + binom.cdf(most_lost, numbers, one_way)
    return float(np.sum(chances * shown))


def _smallest(drawn: Numbers) -> float | None:
    """Return 2.8 standard errors, which a difference must measure to be shown; the spread of the draws is one error."""
    from scipy.stats import norm

    known = drawn[~np.isnan(drawn)]
    error = float(np.std(known)) if 2 * len(known) >= len(drawn) else 0.0
    return round(float(norm.ppf(1 - LEVEL / 2) + norm.ppf(POWER)) * error, 4) if error > 1e-9 else None


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
    p = chance(before, after) if before.clusters else None
    if p is None:
        return None
    return Contrast(
        before=before.value,
        after=after.value,
        interval=interval_between(before, after),
        test=kind_of_test(before, after),
        p=p,
        differing=int(np.sum(before.differs(after))),
        smallest=smallest_between(before, after),
    )
