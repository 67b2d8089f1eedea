"""Messages for Slack: a first line while a question is answered, sentences verified so far, the answer, its sources."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.render import posts
from newsqa.render.clean import safe, safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.wording import Pieces
    from newsqa.types import Answer, JsonObject

# Text to and from mrkdwn.

_CALL = re.compile(r"@(?=channel|everyone|here|group)|<(?=[@#!])|`(?=``)|(?<=`)`(?=`)", re.IGNORECASE)
_MARKED = re.compile(r"<([^<>]*)>")
_STYLED = re.compile(r"(?<![\w*_~`])([*_~]|`{1,3})(?=\S)(.{1,400}?)(?<=\S)\1(?![\w*_~`])")
_EMOJI = re.compile(r"(?<![\w:]):(?=[^:]*[a-z+-])[\w+'-]{1,100}:(?::skin-tone-[2-6]:)?(?!\w)")
_QUOTED = re.compile(r"^(?:&gt;){1,3} ?", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_EVERYBODY = frozenset({"here", "channel", "everyone"})


def break_mentions(text: str) -> str:
    """Return the text for where Slack reads no mark-up; calls like <!channel> and fences are broken all the same.

    They are broken by a zero-width space, so that a copy of the text into mrkdwn notifies nobody either.
    """
    return _CALL.sub("\\g<0>\u200b", safe(text))


def escape(text: str) -> str:
    """Return the text as mrkdwn without links and mentions: & < > are escaped."""
    return html.escape(break_mentions(text), quote=False)


def strip_markup(text: str) -> str:
    """Return what a person wrote in Slack as plain text: links and mentions by their names, entities decoded.

    A mention without a name (`<@U1>`) is removed, as is an emoji (`:tada:`).
    """
    named = _MARKED.sub(_named, _EMOJI.sub(" ", _QUOTED.sub("", text)))
    return _SPACES.sub(" ", safe(html.unescape(_STYLED.sub(r"\2", named)))).strip()


def _named(marked: re.Match[str]) -> str:
    """Return the text of `<@U1|ann>`, `<#C1|news>`, `<!here>`, `<!subteam^S1|@desk>` or `<https://…|label>`."""
    what, _, name = marked[1].partition("|")
    if what[:1] == "!":
        return name or (f"@{what[1:]}" if what[1:] in _EVERYBODY else "")
    if what[:1] in {"@", "#"}:
        return what[0] + name.lstrip(what[0]) if name else ""
    return name or what.removeprefix("mailto:")


# Blocks, with the limits of Slack's reference. Text from outside goes only into rich text and plain text, which have no
# mark-up.

LONGEST_BLOCK_TEXT = 3_000  # UTF-16 units of a text in one block
MOST_ELEMENTS = 10  # elements of a context block


def rich(*parts: JsonObject) -> JsonObject:
    """Return a block of sections, quotes and lists."""
    return {"type": "rich_text", "elements": list(parts)}


def section(*elements: JsonObject) -> JsonObject:
    """Return a line of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quotation(words: str) -> JsonObject:
    """Return a quote of rich text."""
    return {"type": "rich_text_quote", "elements": [text(words)]}


def text(words: str, *, bold: bool = False, italic: bool = False) -> JsonObject:
    """Return an element of rich text."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": break_mentions(words), **({"style": style} if style else {})}


def linked(words: str, address: str | None) -> JsonObject:
    """Return a bold link, or only bold text without an address."""
    if address is None:
        return text(words, bold=True)
    return {"type": "link", "url": address, "text": break_mentions(words), "style": {"bold": True}}


def context(lines: Sequence[str], mention: str = "") -> JsonObject:
    """Return small print: at most ten lines, after a mention in mrkdwn."""
    head = [{"type": "mrkdwn", "text": mention}] if mention else []
    return {"type": "context", "elements": [*head, *(_plain_text(break_mentions(words)) for words in lines)]}


def block_size(block: JsonObject) -> int:
    """Return what a block adds to the size of a message, in UTF-16 units."""
    return posts.utf16_length(json.dumps(block, ensure_ascii=False)) + 2


def _plain_text(words: str) -> JsonObject:
    return {"type": "plain_text", "text": words, "emoji": False}


# Sources: beside the answer, and as a view (modal) with the whole quotes.

MOST_VIEW_BLOCKS = 99  # blocks of a view, with room for one that says that there is more; Slack accepts 100
LARGEST_VIEW = 240_000  # characters of a view's blocks as JSON in ASCII; Slack accepts 250,000
NO_SOURCES = "This answer has no sources."
MORE = "There is more than can be shown here."


def render_sources(answer: Answer) -> JsonObject:
    """Return a modal view with the sources and their whole quotes; if it cannot hold all, it says so."""
    blocks = [block for source in posts.posted_sources(answer) for block in _source_blocks(source)]
    first, *left = posts.pack(blocks, lambda block: len(json.dumps(block)) + 2, LARGEST_VIEW, MOST_VIEW_BLOCKS)
    more = [rich(section(text(MORE)))] if left else []
    blocks = [*first, *more] or [rich(section(text(NO_SOURCES)))]
    return {"type": "modal", "title": _plain_text("Sources"), "close": _plain_text("Close"), "blocks": blocks}


def _source_blocks(source: posts.PostedSource) -> list[JsonObject]:
    """Return a source in as many blocks as its quote needs: a line with number, title, outlet and date, then the quote.

    The outlets of duplicates follow.
    """
    first, *more = posts.split(source.quote, posts.utf16_length, LONGEST_BLOCK_TEXT - 500)
    quotes = [quotation(words) for words in more]
    blocks = [rich(*_head(source), *([quotation(first)] if first else [])), *(rich(quote) for quote in quotes)]
    blocks[-1]["elements"] += _duplicates(source)
    return blocks


def _head(source: posts.PostedSource) -> list[JsonObject]:
    number = [text(f"[{source.n}] ", bold=True)] if source.n is not None else []
    return [section(*number, linked(source.title, source.link), text(f" · {source.about}"))]


def _duplicates(source: posts.PostedSource) -> list[JsonObject]:
    return [section(text(source.duplicates, italic=True))] if source.duplicates else []


# Messages.

LONGEST_TEXT = 4_000  # UTF-16 units of a message's `text`
LONGEST_BLOCKS = 11_000  # UTF-16 units of all blocks as JSON; Slack refuses messages beyond some 13,000
MOST_BLOCKS = 45  # blocks of a message without its buttons; Slack accepts 50
LONGEST_QUESTION = 500  # UTF-16 units of a question above its answer
ROOM_FOR_QUESTION = 800  # UTF-16 units of its block


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message: `text` in mrkdwn, at most 4,000 characters, and its blocks, at most 50."""

    text: str
    blocks: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """A source or notes below an answer: its block, and its long and short form for `text`."""

    block: JsonObject
    long: str
    short: str


