"""Answers, articles and lists of models as rich renderables. They hold text, never markup: `[/b]` is shown as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from newsqa.models.providers import host_of
from newsqa.render.clean import at_quote, safe, safe_line, web_address
from newsqa.render.wording import (
    ITEM,
    MAX_WIDTH,
    answer_notes,
    dollars,
    find_matches,
    format_duplicates,
    headline,
    marked_sentences,
    marked_text,
    provenance,
    quoted,
    repeats_article,
)
from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from newsqa.models.benchmark import Speed
    from newsqa.models.inventory import ModelEntry
    from newsqa.render.wording import Pieces, Source
    from newsqa.types import Answer, Article, Citation, Sentence


MARKER = "cyan"
HIGHLIGHT = "bold yellow"
DIM = "dim"
MARKED = "on grey23"
CONTEXT = 600  # characters of an article shown before and after a quote
_MARGINS = (1, 2, 0, 2)
_NUMBER = re.compile(r" \[(\d{1,6})\]")

HEADS = {"answers": "Answers", "embeds": "Finds articles by meaning", "ranks": "Ranks what was found"}
NAME_WIDTH = 32
"""Columns that names are filled up to; a path may be longer."""

SIGNS = {True: "✓", False: "✗"}

Row = tuple[str, str, str]
"""A sign, the name of a model, and what is known of it or missing."""


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
    byline = f"By {safe_line(article.byline)}" if article.byline else ""
    lines = [provenance(article), byline, safe_line(article.url or article.path), article.id]
    return [Text(headline(article), style="bold"), *(Text(line, style=DIM) for line in lines if line)]


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


def models_text(models: Sequence[ModelEntry]) -> str:
    """Return the list as plain text, a model a line."""
    parts = []
    for head, found in _rows(models):
        wide = min(max(len(name) for _, name, _ in found), NAME_WIDTH)
        parts.append("\n".join([head, *(f"  {sign} {name:<{wide}}  {known}" for sign, name, known in found)]))
    return "\n\n".join(parts)


def models_view(models: Sequence[ModelEntry]) -> RenderableType:
    """Return a list of models under its headings; what is known wraps beside the names. Names in use are bold."""
    wide = min(max(len(safe_line(model.name)) for model in models), MAX_WIDTH // 3)
    in_use = {safe_line(model.name) for model in models if model.chosen}
    parts: list[RenderableType] = []
    for head, found in _rows(models):
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", width=wide)
        grid.add_column(overflow="fold")
        for sign, name, known in found:
            style = "bold" if name in in_use else ""
            grid.add_row(Text(sign, "green" if sign == SIGNS[True] else "red"), Text(name, style), Text(known, DIM))
        parts += [Text(head, style=DIM), grid, Text()]
    return Padding(Group(*parts[:-1]), _MARGINS)


def _rows(models: Sequence[ModelEntry]) -> Iterator[tuple[str, list[Row]]]:
    """Yield each heading with its rows, one a model."""
    for does, head in HEADS.items():
        if found := [_row(model) for model in models if model.does == does]:
            yield head, found


def _row(model: ModelEntry) -> Row:
    known = [
        "chosen" if model.chosen and model.does == "answers" else "",
        _where(model),
        _size(model.size) if model.size else "",
        f"{model.context:,} tokens of context" if model.context else "",
        _speed(model.speed) if model.speed else "",
        f"{dollars(model.price[0])} read, {dollars(model.price[1])} written a million tokens" if model.price else "",
        " ".join(part for part in (model.missing, model.mend) if part),
    ]
    return SIGNS[model.usable], safe_line(model.name), " · ".join(safe_line(part) for part in known if part)


def _where(model: ModelEntry) -> str:
    host = f" for {host_of(model.address)}" if model.address else ""
    places = {"here": "this machine", "server": "a server on this machine", "hosted": f"text leaves this machine{host}"}
    return places[model.runs]


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _speed(speed: Speed) -> str:
    rates = [f"{verb} {rate:,.0f}" for verb, rate in (("reads", speed.read), ("writes", speed.written)) if rate]
    return f"{', '.join(rates)} tokens a second ({format_day(speed.on)})" if rates else ""
