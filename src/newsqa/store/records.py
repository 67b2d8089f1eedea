"""The values that go into the library and come out of it, besides those of `types`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from newsqa.store.database import decoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

Ranked = list[tuple[int, float]]  # passage ids with their scores, best first; a higher score is better

ProblemRow = tuple[str, str, str, int]
"""What was refused: its name, the reason, a hint, 0 (-1 if it was read with a doubt); or what was passed over: its
kind, the reason, "", how many.
"""

PassedRow = tuple[str, str, int]  # what was passed over: its kind, the reason, and how many


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to store: `text` is what is kept of `read_text`, the text as its file has it.

    `key` identifies it among the articles of its file when the file changes, `place` is what a person sees of it
    ("#12"); both are "" if it is the whole file. `address` is its canonical address, from which its id is made, or
    None.
    """

    text: str
    read_text: str
    key: str = ""
    place: str = ""
    address: str | None = None
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None

    @property
    def digest(self) -> bytes:
        """Identifies everything that was read of the article, 16 bytes."""
        day = self.published.isoformat() if self.published else None
        known = (self.read_text, self.address, self.title, self.outlet, self.byline, day, self.url)
        return text_digest(json.dumps(known))


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to store, `text[start:end]` of its article, and the text that an embedder reads of it."""

    start: int
    end: int
    embedding_text: str


@dataclass(frozen=True, slots=True)
class StoredText:
    """An article's title and its text: as its file has it, and what is kept of it. `article` is its row."""

    article: int
    title: str | None
    read_text: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A place that articles were read from.

    `location` is the folder or file that was indexed; `key` goes into ids and stays when the source is renamed.
    """

    id: int
    key: str
    name: str
    location: str
    folder: bool


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when it was read; `digest` is None if reading was interrupted."""

    id: int
    size: int
    mtime_ns: int
    digest: bytes | None
    problems: tuple[ProblemRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A line of `newsqa sources`: `problems` are what was refused or is in doubt, `passed` what was passed over."""

    name: str
    location: str
    files: int
    articles: int
    problems: tuple[str, ...]
    passed: tuple[PassedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text."""

    article_id: str
    outlet: str | None
    published: date | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names that a library knows: its outlets and bylines, as stored."""

    outlets: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many articles lie within some bounds, and the days of the first and the last.

    `undated` counts the articles without a date: dated bounds leave them out.
    """

    articles: int = 0
    undated: int = 0
    first: date | None = None
    last: date | None = None


def text_digest(text: str) -> bytes:
    """Return a digest of a text, 16 bytes; lone surrogates are allowed."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def outlet_key(outlet: str | None) -> str:
    """Return the form in which outlets are compared: “The  Daily News” and “the daily news” are one."""
    return " ".join(outlet.casefold().split()) if outlet else ""


def numbered_names(name: str) -> Iterator[str]:
    """Yield a name, then the name with numbers from 2 on."""
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def passed_key(source: int) -> str:
    """Return the key under which the library holds what was passed over in a source, besides its files."""
    return f"passed:{source}"


def problem_rows(stored: str | None) -> tuple[ProblemRow, ...]:
    """Return the rows of stored JSON."""
    with decoding():
        return tuple((row[0], row[1], row[2], row[3] if len(row) > 3 else 0) for row in json.loads(stored or "[]"))
