"""The refusal: what the articles do and don't hold, when nothing that answers is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.search.attribution import nearly
from newsqa.search.understand import usable
from newsqa.verify.evidence import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.store.records import Coverage
    from newsqa.types import Article, Bounds, Draft, Hit, Query, Reason


NEAREST = 3
MARKS = '“”„"«»'

OPENINGS: dict[Reason, str] = {
    "no_evidence": "The articles do not answer this.",
    "not_supported": "A draft was written, but the articles do not support it.",
    "out_of_range": "The articles do not cover this time.",
    "question_unusable": "This cannot be read as a question: please ask in a few plain words.",
}


NOT_HELD = "None of the articles searched holds these words."
"""How a refusal opens where the origin of words was asked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the text that says so to a person."""

    reason: Reason
    text: str


def refuse(query: Query, hits: Sequence[Hit], draft: Draft, within: Coverage, whole: Coverage) -> Refusal:
    """Say that there is no answer, name the nearest headlines and the dates that the articles cover.

    `within` spans the articles inside the question's bounds, `whole` all of them. Where words are nearly those whose
    origin was asked for, they are told as what they are: others.
    """
    reason = _reason(query, draft, within)
    parts = [OPENINGS[reason]]
    if query.quotation and reason == "no_evidence":
        parts = [NOT_HELD, *_nearly(query, hits)]
    if reason != "question_unusable":
        parts += [*_nearest(hits), *_covered(within, whole)]
    return Refusal(reason, " ".join(parts))


def undated_notice(bounds: Bounds, coverage: Coverage) -> tuple[str, ...]:
    """Tell how many articles a bound on dates leaves unseen because their date is unknown."""
    if not bounds.dated or not coverage.undated:
        return ()
    were = "was" if coverage.undated == 1 else "were"
    return (f"{count(coverage.undated, 'article')} of no known date {were} left out.",)


def count(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it is not one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _reason(query: Query, draft: Draft, within: Coverage) -> Reason:
    if not usable(query.text):
        return "question_unusable"
    if _outside(query, within) or (query.bounds.dated and not within.articles):
        return "out_of_range"
    return "not_supported" if draft.claims else "no_evidence"


def _outside(query: Query, coverage: Coverage) -> bool:
    """Whether the question names a time that no dated article reaches."""
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


def _nearly(query: Query, hits: Sequence[Hit]) -> list[str]:
    near = nearly(query.quotation, hits[0]) if hits else None
    if near is None:
        return []
    words = " ".join(near.text.split())
    marked = words if words[0] in MARKS or words[-1] in MARKS else f"“{words}”"
    return [f"Other words, but much like them, stand in {_headline(near.article)}: {marked}"]


def _headline(article: Article) -> str:
    source = ", ".join(part for part in (article.outlet, article.published and day(article.published)) if part)
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
        return f", dated {day(coverage.first)}"
    return f", dated {day(coverage.first)} to {day(coverage.last)}"
