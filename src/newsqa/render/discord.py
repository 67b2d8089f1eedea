"""Messages for Discord: a first line while a question is answered, sentences verified so far, the answer, sources."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from newsqa.render import posts
from newsqa.render.clean import safe, safe_line
from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.wording import Pieces
    from newsqa.types import Answer, JsonObject

# Text to and from Discord's Markdown.

_CALL = re.compile(
    r"@(?=everyone|here|[!&]?\d)|<(?=[@#:/a-z])|discord\.gg(?=/)|discord(?:app)?\.com/invite(?=/)", re.IGNORECASE
)
"""What Discord interprets everywhere: mentions, and invitations, which it shows as cards."""

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


def break_mentions(text: str) -> str:
    """Return the text for where Discord reads no Markdown; calls like @everyone are broken all the same."""
    return _CALL.sub("\\g<0>\u200b", safe(text))


def escape(text: str) -> str:
    """Return the text as Markdown that shows exactly these characters and mentions nobody; links show no preview.

    A zero-width space breaks what a backslash does not: Discord looks for mentions behind backslashes too.
    """
    return _ACTIVE.sub(_escape_match, safe(text))


def strip_markup(text: str) -> str:
    """Return what a person wrote in Discord as plain text: emoji and commands by their names, times as days.

    Mentions (`<@1>`, `<#1>`) are removed.
    """
    bare = _LINE_MARK.sub("", _MASKED.sub(r"\1", _TOKEN.sub(_token_text, text)))
    return _SPACES.sub(" ", safe(_ESCAPED.sub(r"\1", _STYLED.sub(r"\2", bare)))).strip()


def _escape_match(found: re.Match[str]) -> str:
    if found["address"]:
        return f"<{found[0].replace('@', '%40')}>"
    if found["number"]:
        return f"{found[0]}\\"
    return f"{found[0]}\u200b" if found["call"] else f"\\{found[0]}"


def _token_text(token: re.Match[str]) -> str:
    if token["time"]:
        return format_day(datetime.fromtimestamp(int(token["time"]), UTC))
    return token["emoji"] or token["command"] or token["address"] or ""


# Embeds: one for each source, with a linked title, and small ones for the notes beside an answer.

LONGEST_TITLE = 256
LONGEST_DESCRIPTION = 4_096
LARGEST_EMBEDS = 5_900  # UTF-16 units of all embeds of a message; Discord accepts 6,000
MOST_EMBEDS = 10  # embeds of a message


def escaped_size(words: str) -> int:
    """Return the size of a text after escaping."""
    return posts.utf16_length(escape(words))


def sources_embeds(sources: Sequence[posts.PostedSource]) -> list[JsonObject]:
    """Return the embeds of sources in order.

    Discord shows only the first of the embeds with the same address, so each further one gets a fragment of its own.
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


def _source(source: posts.PostedSource) -> list[JsonObject]:
    """Return a source in as many embeds as its quote needs; all but the first hold only the quote."""
    first, *more = posts.split(source.quote, escaped_size, LONGEST_DESCRIPTION - 1_000)
    lines = [*_quote(first), *([] if more else _duplicates(source))]
    about = break_mentions(source.about)
    number = f"[{source.n}] " if source.n is not None else ""
    head = {**_titled_embed(f"{number}{source.title}", source.link, lines), "footer": {"text": about}}
    rest = [{"description": "\n".join(_quote(words))} for words in more]
    if rest and source.duplicates:
        rest[-1]["description"] += "\n" + "".join(_duplicates(source))
    return [head, *rest]


def embed_size(embed: JsonObject) -> int:
    """Return what an embed adds to the size of a message, in UTF-16 units."""
    footer = embed.get("footer", {}).get("text", "")
    return sum(map(posts.utf16_length, (embed.get("title", ""), embed.get("description", ""), footer)))


