"""The table of formats: which suffixes and which beginnings select a reader; and how a file is read by it.

To add a format, write a reader (a function from an open file and its name to articles and Problems) and put a row into
`FORMATS`. Of the rows with a file's suffix, the first whose `recognises` says yes to the file's beginning reads it; the
last one reads what none of them recognised.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, cast

from newsqa.errors import SourceError
from newsqa.ingest.files import (
    MAX_LINE,
    MAX_TEXT,
    FileFound,
    Item,
    Problem,
    RawArticle,
    Skipped,
    joined,
    open_file,
    read_all,
    suffix_of,
    unpacked,
)  # fmt: skip
from newsqa.ingest.readers import (
    archives,
    documents,
    feeds,
    mail,
    office,
    pages,
    saved_pages,
    tables,
    xml_exports,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reader = Callable[[IO[bytes], str], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format: its name, its reader, the suffixes of its files, and how its beginning is recognised.

    A format is an archive if `holds` says which of its members are read; it has no reader then. Articles of a format
    that `keeps` them stay in the index when they are gone from their file, as those of a feed.
    """

    name: str
    read: Reader | None
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool] | None = None
    keeps: bool = False
    holds: Callable[[str], bool] | None = None


def _is_lines(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and feeds.is_article_line(start.partition(b"\n")[0])


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(marks)


def _is_known(name: str) -> bool:
    return suffix_of(name) in SUFFIXES


FORMATS: tuple[FileFormat, ...] = (
    FileFormat("wxr", xml_exports.read_wxr, (".xml", ".wxr"), xml_exports.is_wxr),
    FileFormat("newsml", xml_exports.read_newsml, (".xml", ".newsml"), xml_exports.is_newsml),
    FileFormat("nitf", xml_exports.read_nitf, (".xml", ".nitf"), xml_exports.is_nitf),
    FileFormat("feed", feeds.read_feed, (".xml", ".rss", ".atom"), _starts(b"<?xml", b"<rss", b"<feed"), keeps=True),
    FileFormat("html", pages.read_page, (".html", ".htm", ".xhtml"), _starts(b"<")),
    FileFormat("jsonl", feeds.read_lines, (".jsonl", ".ndjson"), _is_lines),
    FileFormat("json", feeds.read_json, (".json", ".ninjs"), _starts(b"{\\", b"{", b"[")),
    FileFormat("rtf", office.read_rtf, (".rtf",), _starts(b"{\\rtf")),
    FileFormat("pdf", documents.read_pdf, (".pdf",), _starts(b"%pdf-")),
    FileFormat("docx", office.read_docx, (".docx",)),
    FileFormat("odt", office.read_odt, (".odt",)),
    FileFormat("epub", office.read_epub, (".epub",)),
    FileFormat("mail", mail.read_eml, (".eml",)),
    FileFormat("mbox", mail.read_mbox, (".mbox", ".mbx"), _starts(b"from ")),
    FileFormat("mhtml", saved_pages.read_mhtml, (".mhtml", ".mht")),
    FileFormat("webarchive", saved_pages.read_webarchive, (".webarchive",), _starts(b"bplist00")),
    FileFormat("warc", saved_pages.read_warc, (".warc",), _starts(b"warc/")),
    FileFormat("wacz", None, (".wacz",), holds=archives.warc_only),
    FileFormat("zip", None, (".zip",), archives.is_zip, holds=_is_known),
    FileFormat("csv", tables.read_table, (".csv", ".tsv", ".tab")),
    FileFormat("md", documents.read_markdown, (".md", ".markdown")),
    FileFormat("txt", documents.read_text, (".txt",)),
)
SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
KNOWN = f"newsqa reads {' '.join(dict.fromkeys(s for one in FORMATS for s in one.suffixes))}, and these packed as .gz."

HEAD = 64 * 1024
MAX_PROBLEMS = 100
MORE = "#…"  # the place of the Problem that counts those of a file that are not named
MAX_DEPTH = 2  # how deep archives may lie in each other: a ZIP of crawls is one, a ZIP of ZIPs of ZIPs is none


def choose_format(name: str, head: bytes) -> FileFormat | None:
    """Return the format of a file by its name and its beginning; None if its suffix is not known.

    Without a name, as for standard input, the beginning alone says it; what no format recognises is plain text.
    """
    if not name:
        return next((one for one in FORMATS if one.recognises and one.recognises(head)), FORMATS[-1])
    rows = [one for one in FORMATS if suffix_of(name) in one.suffixes]
    return next((one for one in rows if one.recognises and one.recognises(head)), rows[-1] if rows else None)


def read_file(found: FileFound, descriptor: int | None = None) -> Iterator[Item]:
    """Yield the articles of a file in their order, and a Problem for each that cannot be read.

    `descriptor` is the file's if it is open already; it is closed in the end.

    A Problem with the name of the file itself says that the file was not read to its end. A .jsonl, a table, a mailbox
    and a WARC are streamed: memory is bounded by their longest article.
    """
    name = found.path.rpartition("/")[2] if found.location is not None else ""
    try:
        with open_file(found, descriptor) as stream:
            for item in _bounded(_read(name, stream, depth=0, kind=found.kind)):
                yield replace(item, name=found.name + item.name) if isinstance(item, Problem) else item
    except SourceError as error:
        yield Problem(found.name, str(error), error.hint)


KEPT = frozenset(one.name for one in FORMATS if one.keeps)
"""The kinds of articles that stay in the index when they are gone from their file."""


def _bounded(items: Iterator[Item]) -> Iterator[Item]:
    """Yield items, without articles that are too long, and with no more Problems than a person reads.

    What was passed over is counted by kind and reason, and comes last.
    """
    refused = 0
    passed: Counter[tuple[str, str]] = Counter()
    for item in items:
        if isinstance(item, Skipped):
            passed[item.kind, item.reason] += item.count
            continue
        if isinstance(item, RawArticle) and len(item.text) > MAX_TEXT:
            why = f"its text is longer than {MAX_TEXT // 10**6} million characters"
            item = Problem(item.place, why, "Split it.")  # noqa: PLW2901
        refused += isinstance(item, Problem)
        if refused <= MAX_PROBLEMS or not isinstance(item, Problem):
            yield item
    yield from (Skipped(*key, count) for key, count in passed.items())
    if refused > MAX_PROBLEMS:
        yield Problem(MORE, f"{refused - MAX_PROBLEMS:,} more could not be read")


def _read(name: str, stream: IO[bytes], depth: int, kind: str = "") -> Iterator[Item]:
    head, stream = _peek(stream, named=bool(name or kind))
    chosen = next((one for one in FORMATS if one.name == kind), None) or choose_format(name, head)
    if chosen is None:
        raise SourceError("a format that newsqa does not know", hint=KNOWN)
    if chosen.read is not None:
        yield from chosen.read(stream, name)
    elif depth == MAX_DEPTH:
        raise SourceError("it is an archive within archives", hint="Unpack it.")
    else:
        yield from _members(stream, chosen, depth)


def _members(stream: IO[bytes], archive: FileFormat, depth: int) -> Iterator[Item]:
    """Yield the articles of the members of an archive; what is wrong with one is a Problem of that one alone."""
    for member in archives.zip_members(_whole(stream), cast("Callable[[str], bool]", archive.holds)):
        if not isinstance(member, tuple):
            yield member
            continue
        name, opened = member
        try:
            inner = unpacked(name, opened)
            for item in _read(name.removesuffix(".gz").rpartition("/")[2], inner, depth + 1):
                yield _placed(item, f"#{name}")
        except SourceError as error:
            yield Problem(f"#{name}", str(error), error.hint)
        except (OSError, EOFError, zlib.error) as error:
            yield Problem(f"#{name}", f"it cannot be unpacked ({type(error).__name__})")


def _placed(item: Item, place: str) -> Item:
    if isinstance(item, RawArticle):
        return replace(item, place=f"{place}{item.place}", key=f"{place} {item.key}" if item.key else None)
    return replace(item, name=f"{place}{item.name}") if isinstance(item, Problem) else item


def _whole(stream: IO[bytes]) -> IO[bytes]:
    """Return a stream that can be read anywhere in it, as a ZIP needs; one that cannot is read into memory."""
    return stream if stream.seekable() else io.BytesIO(read_all(stream))


def _peek(stream: IO[bytes], *, named: bool) -> tuple[bytes, IO[bytes]]:
    """Return the beginning of a stream, and the stream from its beginning.

    The beginning of one without a name is its first line, which may be a whole article.
    """
    if named:
        try:
            head = stream.read(HEAD)
        except EOFError:  # a .gz that was cut off: its reader gives what it holds
            head = b""
    else:
        head = stream.readline(MAX_LINE)
        while head and not head.strip():
            head = stream.readline(MAX_LINE)
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, joined(head, stream)
