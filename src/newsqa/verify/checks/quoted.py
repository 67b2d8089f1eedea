"""Words in quotation marks: they must stand in a quote to the letter."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.text.words import quoted, wording

if TYPE_CHECKING:
    from newsqa.verify.checks.reading import QuoteText, Reading


_LEFT_OUT = re.compile(r"\s*(?:\.\.\.|…|\[(?:\.\.\.|…)\])\s*")


def quoted_words_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which words in quotation marks stand in no quote, or None; parts with "…" between them follow in order."""
    texts = [
        *(wording(quote).words for quote in (*proof.quotes, *_neighbours(proof))),
        *(wording(name).words for name in proof.known_names),
    ]
    for inside in quoted(sentence.text):
        parts = [words for part in _LEFT_OUT.split(inside) if (words := wording(part).words)]
        if not any(_hold(text, parts) for text in texts):
            return f"the words “{inside}” do not stand so in its quotes"
    return None


def _neighbours(proof: QuoteText) -> list[str]:
    """Return two quotes as one where the one follows the other in the article: words may begin here and end there."""
    articles = [" ".join(text.split()) for text in proof.context]
    pairs = (" ".join(f"{one} {other}".split()) for one, other in pairwise(proof.quotes))
    return [pair for pair in pairs if any(pair in article for article in articles)]


def _hold(text: tuple[str, ...], parts: list[tuple[str, ...]]) -> bool:
    at = 0
    for part in parts:
        found = next((n for n in range(at, len(text) - len(part) + 1) if text[n : n + len(part)] == part), None)
        if found is None:
            return False
        at = found + len(part)
    return True
