"""Embeds: a source each, its title linked whatever stands in it, and small ones for what is told beside an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.render.discord.words import literal, plain
from newsqa.render.splitting import shortened, split, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import JsonObject
    from newsqa.render.posted import Near, Source

LONGEST_TITLE = 256
LONGEST_DESCRIPTION = 4_096
LONGEST_FOOTER = 2_048
LONGEST = 5_900
"""UTF-16 units of all embeds of a message; Discord takes 6,000."""

MOST = 10
"""Embeds of a message."""


def size(words: str) -> int:
    """Return how large words are when they are escaped."""
    return units(plain(words))


def sources_embeds(sources: Sequence[Source]) -> list[JsonObject]:
    """Return the embeds of sources in their order.

    Discord shows only the first of the embeds that share an address, so each further one gets a fragment of its own.
    """
    seen: set[str] = set()
    embeds = []
    for source in sources:
        first, *more = _source(source)
        if (address := first.get("url")) in seen:
            first["url"] = f"{address}{'&' if '#' in address else '#'}quote-{source.n}"
        seen.add(address or "")
        embeds += [first, *more]
    return embeds


def _source(source: Source) -> list[JsonObject]:
    """Return a source with its quote, in as many embeds as the quote needs; all but the first are quote alone."""
    first, *more = split(source.quote, size, LONGEST_DESCRIPTION - 1_000)
    lines = [*_quote(first), *([] if more else _carriers(source))]
    about = literal(source.about)
    head = {**_headed(f"[{source.n}] {source.title}", source.address, lines), "footer": {"text": about}}
    rest = [{"description": "\n".join(_quote(words))} for words in more]
    if rest and source.carriers:
        rest[-1]["description"] += "\n" + "".join(_carriers(source))
    return [head, *rest]


def near_embed(near: Near) -> JsonObject:
    """Return an article that a refusal names, linked."""
    return {**_headed(near.title, near.address, ()), "footer": {"text": literal(near.about)}}


def asides_embed(asides: Sequence[str]) -> JsonObject:
    """Return what is told beside an answer, a line each."""
    return {"description": "\n".join(plain(aside) for aside in asides)}


def weight(embed: JsonObject) -> int:
    """Return what an embed adds to the size of a message."""
    return sum(units(embed.get(name, "")) for name in ("title", "description")) + units(
        embed.get("footer", {}).get("text", "")
    )


def _headed(title: str, address: str | None, lines: Sequence[str]) -> JsonObject:
    """Return an embed whose title is linked; Discord refuses hosts without a dot there, so these are written out."""
    dotted = address is not None and "." in (urlsplit(address).hostname or "")
    description = "\n".join([*lines, *([f"<{address}>"] if address and not dotted else [])])
    embed = {
        "title": plain(shortened(title, size, LONGEST_TITLE)),
        "url": address if dotted else "",
        "description": description,
    }
    return {name: value for name, value in embed.items() if value}


def _quote(words: str) -> list[str]:
    return [f"> {plain(words)}"] if words else []


def _carriers(source: Source) -> list[str]:
    return [plain(source.carriers)] if source.carriers else []
