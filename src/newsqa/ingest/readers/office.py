"""Reads what word processors and publishers of books write: Word, RTF, OpenDocument and EPUB."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

from newsqa.errors import SourceError
from newsqa.extras import install_hint
from newsqa.ingest.files import MAX_FILE, Item, read_all
from newsqa.ingest.metadata import parse_fragment, read_article, tree_lines
from newsqa.ingest.readers.documents import text_articles
from newsqa.ingest.readers.xml_exports import all_named, drop_named, line_of, local_name, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator


EXTRA = install_hint(".[documents]")

MAX_CHAPTERS = 2_000

_DOCX_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_ODT_MARKS = {"s": " ", "tab": "\t", "line-break": "\u2028"}


def read_docx(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the article of a Word file, or those of a bundle: its paragraphs and table cells, one per line."""
    files = _open_zip(stream, "Word file")
    root = parse_xml(_member(files, _docx_body(files), "Word file"), "Word file")
    for run in all_named(root, "r"):
        if any(local_name(mark) == "vanish" and "0" not in mark.attrib.values() for part in run for mark in part):
            run.clear()
    drop_named(root, "del", "moveFrom", "txbxContent", "Fallback")
    lines = [_docx_line(element) for element in all_named(root, "p")]
    yield from text_articles("\n\n".join(filter(str.strip, lines)), "docx", file_name)


def _docx_body(files: zipfile.ZipFile) -> str:
    """Return the name of the part with the text, which some programs number."""
    parts = all_named(parse_xml(_member(files, "_rels/.rels", "Word file"), "Word file"), "Relationship")
    named = [str(part.get("Target")) for part in parts if str(part.get("Type")).endswith("/officeDocument")]
    return named[0].lstrip("/") if named else "word/document.xml"


def _docx_line(paragraph: Any) -> str:
    parts = ((local_name(part), part.text or "") for part in paragraph.iter())
    return "".join(text if name == "t" else _DOCX_MARKS.get(name, "") for name, text in parts)


_HIDDEN = re.compile(r"\{(?=(?:\\[a-z]{1,32}-?\d{0,10} ?){0,12}\\v(?![a-z\d]))")
"""The beginning of a group of hidden words."""


def read_rtf(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the article of an RTF file, or those of a bundle."""
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError as error:
        raise SourceError("reading .rtf needs the package striprtf", hint=EXTRA) from error
    text = read_all(stream).decode("latin-1")
    if not text.lstrip().startswith("{\\rtf"):
        raise SourceError("it is no RTF file that can be read")
    try:
        convert: Any = rtf_to_text  # it has no types
        # striprtf writes the address of a link beside its words, where a field begins in this form
        text = _HIDDEN.sub(r"{\\*", text).replace("{\\field{", "{\\field {")
        text = str(convert(text, encoding="cp1252", errors="replace"))
    except MemoryError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise SourceError("it is no RTF file that can be read") from error
    yield from text_articles(_spaced(text), "rtf", file_name)


def _spaced(text: str) -> str:
    """Return paragraphs with an empty line between them, as other word processors' files give them."""
    lines = [line.strip(" \t\r") for line in text.split("\n")]
    return text if any(not line for line in lines[:-1]) and len(lines) > 8 else "\n\n".join(filter(None, lines))


def read_odt(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the article of an OpenDocument text, or those of a bundle: its paragraphs and headings, one per line."""
    files = _open_zip(stream, "OpenDocument text")
    root = parse_xml(_member(files, "content.xml", "OpenDocument text"), "OpenDocument text")
    drop_named(root, "note", "annotation", "tracked-changes")
    lines = [_odt_line(element) for element in all_named(root, "p", "h")]
    yield from text_articles("\n\n".join(line for line in lines if line), "odt", file_name)


def _odt_line(element: Any) -> str:
    """Return a paragraph as a line; OpenDocument writes spaces, tabs and line breaks as elements."""
    for part in element.iter():
        part.text = _ODT_MARKS.get(local_name(part), part.text)
    return "\n".join(" ".join(line.split()) for line in "".join(element.itertext()).split("\u2028")).strip()


# EPUB


def read_epub(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the articles of an EPUB: each document of its spine that holds running text is one."""
    files = _open_zip(stream, "EPUB")
    container = parse_xml(_member(files, "META-INF/container.xml", "EPUB"), "EPUB")
    paths = [str(found.get("full-path") or "") for found in all_named(container, "rootfile")]
    package = parse_xml(_member(files, paths[0] if paths else "", "EPUB"), "EPUB")
    about = {
        name: [line_of(one) for one in all_named(package, name)] for name in ("title", "creator", "publisher", "date")
    }
    chapters = _spine(package, posixpath.dirname(paths[0]))
    found = [lines for path in chapters if len(" ".join(lines := _chapter(files, path))) > 200]
    for n, lines in enumerate(found, 1):
        one = len(found) == 1
        fields = {
            "title": about["title"][:1] if one else None,
            "byline": about["creator"] if one else None,
            "outlet": about["publisher"][:1],
            "published": next(iter(about["date"]), None),
        }
        place = "" if one else f"#{n}"
        yield read_article(fields, "epub", place, file_name if one else "", "\n\n".join(lines))
    if not found:
        raise SourceError("it holds no text")


def _spine(package: Any, folder: str) -> list[str]:
    """Return the paths of a book's documents in the order in which they are read, without its contents page."""
    items = {item.get("id"): item for item in all_named(package, "item")}
    chosen = [items.get(reference.get("idref")) for reference in all_named(package, "itemref")][:MAX_CHAPTERS]
    kept = (item for item in chosen if item is not None and "nav" not in str(item.get("properties") or "").split())
    return [posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href") or "")))) for item in kept]


def _chapter(files: zipfile.ZipFile, path: str) -> list[str]:
    try:
        data = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", _member(files, path, "EPUB").removeprefix(b"\xef\xbb\xbf"))
    except SourceError:
        return []
    tree = parse_fragment(data)
    for link in list(tree.iter("a")) if tree is not None else ():
        if "noteref" in f"{link.get('epub:type')} {link.get('role')}":
            link.drop_tree()
    return tree_lines(tree) if tree is not None else []


def _open_zip(stream: IO[bytes], what: str) -> zipfile.ZipFile:
    """Open a file that is a ZIP inside. Raises SourceError if it is none, or would unpack to more than a file may."""
    try:
        files = zipfile.ZipFile(stream if stream.seekable() else io.BytesIO(read_all(stream)))
        unpacked = sum(part.file_size for part in files.infolist() if not _is_picture(part.filename))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise SourceError(f"it is no {what} that can be read") from error
    if unpacked > MAX_FILE:
        raise SourceError(f"it holds more than {MAX_FILE // 2**20} MB")
    return files


def _is_picture(name: str) -> bool:
    return not name.lower().endswith((".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".txt", ".css"))


def _member(files: zipfile.ZipFile, name: str, what: str) -> bytes:
    try:
        with files.open(name) as stream:
            return read_all(stream)
    except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise SourceError(f"it is no {what} that can be read") from error
