"""Understanding a question, with no model: what to look for, where, from when, and what kind of answer it wants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.question.dates import span_of, without_dates
from newsqa.question.kinds import answer_kind
from newsqa.question.quotations import quotation_in
from newsqa.question.sources import bylines_in, outlets_in
from newsqa.question.words import names_of, terms_of
from newsqa.records import Query

if TYPE_CHECKING:
    from datetime import date

    from newsqa.records import Bounds, Order
    from newsqa.seams import Lexicon

LONGEST = 2000
"""Characters of a question: longer than any that a person types, short enough to be read at once."""

LATEST = re.compile(
    r"\b(latest(?! (?:\w+ )?to\b)|most recent(?:ly)?|newest|now|currently|current|at the moment|so far|up to date)\b",
    re.IGNORECASE,
)
FIRST = re.compile(
    r"\b(at first|originally|initially|earliest|first (?:report\w*|announc\w+|said|mention\w*|appear\w*|emerg\w+|broke|"
    r"became known|came out|learn\w*|reveal\w*|detect\w*|confirm\w*))\b",
    re.IGNORECASE,
)


def usable(question: str) -> bool:
    """Tell whether this can be read as a question: a word or a number at least, and not endless."""
    return len(question) <= LONGEST and bool(re.search(r"[^\W_]", question))


def understand(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    """Read a question as asked on a day, of a library that knows these outlets and bylines.

    What is read weighs softly later; only `bounds`, set by hand, are hard. Where the question asks for the origin of
    words, these are what is looked for, and the times and outlets in them are theirs, not the question's.
    """
    if quotation := quotation_in(question):
        said = " ".join(quotation.parts)
        framed = _understood(quotation.frame, asked, lexicon, bounds)
        return replace(framed, text=question, terms=terms_of(said), names=names_of(said), quotation=quotation.parts)
    return _understood(question, asked, lexicon, bounds)


def _understood(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    span = span_of(question, asked)
    names, outlets = names_of(question), outlets_in(question, lexicon)
    return Query(
        text=question,
        asked=asked,
        bounds=bounds,
        terms=terms_of(without_dates(question, asked), names, outlets) or terms_of(question),
        names=names,
        outlets=outlets,
        bylines=bylines_in(question, lexicon),
        since=span.first if span else None,
        until=span.last if span else None,
        order=_order(question),
        kind=answer_kind(question),
    )


def _order(question: str) -> Order | None:
    if FIRST.search(question):
        return "first"
    return "latest" if LATEST.search(question) else None
