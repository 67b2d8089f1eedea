"""A draft: a question about a sentence of an article, and how it becomes a line of a set."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from newsqa.errors import SourceError
from newsqa.evals.datasets.items import Gold, Item, item_record
from newsqa.text.names import names
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import lower_case_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from newsqa.text.names import Name
    from newsqa.types import AnswerKind, Article, JsonObject

Form = Literal["cloze", "source", "written"]

READ = 20_000
"""Characters of an article that are drafted from; a long news article has as many, a book on one page has more."""

ASKED_AFTER = 1
"""Days after an article's publication on which its question is asked."""


@dataclass(frozen=True)
class SourceArticle:
    """An article that questions are drafted from: its sentences and its names."""

    article: Article

    @cached_property
    def text(self) -> str:
        """The part of its text that is drafted from."""
        return self.article.text[:READ]

    @cached_property
    def sentences(self) -> tuple[SourceSentence, ...]:
        """Its sentences in order, without one that was cut."""
        spans = sentence_spans(self.text)
        whole = spans if len(self.article.text) <= READ else spans[:-1]
        return tuple(SourceSentence(self, *span) for span in whole)

    @cached_property
    def common(self) -> frozenset[str]:
        """Folded words that it also writes in lower case: at the head of a sentence they are no names."""
        return lower_case_words(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names inside its sentences: the first word of a sentence has its capital for its place."""
        heads = {sentence.start for sentence in self.sentences}
        return tuple(name for name in names(self.text, self.common) if len(name.words) > 1 or name.start not in heads)


@dataclass(frozen=True)
class SourceSentence:
    """A span of an article: `text == source.article.text[start:end]`."""

    source: SourceArticle
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words, as stored."""
        return self.source.article.text[self.start : self.end]

    def part(self, start: int, end: int) -> SourceSentence:
        """Return a span inside it, with offsets from its own start."""
        return SourceSentence(self.source, self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question about a sentence of an article.

    `form` names what drafted it and `kind` what the question asks for. `answers` are the accepted ones; those of the
    form "source" are the parts of one answer, all of them required.
    """

    question: str
    answers: tuple[str, ...]
    kind: AnswerKind
    form: Form
    sentence: SourceSentence


def holds_any(text: str, answers: Sequence[str]) -> bool:
    """Return True if a text holds one of the answers, as whole words and whatever their case and accents."""
    folded = _folded(text)
    return any(_folded(answer) in folded for answer in answers)


def _folded(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "


# --- lines of a set -----------------------------------------------------------------------------------------------


def answerable_item(draft: DraftQuestion) -> Item:
    """Return the question with its answer and gold, asked on the day after its article appeared."""
    article = draft.sentence.source.article
    is_source = draft.form == "source"
    return Item(
        id=_item_id(draft, draft.form),
        question=draft.question,
        answers=(draft.answers,) if is_source else draft.answers,
        asked=article.published and article.published + timedelta(days=ASKED_AFTER),
        answerable=True,
        gold=(Gold(article.url, article.path or None, article.id, draft.sentence.text),),
        tags=(draft.form,) if is_source else (draft.form, draft.kind),
        meta=_meta(draft),
    )


def unanswerable_item(draft: DraftQuestion, as_of: date) -> Item:
    """Return the question asked as of a day on which nothing visible answers it; `meta.hidden` says what it hides."""
    sentence = draft.sentence
    hidden = {"article_id": sentence.source.article.id, "quote": sentence.text, "answers": list(draft.answers)}
    return Item(
        id=_item_id(draft, "unanswerable"),
        question=draft.question,
        asked=as_of,
        as_of=as_of,
        answerable=False,
        tags=("unanswerable", draft.form, draft.kind),
        meta={**_meta(draft), "hidden": hidden},
    )


def _meta(draft: DraftQuestion) -> JsonObject:
    return {"drafted": True, "how": draft.form, "group": draft.sentence.source.article.id}


def _item_id(draft: DraftQuestion, prefix: str) -> str:
    """Make an id from article and question, so that the same draft has the same id in every set."""
    named = f"{draft.sentence.source.article.id}\0{draft.question}"
    return f"{prefix}-{hashlib.blake2b(named.encode(), digest_size=4).hexdigest()}"


# --- the file -----------------------------------------------------------------------------------------------------


def refuse_existing(path: Path) -> None:
    """Raise SourceError if there is something at a path already: a person may have edited it."""
    if path.exists() or path.is_symlink():
        raise SourceError(
            f"{path} is there already, and may have been edited.",
            hint="Name another file with --out, or move this one away.",
        )


def write_set(items: Sequence[Item], path: Path) -> None:
    """Write a set, one question a line, to a new file. Raises SourceError if it exists or cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(_lines(items))
    except FileExistsError:
        refuse_existing(path)
        raise
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error


def _lines(items: Sequence[Item]) -> Iterator[str]:
    """Yield a line for each question; what no editor shows, or would steer a terminal, is a JSON escape."""
    for item in items:
        text = json.dumps(item_record(item), ensure_ascii=False)
        yield "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n"
