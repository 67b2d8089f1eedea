"""What an article's neighbours decide: lines that its outlet repeats are left out, copies of its story are found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsqa.copies import are_copies, bands, shingles
from newsqa.indexing.files import publish
from newsqa.indexing.values import Progress
from newsqa.reading.cleaning import boilerplate, clean, countable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.store.writer import LibraryWriter

MANY_LINES = 500_000
"""Above so many different lines, those seen once are forgotten, to bound memory (lossy counting, Manku and Motwani)."""

CANDIDATES = 20


def settle(writer: LibraryWriter, report: Callable[[Progress], None]) -> None:
    """Compare the articles that are new or changed with their neighbours. Raises LibraryError."""
    publish(writer, _drop_repeated_lines(writer))
    publish(writer, _find_copies(writer, report))


def _drop_repeated_lines(writer: LibraryWriter) -> Iterator[None]:
    for outlet in writer.settling.unsettled_outlets():
        repeated = _repeated_lines(writer, outlet)
        if repeated == writer.settling.repeated(outlet):
            continue
        for article, _, read_text, text in writer.settling.texts_of_outlet(outlet):
            kept = clean(read_text, repeated) or clean(read_text)
            if kept != text:
                writer.articles.set_text(article, kept)
        writer.settling.set_repeated(outlet, repeated)
        yield


def _repeated_lines(writer: LibraryWriter, outlet: str) -> frozenset[str]:
    counts: Counter[str] = Counter()
    articles, titles = 0, set[str]()
    for _, title, read_text, _ in writer.settling.texts_of_outlet(outlet):
        articles += 1
        titles.add(title or "")
        counts.update(countable_lines(read_text))
        if len(counts) > MANY_LINES:
            counts = Counter({line: n for line, n in counts.items() if n > 1})
    return boilerplate(counts, articles, titles)


def _find_copies(writer: LibraryWriter, report: Callable[[Progress], None]) -> Iterator[None]:
    unsettled = writer.settling.unsettled()
    for done, article in enumerate(unsettled):
        runs = shingles(writer.settling.text(article))
        others = writer.settling.sharing_bands(article, bands(runs))[:CANDIDATES]
        copies = [other for other in others if are_copies(runs, shingles(writer.settling.text(other)))]
        writer.settling.set_copies(article, copies)
        writer.settling.settle([article])
        if done % 100 == 0:
            report(Progress("compare", done, len(unsettled)))
        yield
