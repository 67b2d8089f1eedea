"""Whom quotes mean without a name: "she", "the mayor", "the spacecraft", told from the article around them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.words import FUNCTION_WORDS
from newsqa.verify.checks.scenes import cast
from newsqa.verify.facts.nations import is_nation, same_people
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.text.names import Name
    from newsqa.text.words import Word
    from newsqa.verify.checks.reading import QuoteText, Reading


_BREAK = re.compile(r"[^\w\s'’-]")
_COMMA = re.compile(r"\s*,\s+(?:(?:an?|the|its|their)\s+)?")
_DESCRIBED = 3
"""Words after "the" among which is what it calls someone: "the former Ukrainian president"."""


def pointed_at(name: Name, proof: QuoteText) -> bool:
    """Whether the quotes mean one of this name by a pronoun or by what the article calls them and no one else."""
    return _by_pronoun(name, proof) or any(_called(name, words, proof) for words in _descriptions(proof.whole))


def _by_pronoun(name: Name, proof: QuoteText) -> bool:
    """Whether whoever was last the subject before a "he" of the quotes has this name."""
    known = (figure for figure in cast(proof) if figure.ties and name.words[-1] in figure.names)
    return any({*name.words} <= figure.words for figure in known)


def _descriptions(quotes: Reading) -> Iterator[list[str]]:
    """Yield what follows each "the" of the quotes, so far as one thing may be called so."""
    for n, word in enumerate(quotes.words):
        if word.folded == "the":
            yield [other.folded for other in _unbroken(quotes, n + 1, n + 1 + _DESCRIBED)]


def _unbroken(text: Reading, start: int, end: int) -> Iterator[Word]:
    """Yield the words between two places up to a word of grammar or a mark."""
    for n in range(start, min(end, len(text.words))):
        word = text.words[n]
        if word.folded in FUNCTION_WORDS or (n > start and _BREAK.search(text.text, text.words[n - 1].end, word.start)):
            return
        yield word


def _called(name: Name, description: list[str], proof: QuoteText) -> bool:
    """Whether the article puts a description beside this name, with its nation if it has one, else beside no other."""
    beside = _beside(name.words[-1], proof.around)
    nation = next((word for word in description if is_nation(word)), None)
    if nation and not any(same_people(nation, word) for word in beside):
        return False
    others = {other.words[-1] for other in proof.around.names} - {*name.words}
    known = [beside, *(() if nation else (_beside(other, proof.around) for other in others))]
    heads = (word for word in description if not is_nation(word))
    return any([_has(head, some) for some in known] == [True] + [False] * (len(known) - 1) for head in heads)


def _has(word: str, some: frozenset[str]) -> bool:
    return any(not kin(word).isdisjoint(kin(other)) for other in some)


@lru_cache(maxsize=2048)
def _beside(surname: str, article: Reading) -> frozenset[str]:
    """Return the words right before and after a name, and those in apposition to it."""
    found: set[str] = set()
    for n, word in enumerate(article.words):
        if word.folded != surname or not word.capitalised:
            continue
        before = [*_unbroken_before(article, n)]
        found |= {other.folded for other in (*before, *_unbroken(article, n + 1, n + 2))}
        if comma := _COMMA.match(article.text, word.end):
            after = next((m for m in range(n + 1, len(article.words)) if article.words[m].start >= comma.end()), None)
            found |= {other.folded for other in _unbroken(article, after, after + 4)} if after else set()
    return frozenset(found)


def _unbroken_before(text: Reading, at: int) -> Iterator[Word]:
    """Yield the four words before a place, back to a word of grammar or a mark."""
    for n in range(at - 1, max(-1, at - 5), -1):
        word = text.words[n]
        if word.folded in FUNCTION_WORDS or _BREAK.search(text.text, word.end, text.words[n + 1].start):
            return
        yield word