def render_line(text: str) -> SlackMessage:
    """Return a line of the bot's own, such as a failure or thanks."""
    return _message([(posts.shorten(safe_line(text) or "…", _size, LONGEST_BLOCK_TEXT), False)])


def render_answer(answer: Answer, request_id: str, *, private: bool = False) -> tuple[SlackMessage, ...]:
    """Return an answer with its sources, in as many messages as the limits need.

    The last message has the buttons, whose value is `request_id`. `private` adds the question, which Slack shows to
    nobody, and a button that shares the answer.
    """
    *before, last = [_message(pieces) for pieces in posts.split_text(answer, _size, LONGEST_BLOCK_TEXT)]
    taken = sum(map(block_size, last.blocks)) + ROOM_FOR_QUESTION
    first, *more = posts.pack(_items(answer), lambda item: block_size(item.block), LONGEST_BLOCKS, MOST_BLOCKS, taken)
    messages = [*before, _with_items(last, first), *(_with_items(SlackMessage("", ()), items) for items in more)]
    buttons = _buttons(answer, request_id, private=private)
    messages[-1] = SlackMessage(messages[-1].text, (*messages[-1].blocks, *buttons))
    return (add_question(answer, messages[0]) if private else messages[0], *messages[1:])


def add_question(answer: Answer, message: SlackMessage, person: str = "") -> SlackMessage:
    """Return the message below its question, and with `person` below a mention of the asker."""
    question = posts.shorten(safe_line(answer.question) or "…", posts.utf16_length, LONGEST_QUESTION)
    return SlackMessage(message.text, (context([question], f"<@{person}> asked:" if person else ""), *message.blocks))


def _size(words: str) -> int:
    return posts.utf16_length(escape(words))


def _message(pieces: Pieces) -> SlackMessage:
    """Return a message in which marked words are bold; the `text` for notifications has no mark-up."""
    elements = [text(words, bold=marked) for words, marked in pieces]
    return SlackMessage(escape("".join(words for words, _ in pieces)), (rich(section(*elements)),))


def _items(answer: Answer) -> list[_Item]:
    """Return the sources, the nearest articles of a refusal, and the notes below an answer."""
    posted = (*posts.posted_sources(answer, posts.LONGEST_QUOTE), *posts.posted_nearest(answer))
    sources = [_source_item(source) for source in posted]
    notes = posts.posted_notes(answer)
    for at in range(0, len(notes), MOST_ELEMENTS):
        lines = notes[at : at + MOST_ELEMENTS]
        sources.append(_Item(context(lines), words := escape("\n".join(lines)), words))
    return sources


def _source_item(source: posts.PostedSource) -> _Item:
    number = f"[{source.n}] " if source.n is not None else ""
    parts = (f"{number}{source.title} · {source.about}", source.address)
    short = escape(" ".join(part for part in parts if part))
    quote = [f"> {escape(source.quote)}"] if source.quote else []
    duplicates = [escape(source.duplicates)] if source.duplicates else []
    (block,) = _source_blocks(source)  # quotes beside an answer are short
    return _Item(block, "\n".join([short, *quote, *duplicates]), short)


def _with_items(message: SlackMessage, items: Sequence[_Item]) -> SlackMessage:
    """Add items below a message; its `text`, which screen readers read, has their longest form that fits."""
    blocks = (*message.blocks, *(item.block for item in items))
    texts = [
        "\n\n".join(part for part in (message.text, *words) if part)
        for words in ([item.long for item in items], [item.short for item in items], [])
    ]
    return SlackMessage(next((text for text in texts if 0 < posts.utf16_length(text) <= LONGEST_TEXT), "…"), blocks)


def _buttons(answer: Answer, request_id: str, *, private: bool) -> list[JsonObject]:
    """Return a block of buttons, or none."""
    buttons = [
        {
            "type": "button",
            "action_id": f"newsqa_{name}",
            "text": _plain_text(posts.BUTTON_LABELS[name]),
            "value": request_id,
        }
        for name in posts.button_actions(answer, private=private)
    ]
    return [{"type": "actions", "elements": buttons}] if buttons else []
