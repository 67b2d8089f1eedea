"""What is added: no clause may be without a word of the quotes, and no address or markup may be one that they lack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.facts.sayings import REPORTING
from newsqa.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.checks.reading import Proof, Reading

_BREAK = re.compile(
    r"[,;:()—–](?:\s+|$)|\s(?=(?:and|but|or|because|after|before|while|whereas|although|though|who|which|whose|where|when"
    r"|since|despite|amid|following|thanks to|due to|as)\s)",
    re.IGNORECASE,
)
_FEW, _SEVERAL = 2, 3
_LEAST = 0.25
"""The share of a clause of several telling words that must be borne out; words of the article around count by half."""

_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|\b(?:javascript|data|mailto|file):\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b|\]\(|</?[a-z!][^>]*>?|&[#a-z0-9]+;",
    re.IGNORECASE,
)
"""An address of any kind, a link in Markdown, a tag or an entity."""


def clauses_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return which clause has next to nothing of the quotes in it, or None: a true beginning lends it no support."""
    telling = [word for word in sentence.content if root(word.folded) not in REPORTING]
    for start, end in _clauses(sentence.text):
        borne = [_borne_out(word.folded, proof) for word in telling if start <= word.start < end]
        if (len(borne) >= _FEW and not any(borne)) or (len(borne) >= _SEVERAL and sum(borne) <= _LEAST * len(borne)):
            return f"“{sentence.text[start:end].strip(' .')}” is in none of its quotes"
    return None


def addresses_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return which address or markup of a sentence stands in none of its quotes, or None."""
    for match in _ADDRESS.finditer(sentence.text):
        if not any(match.group() in quote for quote in proof.quotes):
            return f"“{match.group()}” is in none of its quotes"
    return None


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _borne_out(word: str, proof: Proof) -> float:
    words_like_it = kin(word)
    if not words_like_it.isdisjoint(proof.kin):
        return 1.0
    return 0.5 if not words_like_it.isdisjoint(proof.around.kin) else 0.0
