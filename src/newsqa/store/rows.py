"""What goes into the library and what comes out of it, besides the records."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to store: `text` is what is kept of `read_text`, its text as its file has it.

    `key` tells it from the others of its file when that changes, `place` is what a person sees of it ("#12"); both
    are "" where it is the whole file. `address` is its canonical address, from which its id is made, or None.
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
        return blake(json.dumps(known))


ProblemRow = tuple[str, str, str]
"""What could not be read: its name, the reason, and a hint."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from. `location` is what was indexed; `key` goes into ids and outlives a new name."""

    id: int
    key: str
    name: str
    location: str
    folder: bool


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A line of `newsqa sources`."""

    name: str
    location: str
    files: int
    articles: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleListing:
    """An article without its words, for what goes through all of them."""

    article_id: str
    outlet: str | None
    published: date | None
    language: str | None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when it was read; `digest` is None where reading was interrupted."""

    id: int
    size: int
    mtime_ns: int
    digest: bytes | None
    problems: tuple[ProblemRow, ...] = ()


def blake(text: str) -> bytes:
    """Return a digest of a text, 16 bytes; a lone surrogate does no harm."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def outlet_key(outlet: str | None) -> str:
    """Return the form in which outlets are compared: “The  Daily News” and “the daily news” are one."""
    return " ".join(outlet.casefold().split()) if outlet else ""


def numbered(name: str) -> Iterator[str]:
    """Yield a name, then the name with numbers from 2 on."""
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
