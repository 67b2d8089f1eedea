"""Lexical support: the share of a sentence's content stems that its quotes have.

It reads words, not meaning, so it is called support and is never a verdict. On human faithfulness labels this share
ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468, table of metrics).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.numbers import numbers
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUE_WEIGHT = 3
"""A number counts as much as three words when sentences are compared."""


def support_share(sentence: str, quotes: Sequence[str]) -> float:
    """Return the share, 0 to 1, of the content stems and numbers of a sentence that are in its quotes."""
    stated = stated_terms(sentence)
    if not stated:
        return 1.0
    return len(stated & stated_terms("\n".join(quotes))) / len(stated)


@lru_cache(maxsize=8192)
def stated_terms(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text, and its numbers by value."""
    return frozenset({*content_stems(words(text)), *(f"{one.value.normalize():f}" for one in numbers(text))})


def shared_weight(terms: frozenset[str], text: str) -> int:
    """Return how much of some terms (`stated_terms`) a text has.

    A word counts 1, a number VALUE_WEIGHT.
    """
    return sum(VALUE_WEIGHT if term[0].isdigit() else 1 for term in terms & stated_terms(text))
