"""Messages for Slack: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.render.posts import NearestArticle, PostedSource
    from newsqa.types import Answer, JsonObject, Sentence


# Words to and from Slack's mark-up.

_CALL = re.compile(r"@(?=channel|everyone|here|group)|<(?=[@#!])|`(?=``)|(?<=`)`(?=`)", re.IGNORECASE)
_MARKED = re.compile(r"<([^<>]*)>")
_STYLED = re.compile(r"(?<![\w*_~`])([*_~]|`{1,3})(?=\S)(.{1,400}?)(?<=\S)\1(?![\w*_~`])")
_EMOJI = re.compile(r"(?<![\w:]):(?=[^:]*[a-z+-])[\w+'-]{1,100}:(?::skin-tone-[2-6]:)?(?!\w)")
_QUOTED = re.compile(r"^(?:&gt;){1,3} ?", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_EVERYBODY = frozenset({"here", "channel", "everyone"})


def literal(text: str) -> str:
    """Return the text for where Slack reads no mark-up; calls like <!channel> and fences are broken all the same.

    A zero-width space breaks them: nobody sees it, and no copy of the text into mrkdwn can call anybody.
    """
    return _CALL.sub("\\g<0>\u200b", safe(text))


def plain(text: str) -> str:
    """Return the text as mrkdwn in which nothing is a link or calls anybody: & < > are escaped."""
    return html.escape(literal(text), quote=False)


def shown(text: str) -> str:
    """Return what a person wrote in Slack as plain words: links and mentions by their names, entities undone.

    A mention without a name (`<@U1>`) has no words of its own and is left out, as is an emoji (`:tada:`).
    """
    named = _MARKED.sub(_named, _EMOJI.sub(" ", _QUOTED.sub("", text)))
    return _SPACES.sub(" ", safe(html.unescape(_STYLED.sub(r"\2", named)))).strip()


def _named(marked: re.Match[str]) -> str:
    """Return the words of `<@U1|ann>`, `<#C1|news>`, `<!here>`, `<!subteam^S1|@desk>` or `<https://…|label>`."""
    what, _, name = marked[1].partition("|")
    if what[:1] == "!":
        return name or (f"@{what[1:]}" if what[1:] in _EVERYBODY else "")
    if what[:1] in {"@", "#"}:
        return what[0] + name.lstrip(what[0]) if name else ""
    return name or what.removeprefix("mailto:")


# The blocks of Slack that messages and views are made of. Text from outside goes into rich and plain text only.
#
# Neither knows mark-up, so a title is a title whatever stands in it. Limits as in Slack's reference of its blocks.

LONGEST_BLOCK_TEXT = 3_000
"""UTF-16 units of a text in one block."""

MOST_ELEMENTS = 10
"""Elements of a context block."""


def rich(*parts: JsonObject) -> JsonObject:
    """Return a block of sections, quotes and lists."""
    return {"type": "rich_text", "elements": list(parts)}


def section(*elements: JsonObject) -> JsonObject:
    """Return a part of rich text: words and links in a line."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quotation(words: str) -> JsonObject:
    """Return a part of rich text that is set off as a quote."""
    return {"type": "rich_text_quote", "elements": [text(words)]}


def text(words: str, *, bold: bool = False, italic: bool = False) -> JsonObject:
    """Return words of rich text, as they are."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": literal(words), **({"style": style} if style else {})}


def linked(words: str, address: str | None) -> JsonObject:
    """Return words in bold that lead to an address, or just the words where there is none."""
    if address is None:
        return text(words, bold=True)
    return {"type": "link", "url": address, "text": literal(words), "style": {"bold": True}}


def context(lines: Sequence[str], mention: str = "") -> JsonObject:
    """Return small print: at most ten lines, after a mention of somebody in mrkdwn."""
    head = [{"type": "mrkdwn", "text": mention}] if mention else []
    return {"type": "context", "elements": [*head, *(_plain_text(literal(words)) for words in lines)]}


def actions(labels: dict[str, str], value: str) -> JsonObject:
    """Return a row of buttons: the label of each action, all with one value."""
    buttons = [
        {"type": "button", "action_id": action, "text": _plain_text(label), "value": value}
        for action, label in labels.items()
    ]
    return {"type": "actions", "elements": buttons}


def modal(title: str, blocks: Sequence[JsonObject]) -> JsonObject:
    """Return a view with a title (24 characters at most) and a button that closes it."""
    return {"type": "modal", "title": _plain_text(title), "close": _plain_text("Close"), "blocks": list(blocks)}


def weight(block: JsonObject) -> int:
    """Return what a block adds to the size of a message."""
    return units(json.dumps(block, ensure_ascii=False)) + 2


def _plain_text(words: str) -> JsonObject:
    return {"type": "plain_text", "text": words, "emoji": False}


# The sources of an answer in Slack: beside the answer, and as a view (modal) with the whole quotes.

MOST_VIEW_BLOCKS = 99
"""Blocks of a view, with room for one that says that there is more; Slack takes 100."""

LARGEST = 240_000
"""Characters of a view's blocks as JSON in ASCII; Slack takes 250,000."""

NONE = "This answer has no sources."
MORE = "There is more than can be shown here."


def sources(answer: Answer) -> JsonObject:
    """Return a modal view with every source of the answer and its whole quote; where it cannot hold all, it says so."""
    blocks = [block for source in posted_sources(answer) for block in _whole(source)]
    shown, *left = pack(blocks, lambda block: len(json.dumps(block)) + 2, LARGEST, MOST_VIEW_BLOCKS)
    more = [rich(section(text(MORE)))] if left else []
    return modal("Sources", [*shown, *more] or [rich(section(text(NONE)))])


