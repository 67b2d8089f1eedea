"""What is added: a grave word, an address or markup that the quotes do not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from newsqa.verify.checks.reading import QuoteText, Reading


_GRAVE = frozenset(
    root(word)
    for word in word_set(
        "die death dead kill murder drown suicide arrest jail convict acquit guilty resign bribe steal explode bankrupt"
    )
)
"""What must not be said of anybody on the strength of the words around it."""

_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|\b(?:javascript|data|mailto|file):\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b|\]\(|</?[a-z!][^>]*>?|&[#a-z0-9]+;|\(withheld\)",
    re.IGNORECASE,
)
"""An address of any kind, a link in Markdown, a tag, an entity, or what stands in the place of words withheld."""


def grave_words_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which word of death or crime is in none of the quotes, in itself or a synonym, or None."""
    for word in sentence.telling:
        if root(word.folded) in _GRAVE and kin(word.folded).isdisjoint(proof.kin):
            return f"“{word.text}” is in none of its quotes"
    return None


def addresses_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which address or markup of a sentence stands in none of its quotes, or None."""
    for match in _ADDRESS.finditer(sentence.text):
        if not any(match.group() in quote for quote in proof.quotes):
            return f"“{match.group()}” is in none of its quotes"
    return None
