"""Messages for Discord: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from newsqa.render.clean import safe, safe_line
from newsqa.render.posts import (
    LABELS,
    LONGEST_QUOTE,
    WORKING,
    answer_line,
    has_long_quote,
    nearest,
    pack,
    posted_sources,
    sentences_line,
    short_notes,
    shorten,
    split,
    units,
)
from newsqa.render.wording import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.posts import NearestArticle, PostedSource
    from newsqa.types import Answer, JsonObject, Sentence


# Words to and from Discord's Markdown.

_CALL = re.compile(
    r"@(?=everyone|here|[!&]?\d)|<(?=[@#:/a-z])|discord\.gg(?=/)|discord(?:app)?\.com/invite(?=/)", re.IGNORECASE
)
"""What Discord makes something of wherever it stands: mentions, and invitations, which it shows as cards."""

_ACTIVE = re.compile(
    r"(?P<address>https?://[^\s<>]*[^\s<>.,:;!?\"'”’)\]}*_~|`\\])"
    r"|(?P<number>^\d+)(?=[.)])"
    rf"|(?P<call>{_CALL.pattern})"
    r"|(?P<mark>[\\*_~`|]|(?<=\])\(|^[#>+-])",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(
    r"<(?:a?(?P<emoji>:\w+:)\d+|@[!&]?\d+|#\d+|(?P<command>/[^:<>]{1,100}):\d+|t:(?P<time>\d{1,11})(?::\w)?"
    r"|(?P<address>https?://[^\s<>]+))>"
)
_STYLED = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|~~|\|\||`{1,3})(?=\S)([^\n]{1,400}?)(?<=\S)\1(?!\w)")
_MASKED = re.compile(r"\[([^\[\]\n]{1,400})\]\(https?://[^\s<>()]{1,2000}\)")
_LINE_MARK = re.compile(r"^(?:#{1,3}|>{1,3}|-#) +", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_SPACES = re.compile(r"[^\S\n]+")


def literal(text: str) -> str:
    """Return the text for where Discord reads no Markdown; calls like @everyone are broken all the same."""
    return _CALL.sub("\\g<0>\u200b", safe(text))


def plain(text: str) -> str:
    """Return the text as Markdown that shows exactly these characters and calls nobody; addresses show no preview.

    A zero-width space breaks what a backslash does not: Discord looks for mentions behind backslashes too.
    """
    return _ACTIVE.sub(_inert, safe(text))


def shown(text: str) -> str:
    """Return what a person wrote in Discord as plain words: emoji and commands by their names, times as days.

    A mention (`<@1>`, `<#1>`) has no words of its own and is left out.
    """
    bare = _LINE_MARK.sub("", _MASKED.sub(r"\1", _TOKEN.sub(_named, text)))
    return _SPACES.sub(" ", safe(_ESCAPED.sub(r"\1", _STYLED.sub(r"\2", bare)))).strip()


def _inert(found: re.Match[str]) -> str:
    if found["address"]:
        return f"<{found[0].replace('@', '%40')}>"
    if found["number"]:
        return f"{found[0]}\\"
    return f"{found[0]}\u200b" if found["call"] else f"\\{found[0]}"


def _named(token: re.Match[str]) -> str:
    if token["time"]:
        return day(datetime.fromtimestamp(int(token["time"]), UTC))
    return token["emoji"] or token["command"] or token["address"] or ""


# Embeds: a source each, its title linked whatever stands in it, and small ones for what is told beside an answer.

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


def sources_embeds(sources: Sequence[PostedSource]) -> list[JsonObject]:
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


def _source(source: PostedSource) -> list[JsonObject]:
    """Return a source with its quote, in as many embeds as the quote needs; all but the first are quote alone."""
    first, *more = split(source.quote, size, LONGEST_DESCRIPTION - 1_000)
    lines = [*_quote(first), *([] if more else _carriers(source))]
    about = literal(source.about)
    head = {**_headed(f"[{source.n}] {source.title}", source.address, lines), "footer": {"text": about}}
    rest = [{"description": "\n".join(_quote(words))} for words in more]
    if rest and source.duplicates:
        rest[-1]["description"] += "\n" + "".join(_carriers(source))
    return [head, *rest]


def near_embed(near: NearestArticle) -> JsonObject:
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
        "title": plain(shorten(title, size, LONGEST_TITLE)),
        "url": address if dotted else "",
        "description": description,
    }
    return {name: value for name, value in embed.items() if value}


def _quote(words: str) -> list[str]:
    return [f"> {plain(words)}"] if words else []


def _carriers(source: PostedSource) -> list[str]:
    return [plain(source.duplicates)] if source.duplicates else []


LONGEST_CONTENT = 2_000
"""UTF-16 units of a message's content."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `id` is its custom_id, `newsqa:good:EXCHANGE`, at most 100 characters."""

    id: str
    label: str
    style: Literal["primary", "secondary"] = "secondary"


@dataclass(frozen=True, slots=True)
class Part:
    """A message: `content` in Markdown, at most 2,000 characters; at most ten embeds; a row of buttons."""

    content: str
    embeds: tuple[JsonObject, ...] = ()
    buttons: tuple[Button, ...] = ()


def working(stage: str = "") -> Part:
    """Say that a question is worked on, and at what."""
    return line(stage or WORKING)


def partial(sentences: Sequence[Sentence]) -> Part:
    """Show the sentences that have passed the check, and that more may come."""
    return line(f"{sentences_line(sentences)} …")


def line(text: str) -> Part:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    return Part(plain(shorten(safe_line(text) or "…", size, LONGEST_CONTENT)))


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Part, ...]:
    """Show an answer with its sources; the last message has the buttons, whose ids end in `exchange`.

    More than one message only where the limits ask for it: then what goes on below has embeds and no content.
    `exchange` has at most 80 characters. `private` adds a button that shares the answer.
    """
    *before, last = [Part(plain(words)) for words in split(answer_line(answer), size, LONGEST_CONTENT)]
    first, *more = [tuple(group) for group in pack(_embeds(answer), weight, LONGEST, MOST)]
    parts = [*before, replace(last, embeds=first), *(Part("", embeds) for embeds in more)]
    return (*parts[:-1], replace(parts[-1], buttons=_buttons(answer, exchange, private=private)))


def _embeds(answer: Answer) -> list[JsonObject]:
    """Return all that stands below an answer: sources, the nearest articles of a refusal, asides."""
    sources = sources_embeds(posted_sources(answer, LONGEST_QUOTE))
    asides = short_notes(answer)
    beside = pack(asides, lambda aside: size(aside) + 1, 4_000, 50) if asides else []
    return [*sources, *map(near_embed, nearest(answer)), *map(asides_embed, beside)]


def _buttons(answer: Answer, exchange: str, *, private: bool) -> tuple[Button, ...]:
    wanted = ["good", "bad", *(["sources"] if has_long_quote(answer) else []), *(["share"] if private else [])]
    return tuple(Button(f"newsqa:{does}:{exchange}", LABELS[does]) for does in wanted)


# The sources of an answer as messages of Discord, each with its whole quote; for one person's eyes.


def sources(answer: Answer) -> tuple[Part, ...]:
    """Return every source of the answer with its whole quote, in as many messages as the limits ask for."""
    embeds = sources_embeds(posted_sources(answer))
    if not embeds:
        return (Part("This answer has no sources."),)
    return tuple(Part("", tuple(group)) for group in pack(embeds, weight, LONGEST, MOST))
