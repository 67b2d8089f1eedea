"""A question of a set, and our own form of it: one JSON object a line, checked closely since people write it by hand.

{"id": "ferry-time", "question": "When did the ferry sail?", "answers": ["7.25 a.m."], "asked": "2025-04-21"}
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003  pydantic reads it
from typing import TYPE_CHECKING, Any

from newsqa.evals.datasets.entries import Fields, ReadItem
from newsqa.render.record import adapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.datasets.entries import Entry
    from newsqa.types import JsonObject


Accepted = str | tuple[str, ...]
"""An accepted answer; a tuple is one answer of several parts, all of them required, in any order."""

NAMES = ("id", "question", "answers", "asked", "as_of", "history", "answerable", "gold", "tags", "meta", "rules")
DISTINCTIVE = {"question", "answers", "as_of", "answerable", "gold"}
GOLD = ("url", "path", "article_id", "quote")

MAX_STRING_WORDS = 20
MIN_QUOTE_WORDS = 4  # words of a quote that can name an article by itself


def parts(answer: Accepted) -> tuple[str, ...]:
    """Return the parts of an accepted answer, all of them required; most have one."""
    return (answer,) if isinstance(answer, str) else answer


def is_reference(answer: Accepted) -> bool:
    """Return True for an answer that is written out, over 20 words: it is compared with, never looked for as it is."""
    return sum(len(part.split()) for part in parts(answer)) > MAX_STRING_WORDS


@dataclass(frozen=True, slots=True)
class Gold:
    """Where the answer is: an article by address, path or id, and the words there if they are known.

    One that has only a quote, as importers make them, is looked up in the index by its words.
    """

    url: str | None = None
    path: str | None = None
    article_id: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """What was said before a question: by "user" or "assistant", and its text."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a right answer to a reader's question must hold, and must not; nothing is demanded by what is empty.

    One string of `any_of`, one of each group of `all_of`, none of `none_of`; a source whose address or path is or
    begins with one of `cites_any`; at most `max_words`.
    """

    any_of: tuple[str, ...] = ()
    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    cites_any: tuple[str, ...] = ()
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a set. `answers` are accepted; `answerable` is False if a refusal is right, None if unknown.

    A question with `rules` may be answered or refused if that is None; its `history` holds the questions asked before
    it in its session, without answers.

    `group` names what the question shares with others (one conversation, one article), so that they are resampled
    together; it is kept in `meta` under that name.
    """

    id: str
    question: str
    answers: tuple[Accepted, ...] = ()
    asked: date | None = None
    as_of: date | None = None
    history: tuple[HistoryMessage, ...] = ()
    answerable: bool | None = None
    gold: tuple[Gold, ...] = ()
    tags: tuple[str, ...] = ()
    meta: Any = field(default=None, hash=False)
    rules: Rules | None = None

    @property
    def group(self) -> str:
        """The cluster it belongs to; a question alone is its own."""
        group = self.meta.get("group") if isinstance(self.meta, dict) else None
        return group if isinstance(group, str) else self.id

    @property
    def scored_as_squad(self) -> bool:
        """True if a, an and the do not count in its answers: SQuAD's definition, {"scored_as": "squad"} in `meta`.

        RealTime QA and sets of our own form count them.
        """
        return isinstance(self.meta, dict) and self.meta.get("scored_as") == "squad"

    @property
    def refusal_is_right(self) -> bool:
        """True if the articles are known not to answer it."""
        return self.answerable is False


def item_record(item: Item) -> JsonObject:
    """Return a question as the JSON object that `item_from` reads; what is not known is left out."""
    record: JsonObject = adapter(Item).dump_python(item, mode="json", exclude_defaults=True)
    return record


def item_from(fields: JsonObject) -> Item:
    """Return the question that a JSON object describes. Raises ValueError, with all that is wrong."""
    reading = Fields(fields, "item")
    item = _item(reading)
    if reading.faults:
        raise ValueError("; ".join(reading.faults))
    return item


def is_own(fields: JsonObject) -> bool:
    """Return True for an object that is meant as a question of ours."""
    return bool(fields.keys() & DISTINCTIVE) or fields.keys() <= set(NAMES)


