"""A line of `run.jsonl`: the record of an answer, with the question it answers and what the index knows of both.

A line holds all that scoring needs, so that runs are compared, years later and elsewhere, from their files alone.

    {…the record of the answer…, "key": "9c0d…", "place": [3, 60],
     "item": {"id": "strike-loss", "question": "…", "answers": ["…"], "gold": [{"path": "…"}], …},
     "known": {"gold": [["c41f…", "77aa…"]], "answer_in_index": true,
               "citations": [{"exists": true, "faithful": true}]}}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.evals.sets import Item
    from newsqa.records import JsonObject


@dataclass(frozen=True, slots=True)
class Grounds:
    """What of a citation agrees with the index.

    `exists`: its article is there, and title, outlet, date and address are the article's. `faithful`: its quote is
    `article.text[start:end]`.
    """

    exists: bool
    faithful: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the index says of a question and its answer, told while it was open.

    `gold` has an entry for each gold of the question: the ids of the articles that carry it (itself and near-copies of
    the story), none where it is not in the index. `answer_in_index`: whether an accepted answer stands anywhere in
    the articles that may be seen; None where the set gives no answers or nobody looked. `citations` has one for each
    citation of the record; None where no index was at hand.
    """

    gold: tuple[tuple[str, ...], ...] = ()
    answer_in_index: bool | None = None
    citations: tuple[Grounds, ...] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One question asked: `record` is the answer's (docs/architecture.md), `key` identifies what decided it.

    `place` is the question's number in the set, from 1, and how many were to be asked.
    """

    record: JsonObject
    key: str
    place: tuple[int, int]
    item: Item
    known: Known

    @property
    def failed(self) -> bool:
        """Whether no answer could be made."""
        return self.record.get("error") is not None

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal."""
        return bool(self.record.get("refused"))