def source_block(source: PostedSource) -> JsonObject:
    """Return a source: number, title, outlet and date in a line, the quote below, then who else carries the story."""
    return rich(*_head(source), *([quotation(source.quote)] if source.quote else []), *_carriers(source))


def _whole(source: PostedSource) -> list[JsonObject]:
    """Return a source in as many blocks as its quote needs."""
    first, *more = split(source.quote, units, LONGEST_BLOCK_TEXT - 500)
    quotes = [quotation(words) for words in more]
    blocks = [rich(*_head(source), *([quotation(first)] if first else [])), *(rich(quote) for quote in quotes)]
    blocks[-1]["elements"] += _carriers(source)
    return blocks


def _head(source: PostedSource) -> list[JsonObject]:
    number = text(f"[{source.n}] ", bold=True)
    return [section(number, linked(source.title, source.address), text(f" · {source.about}"))]


def _carriers(source: PostedSource) -> list[JsonObject]:
    return [section(text(source.duplicates, italic=True))] if source.duplicates else []


LONGEST_TEXT = 4_000
"""UTF-16 units of a message's `text`."""

LONGEST_BLOCKS = 11_000
"""UTF-16 units of all blocks as JSON; beyond some 13,000 Slack takes no message."""

MOST_BLOCKS = 45
"""Blocks that a message has room for, without its buttons; Slack takes 50."""


LONGEST_QUESTION = 500
"""UTF-16 units of a question above its answer."""

ROOM_FOR_QUESTION = 800
"""UTF-16 units of the block that holds it."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message: `text` in mrkdwn, at most 4,000 characters, and its blocks, at most 50."""

    text: str
    blocks: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """Something below an answer: its block, and its words for `text`, whole and in short."""

    block: JsonObject
    words: str
    short: str


def working(stage: str = "") -> Post:
    """Say that a question is worked on, and at what."""
    return line(stage or WORKING)


def partial(sentences: Sequence[Sentence]) -> Post:
    """Show the sentences that have passed the check, and that more may come."""
    return line(f"{sentences_line(sentences)} …")


def line(text: str) -> Post:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    return _said(shorten(safe_line(text) or "…", _size, LONGEST_BLOCK_TEXT))


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Post, ...]:
    """Show an answer with its sources; the last message has the buttons, whose value is `exchange`.

    More than one message only where the limits ask for it. `private` adds the question, which Slack shows nobody, and a
    button that shares the answer.
    """
    near = nearest(answer)
    *before, last = [_said(words, near) for words in split(answer_line(answer), _size, LONGEST_BLOCK_TEXT)]
    taken = sum(map(weight, last.blocks)) + ROOM_FOR_QUESTION
    first, *more = pack(_items(answer), lambda item: weight(item.block), LONGEST_BLOCKS, MOST_BLOCKS, taken)
    posts = [*before, _with_items(last, first), *(_with_items(Post("", ()), items) for items in more)]
    if answer.reason != "question_unusable":  # nothing to judge, and nothing to share
        posts[-1] = Post(posts[-1].text, (*posts[-1].blocks, _buttons(answer, exchange, private=private)))
    return (asked(answer, posts[0]) if private else posts[0], *posts[1:])


def asked(answer: Answer, post: Post, person: str = "") -> Post:
    """Put above a message what was asked, and by whom: a mention of themselves, which pings nobody else."""
    question = shorten(safe_line(answer.question) or "…", units, LONGEST_QUESTION)
    return Post(post.text, (context([question], f"<@{person}> asked:" if person else ""), *post.blocks))


def _size(words: str) -> int:
    return units(plain(words))


def _said(words: str, near: Sequence[NearestArticle] = ()) -> Post:
    """Say words, in which the titles of articles that a refusal names lead to them."""
    elements, rest = [], words
    for one in near:
        before, named, after = rest.partition(f"“{one.title}”")
        if named:
            elements += [text(f"{before}“"), linked(one.title, one.address)]
            rest = f"”{after}"
    return Post(plain(words), (rich(section(*elements, text(rest))),))


def _items(answer: Answer) -> list[_Item]:
    """Return all that stands below an answer: sources and asides."""
    sources = [_source(source) for source in posted_sources(answer, LONGEST_QUOTE)]
    asides = short_notes(answer)
    parts = [asides[at : at + MOST_ELEMENTS] for at in range(0, len(asides), MOST_ELEMENTS)]
    beside = [_Item(context(part), told := plain("\n".join(part)), told) for part in parts]
    return [*sources, *beside]


def _source(source: PostedSource) -> _Item:
    short = plain(" ".join(part for part in (f"[{source.n}] {source.title} · {source.about}", source.address) if part))
    quote = [f"> {plain(source.quote)}"] if source.quote else []
    carriers = [plain(source.duplicates)] if source.duplicates else []
    return _Item(source_block(source), "\n".join([short, *quote, *carriers]), short)


def _with_items(post: Post, items: Sequence[_Item]) -> Post:
    """Put items below what a message says; `text` tells of them as much as it can hold, for those who only hear it."""
    blocks = (*post.blocks, *(item.block for item in items))
    told = [
        "\n\n".join(part for part in (post.text, *words) if part)
        for words in ([item.words for item in items], [item.short for item in items], [])
    ]
    return Post(next((words for words in told if 0 < units(words) <= LONGEST_TEXT), "…"), blocks)


def _buttons(answer: Answer, exchange: str, *, private: bool) -> JsonObject:
    wanted = ["good", "bad", *(["sources"] if has_long_quote(answer) else []), *(["share"] if private else [])]
    return actions({f"newsqa_{does}": LABELS[does] for does in wanted}, exchange)
