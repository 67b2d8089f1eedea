"""All that can be said of one metric of two runs over the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals.statistics.chance import chance, kind_of_test
from newsqa.evals.statistics.intervals import interval_between
from newsqa.evals.statistics.power import smallest_between

if TYPE_CHECKING:
    from newsqa.evals.figures import Interval
    from newsqa.evals.statistics.chance import Test
    from newsqa.evals.statistics.samples import Same


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two values of a metric, the interval of their difference (after less before), and its p by `test`.

    `same` tells that no question scores otherwise. `smallest` is the smallest difference that these runs could show;
    None where they can show none.
    """

    before: float
    after: float
    interval: Interval | None
    test: Test
    p: float
    same: bool
    smallest: float | None

    @property
    def difference(self) -> float:
        """By how much the second run has more."""
        return self.after - self.before


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
        same=not np.any(before.differs(after)),
        smallest=smallest_between(before, after),
    )