def _titled_embed(title: str, address: str | None, lines: Sequence[str]) -> JsonObject:
    """Return an embed with a linked title; Discord refuses hosts without a dot there, so these are written out."""
    dotted = address is not None and "." in (urlsplit(address).hostname or "")
    description = "\n".join([*lines, *([f"<{address}>"] if address and not dotted else [])])
    embed = {
        "title": escape(posts.shorten(title, escaped_size, LONGEST_TITLE)),
        "url": address if dotted else "",
        "description": description,
    }
    return {name: value for name, value in embed.items() if value}


def _quote(words: str) -> list[str]:
    return [f"> {escape(words)}"] if words else []


def _duplicates(source: posts.PostedSource) -> list[str]:
    return [escape(source.duplicates)] if source.duplicates else []


# Messages.

LONGEST_CONTENT = 2_000  # UTF-16 units of a message's content


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `id` is its custom_id, `newsqa:good:REQUEST_ID`, at most 100 characters."""

    id: str
    label: str
    style: Literal["primary", "secondary"] = "secondary"


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """A message: `content` in Markdown, at most 2,000 characters; at most ten embeds; a row of buttons."""

    content: str
    embeds: tuple[JsonObject, ...] = ()
    buttons: tuple[Button, ...] = ()


def render_line(text: str) -> DiscordMessage:
    """Return a line of the bot's own, such as a failure or thanks."""
    return DiscordMessage(escape(posts.shorten(safe_line(text) or "…", escaped_size, LONGEST_CONTENT)))


def render_answer(answer: Answer, request_id: str, *, private: bool = False) -> tuple[DiscordMessage, ...]:
    """Return an answer with its sources, in as many messages as the limits need; further ones may have only embeds.

    The last message has the buttons, whose ids end in `request_id` (at most 80 characters). `private` adds a button
    that shares the answer.
    """
    parts = posts.split_text(answer, escaped_size, LONGEST_CONTENT)
    *before, last = [DiscordMessage(_content(pieces)) for pieces in parts]
    first, *more = [tuple(group) for group in posts.pack(_embeds(answer), embed_size, LARGEST_EMBEDS, MOST_EMBEDS)]
    messages = [*before, replace(last, embeds=first), *(DiscordMessage("", embeds) for embeds in more)]
    return (*messages[:-1], replace(messages[-1], buttons=_buttons(answer, request_id, private=private)))


def _content(pieces: Pieces) -> str:
    """Return words of an answer as Markdown, in which those that are marked are bold if there is room for that."""
    bold = "".join(f"**{escape(words)}**" if marked else escape(words) for words, marked in pieces)
    return bold if posts.utf16_length(bold) <= LONGEST_CONTENT else escape("".join(words for words, _ in pieces))


def _embeds(answer: Answer) -> list[JsonObject]:
    """Return the sources, the nearest articles of a refusal, and the notes below an answer."""
    sources = sources_embeds([*posts.posted_sources(answer, posts.LONGEST_QUOTE), *posts.posted_nearest(answer)])
    notes = [escape(note) for note in posts.posted_notes(answer)]
    groups = posts.pack(notes, lambda note: posts.utf16_length(note) + 1, 4_000, 50) if notes else []
    return [*sources, *({"description": "\n".join(group)} for group in groups)]


def _buttons(answer: Answer, request_id: str, *, private: bool) -> tuple[Button, ...]:
    names = posts.button_actions(answer, private=private)
    return tuple(Button(f"newsqa:{name}:{request_id}", posts.BUTTON_LABELS[name]) for name in names)


def render_sources(answer: Answer) -> tuple[DiscordMessage, ...]:
    """Return the sources of an answer with their whole quotes, in as many messages as the limits need."""
    embeds = sources_embeds(posts.posted_sources(answer))
    if not embeds:
        return (DiscordMessage("This answer has no sources."),)
    return tuple(
        DiscordMessage("", tuple(group)) for group in posts.pack(embeds, embed_size, LARGEST_EMBEDS, MOST_EMBEDS)
    )
