"""Questions as readers type them, alone or in conversations, with what a right answer must and must not hold.

    {"id": "q17", "conversation": "c4", "turn": 2, "kind": "pronoun", "question": "And who owns it?", "refuse": false,
     "any_of": ["Ostby Lines"], "all_of": [["2011", "fourteen years"]], "none_of": ["Tarn Ferries"],
     "cites_any": ["corpus/ledger/"], "max_words": 75, "asked": "2025-04-20"}

`refuse` is true where only a refusal is right, false where only an answer is, null where both are. The turns of a
conversation are asked in one session: each sees the answers that those before it got. `kind` becomes a tag, beside
"single", "first turn" or "follow-up". Fields that are not of this form are kept in `meta`.
"""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.evals.datasets.entries import Fields, ReadItem
from newsqa.evals.datasets.items import HistoryMessage, Rules, item_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsqa.evals.datasets.entries import Entry
    from newsqa.types import JsonObject

RULES = tuple(field.name for field in dataclass_fields(Rules))
NAMES = ("id", "question", "asked", "as_of", "conversation", "turn", "kind", "refuse", *RULES)


def is_reader(fields: JsonObject) -> bool:
    """Return True for a question with rules for its answer."""
    return "question" in fields and bool(fields.keys() & {"refuse", *RULES})


def read_reader(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    fields, given = Fields(entry.value), entry.value
    refuse, kind, conversation = fields.truth("refuse"), fields.text("kind"), fields.text("conversation")
    turn = given.get("turn") or 1
    if type(turn) is not int or turn < 1:
        fields.wrong("turn", "must be the number of a turn, from 1")
        turn = 1
    meta = {name: value for name, value in given.items() if name not in NAMES}
    own = {
        **{name: given.get(name) for name in ("id", "question", "asked", "as_of")},
        "answerable": None if refuse is None else not refuse,
        "rules": {name: given[name] for name in RULES if name in given},
        "tags": [*([kind] if kind else []), "follow-up" if turn > 1 else "first turn" if conversation else "single"],
        "meta": {**meta, **({"group": f"conversation {conversation}", "turn": turn} if conversation else {})},
    }
    try:
        yield ReadItem(entry.place, item_from(own), tuple(fields.faults))
    except ValueError as error:
        yield ReadItem(entry.place, faults=(*fields.faults, str(error)))


def link_turns(read: Iterable[ReadItem]) -> Iterator[ReadItem]:
    """Yield the questions with those asked before them in their conversation as `history`.

    Only the questions: what they were answered is the business of a run. Turns out of their order are faults.
    """
    asked: dict[str, tuple[int, tuple[HistoryMessage, ...]]] = {}
    for one in read:
        item = one.item
        if item is None or "turn" not in item.meta:
            yield one
            continue
        last, history = asked.get(item.group, (0, ()))
        turn = item.meta["turn"]
        late = (f"turn {turn} comes after turn {last} of its {item.group}",) if turn <= last else ()
        asked[item.group] = turn, (*history, HistoryMessage("user", item.question))
        yield replace(one, item=replace(item, history=history), faults=(*one.faults, *late))
