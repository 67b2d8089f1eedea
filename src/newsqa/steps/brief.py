"""The messages that a chat model is sent: instructions, the question, and as much evidence as fits what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.drafts.given import as_data, in_a_line, in_lines
from newsqa.errors import ModelError
from newsqa.models.usage import count_tokens
from newsqa.verify.evidence import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.drafts.given import Shown
    from newsqa.models.registry import ModelInfo
    from newsqa.prompts import Prompts
    from newsqa.records import Query

MARGIN = 32
"""Tokens of the context that stay free, for what a server adds to a prompt."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a model is sent, (role, text) each, and the evidence that it sees; key n is `shown[n - 1]`."""

    messages: list[tuple[str, str]]
    shown: tuple[Shown, ...]

    @property
    def told(self) -> str:
        """The instructions, which are nobody's but the model's."""
        return self.messages[0][1]

    @property
    def given(self) -> str:
        """The question and the evidence."""
        return self.messages[-1][1]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Writes briefs for one model, in a shorter form where it is small."""

    model: BaseChatModel
    info: ModelInfo
    prompts: Prompts

    def brief(self, query: Query, shown: Sequence[Shown]) -> Brief:
        """Send evidence that is best first, as much of it as fits.

        Raises ModelError where not even the first piece does.
        """
        left = self.info.input_tokens - MARGIN - count_tokens(self._messages(query, []), self.model)
        keyed: list[str] = []
        for n, one in enumerate(shown, 1):
            text = in_a_line(n, one) if self.info.small else in_lines(n, one)
            left -= self.size(f"{text}\n\n")
            if left < 0:
                break
            keyed.append(text)
        if shown and not keyed:
            raise self._too_long()
        return Brief(self._messages(query, keyed), tuple(shown[: len(keyed)]))

    def size(self, text: str) -> int:
        """Return how many tokens a text is to the model, at least as many as it will count."""
        return count_tokens(text, self.model)

    def _messages(self, query: Query, keyed: Sequence[str]) -> list[tuple[str, str]]:
        question = as_data(query.text)
        if self.info.small:
            asked = self.prompts.fill("answer-small-user", question=question, evidence="\n".join(keyed))
            return [("system", self.prompts.fill("answer-small-system")), ("human", asked)]
        asked = self.prompts.fill("answer-user", question=question, asked=day(query.asked), evidence="\n\n".join(keyed))
        return [("system", self.prompts.fill("answer-system")), ("human", asked)]

    def _too_long(self) -> ModelError:
        return ModelError(
            f"The model {self.info.name} reads {self.info.context_tokens:,} tokens: too few for the question and a "
            "single piece of evidence.",
            hint="Ask a shorter question, choose a model that reads more, or mend NEWSQA_CONTEXT.",
            kind="context",
        )
