"""Answers, articles and errors as plain text, for pipes, and conversations as Markdown, for files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.render.clean import at_quote, safe, safe_line, web_address
from newsqa.render.marked import ITEM, marked_text
from newsqa.render.wording import answer_notes, format_duplicates, headline, provenance, quoted, repeats_article
from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.errors import NewsqaError
    from newsqa.render.marked import Pieces
    from newsqa.render.wording import Source
    from newsqa.types import Answer, Article, Citation

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LIST = re.compile(r"^(\d+)([.)])|^([-+=])")


def answer_text(answer: Answer) -> str:
    """Return the answer, its sources with their quotes, the nearest articles of a refusal, and the notes."""
    repeated = repeats_article(answer.citations)
    parts = [marked_text(answer).text]
    parts += [_source(c, titled=not again) for c, again in zip(answer.citations, repeated, strict=True)]
    parts += [f"- {headline(near)} · {provenance(near)}\n    {quoted(near.lead)}" for near in answer.nearest]
    parts += answer_notes(answer)
    return "\n\n".join(parts)


def _source(citation: Citation, *, titled: bool) -> str:
    quote = quoted(citation.quote)
    if not titled:
        return f"[{citation.n}] {quote}"
    lines = [f"[{citation.n}] {headline(citation)} · {provenance(citation)}", f"    {quote}"]
    duplicates = format_duplicates(citation.also_carried_by)
    return "\n".join([*lines, *([f"    {duplicates}"] if duplicates else [])])


def error_line(error: NewsqaError) -> str:
    """Return why something could not be done and what to do, in one line."""
    return safe_line(f"{error} {error.hint}")


def error_details(error: NewsqaError) -> list[str]:
    """Return the lines that say more of what went wrong."""
    return [safe_line(detail) for detail in error.details]


def quote_text(citation: Citation) -> str:
    """Return a quote with its source, ready to be pasted."""
    source = ", ".join(part for part in (headline(citation), provenance(citation).replace(" · ", ", ")) if part)
    where = safe_line(citation.url or citation.path)
    return f"{quoted(citation.quote)}\n{source}\n{where}"


def article_text(article: Article) -> str:
    """Return a stored article: its title, outlet, date, byline, address and id, then its text."""
    byline = f"By {safe_line(article.byline)}" if article.byline else ""
    about = [headline(article), provenance(article), byline, safe_line(article.url or article.path), article.id]
    return "\n".join(line for line in about if line) + "\n\n" + safe(article.text)


def conversation_markdown(title: str, answers: Sequence[Answer]) -> str:
    """Return a conversation as a Markdown document. What articles say is text in it, never a link, image or tag."""
    return "\n".join([f"# {escaped(title)}", "", *(part for answer in answers for part in _exchange_markdown(answer))])


def escaped(text: str) -> str:
    """Return the text as Markdown that shows exactly these characters, in one line."""
    return _escaped_start(_escaped_marks(safe_line(text)))


def _escaped_marks(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)


def _escaped_start(line: str) -> str:
    """Return a line, whose marks are escaped, so that it begins no list."""
    return _LIST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)


def _exchange_markdown(answer: Answer) -> list[str]:
    parts = [f"## {escaped(answer.question)}", ""]
    for pieces in marked_text(answer).lines():
        parts += [_line_markdown(pieces, in_list=answer.kind != "answer"), ""]
    for citation in answer.citations:
        about = [f"\\[{citation.n}\\] {_about_markdown(citation, citation.quote)}"]
        about += [escaped(words)] if (words := format_duplicates(citation.also_carried_by)) else []
        parts += [f"> {escaped(citation.quote)}", ">", "> " + " — ".join(about), ""]
    for near in answer.nearest:
        parts += [f"> {escaped(near.lead)}", ">", f"> {_about_markdown(near, near.lead)}", ""]
    parts += [f"*{escaped(note)}*\n" for note in answer_notes(answer)]
    return [*parts, f"Asked on {format_day(answer.asked)}.", ""]


def _line_markdown(pieces: Pieces, *, in_list: bool) -> str:
    """Return a line of an answer with bold marks; one that is an item of a list stays an item."""
    line = "".join(f"**{_escaped_marks(words)}**" if bold else _escaped_marks(words) for words, bold in pieces)
    item = ITEM if in_list and line.startswith(ITEM) else ""
    return item + _escaped_start(line.removeprefix(item))


def _about_markdown(source: Source, quote: str) -> str:
    """Return title, outlet and day of a source; the title is a link to the quote, or the path follows it."""
    title, address = f"**{escaped(headline(source))}**", web_address(source.url)
    if address:
        return f"[{title}](<{at_quote(address, quote)}>), {escaped(provenance(source))}"
    return f"{title}, {escaped(provenance(source))} — {escaped(source.path)}"
