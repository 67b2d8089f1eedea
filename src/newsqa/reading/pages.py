"""Web pages: which of a page's lines are its article, and what the page says about it.

trafilatura (Barbaresi 2021) chooses; the lines stored are the page's own, so nothing it rewrites gets in.
"""

from __future__ import annotations

import html
import re
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.reading.content import decode, read_all
from newsqa.reading.fields import article_of
from newsqa.reading.markup import lines_of
from newsqa.reading.page_fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.reading.records import Problem, RawArticle

MAX_PAGE = 8 * 2**20  # no article's page is longer, and parsers of pages are slow
LONG_LINE = 60  # squeezed characters from which a line is known again inside another
WINDOW = 20_000

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{3,40})", re.IGNORECASE)
_EXTRACT_BLOCKS = frozenset({"p", "head", "item", "quote", "cell", "lb", "code", "list", "table", "row"})
_AROUND = frozenset({"nav", "header", "footer", "aside"})


def read_page(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a page."""
    data = read_all(stream)
    if len(data) > MAX_PAGE:
        raise SourceError(f"a page of more than {MAX_PAGE // 2**20} MB")
    tree = _parsed(_decoded(data))
    fields = fields_of(tree)
    lines = _article_lines(tree)
    told = _told_text(fields.pop("text", None))
    if len(told) > 1.5 * sum(map(len, lines)):  # the page shows a part only
        lines = [line for line in told.splitlines() if line.strip()]
    yield article_of(fields, "html", file_name=file_name, text="\n\n".join(lines))


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared[1].decode()) if declared else decode(data)
    except (UnicodeError, LookupError):
        return decode(data)


def _parsed(markup: str) -> Any:  # noqa: ANN401 - lxml ships no types
    from lxml import etree  # noqa: PLC0415
    from lxml.html import HTMLParser, document_fromstring  # noqa: PLC0415

    parser = HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(markup.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("it is no HTML page that can be read") from error
    return tree


def _told_text(body: object) -> str:
    return html.unescape(body) if isinstance(body, str) else ""


def _article_lines(tree: Any) -> list[str]:  # noqa: ANN401
    """Return the page's own lines that trafilatura takes for the article."""
    _strip_surroundings(tree)
    own = lines_of(tree)
    chosen = _chosen(tree)
    kept = _own_lines(own, chosen)
    if _size(kept) >= 0.7 * _size(chosen) > 0:
        return kept
    return chosen or _main_lines(tree)


def _strip_surroundings(tree: Any) -> None:  # noqa: ANN401
    """Take away what is no text of the page, navigation, and the page's own header and footer.

    Of a short page trafilatura would take all, and of a shorter one the data in its scripts, as one line.
    """
    for script in list(tree.iter("script", "style", "noscript", "template")):
        script.drop_tree()
    for element in list(tree.iter(*_AROUND)):
        inside = any(parent.tag in {"article", "main"} for parent in element.iterancestors())
        if element.getparent() is not None and (element.tag in {"nav", "aside"} or not inside):
            element.drop_tree()


def _chosen(tree: Any) -> list[str]:  # noqa: ANN401
    import logging  # noqa: PLC0415

    from trafilatura import bare_extraction  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it writes to the screen about every odd page
    try:
        document = bare_extraction(tree, fast=True, include_comments=False, include_tables=True, with_metadata=False)
    except Exception as error:  # whatever a broken page provokes in it
        raise SourceError("it is no HTML page that can be read") from error
    body = getattr(document, "body", None)
    return _lines_of_extract(body) if body is not None else []


def _lines_of_extract(body: Any) -> list[str]:  # noqa: ANN401
    """Return the lines of trafilatura's own XML, without the marks that its plain text adds to lists."""
    for element in body.iter():
        if element.tag in _EXTRACT_BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    return [line for line in (" ".join(part.split()) for part in "".join(body.itertext()).split("\n")) if line]


def _own_lines(own: list[str], chosen: list[str]) -> list[str]:
    """Return those lines of the page that stand among the chosen ones, in one walk through both."""
    squeezed = [_squeezed(line) for line in chosen]
    whole = frozenset(squeezed)
    run = "".join(squeezed)
    reached = 0
    kept = []
    for line in own:
        known = _squeezed(line)
        found = run.find(known, reached, reached + WINDOW) if len(known) >= LONG_LINE else -1
        if found >= 0:
            reached = found + len(known)
        if found >= 0 or known in whole:
            kept.append(line)
    return kept


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _size(lines: list[str]) -> int:
    return sum(len(_squeezed(line)) for line in lines)


def _main_lines(tree: Any) -> list[str]:  # noqa: ANN401
    """Return the lines of a page too short for trafilatura: of its article, else its main part, else all of it."""
    for name in ("article", "main", "body"):
        part = tree.find(f".//{name}")
        if part is not None and (lines := lines_of(part)):
            return lines
    return []
