"""A follow-up whose meaning the rules could not find, written anew by a chat model; code judges what it wrote."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.conversation.pronouns import points_back
from newsqa.drafts.given import as_data
from newsqa.drafts.withheld import tells
from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model
from newsqa.records import Usage
from newsqa.text.names import name_words
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts
    from newsqa.records import Turn

TURNS = 4
LONGEST_TURN = 600
"""Characters of a turn that the model sees."""

LONGEST = 300
"""Characters of a question that can be asked at once."""

KEPT = 0.6
"""The share of the question's own content stems that must be in what the model makes of it."""

SHARE_OF_TIME = 0.25
"""How much of the time that is left may go into understanding the question."""

_LEAD = re.compile(r"^\W*(?:(?:stand-?alone|rewritten|rephrased)\s+)?question\s*:\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Asks a chat model, named `name`, for the question as one that can be understood alone."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, question: str, standalone: str, history: Sequence[Turn], deadline: float) -> tuple[str, Usage]:
        """Return the question rewritten, or `standalone`, as the rules have it, where the model does no better.

        One short call. What the model wrote is taken only if `stands_for` finds nothing against it; that it fails is no
        error, for it is asked again for the answer.
        """
        turns = "\n".join(f"{turn.role}: {_line(turn.content)}" for turn in history[-TURNS:])
        prompt = self.prompts.fill("rephrase-question", turns=turns, question=_line(question))
        now = time.monotonic()
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)], now + SHARE_OF_TIME * (deadline - now))
        except ModelError:
            return standalone, Usage()
        written = _one_line(reply.text)
        said = [turn.content for turn in history]
        told = self.prompts.templates["rephrase-question"].template
        stands = stands_for(written, question, said) and not tells(written, told, "\n".join([*said, question]))
        return (written if stands else standalone), reply.usage


def stands_for(written: str, question: str, said: Sequence[str]) -> bool:
    """Whether a text is the question made whole: short, of its own words and the conversation's, without "it"."""
    if not written.endswith("?") or len(written) > LONGEST or points_back(written):
        return False
    known = " ".join([question, *said])
    vocabulary = {word.folded for word in words(known)}
    names = name_words(written[:1].lower() + written[1:])
    stems, asked, held = (set(content_stems(words(text))) for text in (written, question, known))
    return (
        all(name in vocabulary for name in names)
        and set(_DIGITS.findall(written)) <= set(_DIGITS.findall(known))
        and len(asked & stems) >= KEPT * len(asked)
        and len(stems - held) <= 1
        and bool(stems - asked)
    )


def _one_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return " ".join(_LEAD.sub("", lines[0]).strip(" \"“”'*`").split()) if lines else ""


def _line(text: str) -> str:
    return " ".join(as_data(text[:LONGEST_TURN]).split())
