"""A desk that asks a scripted model over OpenAI's protocol, about the articles of the sample corpus."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openai_stand_in import openai_stand_in

from newsqa.building import open_pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scripted_model import Prompt, Script

    from newsqa.pipeline import Pipeline
    from newsqa.settings import Settings
    from newsqa.types import Answer, Turn

KEY = "sk-canary-5a1c0ffee"
"""The key that newsqa is given, and that nobody may see again."""

ASKED = date(2025, 4, 21)


@dataclass(frozen=True)
class WrittenDesk:
    """A desk with its model's script."""

    desk: Pipeline
    script: Script

    def ask(self, question: str, reply: str | Callable[[Prompt], str], history: Sequence[Turn] = ()) -> Answer:
        """Ask, and let the model reply so."""
        self.script.reply = reply
        return self.desk.ask(question, history=history, asked=ASKED)


@contextmanager
def written_desk(settings: Settings, serving: Script | None = None) -> Iterator[WrittenDesk]:
    """Open a desk whose model is on loopback for as long as the context lasts, at a server of its own unless given."""
    with nullcontext(serving) if serving else openai_stand_in() as script, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENAI_BASE_URL", script.url)
        environment.setenv("OPENAI_API_KEY", KEY)
        with open_pipeline(replace(settings, model="openai:stand-in")) as desk:
            yield WrittenDesk(desk, script)
