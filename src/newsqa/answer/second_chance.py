"""The second chance: sentences that did not pass go back to the model once, with the reasons and their quotes."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.answer.leaks import has_leak
from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model
from newsqa.models.chat_errors import api_keys
from newsqa.models.sanitize import one_line
from newsqa.types import Usage
from newsqa.verify.judge import format_quotes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts
    from newsqa.verify.verifier import CheckedSentence

PROMPT = "second-chance"

MAX_FALLEN = 8  # sentences that are written again; of a draft of which more fell, the first ones
MAX_CHARACTERS = 600  # characters of a sentence that is written again
MIN_SECONDS = 1.0  # seconds that must be left until the deadline
_LINE = re.compile(r"\s*(?P<n>[0-9]{1,4})\s*:\s*(?P<text>\S.*?)\s*")
_KEYS = re.compile(r"\s*\[\d{1,3}\]")
_LEFT = re.compile(r"\W*leave\W*(?:it\W*)?(?:out\W*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ModelSecondChance:
    """Asks a chat model, named `name`, to write sentences again that did not pass."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, fallen: Sequence[CheckedSentence], deadline: float) -> tuple[list[str | None], Usage]:
        """Return for each sentence what the model made of it, None if it left it, and what the call took.

        One call. A model that fails, or has no time left until the deadline (of `time.monotonic`), writes nothing.
        """
        none: list[str | None] = [None] * len(fallen)
        asked = fallen[:MAX_FALLEN]
        shown = "\n\n".join(_format(n, one) for n, one in enumerate(asked, 1))
        if time.monotonic() + MIN_SECONDS > deadline:
            return none, Usage()
        messages = [("human", self.prompts.fill(PROMPT, sentences=shown))]
        try:
            reply = invoke_model(self.model, self.name, messages, deadline)
        except ModelError:
            return none, Usage()
        written = read_rewritten(reply.text, len(asked))
        instructions = "\n".join((self.prompts.templates[PROMPT].template, *api_keys(self.model)))
        safe = [text if text and not has_leak(text, instructions, shown) else None for text in written]
        return [*safe, *none[len(asked) :]], reply.usage


def read_rewritten(reply: str, count: int) -> list[str | None]:
    """Read a reply: the sentence on the line of each number, None where there is none or more than one."""
    found: dict[int, list[str]] = {}
    for match in filter(None, map(_LINE.fullmatch, reply.splitlines())):
        found.setdefault(int(match["n"]), []).append(_KEYS.sub("", match["text"]))
    lines = [found.get(n, []) for n in range(1, count + 1)]
    return [
        line[0] if len(line) == 1 and len(line[0]) <= MAX_CHARACTERS and not _LEFT.fullmatch(line[0]) else None
        for line in lines
    ]


def _format(n: int, fallen: CheckedSentence) -> str:
    return f"DROPPED {n}: {one_line(fallen.text)} ({one_line(str(fallen.fault))})\n{format_quotes(fallen.quotes)}"
