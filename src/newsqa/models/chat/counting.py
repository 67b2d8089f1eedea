"""How many tokens a text is to a model: counted where its own tokenizer is at hand, else estimated on the safe side."""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LETTERS_A_TOKEN = 3.0
"""On the safe side: English news has about 4.5, rare names about 3."""

_LETTERS = re.compile(r"[A-Za-z\s]")

A_MESSAGE = 8
"""Tokens that a chat template may put around a message."""


def count_tokens(messages: str | list[tuple[str, str]], model: BaseChatModel | None = None) -> int:
    """Return how many tokens a text, or messages of (role, text), are to a model: at least as many as it will count.

    Nothing is sent to a server, and nothing is downloaded.
    """
    from newsqa.models.chat.making import tokenizer_of  # noqa: PLC0415

    texts = [messages] if isinstance(messages, str) else [text for _, text in messages]
    around = 0 if isinstance(messages, str) else A_MESSAGE * (len(texts) + 1)
    count = tokenizer_of(model) or _estimate
    return sum(count(text) for text in texts) + around


def _estimate(text: str) -> int:
    """Count letters by threes, and by themselves digits, marks, and the bytes of all that is not ASCII."""
    letters = len(_LETTERS.findall(text))
    return ceil(letters / LETTERS_A_TOKEN) + len(_LETTERS.sub("", text).encode("utf-8", "replace"))
