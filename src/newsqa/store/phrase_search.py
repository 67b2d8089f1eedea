"""Finds a phrase word for word: the full-text index names candidate articles, and their texts decide.

The full-text index holds passages and stems. So a phrase may be cut by the end of a passage, and a match may be other
forms of its words; reading the articles settles both.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.store.queries import within
from newsqa.text.words import wording
from newsqa.types import Bounds, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.store.queries import LibraryReader


PIECE_WORDS = 6  # words of a long phrase that are searched for together: few articles share so many in a row by chance
MAX_PIECES = 24
MAX_ARTICLES = 400  # articles that are read for one phrase; a phrase that is at all rare has a handful of candidates


def find_phrase(library: LibraryReader, phrase: str, bounds: Bounds, limit: int) -> list[Quote]:
    """Return where the words of a phrase occur in order, one quote per article, the first published first."""
    wanted = wording(phrase)
    if not any(word[0].isalnum() for word in wanted.words):
        return []
    written = [phrase[start:end] for start, end in wanted.spans]
    candidates = _sorted_by_date(library, _candidate_passages(library, written), bounds)
    quotes = (_quote(library, rowid, wanted.words) for rowid in islice(candidates, MAX_ARTICLES))
    return list(islice((quote for quote in quotes if quote), max(limit, 0)))


def _quote(library: LibraryReader, rowid: int, wanted: Sequence[str]) -> Quote | None:
    article = library.articles_by_row([rowid])[rowid]
    span = next(wording(article.text).places(wanted), None)
    return Quote(article, *span, library.load_duplicates([rowid]).get(rowid, ())) if span else None


def _candidate_passages(library: LibraryReader, words: Sequence[str]) -> set[int]:
    """Return passages whose articles may hold these words in a row."""
    if len(words) >= 2 * PIECE_WORDS:
        pieces = [words[at : at + PIECE_WORDS] for at in range(0, len(words) - PIECE_WORDS + 1, PIECE_WORDS)]
        return _matching(library, " OR ".join(map(_quoted, pieces[:MAX_PIECES])))
    found = _matching(library, _quoted(words))
    for cut in range(1, len(words)):  # it may begin in one passage and end in the next, whose id is the next too
        second = _matching(library, f"^ {_quoted(words[cut:])}")
        if second:
            first = _matching(library, _quoted(words[:cut]))
            found |= {passage for passage in second if passage - 1 in first}
    return found


def _matching(library: LibraryReader, query: str) -> set[int]:
    rows = library.database.execute("SELECT rowid AS id FROM words WHERE words MATCH ?", (f"text : ({query})",))
    return {row["id"] for row in rows}


def _quoted(words: Iterable[str]) -> str:
    """Quote a phrase for FTS5; its words are letters and digits, so that nothing in them ends the quotes."""
    return '"' + " ".join(words) + '"'


def _sorted_by_date(library: LibraryReader, passages: Iterable[int], bounds: Bounds) -> Iterator[int]:
    """Yield the rows of the articles of these passages, within the bounds, by date; undated ones last."""
    where, values = within(bounds)
    rows = library.database.execute(
        "SELECT DISTINCT a.id, a.published FROM json_each(?) j JOIN passages p ON p.id = j.value "  # noqa: S608
        f"JOIN articles a ON a.id = p.article WHERE {where} ORDER BY a.published IS NULL, a.published, a.id",
        (json.dumps(sorted(passages)), *values),
    )
    return (row["id"] for row in rows)
