"""Reads tables: CSV and TSV, an article a row, under the usual column names in any spelling."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import IO, TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.ingest.files import MAX_LINE, Item, Skipped, decode, joined
from newsqa.ingest.metadata import BYLINE, OUTLET, PUBLISHED, TEXT, TITLE, URL, read_article
from newsqa.ingest.readers.json_exports import usual_fields

if TYPE_CHECKING:
    from collections.abc import Iterator


MAX_COLUMNS = 1_000
HEAD = 64 * 1024

_MORE_NAMES = {
    "text": "article text, body text, full article, news, news text, document, paragraphs, volltext",
    "title": "article title, news title, headlines, subject, titel, überschrift, titre, titulo, título",
    "outlet": (
        "media, media outlet, media name, source title, news source, publication title, domain, quelle, medium, zeitung"
    ),
    "byline": ("author name, author names, journalist, journalists, reporter, by line, written by, autor, auteur"),
    "published": (
        "publication day, publishing date, day, date of publication, date time, datetime, dated, datum, fecha"
    ),
    "url": "article url, web address, address, uri, page url, article link, source link",
}
_SHAPED = ("date_publish", "maintext", "source_domain", "title_page", "webTitle", "webPublicationDate")
"""Column names that `usual_fields` knows a shape by; they are kept as they are."""


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_NAMES = {
    **{_squeezed(name): field for field, names in _MORE_NAMES.items() for name in names.split(", ")},
    **{_squeezed(name): name for names in (TEXT, TITLE, BYLINE, OUTLET, PUBLISHED, URL) for name in reversed(names)},
}


def field_of(label: str) -> str:
    """Return the field that a column or a label names, in any spelling; "" if it is none of the usual ones."""
    return _NAMES.get(_squeezed(label), "")


def read_table(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the articles of a table whose first row names its columns; rows are read one at a time.

    The separator is the comma, the semicolon, the tab or the bar, whichever the first row has most of; a line before it
    that names the separator, as Excel writes it, is passed over.
    """
    text = _as_text(stream)
    first = text.readline(MAX_LINE)
    if re.fullmatch(r"sep=.\s*", first):
        first = text.readline(MAX_LINE)
    if not first.strip():
        raise SourceError("it holds no text")
    separator = max(",;\t|", key=first.count)
    limit = csv.field_size_limit(MAX_LINE)
    try:
        yield from _rows(csv.reader(_lines(first, text), delimiter=separator))
    except csv.Error as error:
        long = "limit" in str(error)
        why = f"a field is longer than {MAX_LINE // 2**20} MB" if long else "it is no table that can be read"
        raise SourceError(why) from error
    except UnicodeDecodeError as error:
        raise SourceError("it is UTF-8, but damaged", hint="Save it as UTF-8.") from error
    finally:
        csv.field_size_limit(limit)


def _as_text(stream: IO[bytes]) -> IO[str]:
    """Return a stream decoded by its beginning: its mark, else UTF-8, else what `decode` finds."""
    head = stream.read(HEAD)
    encoding = "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            decode(head)
            encoding = "cp1252"
    return io.TextIOWrapper(joined(head, stream), encoding=encoding, newline="")


def _lines(first: str, text: IO[str]) -> Iterator[str]:
    """Yield lines of bounded length: a field without an end must not be read whole before it is refused."""
    yield first
    while line := text.readline(2**20):
        yield line


def _rows(rows: Iterator[list[str]]) -> Iterator[Item]:
    columns = _columns(next(rows))
    for n, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row):
            continue
        fields: dict[str, str] = {}
        for name, cell in zip(columns, row, strict=False):
            if name and cell.strip():
                fields.setdefault(name, cell)
        yield _article(fields, f"#{n}")


def _columns(header: list[str]) -> list[str]:
    """Return the field that each column holds, "" for none. Raises SourceError if none holds a text."""
    if len(header) > MAX_COLUMNS:
        raise SourceError(f"it has more than {MAX_COLUMNS} columns")
    columns = [name if name in _SHAPED else field_of(name) for name in header]
    if not {*TEXT, "maintext"} & set(columns):
        names = ", ".join(name.strip()[:30] for name in header[:8])
        raise SourceError(f"no column is named as the text of an article (it has {names})", hint="Name it text.")
    return columns


def _article(fields: dict[str, str], place: str) -> Item:
    usual = usual_fields(dict(fields))
    return usual if isinstance(usual, Skipped) else read_article(usual, "csv", place)
