"""The documents of an address: a page, a feed, or the pages of a sitemap; each is got once and read as a file is.

A feed gives its items, or where `full` is set the pages that they link to. A sitemap gives its newest pages. What was
got before is asked for with its ETag and Last-Modified, and nothing is removed because it is no longer listed.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from newsqa.errors import SourceError
from newsqa.ingest.fetch import Document, Fetcher, Politeness, Validators
from newsqa.ingest.files import FileFound, Problem, RawArticle, Skipped, suffix_of
from newsqa.ingest.readers.feeds import ROOT
from newsqa.ingest.readers.registry import FORMATS
from newsqa.ingest.reading import ReadingProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.ingest.scan import Found

MAX_SITEMAPS = 20
UNLISTED = "-"  # what is kept of the day of a page that was got without one

_TYPES = {
    "text/html": "html", "application/xhtml+xml": "html", "application/rss+xml": "feed", "application/atom+xml": "feed",
    "application/json": "json", "application/feed+json": "json", "application/x-ndjson": "jsonl", "text/csv": "csv",
    "application/pdf": "pdf", "text/plain": "txt", "text/markdown": "md", "message/rfc822": "mail",
    "application/epub+zip": "epub", "application/zip": "zip", "application/warc": "warc",
}  # fmt: skip
_SITEMAP = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w+:)?(?:url|sitemap)>(.{0,8000}?)</(?:\w+:)?(?:url|sitemap)>", re.IGNORECASE | re.DOTALL)
_LOCATION = re.compile(rb"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*(https?://[^<\]\s]{1,2000})", re.IGNORECASE)
_MODIFIED = re.compile(rb"<(?:\w+:)?lastmod>\s*([\d:TZ.+-]{4,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AddressOptions:
    """How an address is read: at most `items` documents a run, `full` pages behind a feed's links, and how politely."""

    items: int = 100
    full: bool = False
    politeness: Politeness = field(default_factory=Politeness)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a document that was got: its version, and the day that a sitemap gave for it."""

    etag: str = ""
    modified: str = ""
    listed: str = ""

    @classmethod
    def load(cls, stored: str | None) -> Seen:
        """Return what was stored, or nothing known."""
        return cls(**json.loads(stored)) if stored else cls()

    def dump(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run got of an address: documents to read, and what to keep of each, by its address."""

    found: list[Found]
    seen: dict[str, Seen]


@contextmanager
def fetched(url: str, options: AddressOptions, seen: Callable[[str], Seen]) -> Iterator[Fetched]:
    """Get the documents of an address that are new or changed; their files last as long as the context.

    `seen` returns what is known of an address from the last time. Raises SourceError if the address itself cannot be
    had.
    """
    with TemporaryDirectory(prefix="newsqa-") as folder:
        run = _Run(url, options, Fetcher(options.politeness), seen, Path(folder))
        run.get_all()
        yield Fetched(run.found, run.got)


