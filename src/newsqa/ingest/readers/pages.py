"""Reads web pages: the lines of a page that are its article, and what the page says about it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.ingest.files import Problem, RawArticle, read_all
from newsqa.ingest.metadata import build_article, decode_entities, has_markup, markup_to_text
from newsqa.ingest.readers.page_bylines import find_byline
from newsqa.ingest.readers.page_dates import find_publication_day
from newsqa.ingest.readers.page_facts import PageData, read_address, read_outlet, read_page_data, read_title, site_names
from newsqa.ingest.readers.page_lines import PageLines, read_lines
from newsqa.ingest.readers.page_markup import (
    decode_page,
    free_swallowed,
    open_noscript,
    parse_page,
    remove_surroundings,
    remove_unseen,
)
from newsqa.ingest.readers.page_text import choose_text

if TYPE_CHECKING:
    from collections.abc import Iterator


MAX_PAGE = 8 * 2**20  # bytes; no article's page is longer, and parsers of pages are slow


def read_page(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a page, and a Problem if it may not be the whole article."""
    data = read_all(stream)
    if len(data) > MAX_PAGE:
        raise SourceError(f"a page of more than {MAX_PAGE // 2**20} MB")
    markup, stray = decode_page(data)
    tree = parse_page(markup)
    page = read_page_data(tree)
    shown_by_script = remove_unseen(tree)
    lines = read_lines(tree)
    if open_noscript(tree, lines):
        lines = read_lines(tree)
    free_swallowed(tree, lines)
    fields = _fields(tree, page, lines)
    body = page.article.get("articleBody")
    remove_surroundings(tree, lines)
    choice = choose_text(tree, lines, _body_text(body), fields["title"])
    article = build_article(fields, "html", file_name=file_name, text="\n\n".join(choice.lines))
    doubts = [choice.doubt]
    if shown_by_script:
        doubts.append("its markup hides the text until a script shows it")
    if stray:
        doubts.append(f"{stray} of its bytes are no text in its encoding")
    for doubt in filter(None, doubts):
        yield Problem("", f"{doubt}; the article went in, so compare it with the page", read=True)
    yield article


def _fields(tree: Any, page: PageData, lines: PageLines) -> dict[str, Any]:
    address, outlet = read_address(page), read_outlet(page)
    sites = site_names(page, outlet, address)
    title = read_title(page, lines, sites)
    return {
        "title": title,
        "outlet": outlet,
        "byline": find_byline(page, lines, sites, title),
        "published": find_publication_day(tree, page, lines, title),
        "url": address,
    }


def _body_text(body: object) -> str:
    """Return the text of an article in a page's data, which some pages write as HTML."""
    body = "\n".join(part for part in body if isinstance(part, str)) if isinstance(body, list) else body
    if not isinstance(body, str):
        return ""
    return markup_to_text(body) if has_markup(body) else decode_entities(body)
