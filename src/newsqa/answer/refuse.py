"""Refusals: why there is no answer, and what the articles have instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.render.wording import count
from newsqa.search.attribution import similar_quote
from newsqa.search.understand import is_usable
from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.store.records import Coverage
    from newsqa.types import Article, Dropped, Hit, Query, Reason


NEAREST = 3
QUOTATION_MARKS = '“”„"«»'

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
    """Why there is no answer, and the text that says so."""

    reason: Reason
    text: str


def refuse(query: Query, hits: Sequence[Hit], dropped: Sequence[Dropped], within: Coverage, whole: Coverage) -> Refusal:
    """Return a refusal that names the nearest headlines and the dates that the articles cover.

    `dropped` are the sentences of a draft that the verifier dropped, `within` covers the articles inside the bounds of
    the question, `whole` all of them. If the origin of words was asked for, similar words are quoted, as other ones.
    """
    reason = _reason(query, dropped, within)
    parts = [OPENINGS[reason]]
    if query.quotation and reason == "no_evidence":
        parts = [QUOTATION_NOT_FOUND, *_similar_words(query, hits)]
    if reason != "question_unusable":
        parts += [*_nearest(hits), *_covered(within, whole)]
    return Refusal(reason, " ".join(parts))


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


def _nearest(hits: Sequence[Hit]) -> list[str]:
    articles: dict[str, Article] = {}
    for hit in hits:
        if hit.article.title and len(articles) < NEAREST:
            articles.setdefault(hit.article.title.casefold(), hit.article)
    if not articles:
        return []
    return ["Nearest: " + "; ".join(_headline(article) for article in articles.values()) + "."]


def _similar_words(query: Query, hits: Sequence[Hit]) -> list[str]:
    similar = similar_quote(query.quotation, hits[0]) if hits else None
    if similar is None:
        return []
    words = " ".join(similar.text.split())
    marked = words if words[0] in QUOTATION_MARKS or words[-1] in QUOTATION_MARKS else f"“{words}”"
    return [f"Other words, but much like them, stand in {_headline(similar.article)}: {marked}"]


def _headline(article: Article) -> str:
    source = ", ".join(part for part in (article.outlet, article.published and format_day(article.published)) if part)
    return (f"“{article.title}”" if article.title else "an article without a title") + (
        f" ({source})" if source else ""
    )


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
