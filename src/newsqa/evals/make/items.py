"""Drafts made into questions of a set, marked as drafts for whoever edits them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from newsqa.evals.sets import Gold, Item

if TYPE_CHECKING:
    from datetime import date

    from newsqa.evals.make.values import Drafted
    from newsqa.records import JsonObject

ASKED_AFTER = 1
"""Days after an article's publication on which its question is asked."""


def answerable(drafted: Drafted) -> Item:
    """Return a question whose answer stands in its article. A question for a source is asked for all of its parts."""
    article = drafted.told.story.article
    is_source = drafted.form == "source"
    return Item(
        id=_id(drafted, "source" if is_source else "fact"),
        question=drafted.question,
        answers=(drafted.answers,) if is_source else drafted.answers,
        asked=article.published and article.published + timedelta(days=ASKED_AFTER),
        answerable=True,
        gold=(_gold(drafted),),
        tags=("source",) if is_source else ("fact", drafted.kind, _tag(drafted.form)),
        meta=_meta(drafted),
    )


def unanswerable(drafted: Drafted, as_of: date) -> Item:
    """Return a question asked on a day on which nothing visible answers it; `meta` tells what it hides."""
    gold = _gold(drafted)
    return Item(
        id=_id(drafted, "unanswerable"),
        question=drafted.question,
        asked=as_of,
        as_of=as_of,
        answerable=False,
        tags=("unanswerable", drafted.kind, _tag(drafted.form)),
        meta={
            **_meta(drafted),
            "hidden": {"article_id": gold.article_id, "quote": gold.quote, "answers": list(drafted.answers)},
        },
    )


def _meta(drafted: Drafted) -> JsonObject:
    return {"drafted": True, "how": drafted.form, "group": drafted.told.story.article.id}


def _gold(drafted: Drafted) -> Gold:
    article = drafted.told.story.article
    return Gold(url=article.url, path=article.path or None, article_id=article.id, quote=drafted.told.text)


def _id(drafted: Drafted, kind: str) -> str:
    """Name a question by what it is, so that the same draft has the same id in every set."""
    digest = hashlib.blake2b(f"{drafted.told.story.article.id}\0{drafted.question}".encode(), digest_size=4)
    return f"{kind}-{digest.hexdigest()}"


def _tag(form: str) -> str:
    return form.replace(" ", "-")
