"""What a model wrote, gathered from the pieces in which it comes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from newsqa.models.prices import Price
from newsqa.records import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.messages.ai import UsageMetadata

ENDS = ("finish_reason", "stop_reason", "done_reason", "stopReason")
"""Where providers say why a model stopped."""

TOO_LONG = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
WITHHELD = frozenset({"content_filter", "safety", "refusal", "prohibited_content", "recitation", "blocklist", "spii"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote. `cut_short` tells that it hit a limit of its length, `notices` that it was asked again."""

    text: str
    usage: Usage
    cut_short: bool = False
    notices: tuple[str, ...] = ()

    def told(self, notices: tuple[str, ...]) -> Reply:
        """Return the same reply with what is to be told beside it."""
        return replace(self, notices=notices)


@dataclass(slots=True)
class Gathered:
    """The pieces of one reply so far; `end` is why the model stopped, as its provider calls it, "" before it did."""

    pieces: list[str] = field(default_factory=list)
    end: str = ""
    length: int = 0
    counted: dict[str, int] = field(default_factory=dict)

    def take(self, message: AIMessage) -> str:
        """Take the next piece, or a whole message, and return its words."""
        words = str(message.text)
        self.pieces.append(words)
        self.length += len(words)
        self.end = _end_of(message.response_metadata) or self.end
        if counted := message.usage_metadata:
            self._count(counted)
        return words

    @property
    def text(self) -> str:
        """All words so far."""
        return "".join(self.pieces).strip()

    @property
    def cut_short(self) -> bool:
        """Whether it stopped because of a limit of its length."""
        return self.end in TOO_LONG

    @property
    def withheld(self) -> bool:
        """Whether the provider withheld it."""
        return self.end in WITHHELD

    def reply(self, name: str, model: BaseChatModel) -> Reply:
        """Return the whole, with its tokens and their price."""
        price = Price.of(name, model)
        if not self.counted:
            return Reply(self.text, Usage(cost=0.0 if price.free else None), self.cut_short)
        read, written, cached = (self.counted[kind] for kind in ("read", "written", "cached"))
        return Reply(self.text, Usage(read, written, price.dollars(read, written, cached)), self.cut_short)

    def _count(self, counted: UsageMetadata) -> None:
        details = counted.get("input_token_details") or {}
        found = {
            "read": counted.get("input_tokens") or 0,
            "written": counted.get("output_tokens") or 0,
            "cached": details.get("cache_read") or 0,
        }
        self.counted = {kind: self.counted.get(kind, 0) + number for kind, number in found.items()}


def _end_of(metadata: Mapping[str, Any]) -> str:
    return next((str(metadata[key]).lower() for key in ENDS if metadata.get(key)), "")
