"""What the index says of a set and of answers: gold and citations looked up, and what is odd about the gold.

It is looked up once, while the index is open: a run can then be scored without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.evals.datasets.entries import same_as
from newsqa.evals.datasets.items import Gold, Item, is_reference, parts
from newsqa.evals.run_file import CitationCheck, IndexFacts
from newsqa.text.words import wording
from newsqa.types import Article, Bounds, JsonObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.store.snapshot import Snapshot

MAX_NAMED = 3

Doubt = Literal[
    "not in the index",
    "published after “as_of”",
    "its quote is not in the article",
    "several articles stand there, and no quote tells which",
]


@dataclass(frozen=True, slots=True)
class ResolvedGold:
    """The articles that carry a gold, those named first, then copies of their story; and what is odd about it."""

    ids: tuple[str, ...] = ()
    doubt: Doubt | None = None


def resolve_gold(gold: Gold, item: Item, index: Snapshot) -> ResolvedGold:
    """Find a gold of a question among the articles that the question may see."""
    named = [article for name in _named_ids(gold, index) if (article := index.article(name))]
    if not named:
        return ResolvedGold(doubt="not in the index")
    quote = wording(gold.quote or "").words
    holding = [article for article in named if not gold.quote or any(wording(article.text).places(quote))]
    visible = [article for article in holding or named if _is_visible(article, item)]
    if not visible:
        return ResolvedGold(doubt="published after “as_of”")
    doubt: Doubt | None = None
    if not holding:
        doubt = "its quote is not in the article"
    elif len(holding) > 1 and not gold.quote and gold.path:
        doubt = "several articles stand there, and no quote tells which"
    copies = [index.article(copy.article_id) for article in visible for copy in index.duplicates(article.id)]
    seen = [*visible, *(copy for copy in copies if copy and _is_visible(copy, item))]
    return ResolvedGold(tuple(dict.fromkeys(article.id for article in seen)), doubt)


def bounds_of(item: Item) -> Bounds:
    """Return what a question may see."""
    return Bounds(as_of=item.as_of)


def _named_ids(gold: Gold, index: Snapshot) -> list[str]:
    """Return the ids that the first name that is known gives; a quote alone is looked up by its words."""
    if gold.article_id and index.article(gold.article_id):
        return [gold.article_id]
    found = index.find_by_path(gold.path) if gold.path else []
    found = found or (index.find_by_url(gold.url) if gold.url else [])
    alone = not (gold.article_id or gold.path or gold.url)
    return [span.article.id for span in index.find_phrase(gold.quote)] if gold.quote and alone else found


def _is_visible(article: Article, item: Item) -> bool:
    """Return True if a question may see an article; asked as of a day, it sees none without a date."""
    return item.as_of is None or (article.published is not None and article.published <= item.as_of)


# Gold, accepted answers and citations of an answer.


def index_facts(item: Item, record: JsonObject, index: Snapshot) -> IndexFacts:
    """Look up a question's gold and accepted answers, and the citations of the record of its answer.

    The record may be anyone's: a citation that names no offsets is faithful if its quote is anywhere in the article,
    exactly, and one without an article_id is looked up by its address, else by its path.
    """
    cited = record.get("citations")
    citations = cited if isinstance(cited, list) else []
    in_index = any(
        all(index.find_phrase(part, bounds_of(item), limit=1) for part in parts(answer)) for answer in item.answers
    )
    unknown = all(map(is_reference, item.answers)) and not in_index
    return IndexFacts(
        gold=tuple(resolve_gold(gold, item, index).ids for gold in item.gold),
        answer_in_index=None if unknown else in_index,
        citations=tuple(check_citation(one if isinstance(one, dict) else {}, index) for one in citations),
    )


def check_citation(citation: JsonObject, index: Snapshot) -> CitationCheck:
    """Compare a citation with the article that it names; what the citation does not say is not compared."""
    article = _named_article(citation, index)
    if article is None:
        return CitationCheck(exists=False, faithful=False)
    stored = {**_particulars(article), "url": article.url}
    agrees = all(citation[name] == value for name, value in stored.items() if name in citation)
    return CitationCheck(exists=agrees, faithful=_is_faithful(citation, article.text))


def _named_article(named: JsonObject, index: Snapshot) -> Article | None:
    """Return the article of a citation by its id, else its address, else its path, if they name one and only one."""
    article_id, url, path = (one if isinstance(one := named.get(k), str) else "" for k in ("article_id", "url", "path"))
    if article_id:
        return index.article(article_id)
    found = (index.find_by_url(url) if url else []) or (index.find_by_path(path) if path else [])
    return index.article(found[0]) if len(found) == 1 else None


def _is_faithful(citation: JsonObject, text: str) -> bool:
    quote, start, end = (citation.get(name) for name in ("quote", "start", "end"))
    if not isinstance(quote, str) or not quote:
        return False
    if start is None and end is None:
        return quote in text
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == quote


def _particulars(article: Article) -> JsonObject:
    day = article.published and article.published.isoformat()
    return {"title": article.title, "outlet": article.outlet, "published": day}


# Citations and passages of other programs.


def resolve_citation(named: JsonObject, index: Snapshot) -> JsonObject:
    """Return a citation or passage with what the index knows of its article, if it names one and only one.

    What it says itself stays as it is, so that it can be scored; an address that leads to the article is the article's,
    however it is written. Its words get their offsets if they are in the text exactly.
    """
    words = named.get("quote") or named.get("text") or ""
    article = _named_article(named, index)
    if words and not (named.get("article_id") or named.get("url") or named.get("path")):
        article = next((span.article for span in index.find_phrase(words, limit=1)), None)
    if article is None:
        return named
    fields = {"article_id": article.id, **_particulars(article)}
    fields |= {name: value for name, value in named.items() if value is not None}
    if "url" not in fields or article.id in index.find_by_url(fields["url"]):
        fields["url"] = article.url
    if "path" not in fields or article.id in index.find_by_path(fields["path"]):
        fields["path"] = article.path
    start = article.text.find(words) if words and not {"start", "end"} & fields.keys() else -1
    return {**fields, "start": start, "end": start + len(words)} if start >= 0 else fields


# What is odd about a set, seen beside the index that it will be asked of; a run goes on all the same.


def gold_warnings(items: Sequence[Item], index: Snapshot) -> list[str]:
    """Return warnings for people, one a line: gold that is not in the index, quotes that are not in their articles."""
    doubtful: dict[Doubt, list[str]] = {}
    for item in items:
        for gold in item.gold:
            doubt = resolve_gold(gold, item, index).doubt
            if doubt and not (doubt == "published after “as_of”" and item.refusal_is_right):
                doubtful.setdefault(doubt, []).append(f"{item.id} ({_name(gold)})")
    golds = sum(len(item.gold) for item in items)
    first: dict[object, str] = {}
    again = [item.id for item in items if first.setdefault(same_as(item), item.id) != item.id]
    repeated = [f"Questions, {len(again)} of {len(items)}: asked before in the same words: {some_of(again)}"]
    odd = [f"Gold, {len(of)} of {golds}: {doubt}: {some_of(of)}" for doubt, of in doubtful.items()]
    return [*(repeated if again else []), *odd]


def _name(gold: Gold) -> str:
    name = gold.path or gold.url or gold.article_id or f"“{gold.quote}”"
    return name if len(name) <= 80 else f"{name[:79]}…"


def some_of(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more
