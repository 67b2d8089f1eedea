"""The smallest difference between two runs that a set of questions would show, in four of five trials, at 5 %.

Card et al. 2020 (With Little Power Comes Great Responsibility, arXiv:2010.06595) tell why to ask this first: many sets
are too small for the differences that are claimed on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals.statistics.chance import changes
from newsqa.evals.statistics.intervals import FEWEST_CHANGED
from newsqa.evals.statistics.resampling import draws
from newsqa.evals.statistics.samples import Means, Same

if TYPE_CHECKING:
    from newsqa.evals.statistics.samples import Numbers, Sample

LEVEL = 0.05
POWER = 0.8
CORRELATION = 0.5
"""How far the scores of two runs are taken to go together, question by question, where only one of them is known."""

_RARE = 1e-9  # numbers of changed questions less likely than that are left out


def smallest_between(before: Same, after: Same) -> float | None:
    """Return the smallest difference that two runs like these would show; None where the set is too small for any."""
    if before.clusters < FEWEST_CHANGED:
        return None
    turned = changes(before, after)
    if turned:
        return smallest_rate(before.clusters, (sum(turned) + 1) / (before.clusters + 2))
    times = draws(before.clusters)
    return _smallest(after.drawn(times) - before.drawn(times))


def smallest_of(sample: Sample) -> float | None:
    """Return the smallest difference from another run that a set like this would show, told from one run alone.

    Supposes that the other run has the same spread and that the scores of both correlate at CORRELATION, so that the
    differences have the variance that the scores have. None where the set is too small for any, or nothing varies.
    """
    if sample.clusters < FEWEST_CHANGED or np.isnan(sample.value):
        return None
    if isinstance(sample, Means) and sample.rate:
        share = (sample.totals.sum() + 2) / (sample.clusters + 4)  # Agresti & Coull 1998: never quite 0 or 1
        return smallest_rate(sample.clusters, 2 * (1 - CORRELATION) * share * (1 - share))
    return _smallest(sample.drawn(draws(sample.clusters)) * np.sqrt(2 * (1 - CORRELATION)))


def smallest_rate(questions: int, changed: float) -> float | None:
    """Return the smallest difference of a rate that McNemar's exact test would show, to a tenth of a point.

    `changed` is the share of questions that turn from right to wrong or back; where a difference is larger than it,
    all that changed is taken to have changed one way. None where not even that would be shown.
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
    from scipy.stats import binom  # noqa: PLC0415

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
    from scipy.stats import norm  # noqa: PLC0415

    told = drawn[~np.isnan(drawn)]
    error = float(np.std(told)) if 2 * len(told) >= len(drawn) else 0.0
    return round(float(norm.ppf(1 - LEVEL / 2) + norm.ppf(POWER)) * error, 4) if error > 1e-9 else None
