"""Wording: quoted words, grave words, addresses, speakers, and clauses about something that the quotes do not have."""

from __future__ import annotations

import itertools
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import quoted, word_set, wording, words
from newsqa.verify.checks.participants import SAYS, alike, called, cast, own_cast
from newsqa.verify.checks.reading import read
from newsqa.verify.facts.synonyms import OFFICES, actor, kin, root
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from newsqa.models.encoders import TokenEncoder, TokenVectors
    from newsqa.text.words import Word
    from newsqa.verify.checks.participants import Participant, Tie
    from newsqa.verify.checks.reading import QuoteText, Reading

    Floats = npt.NDArray[np.floating[Any]]


_LEFT_OUT = re.compile(r"\s*(?:\.\.\.|…|\[(?:\.\.\.|…)\])\s*")


def check_quotations(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which words in quotation marks stand in no quote, or None; parts with "…" between them follow in order."""
    texts = [
        *(wording(quote).words for quote in (*source.quotes, *_neighbours(source))),
        *(wording(name).words for name in source.known_names),
    ]
    for inside in quoted(sentence.text):
        parts = [words for part in _LEFT_OUT.split(inside) if (words := wording(part).words)]
        if not any(_hold(text, parts) for text in texts):
            return Fault("quotation_altered", (inside,))
    return None


def _neighbours(source: QuoteText) -> list[str]:
    """Return two quotes as one where the one follows the other in the article: words may begin here and end there."""
    articles = [" ".join(text.split()) for text in source.context]
    pairs = (" ".join(f"{one} {other}".split()) for one, other in pairwise(source.quotes))
    return [pair for pair in pairs if any(pair in article for article in articles)]


def _hold(text: tuple[str, ...], parts: list[tuple[str, ...]]) -> bool:
    at = 0
    for part in parts:
        found = next((n for n in range(at, len(text) - len(part) + 1) if text[n : n + len(part)] == part), None)
        if found is None:
            return False
        at = found + len(part)
    return True


# Grave words and addresses that are added.

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


def check_grave_words(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which word of death or crime is in none of the quotes, in itself or a synonym, or None."""
    for word in sentence.telling:
        if root(word.folded) in _GRAVE and kin(word.folded).isdisjoint(source.kin):
            return Fault("grave_word_added", (word.text,))
    return None


def check_addresses(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which address or markup of a sentence stands in none of its quotes, or None."""
    for match in _ADDRESS.finditer(sentence.text):
        if not any(match.group() in quote for quote in source.quotes):
            return Fault("address_added", (match.group(),))
    return None


# Speakers.

_LEAST = 2
"""Words that what is said must share with what is said in the quotes, for their speakers to be compared."""


def check_speakers(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return whom the sentence lets say something that the quotes have another say, or None."""
    there = cast(source)
    for figure in own_cast(sentence.text):
        if not figure.acts or (figure.names and figure.names <= source.known.folded):
            continue
        own = alike(figure, there, source)
        if any(_given_to_another(said, figure, own, there) for said in _said(figure.ties)):
            return Fault("speaker_mismatch", (called(figure),))
    return None


def _said(some: Sequence[Tie]) -> Iterator[Tie]:
    return (tie for tie in some if tie.slot == "doer" and tie.what == SAYS)


def _given_to_another(said: Tie, figure: Participant, own: list[Participant], there: Sequence[Participant]) -> bool:
    """Return True if others say it in the quotes, clearly sooner than the one who is named for it."""
    heard = [(_shared(said, tie), one) for one in there if one.acts for tie in _said((*one.ties, *one.perhaps))]
    most = max((score for score, _ in heard), default=0)
    if not most or most < min(_LEAST, len(said.words)):
        return False
    if any(2 * score >= most and any(one is other for other in own) for score, one in heard):
        return False
    others = [one for score, one in heard if score == most]
    if figure.names and own and not any(other.names or _no_one(other) for other in others):
        return False
    return bool(figure.names) or bool(own) or any(other.names for other in others)


def _no_one(other: Participant) -> bool:
    """Return True if one without a name cannot be one who has one: a body, or one of many."""
    return not any((actor(word) or "") in OFFICES and actor(word) == word for word in other.heads)


def _shared(said: Tie, other: Tie) -> int:
    known = frozenset(k for word in other.words for k in kin(word))
    return sum(not kin(word).isdisjoint(known) for word in said.words)


# The similarity of clauses, by late interaction (ColBERT, arXiv:2004.12832).

ALIKE = 0.68
"""The mean cosine of a clause's telling words that is enough. Of true paraphrases 5 in a hundred have a clause below
it; of clauses that tell something else of the same article seven in ten lie below, of made-up ones nine in ten."""

STRANGE = 0.56
"""The mean cosine of the two least like words of a clause that is too little, however like the others are."""

_BREAK = re.compile(
    r"[,;:()—–](?:\s+|$)|\s(?=(?:and|but|or|because|after|before|while|whereas|although|though|who|which|whose|where|when"
    r"|since|despite|amid|following|thanks to|due to|as)\s)",
    re.IGNORECASE,
)


def check_clauses(sentence: str, quotes: Sequence[str], encoder: TokenEncoder) -> Fault | None:
    """Return why a clause of a sentence cannot be a paraphrase of any two sentences of its quotes, or None.

    Each content word is as similar as the most similar token of the quotes. That shows what a clause is about, not that
    it is true: numbers, names, roles and denials have checks of their own.

    Among many sentences every word finds one that is a little like it. A single word tells nothing, so a clause has at
    least two; what stands past the encoder's 512 tokens is not seen. Each text is encoded by itself: a quantised model
    scales its activations by all that is encoded together, and a verdict must not depend on its neighbours.
    """
    pieces = [quote[start:end] for quote in quotes for start, end in sentence_spans(quote)]
    said, *there = (encoder.texts([text])[0] for text in (sentence, *pieces))
    alike = np.stack([_most_alike(said, *piece) for piece in zip(there, pieces, strict=True)], axis=1)
    for start, end in _clauses(sentence):
        telling = [word for word in read(sentence).telling if start <= word.start < end]
        if len(telling) > 1 and _strange(np.stack([alike[_own(said, [word])].mean(axis=0) for word in telling])):
            return Fault("unsupported_clause", (sentence[start:end].strip(" ."),))
    return None


def _most_alike(said: TokenVectors, tokens: TokenVectors, piece: str) -> Floats:
    """Return how like each token of a sentence is to some telling word of a piece, shape (tokens,).

    Small words are like everything: "sent" is like "after".
    """
    telling = tokens.vectors[_own(tokens, [word for word in words(piece) if word.content])]
    like: Floats = (said.vectors @ telling.T).max(axis=1, initial=0.0)
    return like


def _own(tokens: TokenVectors, found: Sequence[Word]) -> npt.NDArray[np.bool_]:
    """Tell of each token whether it is part of one of these words, shape (tokens,)."""
    starts, ends = tokens.spans[:, :1], tokens.spans[:, 1:]
    within = (starts < [word.end for word in found]) & (ends > [word.start for word in found])
    return np.asarray(within.any(axis=1), dtype=np.bool_)


def _strange(telling: Floats) -> bool:
    """Check if words, shape (words, pieces), are like no two pieces: little on the mean, or two of them hardly."""
    pairs = itertools.combinations_with_replacement(range(telling.shape[1]), 2)
    seen = [np.maximum(telling[:, one], telling[:, other]) for one, other in pairs]
    return all(like.mean() < ALIKE or np.sort(like)[:2].mean() < STRANGE for like in seen)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)
