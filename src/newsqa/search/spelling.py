"""How the articles of a library write a word, and the names that a question writes in lower case."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    spellings = Counter(
        spelling
        for _, text in index.passages_holding(folded, SAMPLE)
        for spelling, start in _occurrences(text, folded)
        if _WITHIN_SENTENCE.search(text, max(0, start - 4), start)
    )
    return _usual_capital(spellings) or folded


def _occurrences(text: str, folded: str) -> Iterator[tuple[str, int]]:
    """Yield where a text has folded words that follow one another, as written, without a possessive at their end.

    The last may be a possessive that was typed without its apostrophe. Accents are compared only where the text has
    none of the words without them.
    """
    found = list(_pattern(folded).finditer(text))
    if not found and not text.isascii():
        plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
        found = list(_pattern(folded).finditer(plain))
    for match in found:
        yield text[match.start() : match.end(1)], match.start()


@lru_cache(maxsize=1024)
def _pattern(folded: str) -> re.Pattern[str]:
    typed = re.escape(folded).replace("\\ ", r"\s+").replace("'", "['’]")
    base = typed.removesuffix("s")
    return re.compile(rf"(?<![^\W_])({typed}|{base})(?:['’]s?)?(?![^\W_])", re.IGNORECASE)


def _usual_capital(spellings: Counter[str]) -> str:
    """Return the most usual spelling if nearly all have a capital at each word, else ""."""
    capitals = Counter({one: n for one, n in spellings.items() if all(word[0].isupper() for word in one.split())})
    enough = capitals and capitals.total() >= CAPITALISED * spellings.total()
    return capitals.most_common(1)[0][0] if enough else ""


def lower_case_names(question: str, index: Snapshot) -> tuple[str, ...]:
    """Return the names that a question writes without capitals, as the articles write them.

    Words that follow one another are one name if the articles give both a capital where they do ("american airlines").
    """
    found = words(question)
    if len(found) > MAX_WORDS:
        return ()
    written = [as_written(word.folded, index) if _may_be_name(word) else word.folded for word in found]
    runs: list[list[str]] = []
    joined = False  # the word before is the last of a run
    for at in range(len(found)):
        together = _written_together(question, found[at : at + 2], index)
        if together and joined:
            runs[-1] = [*runs[-1][:-1], *together]
        elif together:
            runs.append(list(together))
        elif not joined and written[at][0].isupper():
            runs.append([written[at]])
        joined = bool(together)
    return tuple(dict.fromkeys(" ".join(run) for run in runs if len(run) > 1 or len(run[0]) > 3 or run[0].isupper()))


def _written_together(question: str, pair: list[Word], index: Snapshot) -> tuple[str, ...]:
    """Return two words that follow one another as the articles write them, if these give both a capital."""
    if len(pair) < 2 or not all(map(_may_be_name, pair)) or question[pair[0].end : pair[1].start] != " ":
        return ()
    both = f"{pair[0].folded} {pair[1].folded}"
    passages = index.passages_holding(both, SAMPLE)
    return tuple(_usual_capital(Counter(one for _, text in passages for one, _ in _occurrences(text, both))).split())


def _may_be_name(word: Word) -> bool:
    return not word.capitalised and word.content and len(word.folded) > 2 and word.folded not in CALENDAR
