"""Answers, sources and articles as plain text, for pipes and files: one paragraph a line, no colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.render.clean import safe, safe_line, web_address
from newsqa.render.wording import asides, carried_by, day, headline, provenance, quoted, same_article_as_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.errors import NewsqaError
    from newsqa.types import Answer, Article, Citation


def answer_text(answer: Answer) -> str:
    """Return the answer, then its sources with their quotes, then what was left out."""
    parts = [safe_line(answer.text)]
    parts += [_source(c, again=again) for c, again in zip(answer.citations, _again(answer), strict=True)]
    parts += asides(answer)
    return "\n\n".join(parts)


def error_line(error: NewsqaError) -> str:
    """Return why something could not be done and what to do, in one line."""
    return safe_line(f"{error} {error.hint}")


def error_details(error: NewsqaError) -> list[str]:
    """Return the lines that tell more of what went wrong."""
    return [safe_line(detail) for detail in error.details]


def quote_text(citation: Citation) -> str:
    """Return a quote with its source, ready to be pasted."""
    source = ", ".join(part for part in (headline(citation), provenance(citation).replace(" · ", ", ")) if part)
    where = safe_line(citation.url or citation.path)
    return f"{quoted(citation)}\n{source}\n{where}"


def article_text(article: Article) -> str:
    """Return a stored article: what is known about it, then its text."""
    byline = f"By {safe_line(article.byline)}" if article.byline else ""
    about = [headline(article), provenance(article), byline, safe_line(article.url or article.path), article.id]
    return "\n".join(line for line in about if line) + "\n\n" + safe(article.text)


def _again(answer: Answer) -> list[bool]:
    return same_article_as_before(answer.citations)


def _source(citation: Citation, *, again: bool) -> str:
    quote = quoted(citation)
    if again:
        return f"[{citation.n}] {quote}"
    lines = [f"[{citation.n}] {headline(citation)} · {provenance(citation)}", f"    {quote}"]
    carriers = carried_by(citation.also_carried_by)
    return "\n".join([*lines, *([f"    {carriers}"] if carriers else [])])


# Conversations as Markdown, for `/save`: what articles say is text there, never a link, an image or a tag.

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LIST = re.compile(r"^(\d+)([.)])|^([-+=])")


def conversation(title: str, answers: Sequence[Answer]) -> str:
    """Return the questions and answers of a conversation as a Markdown document."""
    return "\n".join([f"# {escaped(title)}", "", *(part for answer in answers for part in _exchange(answer))])


def escaped(text: str) -> str:
    """Return the text as Markdown that shows exactly these characters, in one line."""
    line = _SPECIAL.sub(r"\\\1", safe_line(text))
    return _LIST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)


def _exchange(answer: Answer) -> list[str]:
    parts = [f"## {escaped(answer.question)}", "", escaped(answer.text), ""]
    for citation in answer.citations:
        parts += [*_markdown_source(citation), ""]
    parts += [f"*{escaped(notice)}*\n" for notice in asides(answer)]
    return [*parts, f"Asked on {day(answer.asked)}.", ""]


def _markdown_source(citation: Citation) -> list[str]:
    title = f"**{escaped(headline(citation))}**"
    address = web_address(citation.url)
    where = f"<{address}>" if address else escaped(citation.path)
    carriers = carried_by(citation.also_carried_by)
    about = [
        f"\\[{citation.n}\\] {title}, {escaped(provenance(citation))}",
        where,
        *([escaped(carriers)] if carriers else []),
    ]
    return [f"> {escaped(citation.quote)}", ">", "> " + " — ".join(about)]
