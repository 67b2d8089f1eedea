"""What reading gives: files found, articles as they were written, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

Kind = Literal["txt", "md", "html", "json", "jsonl", "feed", "pdf", "docx"]


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of a source, known by its stat only.

    `path` is relative to the source, with `/`, and names the file within it (a source that is one file: its name;
    standard input: "-"). `name` is the path as a person would say it ("corpus/x.md"). `size` is in bytes, `mtime_ns`
    in nanoseconds; both 0 for standard input, which is never unchanged. `location` is None for standard input.
    """

    path: str
    name: str
    size: int
    mtime_ns: int
    location: Path | None


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as its file has it, not yet cleaned. Unknown is None.

    `text` is whole lines of what was written, in order, unchanged. `place` says where in a file of many it stands:
    "#12" is line 12 of a .jsonl, the 12th article of a .json or of a feed, and "" the whole file; the name of the
    article is `file.name + place`. `key` is what a feed itself calls the item, so that it stays the same when its place
    moves. Articles of `kind` "feed" stay when they leave their file.
    """

    text: str
    kind: Kind
    place: str = ""
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    url: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of a source that was skipped: where, why, and what a person can do about it ("" where nothing)."""

    name: str
    reason: str
    hint: str = ""
