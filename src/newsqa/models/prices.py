"""What chat models cost, in US dollars, from the price list that comes with genai-prices; nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from newsqa.models.addresses import on_loopback

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ON_THIS_MACHINE = frozenset({"extractive", "local", "llamacpp", "ollama"})
LISTED_AS = {
    "anthropic_bedrock": "aws",
    "azure_ai": "azure",
    "azure_openai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "google_anthropic_vertex": "google",
    "xai": "x-ai",
}
"""What LangChain and the price list call differently."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a model, as `newsqa.models` names it; `address` is where its server is, "" for the usual one."""

    name: str
    address: str = ""

    @classmethod
    def of(cls, name: str, model: BaseChatModel) -> Self:
        """Return the price of a model that was made."""
        return cls(name, address_of(model))

    @property
    def free(self) -> bool:
        """Whether it runs on this machine, as far as its name and address tell."""
        if self.address:
            return on_loopback(self.address)
        return self.name.partition(":")[0] in ON_THIS_MACHINE

    @property
    def known(self) -> bool:
        """Whether its cost can be told."""
        return self.dollars(1, 1) is not None

    def dollars(self, read: int, written: int, cached: int = 0) -> float | None:
        """Return the cost of tokens read (of them `cached` from a cache) and written; None where it is not known."""
        if self.free:
            return 0.0
        try:
            from genai_prices import Usage, calc_price  # noqa: PLC0415
        except ImportError:  # it comes with the extras for models that write
            return None
        provider, _, model = self.name.partition(":")
        where: dict[str, Any] = {"provider_id": LISTED_AS.get(provider, provider)}
        if self.address:
            where = {"provider_api_url": self.address}
        try:
            usage = Usage(input_tokens=read, output_tokens=written, cache_read_tokens=cached or None)
            return float(calc_price(usage, model, **where).total_price)
        except (LookupError, ValueError):
            return None


def address_of(model: BaseChatModel) -> str:
    """Return the address of the server that a model's client calls, as far as the client tells, else ""."""
    client = getattr(model, "root_client", None) or getattr(model, "_client", None)
    return str(getattr(client, "base_url", None) or getattr(model, "base_url", None) or "")
