"""Draws and swaps, the same on every run and every machine: they hang on the number of clusters alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.statistics.samples import Flags, Numbers

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
    """Give blocks of masks, shape (masks, clusters), that swap clusters which differ; swapping others changes nothing.

    All the ways where they are few, else SWAPS drawn at random.
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
