"""Where a phrase stands word for word: the full text names the articles that may hold it, their texts decide.

The full text knows passages and stems. So a phrase may be cut by the end of a passage, and what it finds may be other
forms of the words; both are settled by reading the articles themselves.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.store.queries import story, within
from newsqa.text.words import wording
from newsqa.types import Quote

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.types import Bounds


PIECE = 6
"""Words of a long phrase that are sought together: few articles share so many in a row by chance."""

MOST_PIECES = 24
MOST_READ = 400
"""Articles that are read in search of one phrase; of a phrase that is rare at all, a handful are."""


def find_phrase(database: sqlite3.Connection, phrase: str, bounds: Bounds, limit: int) -> list[Quote]:
    """Find where the words of a phrase stand in their order, one place an article, first published first."""
    wanted = wording(phrase)
    if not any(word[0].isalnum() for word in wanted.words):
        return []
    written = [phrase[start:end] for start, end in wanted.spans]
    candidates = _dated(database, _passages(database, written), bounds)
    found = (_place(database, article, wanted.words) for article in islice(candidates, MOST_READ))
    return list(islice((span for span in found if span), max(limit, 0)))


def _place(database: sqlite3.Connection, key: int, wanted: Sequence[str]) -> Quote | None:
    article, carriers = story(database, key)
    place = next(wording(article.text).places(wanted), None)
    return Quote(article, *place, carriers) if place else None


def _passages(database: sqlite3.Connection, words: Sequence[str]) -> set[int]:
    """Return the passages of articles that may hold these words in a row."""
    if len(words) >= 2 * PIECE:
        pieces = [words[at : at + PIECE] for at in range(0, len(words) - PIECE + 1, PIECE)]
        return _matching(database, " OR ".join(map(_quoted, pieces[:MOST_PIECES])))
    found = _matching(database, _quoted(words))
    for cut in range(1, len(words)):  # it may begin in one passage and end in the next, whose id is the next too
        second = _matching(database, f"^ {_quoted(words[cut:])}")
        if second:
            first = _matching(database, _quoted(words[:cut]))
            found |= {passage for passage in second if passage - 1 in first}
    return found


def _matching(database: sqlite3.Connection, query: str) -> set[int]:
    rows = database.execute("SELECT rowid FROM words WHERE words MATCH ?", (f"text : ({query})",))
    return {row[0] for row in rows}


def _quoted(words: Iterable[str]) -> str:
    """Quote a phrase for FTS5; its words are letters and digits, so that nothing in them ends the quotes."""
    return '"' + " ".join(words) + '"'


def _dated(database: sqlite3.Connection, passages: Iterable[int], bounds: Bounds) -> Iterator[int]:
    """Yield the rows of the articles of these passages, within the bounds, by date; those without one last."""
    where, values = within(bounds)
    rows = database.execute(
        "SELECT DISTINCT a.id, a.published FROM json_each(?) j JOIN passages p ON p.id = j.value "  # noqa: S608
        f"JOIN articles a ON a.id = p.article WHERE {where} ORDER BY a.published IS NULL, a.published, a.id",
        (json.dumps(sorted(passages)), *values),
    )
    return (row[0] for row in rows)
