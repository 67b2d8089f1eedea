"""Reads files of one article: plain text, markdown, PDF and Word."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.extras import install_hint
from newsqa.ingest.files import MAX_FILE, Problem, RawArticle, decode, read_all
from newsqa.ingest.metadata import build_article

if TYPE_CHECKING:
    from collections.abc import Iterator


MAX_FRONT_MATTER = 64 * 1024

_FRONT = re.compile(r"---[ \t]*\r?\n(?P<matter>.*?\r?\n|)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def read_text(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a text file."""
    yield build_article({}, "txt", file_name=file_name, text=decode(read_all(stream)))


def read_markdown(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a markdown file, with what its YAML front matter says of it."""
    text = decode(read_all(stream))
    match = _FRONT.match(text, 0, MAX_FRONT_MATTER)
    if not match:
        yield build_article({}, "md", file_name=file_name, text=text)
        return
    matter = _front_matter(match["matter"])
    if matter is None:
        yield Problem("", "its front matter is no valid YAML, so what it says is not known", "Put quotes around it.")
    yield build_article(matter or {}, "md", file_name=file_name, text=text[match.end() :])


def _front_matter(matter: str) -> dict[str, Any] | None:
    import yaml

    try:
        # this loader makes everything text: a title stays as it is written, even 1984 or "no"
        fields = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if fields is None or fields == "":
        return {}
    return fields if isinstance(fields, dict) else None


# PDF and Word files need the optional extra `documents`.

MAX_PAGES = 2_000
EXTRA = install_hint(".[documents]")

_BROKEN_WORD = re.compile(r"\b(?P<head>[^\W\d_]{2,40})-\n(?P<tail>[^\W\d_]{2,40})\b")
_HYPHENED = re.compile(r"\b[^\W\d_]{1,40}-[^\W\d_]{1,40}\b")


def read_pdf(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a PDF: the lines of its pages, with words joined that a line's end broke."""
    try:
        import pypdf
    except ImportError as error:
        raise SourceError("reading PDF needs the package pypdf", hint=EXTRA) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every flaw
    data = read_all(stream)
    try:
        text = _pages(pypdf.PdfReader(io.BytesIO(data)))
    except SourceError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise SourceError("it is no PDF that can be read") from error
    if not text.strip():
        raise SourceError("it holds no text, only pictures of it", hint="Run it through text recognition (OCR) first.")
    yield build_article({}, "pdf", file_name=file_name, text=join_broken_words(text))


def read_docx(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a Word file: its paragraphs and table cells, one per line."""
    try:
        import docx
    except ImportError as error:
        raise SourceError("reading .docx needs the package python-docx", hint=EXTRA) from error
    data = io.BytesIO(read_all(stream))
    _check_unpacked(data)
    try:
        document = docx.Document(data)
        lines = list(_paragraphs(document))
    except Exception as error:  # a broken file may raise anything
        raise SourceError("it is no Word file that can be read") from error
    yield build_article({}, "docx", file_name=file_name, text="\n".join(lines))


def join_broken_words(text: str) -> str:
    """Join words broken at a line's end; a word that is hyphenated elsewhere in the text keeps its hyphen."""
    whole = frozenset(_HYPHENED.findall(text))

    def word(match: re.Match[str]) -> str:
        hyphened = f"{match['head']}-{match['tail']}"
        keeps = hyphened in whole or match["tail"][0].isupper()
        return hyphened if keeps else match["head"] + match["tail"]

    return _BROKEN_WORD.sub(word, text)


def _pages(reader: Any) -> str:
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError("it is locked with a password", hint="Save it without one.")
    if len(reader.pages) > MAX_PAGES:
        raise SourceError(f"it has more than {MAX_PAGES} pages", hint="Split it.")
    return "\n".join(page.extract_text() for page in reader.pages)


def _check_unpacked(data: io.BytesIO) -> None:
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(data).infolist() if part.filename.endswith(".xml"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SourceError("it is no Word file that can be read") from error
    if unpacked > MAX_FILE:
        raise SourceError(f"it holds more than {MAX_FILE // 2**20} MB")


def _paragraphs(container: Any) -> Iterator[str]:
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                for cell in row.cells:
                    yield from _paragraphs(cell)
        elif block.text.strip():
            yield from ("", block.text)
