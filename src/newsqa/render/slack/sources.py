"""The sources of an answer in Slack: beside the answer, and as a view (modal) with the whole quotes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsqa.render.posted import sources_of
from newsqa.render.slack.blocks import LONGEST_TEXT, linked, modal, quotation, rich, section, text
from newsqa.render.splitting import packed, split, units

if TYPE_CHECKING:
    from newsqa.records import Answer, JsonObject
    from newsqa.render.posted import Source

MOST_BLOCKS = 99
"""Blocks of a view, with room for one that says that there is more; Slack takes 100."""

LARGEST = 240_000
"""Characters of a view's blocks as JSON in ASCII; Slack takes 250,000."""

NONE = "This answer has no sources."
MORE = "There is more than can be shown here."


def sources(answer: Answer) -> JsonObject:
    """Return a modal view with every source of the answer and its whole quote; where it cannot hold all, it says so."""
    blocks = [block for source in sources_of(answer) for block in _whole(source)]
    shown, *left = packed(blocks, lambda block: len(json.dumps(block)) + 2, LARGEST, MOST_BLOCKS)
    more = [rich(section(text(MORE)))] if left else []
    return modal("Sources", [*shown, *more] or [rich(section(text(NONE)))])


def source_block(source: Source) -> JsonObject:
    """Return a source: number, title, outlet and date in a line, the quote below, then who else carries the story."""
    return rich(*_head(source), *([quotation(source.quote)] if source.quote else []), *_carriers(source))


def _whole(source: Source) -> list[JsonObject]:
    """Return a source in as many blocks as its quote needs."""
    first, *more = split(source.quote, units, LONGEST_TEXT - 500)
    quotes = [quotation(words) for words in more]
    blocks = [rich(*_head(source), *([quotation(first)] if first else [])), *(rich(quote) for quote in quotes)]
    blocks[-1]["elements"] += _carriers(source)
    return blocks


def _head(source: Source) -> list[JsonObject]:
    number = text(f"[{source.n}] ", bold=True)
    return [section(number, linked(source.title, source.address), text(f" · {source.about}"))]


def _carriers(source: Source) -> list[JsonObject]:
    return [section(text(source.carriers, italic=True))] if source.carriers else []
