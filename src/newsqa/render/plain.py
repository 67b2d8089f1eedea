"""Answers, articles and models as plain text, conversations as Markdown, a checked text as lines, JSON and a page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from newsqa.models.providers import host_of
from newsqa.render.clean import at_quote, safe, safe_line, web_address
from newsqa.render.record import adapter
from newsqa.render.wording import (
    ITEM,
    about_article,
    answer_notes,
    count,
    dollars,
    format_duplicates,
    headline,
    marked_text,
    provenance,
    quoted,
    repeats_article,
)
from newsqa.text.calendar import format_day
from newsqa.types import Answer, Article, CheckVerdict, Citation, Finding, JsonObject, TextCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsqa.errors import NewsqaError
    from newsqa.models.inventory import ModelEntry
    from newsqa.render.wording import Pieces, Source

HEADS = {"answers": "Answers", "embeds": "Finds articles by meaning", "ranks": "Ranks what was found"}
NAME_WIDTH = 32  # columns that names of models are filled up to; a path may be longer
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


def quote_text(citation: Citation) -> str:
    """Return a quote with its source, ready to be pasted."""
    source = ", ".join(part for part in (headline(citation), provenance(citation).replace(" · ", ", ")) if part)
    where = safe_line(citation.url or citation.path)
    return f"{quoted(citation.quote)}\n{source}\n{where}"


def article_text(article: Article) -> str:
    """Return a stored article: its title, outlet, date, byline, address and id, then its text."""
    return "\n".join([headline(article), *about_article(article)]) + "\n\n" + safe(article.text)


def models_text(models: Sequence[ModelEntry]) -> str:
    """Return models under their headings, one a line: if it can be used, and what is known of it or missing."""
    parts = []
    for does, head in HEADS.items():
        found = [model for model in models if model.does == does]
        names = [safe_line(model.name) for model in found]
        wide = min(max(map(len, names), default=0), NAME_WIDTH)
        rows = [
            f"  {'✓' if model.usable else '✗'} {name:<{wide}}  {_about_model(model)}"
            for name, model in zip(names, found, strict=True)
        ]
        parts += ["\n".join([head, *rows])] if rows else []
    return "\n\n".join(parts)


def _about_model(model: ModelEntry) -> str:
    host = f" for {host_of(model.address)}" if model.address else ""
    places = {"here": "this machine", "server": "a server on this machine", "hosted": f"text leaves this machine{host}"}
    size = model.size or 0
    known = [
        "chosen" if model.chosen and model.does == "answers" else "",
        places[model.runs],
        (f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB") if size else "",
        f"{model.context:,} tokens of context" if model.context else "",
        f"{dollars(model.price[0])} read, {dollars(model.price[1])} written a million tokens" if model.price else "",
        " ".join(part for part in (model.missing, model.mend) if part),
    ]
    return " · ".join(safe_line(part) for part in known if part)


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


# A checked text as lines for a terminal, as JSON, and as a page that loads nothing.

SIGNS: Mapping[CheckVerdict, tuple[str, str, str]] = {
    "supported": ("✓", "green", "supported"),
    "contradicted": ("✗", "bold red", "contradicted by the quote below"),
    "unclear": ("?", "yellow", "unclear, nearest quote below"),
    "not_found": ("–", "dim", "not found"),
}
"""The sign of each verdict, its style in a terminal, and its words."""


def check_record(checked: TextCheck) -> JsonObject:
    """Return a checked text as JSON values."""
    record: JsonObject = adapter(TextCheck).dump_python(checked, mode="json")
    return record


def check_lines(checked: TextCheck) -> Iterator[tuple[str, str]]:
    """Yield the lines of a checked text, safe to show, each with its style: sentences, reasons, quotes, and counts."""
    citations = {citation.n: citation for citation in checked.citations}
    for finding in checked.findings:
        sign, style, _ = SIGNS[finding.verdict]
        yield style, f"{sign} {safe_line(finding.text)}"
        yield "dim", f"    {_reason(finding)}"
        for n in finding.citations:
            yield "", f"    [{n}] {quoted(citations[n].quote)}"
            yield "dim", f"        {headline(citations[n])} · {provenance(citations[n])}"
        yield "", ""
    yield "", summary_line(checked)


def summary_line(checked: TextCheck) -> str:
    """Return how many sentences were found how, and what that cost if it cost anything."""
    found = Counter(finding.verdict for finding in checked.findings)
    parts = [
        f"{found[kind]} {words.split(' by')[0].split(',')[0]}" for kind, (*_, words) in SIGNS.items() if found[kind]
    ]
    cost = [f"cost {dollars(checked.usage.cost)}"] if checked.usage.cost else []
    return " · ".join([count(len(checked.findings), "sentence"), *parts, *cost])


def _reason(finding: Finding) -> str:
    words = SIGNS[finding.verdict][-1]
    return f"{words} ({finding.checked_by})" if finding.checked_by else f"{words}: {safe_line(finding.why or '')}"


_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark }
ol { list-style: none; padding: 0 } li { border-left: .4rem solid #8888; margin: 1rem 0; padding-left: 1rem }
li.supported { border-color: #2a7d3c } li.contradicted { border-color: #c22f2f } li.unclear { border-color: #c98a00 }
p { margin: .2rem 0 } small { opacity: .75 } blockquote { margin: .4rem 0 .4rem 1rem }
"""


def policy_hash(text: str) -> str:
    """Return a text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def check_page(checked: TextCheck) -> str:
    """Return a checked text as HTML: one file without scripts, in which everything from outside is text."""
    policy = f"default-src 'none'; style-src '{policy_hash(_STYLE)}'; base-uri 'none'; form-action 'none'"
    citations = {citation.n: citation for citation in checked.citations}
    items = "\n".join(_item(finding, citations) for finding in checked.findings)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="referrer" content="no-referrer"><title>Fact check</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>Fact check</h1><p>{escape(summary_line(checked))}</p>\n<ol>\n{items}\n</ol></body></html>\n"
    )


def _item(finding: Finding, citations: Mapping[int, Citation]) -> str:
    quotes = "".join(_quote(citations[n]) for n in finding.citations)
    said, reason = escape(safe(finding.text)), escape(_reason(finding))
    return f'<li class="{finding.verdict}"><p dir="auto">{said}</p><p><small>{reason}</small></p>{quotes}</li>'


def _quote(citation: Citation) -> str:
    address = web_address(citation.url)
    source = escape(f"{headline(citation)} · {provenance(citation)}")
    if address:
        source = f'<a href="{escape(at_quote(address, citation.quote))}" rel="noreferrer">{source}</a>'
    quote = escape(quoted(citation.quote))
    return f'<blockquote dir="auto">[{citation.n}] {quote}<br><small>{source}</small></blockquote>'
