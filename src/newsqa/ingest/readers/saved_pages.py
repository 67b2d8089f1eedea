"""Reads pages as browsers and crawlers save them: MHTML, Safari's .webarchive, and WARC.

Each page is read as an .html file is; the address is the one that it was saved from, if the page names none itself.
"""

from __future__ import annotations

import io
import plistlib
import zlib
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.extras import install_hint
from newsqa.ingest.files import Item, Problem, RawArticle, Skipped, read_all
from newsqa.ingest.metadata import host, read_url
from newsqa.ingest.readers.mail import parse_message, part_text
from newsqa.ingest.readers.pages import MAX_PAGE, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator


_PAGES = ("text/html", "application/xhtml+xml")


def read_mhtml(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the article of the page that an MHTML file holds; its frames and pictures are not read."""
    message = parse_message(read_all(stream))
    pages = (part for part in message.walk() if part.get_content_type() in _PAGES)
    page = next(pages, None)
    if page is None:
        raise SourceError("it holds no page")
    url = message.get("snapshot-content-location") or page.get("content-location")
    yield from _page(part_text(page).encode("utf-8", "replace"), str(url or ""), file_name)


def read_webarchive(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the article of the page that a .webarchive holds."""
    try:
        archive = plistlib.loads(read_all(stream))
        page = archive["WebMainResource"]
        data, url, encoding = (
            page["WebResourceData"],
            page.get("WebResourceURL"),
            page.get("WebResourceTextEncodingName"),
        )
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # a broken property list may raise anything
        raise SourceError("it is no .webarchive that can be read") from error
    if not isinstance(data, bytes):
        raise SourceError("it holds no page")
    yield from _page(_in_utf8(data, encoding), url if isinstance(url, str) else "", file_name)


def _in_utf8(data: bytes, encoding: object) -> bytes:
    try:
        return data.decode(encoding).encode() if isinstance(encoding, str) else data
    except (LookupError, UnicodeError):
        return data


def _page(data: bytes, url: str, file_name: str) -> Iterator[Item]:
    """Yield what the reader of pages makes of a page, with the address that it was saved from."""
    for item in read_page(io.BytesIO(data), file_name):
        yield _located(item, url) if isinstance(item, RawArticle) else item


def _located(article: RawArticle, url: str) -> RawArticle:
    url = article.url or read_url(url) or ""
    return replace(article, url=url or None, outlet=article.outlet or host(url)) if url else article


# WARC needs the optional extra `documents`.


def read_warc(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the articles of the pages in a WARC file, one record at a time in memory.

    Only what a server sent as a page with status 200 is read; the rest is counted as passed over.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise SourceError("reading WARC needs the package warcio", hint=install_hint(".[documents]")) from error
    try:
        for record in ArchiveIterator(_Records(stream)):
            if (reason := _no_page(record)) is None:
                yield from _record_page(record)
            elif reason[0]:
                yield Skipped(*reason)
    except ArchiveLoadFailed as error:
        raise SourceError("it is no WARC file that can be read") from error


class _Records:
    """A stream that gives what it has before it fails; warcio takes an end that comes too early for the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._read = getattr(stream, "read1", stream.read)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, as many as there are at once. Raises SourceError if the .gz is cut off."""
        try:
            data: bytes = self._read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise SourceError("it is not a whole .gz file", hint="Pack it again.") from error
        return data


def _no_page(record: Any) -> tuple[str, str] | None:
    """Return why a record is no page, None if it is one; kind "" is for records that never are."""
    if record.rec_type not in {"response", "resource"}:
        return "", ""
    headers = record.http_headers
    status = headers.get_statuscode() if headers is not None else "200"
    kind = (headers or record.rec_headers).get_header("Content-Type") or ""
    kind = kind.partition(";")[0].strip().lower()
    if kind not in _PAGES:
        return (kind if kind.isprintable() and "/" in kind else "")[:40] or "record", "no page"
    return None if status == "200" else ("page", f"status {status[:3]}")


def _record_page(record: Any) -> Iterator[Item]:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    place = f"#{url}"[:500]
    try:
        data = record.content_stream().read(MAX_PAGE + 1)
        for item in _page(data, url, ""):
            yield replace(item, place=place) if isinstance(item, RawArticle) else item
    except SourceError as error:
        yield Problem(place, str(error), error.hint)
    except MemoryError:
        raise
    except Exception as error:  # a record may be broken in any way
        yield Problem(place, f"it cannot be read ({type(error).__name__})")
