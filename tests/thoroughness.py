"""How much is tried: everything where CI is set, less of what is drawn at random elsewhere.

The programme of faults (tests/faults) has three lengths: a fast case of each in `make test`, more in `make faults`, and
all of it with FAULTS=long.
"""

from __future__ import annotations

import os
from typing import TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")

CI = os.environ.get("CI") == "true"
LENGTHS = ("fast", "short", "long")
LENGTH = os.environ.get("FAULTS", "fast")


def examples(number: int) -> int:
    """Return so many examples where CI is set, a third of them elsewhere."""
    return number if CI else max(10, number // 3)


def at_length(fast: T, short: T, long: T) -> T:
    """Return how often a fault is provoked, or with what, at the length that FAULTS names."""
    return (fast, short, long)[LENGTHS.index(LENGTH)]


def load_profile() -> None:
    """Have hypothesis draw as many examples as `examples`, and take its time on a busy machine."""
    settings.register_profile(
        "newsqa", max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("newsqa")
