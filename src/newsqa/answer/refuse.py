"""Refusals: why there is no answer, and what the articles have instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.answer.candidates import is_statement
from newsqa.render.wording import count, named_source, nearest_sentence, quoted
from newsqa.search.attribution import similar_quote
from newsqa.search.understand import is_usable
from newsqa.text.calendar import format_day
from newsqa.text.sentences import sentence_spans
from newsqa.types import Dropped, Hit, Nearest, Query, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.store.records import Coverage

NEAREST = 3
OPENING_SENTENCES = 12  # sentences of an article that are searched for its lead
CREDIT = 40  # characters after a sentence, in its line, that may say that it is a caption

_NOT_THE_NEWS = re.compile(
    r"\b(?:photo(?:graph)?|image|picture|video)s?\s*(?:by|credit|courtesy|:|/|©)|\bfile\s+(?:photo|picture|image)"
    r"|\bgetty\s+images\b|\((?:ap|afp|reuters|epa)\s*(?:/|photo)|/(?:afp|ap|reuters|epa|getty)\b|\bclick\s+here\b"
    r"|^\W*(?:editor['’]s\s+note|(?:a\s+version\s+of\s+)?this\s+(?:story|article|page)\s)",
    re.IGNORECASE,
)
"""Captions, and what is said of the article itself."""

OPENINGS: dict[Reason, str] = {
    "no_evidence": "The articles do not answer this.",
    "not_supported": "A draft was written, but the articles do not support it.",
    "out_of_range": "The articles do not cover this time.",
    "question_unusable": "This cannot be read as a question: please ask in a few plain words.",
}

QUOTATION_NOT_FOUND = "None of the articles searched holds these words."
"""The opening of a refusal if the origin of words was asked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, the text that says so, and the articles that are nearest to one."""

    reason: Reason
    text: str
    nearest: tuple[Nearest, ...] = ()


def refuse(query: Query, hits: Sequence[Hit], dropped: Sequence[Dropped], within: Coverage, whole: Coverage) -> Refusal:
    """Return a refusal that quotes the lead of the nearest article and names the dates that the articles cover.

    `dropped` are the sentences of a draft that the verifier dropped, `within` covers the articles inside the bounds of
    the question, `whole` all of them. If the origin of words was asked for, similar words are quoted, as other ones.
    """
    reason, nearest = _reason(query, dropped, within), tuple(islice(_nearest(hits), NEAREST))
    parts = [OPENINGS[reason]]
    if query.quotation and reason == "no_evidence":
        parts = [QUOTATION_NOT_FOUND, *_similar_words(query, hits)]
    if reason != "question_unusable":
        parts += [*map(nearest_sentence, nearest[:1]), *_covered(within, whole)]
    return Refusal(reason, " ".join(parts), nearest)


def undated_notice(coverage: Coverage) -> tuple[str, ...]:
    """Return a notice of how many articles bounds on dates leave out because their date is unknown, if any."""
    if not coverage.undated:
        return ()
    were = "was" if coverage.undated == 1 else "were"
    return (f"{count(coverage.undated, 'article')} of no known date {were} left out.",)


def _reason(query: Query, dropped: Sequence[Dropped], within: Coverage) -> Reason:
    if not is_usable(query.text):
        return "question_unusable"
    if _is_outside(query, within) or (query.bounds.dated and not within.articles):
        return "out_of_range"
    return "not_supported" if dropped else "no_evidence"


def _is_outside(query: Query, coverage: Coverage) -> bool:
    """Return True if the question names a time outside of that of all dated articles."""
    if not coverage.first or not coverage.last:
        return False
    too_late = query.since is not None and query.since > coverage.last
    too_early = query.until is not None and query.until < coverage.first
    return too_late or too_early


def _nearest(hits: Sequence[Hit]) -> Iterator[Nearest]:
    """Yield the articles of the hits that have a lead, best first, each title and each lead once."""
    seen: set[str] = set()
    for article in {hit.article.id: hit.article for hit in hits}.values():
        lead = lead_sentence(article.text)
        title = (article.title or article.id).casefold()
        if lead and not seen & {title, lead}:
            seen |= {title, lead}
            known = (article.title, article.outlet, article.published, article.url, article.path)
            yield Nearest(article.id, *known, lead)


def lead_sentence(text: str) -> str | None:
    """Return the first sentence of an article that states something; no heading, byline, dateline or caption."""
    for start, end in sentence_spans(text)[:OPENING_SENTENCES]:
        sentence, credit = " ".join(text[start:end].split()), text[end : end + CREDIT].partition("\n")[0]
        if is_statement(sentence) and not _NOT_THE_NEWS.search(sentence + credit):
            return sentence
    return None


def _similar_words(query: Query, hits: Sequence[Hit]) -> list[str]:
    similar = similar_quote(query.quotation, hits[0]) if hits else None
    if similar is None:
        return []
    return [f"Other words, but much like them, stand in {named_source(similar.article)}: {quoted(similar.text)}"]


def _covered(within: Coverage, whole: Coverage) -> list[str]:
    if within.articles:
        return [f"{count(within.articles, 'article')} searched{_dates(within)}."]
    if whole.articles:
        dated = f"{dates}," if (dates := _dates(whole)) else ""
        return [f"None of the {count(whole.articles, 'article')}{dated} lies within the bounds that were set."]
    return ["No article has been indexed yet."]


def _dates(coverage: Coverage) -> str:
    if not coverage.first or not coverage.last:
        return ""
    if coverage.first == coverage.last:
        return f", dated {format_day(coverage.first)}"
    return f", dated {format_day(coverage.first)} to {format_day(coverage.last)}"
