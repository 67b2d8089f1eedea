"""The sources of an answer as a view (modal) of Slack, each with its whole quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.render.marks import provenance, quoted
from newsqa.render.slack.words import plain

if TYPE_CHECKING:
    from newsqa.records import Answer, JsonObject


def sources(answer: Answer) -> JsonObject:
    """Return a modal view with every source of the answer and its whole quote; at most 100 blocks."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Sources"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": plain(f"[{c.n}] {provenance(c)}\n{quoted(c)}"), "verbatim": True},
            }
            for c in answer.citations
        ],
    }