@dataclass(slots=True)
class _Run:
    source: str
    options: AddressOptions
    fetcher: Fetcher
    seen: Callable[[str], Seen]
    folder: Path
    found: list[Found] = field(default_factory=list)
    got: dict[str, Seen] = field(default_factory=dict)

    def get_all(self) -> None:
        """Get the address, and what it leads to."""
        try:
            document = self._get(self.source)
        except SourceError as error:
            raise SourceError(f"{self.source}: {error}", hint=error.hint) from error
        if document is None:
            self.found.append(Skipped("document", "not changed since the last time"))
        elif _SITEMAP.search(document.data[:4096]):
            self._get_pages(self._listed(document))
        elif _kind(document) == "feed" and self.options.full:
            self._get_pages([(link, "") for link in self._links(document)])
        else:
            self._keep(self.source, document, "")

    def _get(self, url: str) -> Document | None:
        known = self.seen(url)
        return self.fetcher.get(url, Validators(known.etag, known.modified))

    def _get_pages(self, pages: list[tuple[str, str]]) -> None:
        """Get pages, the first so many of those that are new or changed by their day."""
        wanted = [(url, day) for url, day in dict(pages).items() if not self._is_known(url, day)]
        for url, day in wanted[: self.options.items]:
            try:
                document = self._get(url)
            except SourceError as error:
                self.found.append(Problem(url, str(error), error.hint))
                continue
            if document is None:
                self.found.append(Skipped("document", "not changed since the last time"))
            else:
                self._keep(url, document, day)
        if len(wanted) > self.options.items:
            self.found.append(Skipped("page", "left for the next run (--items)", len(wanted) - self.options.items))

    def _is_known(self, url: str, day: str) -> bool:
        known = self.seen(url)
        return known.listed == (day or UNLISTED)

    def _keep(self, url: str, document: Document, day: str) -> None:
        kind = _kind(document)
        if kind is None:
            self.found.append(Problem(url, f"a format that newsqa does not know ({document.kind[:60] or 'unnamed'})"))
            return
        place = self.folder / str(len(self.got))
        place.write_bytes(document.data)
        name = _path(url, self.source)
        size, now = len(document.data), time.time_ns()
        self.found.append(FileFound(name, url, size, now, place, self.folder, kind, document.url))
        self.got[url] = Seen(document.validators.etag, document.validators.modified, day or UNLISTED)

    def _links(self, document: Document) -> list[str]:
        """Return the addresses that the items of a feed link to, read as any feed is."""
        place = self.folder / "feed"
        place.write_bytes(document.data)
        found = FileFound("feed.xml", self.source, len(document.data), 0, place, self.folder, "feed")
        with ReadingProcess() as reader:
            items = list(reader.read(found))
        self.found += [item for item in items if isinstance(item, Problem) and item.name == self.source]
        return [urldefrag(item.url).url for item in items if isinstance(item, RawArticle) and item.url]

    def _listed(self, sitemap: Document) -> list[tuple[str, str]]:
        """Return the pages of a sitemap, or of the sitemaps that it lists, with their days, the newest first."""
        waiting, pages = [sitemap], list[tuple[str, str]]()
        read = 0
        while waiting and read < MAX_SITEMAPS:
            document = waiting.pop(0)
            read += 1
            match = _SITEMAP.search(document.data[:4096])
            entries = _entries(document.data, urlsplit(self.source).hostname or "")
            if match is None or match[1].lower() == b"urlset":
                pages += entries
                continue
            for url, _ in entries[: MAX_SITEMAPS - read - len(waiting)]:
                try:
                    inner = self.fetcher.get(url, Validators())
                except SourceError as error:
                    self.found.append(Problem(url, str(error), error.hint))
                    continue
                waiting += [inner] if inner else []
        return sorted(pages, key=lambda page: page[1], reverse=True)


def _entries(data: bytes, host: str) -> list[tuple[str, str]]:
    """Return the addresses of a sitemap with their days, the newest first; only those of its own host count."""
    entries = []
    for entry in _ENTRY.findall(data):
        location, modified = _LOCATION.search(entry), _MODIFIED.search(entry)
        url = location[1].decode("utf-8", "replace").replace("&amp;", "&") if location else ""
        if url and _same_site(urlsplit(url).hostname or "", host):
            entries.append((url, modified[1].decode() if modified else ""))
    return sorted(entries, key=lambda entry: entry[1], reverse=True)


def _same_site(host: str, other: str) -> bool:
    host, other = host.removeprefix("www."), other.removeprefix("www.")
    return host == other or host.endswith(f".{other}")


def _path(url: str, source: str) -> str:
    """Return the path of a document within its source: without the host if that is the source's own."""
    parts = urlsplit(url)
    within = f"{parts.path}{'?' if parts.query else ''}{parts.query}".strip("/")
    return within or "index" if parts.netloc == urlsplit(source).netloc else f"{parts.netloc}/{within}"


def _kind(document: Document) -> str | None:
    """Return the format of a document: by what it begins with, by its type, or by the suffix of its address."""
    if ROOT.search(document.data[:2048]) and b"<html" not in document.data[:2048].lower():
        return "feed"
    if document.kind in _TYPES:
        return _TYPES[document.kind]
    suffix = suffix_of(urlsplit(document.url).path)
    known = next((one.name for one in FORMATS if suffix in one.suffixes), None)
    return known or ("html" if document.data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")) else None)
