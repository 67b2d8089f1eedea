"""Tokens and their price, computed here: a prompt's length, and the cost of a model by the list of genai-prices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Self

from newsqa.models.providers import LLAMACPP, LOCAL, client_address, on_loopback
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LETTERS_PER_TOKEN = 3.0
"""On the safe side: English news has about 4.5, rare names about 3."""

MESSAGE_TOKENS = 8  # tokens that a chat template may put around a message
ON_THIS_MACHINE = frozenset({EXTRACTIVE, LOCAL, LLAMACPP, "ollama"})

_LETTERS = re.compile(r"[A-Za-z\s]")


def count_tokens(messages: str | list[tuple[str, str]], model: BaseChatModel | None = None) -> int:
    """Return how many tokens a text, or messages of (role, text), are to a model, or a little more.

    A model in this process counts exactly, which loads it; for others the number is estimated.
    """
    texts = [messages] if isinstance(messages, str) else [text for _, text in messages]
    around = 0 if isinstance(messages, str) else MESSAGE_TOKENS * (len(texts) + 1)
    count = getattr(model, "count_tokens_of", None)
    return sum((count if callable(count) else _estimate)(text) for text in texts) + around


def _estimate(text: str) -> int:
    """Count three letters as a token, and each digit, mark, and byte of what is not ASCII as one."""
    letters = len(_LETTERS.findall(text))
    return ceil(letters / LETTERS_PER_TOKEN) + len(_LETTERS.sub("", text).encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a model by its name; `address` is that of its server, "" for the provider's usual one."""

    name: str
    address: str = ""

    @classmethod
    def of(cls, name: str, model: BaseChatModel) -> Self:
        """Return the price of a model that was created."""
        return cls(name, client_address(model))

    @property
    def free(self) -> bool:
        """True if it runs on this machine, by its address or else its name."""
        if self.address:
            return on_loopback(self.address)
        return self.name.partition(":")[0] in ON_THIS_MACHINE

    @property
    def known(self) -> bool:
        """True if its cost is known."""
        return self.dollars(1, 1) is not None

    def dollars(self, read: int, written: int, cached: int = 0) -> float | None:
        """Return the cost of tokens read (`cached` of them from a cache) and written; None if it is not known."""
        if self.free:
            return 0.0
        try:
            from genai_prices import Usage, calc_price
        except ImportError:  # it comes with the extras for models that write
            return None
        provider, _, model = self.name.partition(":")
        where: dict[str, Any] = {"provider_api_url": self.address} if self.address else {"provider_id": provider}
        try:
            usage = Usage(input_tokens=read, output_tokens=written, cache_read_tokens=cached or None)
            return float(calc_price(usage, model, **where).total_price)
        except (LookupError, ValueError):
            return None
