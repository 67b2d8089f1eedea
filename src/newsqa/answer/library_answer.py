"""Answers about the library, from its catalogue, and to small talk: lines of text that cite nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.render.clean import safe_line
from newsqa.render.wording import count, period
from newsqa.search.dates import narrowed
from newsqa.search.sources import outlets_in
from newsqa.search.understand import understand
from newsqa.text.calendar import format_day
from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from newsqa.answer.message import Intent
    from newsqa.store.records import Lexicon
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Article, Bounds

HEADLINES = 7  # headlines of an answer, each on a line
OUTLETS = 8  # outlets that are named
MAX_TITLE = 140  # characters of a title or an outlet's name that are shown


def describe_library(intent: Intent, index: Snapshot, asked: date, bounds: Bounds) -> str:
    """Answer small talk, or a message about the library: what it has, from which outlets and days, its headlines."""
    if intent.kind == "smalltalk":
        return _small_talk(intent, index, bounds)
    if intent.about == "outlets":
        return _outlets(index, bounds)
    if intent.about == "period":
        return _period(index, bounds)
    if intent.about in {"matching", "headlines"}:
        return _matching(intent, index, asked, bounds)
    if intent.about == "source":
        return _from_source(intent, index, asked, bounds)
    if intent.about == "count":
        named = _narrowed(intent.text, index, asked, bounds)
        return f"The library has {_extent(index, named)}. Ask “what's new?” for the newest headlines."
    return _newest(intent, index, asked, bounds)


def find_source(name: str, lexicon: Lexicon) -> tuple[str | None, tuple[str, ...]] | None:
    """Return the outlet and the bylines that a name may mean: those with all its words; None if there are none.

    "USA Today" also means usatoday.com. Of several outlets the one with the shortest name is meant.
    """
    wanted, joined = _name_words(name), "".join(word.folded for word in words(name))
    if not wanted:
        return None
    outlets = [one for one in lexicon.outlets if wanted <= _name_words(one) or joined in _name_words(one)]
    bylines = tuple(one for one in lexicon.bylines if wanted <= _name_words(one))
    return (min(outlets, key=len, default=None), bylines) if outlets or bylines else None


def _name_words(name: str) -> frozenset[str]:
    return frozenset(word.folded for word in words(name)) - {"the", "a", "by"}


def _extent(index: Snapshot, bounds: Bounds, named: int = OUTLETS) -> str:
    """Return "30 articles of 3 March 2025 to 16 April 2025 from 7 outlets: the Post (12), …"; `named` outlets."""
    coverage, outlets = index.coverage(bounds), index.count_by_outlet(bounds)
    known = sum(outlet is not None for outlet, _ in outlets)
    days = f" of {period(coverage.first, coverage.last)}" if coverage.first else ""
    listed = f": {_listed(outlets, named)}" if named else ""
    return f"{count(coverage.articles, 'article')}{days}" + (f" from {count(known, 'outlet')}{listed}" if known else "")


def _listed(outlets: Sequence[tuple[str | None, int]], most: int = OUTLETS) -> str:
    shown = ", ".join(f"{_cut(outlet or 'outlet unknown')} ({articles:,})" for outlet, articles in outlets[:most])
    return shown + (f" and {len(outlets) - most:,} more" if len(outlets) > most else "")


def _outlets(index: Snapshot, bounds: Bounds) -> str:
    outlets = index.count_by_outlet(bounds)
    articles = sum(number for _, number in outlets)
    lines = [
        f"- {_cut(outlet or 'outlet unknown')}: {count(number, 'article')}" for outlet, number in outlets[:OUTLETS]
    ]
    more = [f"- and {len(outlets) - OUTLETS:,} more"] if len(outlets) > OUTLETS else []
    return "\n".join([f"The {count(articles, 'article')} of the library come from:", *lines, *more])


def _period(index: Snapshot, bounds: Bounds) -> str:
    coverage, newest = index.coverage(bounds), index.newest(1, bounds)
    if not coverage.first:
        return f"The library has {count(coverage.articles, 'article')}; no date is known."
    have = "has" if coverage.undated == 1 else "have"
    undated = f" {count(coverage.undated, 'article')} {have} no known date." if coverage.undated else ""
    latest = f"\nThe newest is {_headline(newest[0])}." if newest else ""
    return f"The articles are of {period(coverage.first, coverage.last)}.{undated}{latest}"


def _newest(intent: Intent, index: Snapshot, asked: date, bounds: Bounds) -> str:
    """Return the newest headlines: those of the time that the message names if there are any."""
    named = _narrowed(intent.text, index, asked, bounds)
    articles = index.newest(HEADLINES, named)
    opening = f"The newest of {count(index.coverage(named).articles, 'article')}:"
    if not articles:
        opening, articles = "No article is from that time. The newest are:", index.newest(HEADLINES, bounds)
    if not articles:
        return f"The library has {_extent(index, bounds)}, none with a headline and a date."
    return "\n".join([opening, *_lines(articles)])


def _matching(intent: Intent, index: Snapshot, asked: date, bounds: Bounds) -> str:
    """Return how many articles have all words of a topic, from which outlets, and headlines of the best of them."""
    query = understand(intent.topic, asked, index.lexicon, bounds)
    named = _narrowed(intent.topic, index, asked, bounds)
    found = index.matching_articles(query.terms, named)
    sought = " and ".join(f"“{_cut(term)}”" for term in query.terms)
    if not found:
        hits = index.load_hits(index.search_words(query.terms, named, HEADLINES))
        nearest = _lines(dict.fromkeys(hit.article for hit in hits))
        begin = f"No article has {sought} in its title and one passage."
        return "\n".join([begin, *(["Nearest:", *nearest] if nearest else [])])
    outlets = Counter(outlet for _, outlet in found).most_common()
    best = index.load_articles([row for row, _ in found[:HEADLINES]])
    has = "has" if len(found) == 1 else "have"
    opening = (
        f"Of {count(index.coverage(named).articles, 'article')}, {len(found):,} {has} {sought} "
        f"in the title and one passage. From {_listed(outlets)}."
    )
    return "\n".join([opening, *(["The best matches:"] if len(found) > HEADLINES else []), *_lines(best)])


def _from_source(intent: Intent, index: Snapshot, asked: date, bounds: Bounds) -> str:
    """Return how many articles an outlet, an author or a time has, and the newest headlines."""
    named, source = _narrowed(intent.topic, index, asked, bounds), find_source(intent.topic, index.lexicon)
    outlet, bylines = source or (None, ())
    if outlet:
        named = replace(named, outlet=outlet)
    elif source is None and named == bounds:
        return f"No article of the library is by “{_cut(intent.topic)}”."
    articles = index.newest(HEADLINES, named, () if outlet else bylines)
    if bylines and not outlet:
        opening = f"The newest by {_cut(', '.join(bylines))}:"
    else:
        opening = f"The library has {_extent(index, named)}." + (" The newest:" if articles else "")
    return "\n".join([opening, *_lines(articles)])


def _narrowed(text: str, index: Snapshot, asked: date, bounds: Bounds) -> Bounds:
    """Return the bounds, narrowed to the time and the outlet that a text names."""
    query = understand(f"in {text}", asked, index.lexicon, bounds)
    outlets = outlets_in(text, index.lexicon)
    outlet = bounds.outlet or next(iter(outlets), None)
    return replace(narrowed(bounds, query.since, query.until), outlet=outlet)


def _lines(articles: Iterable[Article]) -> list[str]:
    """Return headlines, the newest first, each once."""
    newest = sorted(articles, key=lambda one: one.published.toordinal() if one.published else 0, reverse=True)
    return list(dict.fromkeys(f"- {_headline(article)}" for article in newest))


def _headline(article: Article) -> str:
    about = [_cut(article.outlet or ""), format_day(article.published) if article.published else "no date"]
    return f"“{_cut(article.title or article.path)}” ({', '.join(part for part in about if part)})"


def _cut(text: str) -> str:
    line = safe_line(text)
    return line if len(line) <= MAX_TITLE else f"{line[:MAX_TITLE]}…"


# Small talk

CAN_DO = "newsqa answers questions from news articles; every sentence of an answer comes with its quote and source."
HOW_TO_ASK = (
    "Ask about people, places or events, for a summary, a timeline or the latest on a story; "
    "then follow up, or ask “source?”, “who said that?”, “tell me more”."
)


def _small_talk(intent: Intent, index: Snapshot, bounds: Bounds) -> str:
    """Return a short reply that says, where it helps, what newsqa can do and what the library covers."""
    short = {
        "thanks": "You're welcome. Ask more whenever you like.",
        "bye": "Goodbye. Ask again whenever you like.",
        "okay": "All right. Ask another question about the articles whenever you like.",
        "nothing_before": "There is no answer yet that this could be about. Ask a question about the articles first.",
    }
    if intent.about in short:
        return short[intent.about]
    extent = f"The library has {_extent(index, bounds, named=0)}."
    if intent.about == "foreign":
        return f"Please ask in English: newsqa reads and answers questions in English. {extent}"
    hello = "Hello. " if intent.about == "greeting" else ""
    return f"{hello}{CAN_DO} {extent} {HOW_TO_ASK}"
