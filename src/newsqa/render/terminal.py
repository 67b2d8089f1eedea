"""Answers and articles as rich renderables. They hold text, never markup: `[/b]` is shown as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from newsqa.render.clean import at_quote, safe, web_address
from newsqa.render.wording import (
    ITEM,
    about_article,
    answer_notes,
    find_matches,
    format_duplicates,
    headline,
    marked_sentences,
    marked_text,
    provenance,
    quoted,
    repeats_article,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.wording import Pieces, Source
    from newsqa.types import Answer, Article, Citation, Sentence

MARKER = "cyan"
HIGHLIGHT = "bold yellow"
DIM = "dim"
MARKED = "on grey23"
CONTEXT = 600  # characters of an article shown before and after a quote
_MARGINS = (1, 2, 0, 2)
_NUMBER = re.compile(r" \[(\d{1,6})\]")


def answer_view(answer: Answer) -> RenderableType:
    """Return an answer: its sentences, each source with its quote or the nearest articles, and its notes."""
    numbers = {citation.n for citation in answer.citations}
    lines = [_line(_said(pieces, numbers), in_list=answer.kind != "answer") for pieces in marked_text(answer).lines()]
    sources = [
        _source(citation, answer.standalone, again=again)
        for citation, again in zip(answer.citations, repeats_article(answer.citations), strict=True)
    ]
    nearest = [
        Padding(Group(*_head(near, near.lead), _highlight(quoted(near.lead), answer.standalone)), (1, 0, 0, 0))
        for near in answer.nearest
    ]
    notes = [Text(f"\n{note}", style=DIM) for note in answer_notes(answer)]
    return Padding(Group(*lines, *sources, *nearest, *notes), _MARGINS)


def sentences_view(sentences: Sequence[Sentence]) -> Text:
    """Return sentences with the numbers of their sources, as one paragraph."""
    return _said(marked_sentences(sentences).pieces(), {n for sentence in sentences for n in sentence.citations})


def _said(pieces: Pieces, numbers: set[int]) -> Text:
    """Return words of an answer, the marked ones bold, with the numbers of its sources."""
    said = Text.assemble(*((words, "bold" if marked else "") for words, marked in pieces))
    for found in _NUMBER.finditer(said.plain):
        if int(found[1]) in numbers:
            said.stylize(MARKER, *found.span())
    return said


def _line(said: Text, *, in_list: bool) -> RenderableType:
    """Return a line of an answer; an item of a list wraps beside its hyphen."""
    if not in_list or not said.plain.startswith(ITEM):
        return said
    grid = Table.grid(padding=(0, 1))
    grid.add_row("-", said[len(ITEM) :])
    return grid


def article_view(article: Article, question: str = "", span: tuple[int, int] | None = None) -> RenderableType:
    """Return a whole article; what `span` (code points of its text) covers is marked."""
    return Padding(Group(*_about(article), Text(""), _marked(article.text, question, span)), _MARGINS)


def excerpt_view(article: Article, span: tuple[int, int], question: str = "") -> RenderableType:
    """Return an article around a span of it, which is marked, up to whole lines where they are near."""
    first, last = _surroundings(article.text, *span)
    inner = (span[0] - first, span[1] - first)
    pieces = [_marked(article.text[first:last], question, inner)]
    before = [Text("…", style=DIM)] if first else []
    after = [Text("…", style=DIM)] if last < len(article.text) else []
    return Padding(Group(*_about(article), Text(""), *before, *pieces, *after), _MARGINS)


def _about(article: Article) -> list[Text]:
    return [Text(headline(article), style="bold"), *(Text(line, style=DIM) for line in about_article(article))]


def _surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where an excerpt begins and ends: at the last line break in reach, else at a space."""
    first, last = max(start - CONTEXT, 0), min(end + CONTEXT, len(text))
    if first:
        line = text.find("\n", first, start)
        first = (line if line >= 0 else max(text.find(" ", first, start), first - 1)) + 1
    if last < len(text):
        line = text.rfind("\n", end + CONTEXT // 2, last)
        last = line if line >= 0 else max(text.rfind(" ", end, last), end)
    return first, last


def _marked(text: str, question: str, span: tuple[int, int] | None) -> Text:
    """Return text with a span of it marked; each piece is made safe by itself, so the offsets stay true."""
    if span is None:
        return Text(safe(text))
    start, end = span
    quote = _highlight(safe(text[start:end]), question, base=MARKED)
    return Text(safe(text[:start])).append_text(quote).append(safe(text[end:]))


def _highlight(text: str, question: str, base: str = "") -> Text:
    """Return text that is safe already, with the words of the question in it highlighted."""
    shown = Text(text, style=base)
    for start, end in find_matches(question, text):
        shown.stylize(HIGHLIGHT, start, end)
    return shown


def _source(citation: Citation, question: str, *, again: bool) -> RenderableType:
    """Return one source: its number in a column of its own, beside it title, outlet, date and quote."""
    quote = _highlight(quoted(citation.quote), question)
    duplicates = format_duplicates(citation.also_carried_by)
    head = [] if again else _head(citation, citation.quote)
    lines = [*head, quote, *([Text(duplicates, style=DIM)] if duplicates else [])]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(f"[{citation.n}]", style=_linked(MARKER, citation, citation.quote)), Group(*lines))
    return Padding(grid, (1, 0, 0, 0) if not again else (0, 0, 0, 0))


def _head(source: Source, quote: str) -> list[Text]:
    """Return the title of a source, which links to a quote in it, and the outlet and date below it."""
    return [Text(headline(source), style=_linked("bold", source, quote)), Text(provenance(source), style=DIM)]


def _linked(style: str, source: Source, quote: str) -> Style:
    """Return a style with a hyperlink to a quote, for terminals that have them."""
    address = web_address(source.url)
    return Style.parse(style) + Style(link=at_quote(address, quote) if address else None)
