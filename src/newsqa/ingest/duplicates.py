"""Compares articles with each other: finds copies of one story, and removes the lines that an outlet repeats.

Copies are articles with nearly the same words and no number that differs, as papers have that print the same agency.
Candidates share a band of their MinHash signatures (Broder 1997; banding as in Leskovec, Rajaraman and Ullman, "Mining
of Massive Datasets", chapter 3); a candidate is a copy only if the texts themselves agree. The bands are plain numbers,
so that the library can store them and a new article is compared with those of earlier runs.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from newsqa.ingest.clean import clean
from newsqa.ingest.embed import cut_passages
from newsqa.ingest.progress import IndexProgress, Report
from newsqa.ingest.repeated import repeated_lines
from newsqa.text.entities import numbers
from newsqa.text.words import word_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    import numpy as np
    import numpy.typing as npt

    from newsqa.store.writer import LibraryWriter

    Hashes = npt.NDArray[np.uint32]

BANDS, ROWS = 32, 4
"""Two texts that share half of their shingles share a band in 87 % of cases; with a tenth in common, in 0.3 %."""

SHINGLE_WORDS = 4
MIN_SHINGLES = 40  # a text of fewer shingles is too short to be called a copy of another
RESEMBLANCE = 0.65
CONTAINMENT = 0.9
"""Copies share so much of all shingles, or of the shorter text's (an agency's story cut to its first half).

Chosen by reading the 34 most similar pairs among 2,172 news articles: below 0.65 they are updates of a running story
and recurring forms (weekly property sales, opening hours), whose facts differ.
"""


def shingles(text: str) -> frozenset[int]:
    """Return the runs of four words of a text, as numbers; case and punctuation do not count."""
    words = word_runs(text.casefold())
    runs = (" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1))
    return frozenset(crc32(run.encode()) for run in runs)


def bands(runs: frozenset[int]) -> list[int]:
    """Return the bands of a text's MinHash signature as 64-bit numbers; [] if the text is too short."""
    if len(runs) < MIN_SHINGLES:
        return []
    rows = _signature(runs).astype("<u4").reshape(BANDS, ROWS)
    keys = (hashlib.blake2b(bytes([n]) + row.tobytes(), digest_size=8).digest() for n, row in enumerate(rows))
    return [int.from_bytes(key, "little", signed=True) for key in keys]


def are_copies(one: frozenset[int], two: frozenset[int]) -> bool:
    """Return True if two texts, as shingles, carry the same story nearly word for word."""
    shorter = min(len(one), len(two))
    if shorter < MIN_SHINGLES:
        return False
    shared = len(one & two)
    return shared >= RESEMBLANCE * (len(one) + len(two) - shared) or shared >= CONTAINMENT * shorter


CONTEXT_WORDS, CONTEXT_CHARACTERS = 2, 60
"""Words before and after a number that say what it is a number of, and characters in which they are looked for."""


def numbers_differ(one: str, two: str) -> bool:
    """Return True if two texts give different numbers between the same words: an update, or a paper that disagrees.

    They are two statements, however much else of their words they share.
    """
    values, others = _numbers_in_context(one), _numbers_in_context(two)
    return any(values[context].isdisjoint(others[context]) for context in values.keys() & others.keys())


def _numbers_in_context(text: str) -> dict[tuple[str, ...], set[tuple[Decimal, str]]]:
    """Return the numbers of a text with their units, by the words around them."""
    found: defaultdict[tuple[str, ...], set[tuple[Decimal, str]]] = defaultdict(set)
    for number in numbers(text):
        before = word_runs(text[max(0, number.start - CONTEXT_CHARACTERS) : number.start].casefold())[-CONTEXT_WORDS:]
        after = word_runs(text[number.end : number.end + CONTEXT_CHARACTERS].casefold())[:CONTEXT_WORDS]
        if len(before) == len(after) == CONTEXT_WORDS:
            found[*before, "", *after].add((number.value, number.unit))
    return found


def _signature(runs: frozenset[int]) -> Hashes:
    """Return the MinHash signature of a text's shingles, shape (BANDS * ROWS,).

    Each value is the smallest number to which one permutation of the 32-bit numbers maps any shingle, so that the share
    of values in which two texts agree estimates the share of shingles that they have in common.
    """
    import numpy as np

    mixed = _mixed(np.fromiter(runs, dtype=np.uint32, count=len(runs)))
    smallest = [(mixed * factor + offset).min() for factor, offset in zip(*_permutations(), strict=True)]
    return np.array(smallest, dtype=np.uint32)


def _mixed(numbers: Hashes) -> Hashes:
    """Map 32-bit numbers one to one, so that similar ones lie far apart (the finalizer of MurmurHash3)."""
    import numpy as np

    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        numbers = (numbers ^ (numbers >> np.uint32(shift))) * np.uint32(factor)
    return numbers ^ (numbers >> np.uint32(16))


@cache
def _permutations() -> tuple[Hashes, Hashes]:
    """Draw the permutations n → factor * n + offset (mod 2³²): an odd factor sends no two numbers to the same one.

    The legacy generator draws the same in every version of numpy, which bands that are stored in a library need.
    """
    import numpy as np

    drawn = np.random.RandomState(1)
    factors = drawn.randint(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, drawn.randint(0, 1 << 32, BANDS * ROWS, dtype=np.uint32)


# Comparing the articles of a library: the lines that an outlet repeats are removed, then copies of a story are found.

CANDIDATES = 20


def compare_articles(writer: LibraryWriter, report: Report) -> None:
    """Compare the articles that are new or changed with the others. Raises LibraryError."""
    writer.publish_steps(_remove_repeated_lines(writer))
    writer.publish_steps(_find_duplicates(writer, report))


def _remove_repeated_lines(writer: LibraryWriter) -> Iterator[None]:
    for outlet in writer.comparisons.pending_outlets():
        texts = writer.comparisons.outlet_texts
        repeated = repeated_lines(texts(outlet), texts(outlet))
        if repeated == writer.comparisons.repeated_lines(outlet):
            continue
        for stored in writer.comparisons.outlet_texts(outlet):
            kept = clean(stored.read_text, repeated) or clean(stored.read_text)
            if kept != stored.text:
                writer.articles.replace_text(stored.article, kept, cut_passages(stored.title, kept))
        writer.comparisons.set_repeated_lines(outlet, repeated)
        yield


def _find_duplicates(writer: LibraryWriter, report: Report) -> Iterator[None]:
    pending = writer.comparisons.pending()
    for done, article in enumerate(pending):
        text = writer.comparisons.text(article)
        runs = shingles(text)
        others = writer.comparisons.replace_bands(article, bands(runs))[:CANDIDATES]
        found = [(other, writer.comparisons.text(other)) for other in others]
        similar = [(other, known) for other, known in found if are_copies(runs, shingles(known))]
        copies = [other for other, known in similar if not numbers_differ(text, known)]
        writer.comparisons.set_copies(article, copies)
        writer.comparisons.mark_done(article)
        if done % 100 == 0:
            report(IndexProgress("compare", done, len(pending)))
        yield
