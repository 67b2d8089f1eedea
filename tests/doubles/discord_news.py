"""Invented articles that a bot in Discord is asked about: those of Slack's, and one that would ping everyone there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_news import CHEESE, LAMP, NEWS, PRIZE, STOPS, TRAMWAY, copied
from slack_news import make_index as index_of

if TYPE_CHECKING:
    from pathlib import Path

PING = "The notice board at Wick said “@everyone @here <@6001> <@!6002> <@&8002> come” and `see` **this**."
TITLE = "Board | of > notices ) ](https://evil.example)\n@everyone <@6001>"
BOARD = {
    "title": TITLE,
    "outlet": "Tarn | Herald > @here",
    "published": "2025-05-13",
    "url": "https://tarn-herald.example/board?a=1&b=(2)",
    "text": PING,
}

__all__ = ["CHEESE", "LAMP", "PING", "PRIZE", "STOPS", "TITLE", "copied", "make_index"]


def make_index(folder: Path, *, long: bool = False) -> Path:
    """Index the articles with the models that come with newsqa; `long` adds those of which a long answer is made."""
    return index_of(folder, [*NEWS, BOARD, *(TRAMWAY if long else [])])
