"""What is odd about a set, seen beside the index that it will be asked of; a run goes on all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.gold import resolve
from newsqa.evals.sets.faults import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.evals.gold import Doubt
    from newsqa.evals.sets.items import Gold, Item
    from newsqa.seams import Index

NAMED = 3


def doubts(items: Sequence[Item], index: Index, report: Callable[[int], None] = lambda _: None) -> list[str]:
    """Return warnings for people, one a line: gold that is not in the index, quotes that are not in their articles.

    `report` is told how many questions have been looked at.
    """
    told: dict[Doubt, list[str]] = {}
    for number, item in enumerate(items, 1):
        for gold in item.gold:
            doubt = resolve(gold, item, index).doubt
            if doubt and not (doubt == "published after “as_of”" and item.refusal_is_right):
                told.setdefault(doubt, []).append(f"{item.id} ({_name(gold)})")
        report(number)
    golds = sum(len(item.gold) for item in items)
    return [*_repeated(items), *(f"Gold, {len(of)} of {golds}: {doubt}: {_some(of)}" for doubt, of in told.items())]


def _repeated(items: Sequence[Item]) -> Iterator[str]:
    first: dict[object, str] = {}
    again = [item.id for item in items if first.setdefault(asking(item), item.id) != item.id]
    if again:
        yield f"Questions, {len(again)} of {len(items)}: asked before in the same words: {_some(again)}"


def _name(gold: Gold) -> str:
    name = gold.path or gold.url or gold.article_id or f"“{gold.quote}”"
    return name if len(name) <= 80 else f"{name[:79]}…"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
