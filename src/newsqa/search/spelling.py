"""How the articles of a library write a word, and the names that a question writes in lower case."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import words

if TYPE_CHECKING:
    from newsqa.store.snapshot import Snapshot
    from newsqa.text.words import Word


SAMPLE = 12
"""Passages from which the spelling of a word is read."""

CAPITALISED = 0.8
"""The share of a name's occurrences within sentences that have its capital."""

MAX_WORDS = 40
_WITHIN_SENTENCE = re.compile(r"[^\W_][’')”\"]?[,;]? $")


def as_written(folded: str, index: Snapshot) -> str:
    """Return a folded word as the articles write it within their sentences: with its capital if nearly always so."""
    forms = {folded, folded.removesuffix("s")}  # a possessive that is typed without its apostrophe
    spellings = Counter(
        re.sub(r"['’]s?$", "", word.text)
        for _, text in index.passages_holding(folded, SAMPLE)
        for word in words(text)
        if word.folded in forms and _WITHIN_SENTENCE.search(text, max(0, word.start - 4), word.start)
    )
    capitals = Counter({text: count for text, count in spellings.items() if text[0].isupper()})
    if capitals and capitals.total() >= CAPITALISED * spellings.total():
        return capitals.most_common(1)[0][0]
    return folded


def lower_case_names(question: str, index: Snapshot) -> tuple[str, ...]:
    """Return the names that a question writes without capitals, as the articles write them.

    Words that follow one another are one name if a passage has them so.
    """
    found = words(question)
    if len(found) > MAX_WORDS:
        return ()
    runs: list[list[str]] = []
    last: Word | None = None
    for word in found:
        written = as_written(word.folded, index) if _may_be_name(word) else word.folded
        if not written[0].isupper():
            last = None
            continue
        follows = last is not None and question[last.end : word.start] == " "
        if last and follows and index.count_holding([f"{last.folded} {word.folded}"], 1):
            runs[-1].append(written)
        else:
            runs.append([written])
        last = word
    return tuple(dict.fromkeys(" ".join(run) for run in runs if len(run) > 1 or len(run[0]) > 3 or run[0].isupper()))


def _may_be_name(word: Word) -> bool:
    return not word.capitalised and word.content and len(word.folded) > 2 and word.folded not in CALENDAR
