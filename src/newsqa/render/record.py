"""The record of an answer as JSON: what `newsqa ask --json` prints and what a run of questions keeps."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from newsqa.types import Answer, Citation, Dropped, Duplicate, Sentence, Usage

if TYPE_CHECKING:
    from newsqa.types import Article, Hit, JsonObject


DIGITS = 4  # of scores; more would differ between machines


def to_record(answer: Answer) -> JsonObject:
    """Return an answer as the JSON object that docs/architecture.md describes; dates are ISO, unknown is None."""
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone": answer.standalone,
        "asked": answer.asked.isoformat(),
        "as_of": _iso(answer.as_of),
        "refused": answer.refused,
        "reason": answer.reason,
        "incomplete": answer.incomplete,
        "error": answer.error,
        "text": answer.text,
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "citations": [_citation(citation) for citation in answer.citations],
        "retrieved": [_passage(hit) for hit in answer.retrieved],
        "dropped": [asdict(dropped) for dropped in answer.dropped],
        "notices": list(answer.notices),
        "confidence": round(answer.confidence, DIGITS),
        "model": answer.model,
        "index": answer.index,
        "config": answer.config,
        "timings": dict(answer.timings),
        "usage": asdict(answer.usage),
    }


def from_record(record: JsonObject) -> Answer:
    """Return the answer that a record holds, as far as it is shown to people: without the passages retrieved.

    Raises KeyError, TypeError or ValueError where the record is not one that `to_record` made.
    """
    return Answer(
        id=record["id"],
        question=record["question"],
        standalone=record["standalone"],
        asked=date.fromisoformat(record["asked"]),
        as_of=_day(record["as_of"]),
        refused=record["refused"],
        reason=record["reason"],
        incomplete=record["incomplete"],
        error=record["error"],
        text=record["text"],
        sentences=tuple(Sentence(s["text"], tuple(s["citations"]), s["support"]) for s in record["sentences"]),
        citations=tuple(_read_citation(citation) for citation in record["citations"]),
        dropped=tuple(Dropped(**dropped) for dropped in record["dropped"]),
        notices=tuple(record["notices"]),
        confidence=record["confidence"],
        model=record["model"],
        index=record["index"],
        config=record["config"],
        timings=record["timings"],
        usage=Usage(**{"cost": None, **record["usage"]}),  # records were once kept without it
    )


def article_record(article: Article) -> JsonObject:
    """Return a stored article as `newsqa show ARTICLE_ID --json` prints it."""
    return {
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "byline": article.byline,
        "published": _iso(article.published),
        "url": article.url,
        "path": article.path,
        "text": article.text,
    }


def to_line(record: JsonObject) -> str:
    """Return a record as one line of JSON that any terminal or file takes.

    Letters stay readable; whatever could command a terminal or is no character (a lone surrogate) is escaped, as JSON
    allows.
    """
    return _readable(json.dumps(record, ensure_ascii=False, separators=(",", ":")))


def to_document(record: JsonObject) -> str:
    """Return a record as indented JSON that any terminal or file takes, as `to_line` does in one line."""
    lines = json.dumps(record, ensure_ascii=False, indent=2).split("\n")
    return "\n".join(_readable(line) for line in lines) + "\n"


def _readable(text: str) -> str:
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def _sentence(sentence: Sentence) -> JsonObject:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "support": round(sentence.support, DIGITS),
    }


def _citation(citation: Citation) -> JsonObject:
    fields = asdict(citation)
    return {**fields, "published": _iso(citation.published), "also_carried_by": list(fields["also_carried_by"])}


def _read_citation(fields: JsonObject) -> Citation:
    carriers = tuple(Duplicate(**carrier) for carrier in fields["also_carried_by"])
    return Citation(**{**fields, "published": _day(fields["published"]), "also_carried_by": carriers})


def _passage(hit: Hit) -> JsonObject:
    return {
        "article_id": hit.article.id,
        "url": hit.article.url,
        "path": hit.article.path,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": round(hit.score, DIGITS),
        "text": hit.passage.text,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
