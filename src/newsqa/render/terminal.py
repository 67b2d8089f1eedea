"""Answers and articles for a terminal, as rich renderables. Text only, never markup: `[/b]` in a title is just that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsqa.render.marks import carried_by, headline, left_out, matches, provenance, same_article_as_before
from newsqa.render.safe import safe, safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from newsqa.records import Answer, Article, Citation, Sentence

WIDEST = 96  # longer lines are hard to read
MARKER = "cyan"
HIGHLIGHT = "bold yellow"
ASIDE = "dim"
_MARKERS = re.compile(r"\[\d+\]")
_EDGE = (0, 2, 0, 2)


def answer_view(answer: Answer) -> RenderableType:
    """Show an answer: its sentences, each source with its quote, and what was left out."""
    body = sentences_view(answer.sentences) if answer.sentences else refusal_view(answer)
    sources = [
        _source(citation, answer.standalone, again=again)
        for citation, again in zip(answer.citations, same_article_as_before(answer.citations), strict=True)
    ]
    asides = [Text(f"\n{aside}", style=ASIDE) for aside in left_out(answer)]
    return Padding(Group(body, *sources, *asides), _EDGE)


def sentences_view(sentences: Sequence[Sentence]) -> Text:
    """Show sentences with the numbers of their sources, as one paragraph."""
    text = Text(" ").join(
        Text(safe_line(s.text)).append("".join(f" [{n}]" for n in s.citations), style=MARKER) for s in sentences
    )
    return text


def refusal_view(answer: Answer) -> RenderableType:
    """Show a refusal: what it says first, then the nearest headlines and dates."""
    return Text(safe_line(answer.text), style="italic")


def article_view(article: Article, question: str = "", spans: Sequence[tuple[int, int]] = ()) -> RenderableType:
    """Show a whole article, or what `spans` (code points of its text) mark in it."""
    head = Text(headline(article), style="bold")
    byline = f"By {safe_line(article.byline)}" if article.byline else ""
    about = [provenance(article), byline, safe_line(article.url or article.path), article.id]
    lines = [Text(line, style=ASIDE) for line in about if line]
    return Padding(Group(head, *lines, Text(""), _marked(article.text, question, spans)), _EDGE)


def _marked(text: str, question: str, spans: Sequence[tuple[int, int]]) -> Text:
    """Show text with spans in reverse; each piece is made safe by itself, so the offsets stay true."""
    shown, at = Text(), 0
    for start, end in sorted(spans):
        shown.append(safe(text[at:start]))
        shown.append_text(highlighted(safe(text[start:end]), question, base="on grey19"))
        at = end
    return shown.append(safe(text[at:]))


def highlighted(text: str, question: str, base: str = "") -> Text:
    """Show text that is safe already, with the words of the question in it highlighted."""
    shown = Text(text, style=base)
    for start, end in matches(question, text):
        shown.stylize(HIGHLIGHT, start, end)
    return shown


def _source(citation: Citation, question: str, *, again: bool) -> RenderableType:
    """Show one source: its number in a column of its own, beside it title, outlet, date and quote."""
    title = Text(headline(citation), style="bold")
    about = Text(provenance(citation), style=ASIDE)
    quote = Text("“").append_text(highlighted(safe_line(citation.quote), question)).append("”")
    carriers = carried_by(citation.also_carried_by)
    lines = [*([] if again else [title, about]), quote, *([Text(carriers, style=ASIDE)] if carriers else [])]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(f"[{citation.n}]", style=MARKER), Group(*lines))
    return Padding(grid, (1, 0, 0, 0) if not again else (0, 0, 0, 0))
