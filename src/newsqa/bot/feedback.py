"""What people said of answers, as a set of questions that `newsqa eval` reads.

An answer that was found good gives a question with that answer and its citations as gold, a refusal that was found good
one that cannot be answered. What was found bad, or as bad as good, gives a question to be looked at: the tag says so,
and `meta` holds what was answered. Who voted is not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.answer.history import turns
from newsqa.render.record import to_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.bot.store import Judged, Store
    from newsqa.records import Citation, JsonObject

GOOD = "found-good"
LOOK = "to-be-looked-at"


def export(store: Store) -> Iterator[str]:
    """Yield a line of JSON for each answer that somebody voted on. Raises HistoryError."""
    for judged in store.judged():
        yield to_line(_item(judged))


def _item(judged: Judged) -> JsonObject:
    answer = judged.answer
    good = judged.good > judged.bad
    item = {
        "id": judged.exchange,
        "question": answer.question,
        "asked": answer.asked.isoformat(),
        "history": [{"role": turn.role, "content": turn.content} for turn in turns(judged.before)],
        "tags": [GOOD if good else LOOK],
        "meta": {"good": judged.good, "bad": judged.bad, "answer": answer.text, "model": answer.model},
    }
    if not good:
        return item
    if answer.refused:
        return {**item, "answerable": False}
    said = " ".join(sentence.text for sentence in answer.sentences)
    return {**item, "answerable": True, "answers": [said], "gold": [_gold(citation) for citation in answer.citations]}


def _gold(citation: Citation) -> JsonObject:
    named = {"article_id": citation.article_id, "url": citation.url, "quote": citation.quote}
    return {name: value for name, value in named.items() if value}
