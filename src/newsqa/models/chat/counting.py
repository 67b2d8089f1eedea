"""How many tokens a text is to a model: counted where its own tokenizer is at hand, else estimated on the safe side."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

BYTES_A_TOKEN = 3.0
"""Bytes of UTF-8 a token, on the safe side: English news has about 4.5, names, numbers and Russian less, Chinese 3."""

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
    return ceil(len(text.encode("utf-8", "replace")) / BYTES_A_TOKEN)
