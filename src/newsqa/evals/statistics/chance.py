"""How often chance alone gives a difference as large between two runs over the same questions (two-sided p)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from newsqa.evals.statistics.resampling import MOST_ENUMERATED, swaps
from newsqa.evals.statistics.samples import Means, Same

if TYPE_CHECKING:
    from collections.abc import Sequence

Test = Literal["McNemar", "permutation"]
_ROUNDING = 1e-12  # two sums of the same numbers in another order may differ by that much


def kind_of_test(before: Same, after: Same) -> Test:
    """Name the test that suits: McNemar's where every question is right or wrong in both runs, else a permutation."""
    return "McNemar" if changes(before, after) else "permutation"


def chance(before: Same, after: Same) -> float | None:
    """Return the p of a difference between two runs; None where one of them has no value."""
    if np.isnan(before.value) or np.isnan(after.value):
        return None
    turned = changes(before, after)
    return mcnemar(*turned) if turned else permutation(before, after)


def changes(before: Same, after: Same) -> tuple[int, int] | None:
    """Count the questions that turn right and those that turn wrong; None where scores are not right or wrong."""
    if not (isinstance(before, Means) and isinstance(after, Means) and before.rate and after.rate):
        return None
    if not np.array_equal(before.counts, after.counts):
        return None
    return int(np.sum(after.totals > before.totals)), int(np.sum(after.totals < before.totals))


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact p of McNemar's test (1947, Psychometrika 12:153): half of the changes go each way."""
    from scipy.stats import binomtest  # noqa: PLC0415

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def permutation(before: Same, after: Same) -> float:
    """Return the p of a paired permutation test: if the runs were alike, each cluster's scores could change sides.

    For means over questions that both runs score this flips the signs of differences (Fisher's randomisation test;
    for sets of questions see Koehn 2004, W04-3250). Exact where few clusters differ; otherwise over swaps drawn at
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
