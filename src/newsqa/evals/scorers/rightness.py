"""Right or wrong: the one place where it is decided, for buckets, selective answering and the running score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.scorers.answers import contains, strings
from newsqa.evals.scorers.said import answer_text, answered

if TYPE_CHECKING:
    from newsqa.evals.lines import Line
    from newsqa.evals.sets.items import Item


def answerable(item: Item) -> bool | None:
    """Whether an answer is right and no refusal; None where the set does not tell.

    A question that has answers or gold is answerable unless it is marked as not.
    """
    return item.answerable if item.answerable is not None else (True if item.answers or item.gold else None)


def right(line: Line) -> bool | None:
    """Tell whether a question was treated rightly; None where the set does not tell.

    Where a refusal is right: whether it was refused. Else it must be answered, and an accepted answer must stand in
    the answer; in a set without answers to look for, one of its citations must be from a gold article.
    """
    if line.item.refusal_is_right:
        return line.refused and not line.failed
    if not answered(line):
        return False if answerable(line.item) else None
    if strings(line.item):
        return contains(answer_text(line), line.item)
    return cites_gold(line) if line.known.gold else None


def cites_gold(line: Line) -> bool:
    """Whether a citation is from an article of the gold, or a copy of it."""
    gold = {article for carriers in line.known.gold for article in carriers}
    return any(citation.get("article_id") in gold for citation in line.record.get("citations") or ())
