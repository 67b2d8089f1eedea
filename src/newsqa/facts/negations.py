"""What a sentence denies: the stems that stand in the reach of a negation."""

from __future__ import annotations

import re

from newsqa.facts.words import Word, stem, word_set, words

NEGATORS = word_set("not no never without none nobody nothing neither nor cannot hardly nowhere")
_CLAUSE_ENDS = re.compile(r"[,;:.!?()“”\"—–\n]")
_REACH = 2
"""Words that say something, after a negation and in its clause, which it denies."""

_NOT_DENYING = frozenset({"only"})
"""“Not only” affirms."""


def negates(word: Word) -> bool:
    """Whether a word is a negation: "not", "never", "can't"."""
    return word.folded in NEGATORS or word.folded.endswith("n't")


def denied_stems(text: str) -> tuple[frozenset[str], bool]:
    """Return the stems that a text denies, and whether it holds any negation at all.

    A negation denies the next content words of its clause; at the end of a clause, the word before it.
    """
    found = words(text)
    denied: set[str] = set()
    any_negation = False
    for place, word in enumerate(found):
        if not negates(word) or _affirms(found, place):
            continue
        any_negation = True
        denied |= _reach(text, found, place) or _before(found, place)
    return frozenset(denied), any_negation


def _affirms(found: list[Word], place: int) -> bool:
    return place + 1 < len(found) and found[place + 1].folded in _NOT_DENYING


def _reach(text: str, found: list[Word], place: int) -> set[str]:
    reached: set[str] = set()
    for before, word in zip(found[place:], found[place + 1 :], strict=False):
        if len(reached) == _REACH or _CLAUSE_ENDS.search(text, before.end, word.start):
            break
        if word.content:
            reached.add(stem(word.folded))
    return reached


def _before(found: list[Word], place: int) -> set[str]:
    return {stem(word.folded) for word in found[max(0, place - 3) : place] if word.content and not negates(word)}
