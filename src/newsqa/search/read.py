"""Reads a question against the library that is asked: typing errors, names, rare terms, its language."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.search.mending import mend
from newsqa.search.rare import rare_terms
from newsqa.search.sources import without_outlet
from newsqa.search.spelling import lower_case_names
from newsqa.search.understand import is_usable, understand

if TYPE_CHECKING:
    from datetime import date

    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Bounds, Query


def read_question(question: str, asked: date, index: Snapshot, bounds: Bounds) -> Query:
    """Read a question that was asked on a day, as `understand` does, against the words of the library.

    `text` is the question with its typing errors mended, `names` holds also those that it writes in lower case, `rare`
    what few passages hold.
    """
    lexicon = index.lexicon
    query = understand(question, asked, lexicon, bounds)
    if query.quotation or not is_usable(question):
        return query
    if foreign := language_notice(question, index):
        return replace(query, notices=(foreign,))
    if (mended := mend(question, index)) != question:
        query = understand(mended, asked, lexicon, bounds)
    known = {word.casefold() for name in query.names for word in name.split()}
    asks = without_outlet(mended, query.bounds.outlet, lexicon) if query.bounds.outlet else mended
    typed = [name for name in lower_case_names(asks, index) if not known.issuperset(name.casefold().split())]
    query = replace(query, names=(*query.names, *typed))
    return replace(query, rare=rare_terms(query, index))


# A question in another language.

MIN_WORDS, MIN_LETTERS = 4, 14
"""Words of a question, or letters where words are not parted by spaces, from which its language can be told."""

UNKNOWN_SHARE = 0.5
MIN_PROBABILITY, MOST_KNOWN = 0.3, 0.01
"""Probability that its language needs, and that all languages of the articles may have together."""


def language_notice(question: str, index: Snapshot) -> str | None:
    """Return a notice if a question is in a language in which there are no articles, or None.

    Most of its words must be unknown to the library, so that names and misspelt English are not taken for another
    language.
    """
    found = re.findall(r"[^\W\d_]+", question)
    latin = question.isascii() or all(ord(letter) < 0x250 for word in found for letter in word)
    if len(found) < MIN_WORDS if latin else not found:
        return None
    known = index.languages()
    held = sum(bool(index.count_holding([word], 1)) for word in found[:40])
    if not known or held > UNKNOWN_SHARE * min(len(found), 40):
        return None
    from newsqa.ingest.language import language_probabilities

    probable = language_probabilities(question)
    language = max(probable, key=lambda code: probable[code])
    in_known = sum(probable.get(code, 0.0) for code in known)
    if in_known > MOST_KNOWN or probable[language] < MIN_PROBABILITY or (latin and sum(map(len, found)) < MIN_LETTERS):
        return None
    most = max(known, key=lambda code: known[code])
    return f"This seems to be asked in another language ({language}) than that of the articles ({most}): ask in theirs."
