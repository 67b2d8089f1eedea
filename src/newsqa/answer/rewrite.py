"""Follow-ups rewritten by a chat model as questions that can be understood alone; code checks what it wrote."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.answer.conversation import has_reference
from newsqa.answer.leaks import has_leak
from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model
from newsqa.models.sanitize import one_line
from newsqa.text.entities import name_words
from newsqa.text.words import content_stems, words
from newsqa.types import Turn, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts

REWRITE_TURNS = 2  # turns that the model sees
MAX_MESSAGE = 600  # characters of a message that the model sees
MAX_REWRITE_CHARACTERS = 300  # characters of a rewritten question
MIN_SHARED = 0.6  # the share of the question's content stems that must be in the rewritten one
SHARE_OF_TIME = 0.25  # the share of the time left that the model gets for rewriting
_LEAD = re.compile(r"^\W*(?:(?:stand-?alone|rewritten|rephrased)\s+)?question\s*:\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ModelRewriter:
    """Asks a chat model, named `name`, to rewrite a question as one that can be understood alone."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, question: str, history: Sequence[Turn], deadline: float) -> tuple[str | None, Usage]:
        """Return the question as the model rewrites it, or None if what it wrote is no faithful rewrite.

        One short call. The rewritten question is used only if it is a faithful rewrite. A model that fails raises
        nothing here, since it is asked again for the answer.
        """
        said = [(turn.question, turn.answer) for turn in history]
        messages = (
            message for pair in said[-REWRITE_TURNS:] for message in zip(("user", "assistant"), pair, strict=True)
        )
        turns = "\n".join(f"{role}: {one_line(text[:MAX_MESSAGE])}" for role, text in messages if text)
        prompt = self.prompts.fill("rephrase-question", turns=turns, question=one_line(question[:MAX_MESSAGE]))
        now = time.monotonic()
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)], now + SHARE_OF_TIME * (deadline - now))
        except ModelError:
            return None, Usage()
        written = _first_line(reply.text)
        known = [*(text for pair in said for text in pair), question]
        instructions = self.prompts.templates["rephrase-question"].template
        usable = is_faithful_rewrite(written, question, known) and not has_leak(written, instructions, "\n".join(known))
        return (written if usable else None), reply.usage


def is_faithful_rewrite(written: str, question: str, conversation: Sequence[str]) -> bool:
    """Return True for a short question in words of the original one and the conversation, without an open reference.

    `conversation` holds all texts, the question too.
    """
    if not written.endswith("?") or len(written) > MAX_REWRITE_CHARACTERS or has_reference(written):
        return False
    known = " ".join(conversation)
    vocabulary = {word.folded for word in words(known)}
    names = name_words(written[:1].lower() + written[1:])
    stems, asked, held = (set(content_stems(words(text))) for text in (written, question, known))
    return (
        all(name in vocabulary for name in names)
        and set(_DIGITS.findall(written)) <= set(_DIGITS.findall(known))
        and len(asked & stems) >= MIN_SHARED * len(asked)
        and len(stems - held) <= 1
        and bool(stems - asked)
    )


def _first_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return " ".join(_LEAD.sub("", lines[0]).strip(" \"“”'*`").split()) if lines else ""
