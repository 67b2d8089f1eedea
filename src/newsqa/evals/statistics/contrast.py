"""All that can be said of one metric of two runs over the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals.figures import Interval
from newsqa.evals.statistics.chance import chance, kind_of_test
from newsqa.evals.statistics.intervals import interval_between
from newsqa.evals.statistics.power import smallest_between

if TYPE_CHECKING:
    from newsqa.evals.statistics.chance import Test
    from newsqa.evals.statistics.samples import Same


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two values of a metric, the interval of their difference (after less before), and its p by `test`.

    `differing` counts the questions, or groups of them, that score otherwise. `smallest` is the smallest difference
    that these runs could show; None where they can show none.
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
        """Whether nothing differs, or only in questions that leave the value as it is however they are drawn."""
        return not self.differing or (self.interval is not None and self.interval == Interval(0.0, 0.0))

    @property
    def least_p(self) -> float:
        """The smallest p that any scores of as many differing questions could have: that of all going one way."""
        return min(1.0, 2.0 ** (1 - self.differing))


def contrast(before: Same, after: Same) -> Contrast | None:
    """Compare the samples of two runs; None where one of them has no value."""
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
