"""Rare terms of a question: names, codes and numbers that few passages hold, and those that no evidence holds."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.search.understand import is_content
from newsqa.text.words import fold, stem, word_runs, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Hit, Query


SHARE, FEWEST = 0.01, 2
"""A term is rare if at most this share of the passages holds it, or so few."""


def term_weights(query: Query, index: Snapshot) -> dict[str, float]:
    """Return the content terms of a question with their inverse document frequencies, ln((N + 1) / (n + 1)).

    N are the passages of the library, n those with the term; one that none holds weighs most.
    """
    total = index.count_passages()
    content = [term for term in query.terms if is_content(term)]
    return {term: math.log((total + 1) / (index.count_holding([term], total) + 1)) for term in content}


def rare_terms(query: Query, index: Snapshot) -> tuple[str, ...]:
    """Return the terms of a question that few passages hold, the rarest first, those that none holds among them."""
    total = index.count_passages()
    most = max(FEWEST, int(SHARE * total))
    counts = {term: index.count_holding([term], most + 1) for term in query.terms}
    return tuple(sorted((term for term in counts if counts[term] <= most), key=lambda term: counts[term]))


def exact_terms(query: Query, index: Snapshot) -> tuple[str, ...]:
    """Return the rare terms that one passage should hold all of: names, codes and numbers, or all if there are several.

    Those that the library does not hold at all are left out.
    """
    held = tuple(term for term in query.rare if index.count_holding([term], 1))
    named = {word.casefold() for name in query.names for word in word_runs(name)}
    codes = tuple(term for term in held if term.casefold() in named or any(letter.isdigit() for letter in term))
    return codes or (held if len(held) > 1 else ())


def coverage(weights: Mapping[str, float], hits: Sequence[Hit]) -> float:
    """Return the greatest share of the terms' weight that the title and passage of one hit hold, 0 to 1."""
    total = sum(weights.values())
    texts = [f"{hit.article.title or ''}\n{hit.passage.text}" for hit in hits]
    held = (sum(weight for term, weight in weights.items() if holds(text, term)) for text in texts)
    return max(held, default=0.0) / total if total else 1.0


def holds(text: str, term: str) -> bool:
    """Return True if a text holds the words of a term in order, in whatever form."""
    pattern = _pattern(term)
    return bool(pattern and pattern.search(text))


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str] | None:
    parts = [_word_pattern(word.text, word.folded) for word in words(term)]
    return re.compile(r"\b" + r"[\W_]+".join(parts), re.IGNORECASE) if parts else None


def _word_pattern(text: str, folded: str) -> str:
    if any(letter.isdigit() for letter in text):
        return rf"{re.escape(text)}\b"
    beginning = stem(folded).rstrip("iey") if folded == fold(text.lower()) and len(folded) > 3 else folded
    ending = r"[\w’']*" if len(folded) > 3 else r"(?:['’]?s)?\b"
    return f"{re.escape(beginning)}{ending}"
