"""The record of an answer as JSON: what `newsqa ask --json` prints and what a run of questions keeps."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from newsqa.types import Answer, Article, Hit, JsonObject

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DIGITS = 4  # of scores; more would differ between machines

FIELDS = (
    *("id", "question", "standalone", "asked", "as_of", "kind", "refused", "reason", "incomplete", "error"),
    *("text", "sentences", "citations", "retrieved", "nearest", "dropped", "unanswered", "notices", "confidence"),
    *("model", "index", "config", "timings", "usage"),
)
"""The fields of a record in their order."""

PASSAGE_FIELDS = ("article_id", "url", "path", "start", "end", "score", "text")


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """Return what turns values of a dataclass into JSON values and back, and checks them."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def to_record(answer: Answer) -> JsonObject:
    """Return an answer as the JSON object that docs/architecture.md describes; dates are ISO, unknown is None."""
    record = adapter(Answer).dump_python(answer, mode="json", exclude={"retrieved"})
    for sentence in record["sentences"]:
        sentence["support"] = round(sentence["support"], DIGITS)
    for dropped in record["dropped"]:
        if dropped["mended"] is None:
            del dropped["mended"]
    record["confidence"] = round(answer.confidence, DIGITS)
    retrieved = map(hit_record, answer.retrieved)
    record["retrieved"] = [{name: hit[name] for name in PASSAGE_FIELDS} for hit in retrieved]
    return {name: record[name] for name in FIELDS}


def from_record(record: JsonObject) -> Answer:
    """Return the answer that a record holds, as far as it is shown to people: without the passages retrieved.

    Raises KeyError, TypeError or ValueError if the record is not one that `to_record` made.
    """
    usage = {"cost": None, **record["usage"]}  # records were once kept without it
    answer: Answer = adapter(Answer).validate_python({**record, "retrieved": (), "usage": usage})
    return answer


def article_record(article: Article) -> JsonObject:
    """Return a stored article as `newsqa show ARTICLE_ID --json` prints it."""
    return {
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "byline": article.byline,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "path": article.path,
        "text": article.text,
    }


def hit_record(hit: Hit) -> JsonObject:
    """Return a passage with its article and score as `newsqa search --json` prints it."""
    article, passage = article_record(hit.article), hit.passage
    del article["byline"], article["text"]
    place = {"start": passage.start, "end": passage.end, "score": round(hit.score, DIGITS)}
    return {**article, **place, "text": passage.text}


def to_line(record: JsonObject) -> str:
    """Return a record as one line of JSON that any terminal or file takes.

    Letters stay readable; whatever could command a terminal or is no character (a lone surrogate) is escaped, as JSON
    allows.
    """
    return readable(json.dumps(record, ensure_ascii=False, separators=(",", ":")))


def to_document(record: JsonObject) -> str:
    """Return a record as indented JSON that any terminal or file takes, as `to_line` does in one line."""
    lines = json.dumps(record, ensure_ascii=False, indent=2).split("\n")
    return "\n".join(readable(line) for line in lines) + "\n"


def readable(text: str) -> str:
    """Return JSON in which what is not printable is escaped."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
