"""Lexical support: whether quotes say what a sentence says, by rules that a person can follow.

The rules compare words, not meaning, so the result is called support and never entailment. On human faithfulness
labels the share of content stems alone ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468,
table of metrics).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.verify.checks.amounts import check_amounts, check_clocks, check_rates
from newsqa.verify.checks.arithmetic import check_pairs
from newsqa.verify.checks.dates import check_dates, check_directions
from newsqa.verify.checks.denial import check_denials
from newsqa.verify.checks.names import check_names, sentence_names
from newsqa.verify.checks.reading import QuoteText, read
from newsqa.verify.checks.roles import check_roles
from newsqa.verify.checks.wording import (
    check_addresses,
    check_clauses,
    check_grave_words,
    check_quotations,
    check_speakers,
)
from newsqa.verify.evidence import is_verbatim
from newsqa.verify.facts.synonyms import REPORTING, kin, root
from newsqa.verify.faults import Fault, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from newsqa.models.encoders import TokenEncoder
    from newsqa.types import Quote
    from newsqa.verify.checks.reading import Reading
    from newsqa.verify.evidence import EvidenceSet

    Check = Callable[[Reading, QuoteText], Fault | None]


MIN_OVERLAP = 0.5
"""The share of a sentence's content words, or synonyms of them, from which on its quotes seem to be about the same."""

MIN_REPAIR_OVERLAP = 0.8
"""The same for quotes that the sentence does not cite: among many sentences, one often has half of its words."""

MAX_SIMILAR = 4
"""Sentences of the evidence that are tried for a sentence which its own quotes do not support."""

MAX_PRECEDING = 3
"""Sentences before a quote that may be added to it if it refers back to them."""

_REFERS_BACK = re.compile(
    r"\b(?:he|she|they|it|him|her|them|his|their|its|we|our|us|i|my)\b|\bthe(?: [a-z]+){1,2}\b", re.IGNORECASE
)

_CHECKS: tuple[Check, ...] = (
    check_amounts,
    check_pairs,
    check_clocks,
    check_rates,
    check_dates,
    check_names,
    check_directions,
    check_quotations,
    check_denials,
    check_speakers,
    check_roles,
    check_grave_words,
    check_addresses,
)
"""Each returns the first fault of its kind, or None; the first fault of all is reported."""


def find_support(
    text: str, quotes: tuple[Quote, ...], evidence: EvidenceSet, encoder: TokenEncoder | None = None
) -> tuple[tuple[Quote, ...], Verdict]:
    """Return the quotes that support a sentence, and the verdict: its own, else the best others of the evidence.

    If its own are about the same, only a missing name is looked for, in the sentences right before them: a number or a
    day from elsewhere is more likely a wrong one. If nothing supports it, its own quotes and their fault are returned.
    """
    verdict = check_quotes(text, quotes, encoder) if quotes else Verdict(0.0, Fault("no_quote"))
    if verdict.fault is None:
        return quotes, verdict
    if verdict.overlap < MIN_OVERLAP:
        candidates, min_overlap = _similar_quotes(text, evidence), MIN_REPAIR_OVERLAP
    elif verdict.fault.code == "name_missing":
        candidates, min_overlap = _preceded_quotes(quotes, evidence), MIN_OVERLAP
    else:
        return quotes, verdict
    found = [(others, check_quotes(text, others, encoder)) for others in candidates]
    supporting = [(others, other) for others, other in found if other.supported and other.overlap >= min_overlap]
    return max(supporting, key=lambda pair: pair[1].overlap, default=(quotes, verdict))


def check_quotes(text: str, quotes: Sequence[Quote], encoder: TokenEncoder | None = None) -> Verdict:
    """Check a sentence against quotes, with all that is known of their articles.

    An encoder compares the meaning of its clauses with the quotes; without one, `MIN_OVERLAP` of its words must be
    theirs.
    """
    articles = list({quote.article.id: quote.article for quote in quotes}.values())
    return check_support(
        text,
        [quote.text for quote in quotes],
        encoder=encoder,
        min_overlap=0.0 if encoder else MIN_OVERLAP,
        known_names=[name for article in articles for name in (article.outlet, article.byline) if name],
        context=[part for article in articles for part in (article.title or "", article.text)],
        published=[quote.article.published for quote in quotes],
    )


