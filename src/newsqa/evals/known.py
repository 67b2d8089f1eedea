"""What the index says of a question and of its answer, asked while it is open: a run can then be scored without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.gold import bounds_of, resolve
from newsqa.evals.lines import Grounds, Known
from newsqa.evals.sets.items import is_reference, parts

if TYPE_CHECKING:
    from newsqa.evals.sets.items import Accepted, Item
    from newsqa.records import Article, JsonObject
    from newsqa.seams import Index


def known(item: Item, record: JsonObject, index: Index) -> Known:
    """Look up a question's gold and accepted answers, and the citations of the record of its answer.

    The record may be anyone's: a citation that names no offsets is faithful where its quote stands anywhere in the
    article, exactly, and one without an article_id is looked up by its address, else by its path.
    """
    told = record.get("citations")
    citations = told if isinstance(told, list) else []
    return Known(
        gold=tuple(resolve(gold, item, index).ids for gold in item.gold),
        answer_in_index=_answer_in_index(item, index),
        citations=tuple(grounds(one if isinstance(one, dict) else {}, index) for one in citations),
    )


def _answer_in_index(item: Item, index: Index) -> bool | None:
    if any(_stands(answer, item, index) for answer in item.answers):
        return True
    return None if all(map(is_reference, item.answers)) else False


def _stands(answer: Accepted, item: Item, index: Index) -> bool:
    """Tell whether each part of an answer stands somewhere in what the question may see."""
    return all(index.holding(part, bounds_of(item), limit=1) for part in parts(answer))


def grounds(citation: JsonObject, index: Index) -> Grounds:
    """Compare a citation with the article that it names; what the citation does not say is not compared."""
    article = _cited(citation, index)
    if article is None:
        return Grounds(exists=False, faithful=False)
    day = article.published and article.published.isoformat()
    stored = {"title": article.title, "outlet": article.outlet, "published": day, "url": article.url}
    agrees = all(citation[name] == value for name, value in stored.items() if name in citation)
    return Grounds(exists=agrees, faithful=_faithful(citation, article.text))


def _cited(citation: JsonObject, index: Index) -> Article | None:
    article_id, url, path = (citation.get(name) for name in ("article_id", "url", "path"))
    if isinstance(article_id, str):
        return index.article(article_id)
    found = index.at_url(url) if isinstance(url, str) else index.at_path(path) if isinstance(path, str) else []
    return index.article(found[0]) if len(found) == 1 else None


def _faithful(citation: JsonObject, text: str) -> bool:
    quote, start, end = (citation.get(name) for name in ("quote", "start", "end"))
    if not isinstance(quote, str) or not quote:
        return False
    if start is None and end is None:
        return quote in text
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == quote
