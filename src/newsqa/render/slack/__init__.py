"""Answers for Slack: pure functions from values to messages and views, each within every limit of Slack's.

A message's `text` is the whole of it in words, for notifications and screen readers: the answer with its [n], then its
sources as far as there is room. Blocks hold words as literal text (rich text): nothing in them is mark-up or a mention.
"""

from newsqa.render.slack.posts import Post, answered, asked, line, partial, working
from newsqa.render.slack.sources import sources
from newsqa.render.slack.words import plain, shown

__all__ = ["Post", "answered", "asked", "line", "partial", "plain", "shown", "sources", "working"]