def read_own(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    fields = Fields(entry.value)
    item = _item(fields)
    yield ReadItem(entry.place, item, tuple(fields.faults or _contradictions(item)))


def date_notes(entries: Sequence[Entry]) -> list[str]:
    """Return what explains faults in dates: that the entries write them in mixed forms, each with its first."""
    values = [entry.value for entry in entries if isinstance(entry.value, dict)]
    days = [day.strip() for value in values for name in ("asked", "as_of") if isinstance(day := value.get(name), str)]
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for day in days:
        form = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", day))
        first.setdefault(form, day[:40])
        counts[form] += 1
    forms = [f"{n} like “{first[form]}”" for form, n in counts.most_common()]
    return [f"Dates stand in mixed forms: {', '.join(forms)}."] if len(forms) > 1 else []


def _item(fields: Fields) -> Item:
    fields.only(NAMES)
    meta = fields.values.get("meta")
    if not _is_finite(meta):
        fields.wrong("meta", "holds NaN or Infinity, which is no JSON")
    return Item(
        id=fields.text("id", needed=True) or "",
        question=fields.text("question", needed=True) or "",
        answers=tuple(_answers(fields)),
        asked=fields.day("asked"),
        as_of=fields.day("as_of"),
        history=tuple(_history(fields)),
        answerable=fields.truth("answerable"),
        gold=tuple(_gold(fields)),
        tags=tuple(fields.entries("tags", str, "texts")),
        meta=meta,
        rules=_rules(fields),
    )


def _answers(fields: Fields) -> Iterator[Accepted]:
    for answer in fields.entries("answers", str | list, "texts, or of lists of texts that are all required"):
        parts = [answer] if isinstance(answer, str) else answer
        if parts and all(isinstance(part, str) and any(map(str.isalnum, part)) for part in parts):
            yield tuple(parts) if len(parts) > 1 else parts[0]
        else:
            fields.wrong("answers", "has an answer without a word in it")


def _history(fields: Fields) -> Iterator[HistoryMessage]:
    for turn in fields.objects("history"):
        turn.only(("role", "content"))
        content, role = turn.text("content", needed=True), turn.values.get("role")
        if role not in {"user", "assistant"}:
            turn.wrong("role", "must be user or assistant")
        elif content:
            yield HistoryMessage(role, content)


def _gold(fields: Fields) -> Iterator[Gold]:
    for entry in fields.objects("gold"):
        entry.only(GOLD)
        gold = Gold(**{name: entry.text(name) for name in GOLD})
        if gold == Gold():
            fields.wrong("gold", "must name its article: a url, a path or an article_id")
        yield gold


def _rules(fields: Fields) -> Rules | None:
    given = fields.values.get("rules")
    if given is None:
        return None
    inner = Fields(given if isinstance(given, dict) else {}, "rules", fields.faults)
    if not isinstance(given, dict):
        fields.wrong("rules", "must be an object")
    any_of, none_of, cites_any = (inner.entries(name, str, "texts") for name in ("any_of", "none_of", "cites_any"))
    all_of, most = inner.entries("all_of", list, "lists of texts"), inner.values.get("max_words")
    texts = [*any_of, *none_of, *cites_any, *(text for group in all_of for text in group)]
    if not all(isinstance(text, str) and any(map(str.isalnum, text)) for text in texts) or not all(all_of):
        inner.wrong("any_of, all_of, none_of, cites_any", "hold texts with a word in each")
    if most is not None and (type(most) is not int or most < 1):
        inner.wrong("max_words", "must be a number of words")
    return Rules(tuple(any_of), tuple(map(tuple, all_of)), tuple(none_of), tuple(cites_any), most)


def _contradictions(item: Item) -> Iterator[str]:
    """Yield what each field allows, but not all of them together."""
    if item.asked and item.as_of and item.as_of > item.asked:
        yield f"“as_of” ({item.as_of}) is after “asked” ({item.asked}): who asks then has seen no later articles"
    if item.answerable is False and item.answers:
        yield "“answerable” is false, but “answers” holds what would be accepted"
    if item.answerable is False and item.gold and not item.as_of:
        yield "“answerable” is false, but “gold” says where the answer stands, and no “as_of” hides it"
    unnamed = [gold.quote or "" for gold in item.gold if not (gold.url or gold.path or gold.article_id)]
    if any(len(quote.split()) < MIN_QUOTE_WORDS for quote in unnamed):
        yield f"“gold” needs a url, a path or an article_id, or a quote of at least {MIN_QUOTE_WORDS} words"


def _is_finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_is_finite, inner))
