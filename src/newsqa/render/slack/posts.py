"""Messages for Slack: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.render.posted import (
    LABELS,
    LONGEST_QUOTE,
    WORKING,
    any_shortened,
    asides_of,
    nearest,
    so_far,
    sources_of,
    text_of,
)
from newsqa.render.safe import safe_line
from newsqa.render.slack import blocks as made
from newsqa.render.slack.sources import source_block
from newsqa.render.slack.words import plain
from newsqa.render.splitting import packed, shortened, split, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, JsonObject, Sentence
    from newsqa.render.posted import Near, Source

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
    return line(f"{so_far(sentences)} …")


def line(text: str) -> Post:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    return _said(shortened(safe_line(text) or "…", _size, made.LONGEST_TEXT))


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Post, ...]:
    """Show an answer with its sources; the last message has the buttons, whose value is `exchange`.

    More than one message only where the limits ask for it. `private` adds the question, which Slack shows nobody, and a
    button that shares the answer.
    """
    near = nearest(answer)
    *before, last = [_said(words, near) for words in split(text_of(answer), _size, made.LONGEST_TEXT)]
    taken = sum(map(made.weight, last.blocks)) + ROOM_FOR_QUESTION
    first, *more = packed(_items(answer), lambda item: made.weight(item.block), LONGEST_BLOCKS, MOST_BLOCKS, taken)
    posts = [*before, _with_items(last, first), *(_with_items(Post("", ()), items) for items in more)]
    if answer.reason != "question_unusable":  # nothing to judge, and nothing to share
        posts[-1] = Post(posts[-1].text, (*posts[-1].blocks, _buttons(answer, exchange, private=private)))
    return (asked(answer, posts[0]) if private else posts[0], *posts[1:])


def asked(answer: Answer, post: Post, person: str = "") -> Post:
    """Put above a message what was asked, and by whom: a mention of themselves, which pings nobody else."""
    question = shortened(safe_line(answer.question) or "…", units, LONGEST_QUESTION)
    return Post(post.text, (made.context([question], f"<@{person}> asked:" if person else ""), *post.blocks))


def _size(words: str) -> int:
    return units(plain(words))


def _said(words: str, near: Sequence[Near] = ()) -> Post:
    """Say words, in which the titles of articles that a refusal names lead to them."""
    elements, rest = [], words
    for one in near:
        before, named, after = rest.partition(f"“{one.title}”")
        if named:
            elements += [made.text(f"{before}“"), made.linked(one.title, one.address)]
            rest = f"”{after}"
    return Post(plain(words), (made.rich(made.section(*elements, made.text(rest))),))


def _items(answer: Answer) -> list[_Item]:
    """Return all that stands below an answer: sources and asides."""
    sources = [_source(source) for source in sources_of(answer, LONGEST_QUOTE)]
    asides = asides_of(answer)
    parts = [asides[at : at + made.MOST_ELEMENTS] for at in range(0, len(asides), made.MOST_ELEMENTS)]
    beside = [_Item(made.context(part), told := plain("\n".join(part)), told) for part in parts]
    return [*sources, *beside]


def _source(source: Source) -> _Item:
    short = plain(" ".join(part for part in (f"[{source.n}] {source.title} · {source.about}", source.address) if part))
    quote = [f"> {plain(source.quote)}"] if source.quote else []
    carriers = [plain(source.carriers)] if source.carriers else []
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
    wanted = ["good", "bad", *(["sources"] if any_shortened(answer) else []), *(["share"] if private else [])]
    return made.actions({f"newsqa_{does}": LABELS[does] for does in wanted}, exchange)
