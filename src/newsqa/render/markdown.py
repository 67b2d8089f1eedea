"""Conversations as Markdown, for `/save`: what articles say is text there, never a link, an image or a tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.render.marks import asides, carried_by, day, headline, provenance
from newsqa.render.safe import safe_line, web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, Citation

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
        parts += [*_source(citation), ""]
    parts += [f"*{escaped(notice)}*\n" for notice in asides(answer)]
    return [*parts, f"Asked on {day(answer.asked)}.", ""]


def _source(citation: Citation) -> list[str]:
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
