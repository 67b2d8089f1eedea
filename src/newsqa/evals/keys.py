"""What decided an answer, as a key: the same key is the same question asked of the same articles in the same way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from newsqa.desk import Desk
    from newsqa.evals.lines import Line
    from newsqa.evals.sets.items import Item


@dataclass(frozen=True, slots=True)
class Setup:
    """What answers: `index` identifies articles, passages and vectors, `config` settings, prompts, models and code.

    `made_of` tells by name what `config` is the digest of.
    """

    index: str
    config: str
    model: str
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, desk: Desk) -> Self:
        """Return the setup of a desk, as its index is now. Raises LibraryError."""
        with desk.index.snapshot() as index:
            return cls(index.digest, desk.config, desk.model, desk.made_of)

    @property
    def short(self) -> str:
        """Eight letters and digits that tell it from others, for the name of a folder."""
        return _digest(self.index, self.config, self.model)[:8]


def key_of(item: Item, today: date, setup: Setup) -> str:
    """Identify a question (its words, history and days) and what answers it; `today` counts where no day is given."""
    asked = item.asked or item.as_of or today
    history = [[turn.role, turn.content] for turn in item.history]
    days = [asked.isoformat(), item.as_of.isoformat() if item.as_of else None]
    return _digest(item.question, history, days, setup.index, setup.config, setup.model)


def difference(line: Line, item: Item | None, setup: Setup, answered_by: Collection[str]) -> str:
    """Say in what a line of another key differs from what is now asked; `answered_by` are the models of its run."""
    if item is None:
        return f"the question “{line.item.id}” is not in this set"
    record = line.record
    if record["index"] != setup.index:
        return "the articles of the index are others now"
    if record["config"] != setup.config and setup.model not in answered_by:
        return f"the model was another than {setup.model}"
    if record["config"] != setup.config:
        changed = [name for name, value in setup.made_of.items() if line.made_of.get(name, value) != value]
        return f"{' and '.join(changed) or 'settings, prompts, models or newsqa itself'} changed since"
    return f"the question “{line.item.id}” is asked in another way now"


def _digest(*parts: object) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
