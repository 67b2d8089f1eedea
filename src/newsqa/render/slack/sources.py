"""The sources of an answer in Slack: beside the answer, and as a view (modal) with the whole quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.render.posted import sources_of
from newsqa.render.slack.blocks import LONGEST_TEXT, linked, modal, quotation, rich, section, text
from newsqa.render.splitting import split, units

if TYPE_CHECKING:
    from newsqa.records import Answer, JsonObject
    from newsqa.render.posted import Source

MOST_BLOCKS = 100
"""Blocks of a view."""


def sources(answer: Answer) -> JsonObject:
    """Return a modal view with every source of the answer and its whole quote.

    What more than 100 blocks would hold is counted in the last one.
    """
    blocks = [block for source in sources_of(answer) for block in _whole(source)]
    if len(blocks) > MOST_BLOCKS:
        left = f"There is more than a view can show: {len(answer.citations)} sources in all."
        blocks = [*blocks[: MOST_BLOCKS - 1], rich(section(text(left)))]
    return modal("Sources", blocks or [rich(section(text("This answer has no sources.")))])


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
