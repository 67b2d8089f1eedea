"""Order in time: what the quotes have come first must not come after it in the sentence."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree


_LATER = {"after": False, "following": False, "once": False, "before": True, "until": True}
"""Whether what stands below such a word is the later of the two."""


def order_kept(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find two events which the quotes have in the other order."""
    there = [pair for piece in proof.pieces for pair in _in_order(piece.reading.text)]
    for (first, second), (one, other) in product(_in_order(sentence.text), there):
        if _alike(first, other) and _alike(second, one) and not _alike(first, second):
            yield f"its quotes have “{one}” before “{other}”"


def _alike(one: str, other: str) -> bool:
    return not kin(one).isdisjoint(kin(other))


@lru_cache(maxsize=4096)
def _in_order(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words for two events, the earlier first, for each "after" or "before" between them."""
    parsed = tree(text)
    places = [at for at in range(len(parsed.tokens)) if parsed.word(at) in _LATER]
    pairs = [(_LATER[parsed.word(at)], pair) for at in places if (pair := _joined(parsed, at))]
    return tuple(pair if later else pair[::-1] for later, pair in pairs)


def _joined(parsed: Tree, at: int) -> tuple[str, str] | None:
    """Return the word above a conjunction or preposition of time, and the event that it brings in."""
    head = parsed.tokens[at].head
    if parsed.tokens[at].dependency in {"mark", "advmod"} and parsed.tokens[head].dependency == "advcl":
        return parsed.word(parsed.tokens[head].head), parsed.word(head)
    below = parsed.under(at, "pobj", "pcomp")
    if parsed.tokens[at].dependency == "prep" and below and parsed.tokens[head].part == "VERB":
        return parsed.word(head), parsed.word(below[0])
    return None
