"""Near-copies: articles that carry one story nearly word for word, as papers do that print the same agency.

Candidates share a band of their MinHash signatures (Broder 1997; banding as in Leskovec, Rajaraman and Ullman, "Mining
of Massive Datasets", chapter 3); a candidate is a copy only if the texts themselves prove it. The bands are plain
numbers, so that the library can keep them and compare a new article with those of earlier runs.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasketch import MinHash

    from newsqa.records import Article, Carrier

BANDS, ROWS = 32, 4
"""Two texts that share half of their shingles share a band in 87 % of cases; with a tenth in common, in 0.3 %."""

SHINGLE_WORDS = 4
ENOUGH_SHINGLES = 40
"""A text of fewer words says too little to be called a copy of another."""

RESEMBLANCE = 0.65
CONTAINMENT = 0.9
"""Copies share so much of all shingles, or of the shorter text's: an agency's story cut to its first half.

Chosen by reading the 34 most alike pairs among 2,172 news articles: below 0.65 they are updates of a running story and
forms filled in anew (weekly property sales, opening hours), whose facts differ.
"""


class Carried(Protocol):
    """Something found in an article, with the articles that carry the same story."""

    @property
    def article(self) -> Article:
        """Where it was found."""

    @property
    def also_carried_by(self) -> tuple[Carrier, ...]:
        """The article's copies."""


Found = TypeVar("Found", bound=Carried)

_WORD = re.compile(r"\w+")


def shingles(text: str) -> frozenset[int]:
    """Return the runs of four words of a text, as numbers; case and marks do not count."""
    words = _WORD.findall(text.casefold())
    runs = (" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1))
    return frozenset(crc32(run.encode()) for run in runs)


def bands(runs: frozenset[int]) -> list[int]:
    """Return the bands of a text's MinHash signature as 64-bit numbers; none where the text is too short."""
    if len(runs) < ENOUGH_SHINGLES:
        return []
    sketch = _empty_sketch().copy()
    sketch.update_batch(runs)
    rows = sketch.digest().astype("<u4").reshape(BANDS, ROWS)
    keys = (hashlib.blake2b(bytes([n]) + row.tobytes(), digest_size=8).digest() for n, row in enumerate(rows))
    return [int.from_bytes(key, "little", signed=True) for key in keys]


def are_copies(one: frozenset[int], two: frozenset[int]) -> bool:
    """Tell whether two texts, as shingles, carry the same story nearly word for word."""
    shorter = min(len(one), len(two))
    if shorter < ENOUGH_SHINGLES:
        return False
    shared = len(one & two)
    return shared >= RESEMBLANCE * (len(one) + len(two) - shared) or shared >= CONTAINMENT * shorter


def stories_once(found: Iterable[Found]) -> Iterator[Found]:
    """Keep of the copies of one story what was found in the first of them."""
    copies: set[str] = set()
    for one in found:
        if one.article.id not in copies:
            copies.update(carrier.article_id for carrier in one.also_carried_by)
            yield one


@cache
def _empty_sketch() -> MinHash:
    from datasketch import MinHash  # noqa: PLC0415  it takes half a second

    return MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int)
