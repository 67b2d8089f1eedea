"""Messages for Slack: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.render.safe import safe_line
from newsqa.render.slack.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, JsonObject, Sentence


@dataclass(frozen=True, slots=True)
class Post:
    """A message: `text` in mrkdwn, at most 4,000 characters, and its blocks, at most 50."""

    text: str
    blocks: tuple[JsonObject, ...]


def working(stage: str = "") -> Post:
    """Say that a question is worked on, and at what."""
    return line(stage or "Looking through the articles …")


def partial(sentences: Sequence[Sentence]) -> Post:
    """Show the sentences that have passed the check, and that more may come."""
    return line(" ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences) + " …")


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Post, ...]:
    """Show an answer with its sources; the last message has the buttons, whose value is `exchange`.

    More than one message only where the limits ask for it. `private` adds a button that shares the answer.
    """
    post = line(answer.text)
    return (Post(post.text, (*post.blocks, _buttons(exchange, private=private))),)


def line(text: str) -> Post:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    words = plain(safe_line(text))
    return Post(words, ({"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}},))


def _buttons(exchange: str, *, private: bool) -> JsonObject:
    labels = {"newsqa_good": "Good answer", "newsqa_bad": "Bad answer", "newsqa_sources": "Sources"}
    if private:
        labels["newsqa_share"] = "Share in the channel"
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": action,
                "text": {"type": "plain_text", "text": label, "emoji": True},
                "value": exchange,
            }
            for action, label in labels.items()
        ],
    }