def check_support(
    sentence: str,
    quotes: Sequence[str],
    *,
    encoder: TokenEncoder | None = None,
    min_overlap: float = 0.0,
    known_names: Sequence[str] = (),
    context: Sequence[str] = (),
    published: Sequence[date | None] = (),
) -> Verdict:
    """Check a sentence against the text of its quotes.

    Every number (with its unit and what it counts), date and name must be in the quotes, words in quotation marks must
    be there to the letter, nothing may be denied that they affirm or the reverse, and who says and does what must be
    who says and does it there. A sentence that is its quotes, word for word, is always supported. What else it says is
    compared by `encoder`, or by the share of its words in the quotes, which must be `min_overlap`.

    `known_names` need no quote: the outlet and byline that a citation shows. `context` has the title and the text of
    the articles, title first, from which whole names, offices and abbreviations are taken; `published` has the day of
    each quote's article, to which "on Friday" is relative.
    """
    if is_verbatim(sentence, quotes):
        return Verdict(1.0)
    source = QuoteText(tuple(quotes), tuple(known_names), tuple(context), tuple(published))
    reading = read(sentence)
    overlap = _overlap(reading, source)
    fault = next((fault for check in _CHECKS if (fault := check(reading, source))), None)
    if fault is None and (overlap < min_overlap or _shares_only_names(reading, source)):
        fault = Fault("low_overlap", (f"{overlap:.0%}",))
    if fault is None and encoder:
        fault = check_clauses(sentence, quotes, encoder)
    return Verdict(overlap, fault)


def _overlap(sentence: Reading, source: QuoteText) -> float:
    """Return the share of content words that are in the quotes; numbers and dates, checked by value, do not count.

    Nor do words such as "said": who says something has a check of its own.
    """
    content = {root(word.folded): word for word in sentence.telling}
    if not content:
        return 1.0
    return sum(_weight(kin(word.folded), source) for word in content.values()) / len(content)


def _shares_only_names(sentence: Reading, source: QuoteText) -> bool:
    """Return True if a sentence has nothing in common with the quotes and their articles but names."""
    named = {word for name in sentence_names(sentence, source) for word in name.words} | source.whole.named
    content = [word for word in sentence.telling if word.folded not in named]
    return len(content) > 1 and not sentence.amounts and not any(_weight(kin(word.folded), source) for word in content)


def _weight(synonyms: frozenset[str], source: QuoteText) -> float:
    """Weigh a word: 1 if the quotes have it, one half if only the article around them does, else 0."""
    if not synonyms.isdisjoint(source.kin):
        return 1.0
    return 0.5 if not synonyms.isdisjoint(source.around.kin) else 0.0


def _preceded_quotes(quotes: Sequence[Quote], evidence: EvidenceSet) -> Iterator[tuple[Quote, ...]]:
    """Yield quotes that say "she" or "it" with the sentences before them, which say who that is."""
    if any(_REFERS_BACK.search(quote.text) for quote in quotes):
        for count in range(1, MAX_PRECEDING + 1):
            yield evidence.with_preceding(quotes, count)


def _similar_quotes(text: str, evidence: EvidenceSet) -> Iterator[tuple[Quote, ...]]:
    """Yield each sentence that shares a third of a text's words or more, alone and with the one before; best first.

    Sentences from several places are never put together: with them anything could be proved that is said in the
    article's words.
    """
    reading = read(text)
    if not {root(word.folded) for word in reading.content if word.folded not in reading.named} - REPORTING:
        return  # "The Herald admits it" is like anything
    shared = [(reading.shared(read(quote.text)), quote) for quote in evidence.sentences()]
    similar = [(count, quote) for count, quote in shared if count and 3 * count >= len(reading.content)]
    for _, quote in sorted(similar, key=lambda pair: -pair[0])[:MAX_SIMILAR]:
        yield (quote,)
        yield evidence.with_preceding([quote], 1)
