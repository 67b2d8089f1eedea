"""A checked text as lines for a terminal, as JSON, and as a page that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from newsqa.render.clean import at_quote, safe, safe_line, web_address
from newsqa.render.record import adapter
from newsqa.render.wording import count, dollars, headline, provenance, quoted
from newsqa.types import TextCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsqa.types import CheckVerdict, Citation, Finding, JsonObject


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


def check_page(checked: TextCheck) -> str:
    """Return a checked text as HTML: one file without scripts, in which everything from outside is text."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
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
