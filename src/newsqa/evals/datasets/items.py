"""A question of a set, and its forms: one JSON object a line, ours checked closely since people write it by hand.

    {"id": "ferry-time", "question": "When did the ferry sail?", "answers": ["7.25 a.m."], "asked": "2025-04-21"}

Questions as readers type them, alone or in conversations, say what a right answer must and must not hold:

    {"id": "q17", "conversation": "c4", "turn": 2, "kind": "pronoun", "question": "And who owns it?", "refuse": false,
     "any_of": ["Ostby Lines"], "all_of": [["2011", "fourteen years"]], "none_of": ["Tarn Ferries"],
     "cites_any": ["corpus/ledger/"], "max_words": 75, "asked": "2025-04-20"}

`refuse` is true where only a refusal is right, false where only an answer is, null where both are. The turns of a
conversation are asked in one session: each sees the answers that those before it got. `kind` becomes a tag, beside
"single", "first turn" or "follow-up". Fields that are not of this form are kept in `meta`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, PlainValidator, with_config
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from newsqa.evals.datasets.entries import Day, Entry, ReadItem, Text, read_object
from newsqa.render.record import adapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsqa.types import JsonObject

Accepted = str | tuple[str, ...]
"""An accepted answer; a tuple is one answer of several parts, all of them required, in any order."""

DISTINCTIVE = {"question", "answers", "as_of", "answerable", "gold"}
MAX_STRING_WORDS = 20
MIN_QUOTE_WORDS = 4  # words of a quote that can name an article by itself
STRICT = ConfigDict(extra="forbid")


def _answer(value: object) -> Accepted:
    parts = [value] if isinstance(value, str) else value
    if isinstance(parts, list) and parts and all(isinstance(part, str) and _has_word(part) for part in parts):
        return tuple(parts) if len(parts) > 1 else parts[0]
    raise ValueError("must be a text with a word in it, or a list of texts that are all required")


def _word(text: str) -> str:
    if not _has_word(text):
        raise ValueError("must have a word in it")
    return text


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds NaN or Infinity, which is no JSON")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _finite(inner)
    return value


def _named(gold: Gold) -> Gold:
    if gold == Gold():
        raise ValueError("must name its article: a url, a path or an article_id")
    return gold


Worded = Annotated[str, AfterValidator(_word)]  # a text with a word in it
AcceptedAnswer = Annotated[Accepted, PlainValidator(_answer), PlainSerializer(lambda answer: answer)]


def parts(answer: Accepted) -> tuple[str, ...]:
    """Return the parts of an accepted answer, all of them required; most have one."""
    return (answer,) if isinstance(answer, str) else answer


def is_reference(answer: Accepted) -> bool:
    """Return True for an answer that is written out, over 20 words: it is compared with, never looked for as it is."""
    return sum(len(part.split()) for part in parts(answer)) > MAX_STRING_WORDS


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Gold:
    """Where the answer is: an article by address, path or id, and the words there if they are known.

    One that has only a quote, as importers make them, is looked up in the index by its words.
    """

    url: Text | None = None
    path: Text | None = None
    article_id: Text | None = None
    quote: Text | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """What was said before a question: by "user" or "assistant", and its text."""

    role: Literal["user", "assistant"]
    content: Text


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Rules:
    """What a right answer to a reader's question must hold, and must not; nothing is demanded by what is empty.

    One string of `any_of`, one of each group of `all_of`, none of `none_of`; a source whose address or path is or
    begins with one of `cites_any`; at most `max_words`.
    """

    any_of: tuple[Worded, ...] = ()
    all_of: tuple[Annotated[tuple[Worded, ...], Field(min_length=1)], ...] = ()
    none_of: tuple[Worded, ...] = ()
    cites_any: tuple[Worded, ...] = ()
    max_words: Annotated[int, Field(ge=1)] | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Item:
    """A question of a set. `answers` are accepted; `answerable` is False if a refusal is right, None if unknown.

    A question with `rules` may be answered or refused if that is None; its `history` holds the questions asked before
    it in its session, without answers.

    `group` names what the question shares with others (one conversation, one article), so that they are resampled
    together; it is kept in `meta` under that name.
    """

    id: Text
    question: Text
    answers: tuple[AcceptedAnswer, ...] = ()
    asked: Day | None = None
    as_of: Day | None = None
    history: tuple[HistoryMessage, ...] = ()
    answerable: bool | None = None
    gold: tuple[Annotated[Gold, AfterValidator(_named)], ...] = ()
    tags: tuple[str, ...] = ()
    meta: Annotated[Any, AfterValidator(_finite)] = field(default=None, hash=False)
    rules: Rules | None = None

    @property
    def group(self) -> str:
        """The cluster it belongs to; a question alone is its own."""
        group = self.meta.get("group") if isinstance(self.meta, dict) else None
        return group if isinstance(group, str) else self.id

    @property
    def refusal_is_right(self) -> bool:
        """True if the articles are known not to answer it."""
        return self.answerable is False


def item_record(item: Item) -> JsonObject:
    """Return a question as the JSON object that `item_from` reads; what is not known is left out."""
    record: JsonObject = adapter(Item).dump_python(item, mode="json", exclude_defaults=True)
    return record


NAMES = tuple(one.name for one in dataclass_fields(Item))
RULES = tuple(one.name for one in dataclass_fields(Rules))
_ALL_NAMES = (*NAMES, *(one.name for kind in (Gold, HistoryMessage, Rules) for one in dataclass_fields(kind)))


def item_from(fields: JsonObject) -> Item:
    """Return the question that a JSON object describes. Raises ValueError, with all that is wrong."""
    item, faults = read_object(Item, fields, _ALL_NAMES)
    if item is None:
        raise ValueError("; ".join(faults))
    return item


def is_own(fields: JsonObject) -> bool:
    """Return True for an object that is meant as a question of ours."""
    return bool(fields.keys() & DISTINCTIVE) or fields.keys() <= set(NAMES)


def read_own(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    item, faults = read_object(Item, entry.value, _ALL_NAMES)
    id_ = entry.value.get("id")
    yield ReadItem(entry.place, item, faults or list(_contradictions(item)), id_ if isinstance(id_, str) else "")


def _contradictions(item: Item | None) -> Iterator[str]:
    """Yield what each field allows, but not all of them together."""
    if item is None:
        return
    if item.asked and item.as_of and item.as_of > item.asked:
        yield f"“as_of” ({item.as_of}) is after “asked” ({item.asked}): who asks then has seen no later articles"
    if item.answerable is False and item.answers:
        yield "“answerable” is false, but “answers” holds what would be accepted"
    if item.answerable is False and item.gold and not item.as_of:
        yield "“answerable” is false, but “gold” says where the answer stands, and no “as_of” hides it"
    unnamed = [gold.quote or "" for gold in item.gold if not (gold.url or gold.path or gold.article_id)]
    if any(len(quote.split()) < MIN_QUOTE_WORDS for quote in unnamed):
        yield f"“gold” needs a url, a path or an article_id, or a quote of at least {MIN_QUOTE_WORDS} words"


# Questions as readers type them.


class _Reader(TypedDict, total=False):
    """The fields of a reader's question that a question of ours has not."""

    refuse: bool
    kind: Text
    conversation: Text
    turn: Annotated[int, Field(ge=1)]


def is_reader(fields: JsonObject) -> bool:
    """Return True for a question with rules for its answer."""
    return "question" in fields and bool(fields.keys() & {"refuse", *RULES})


def read_reader(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    given = entry.value
    named, faults = read_object(_Reader, given)
    known: _Reader = named or {}
    refuse, turn, conversation = known.get("refuse"), known.get("turn", 1), known.get("conversation")
    asked = {name: given.get(name) for name in ("id", "question", "asked", "as_of")}
    meta = {name: value for name, value in given.items() if name not in {*asked, *RULES, *_Reader.__annotations__}}
    if conversation:
        meta |= {"group": f"conversation {conversation}", "turn": turn}
    own = {
        **asked,
        "answerable": None if refuse is None else not refuse,
        "rules": {name: given[name] for name in RULES if given.get(name) is not None},
        "tags": [
            *([known["kind"]] if "kind" in known else []),
            "follow-up" if turn > 1 else "first turn" if conversation else "single",
        ],
        "meta": meta,
    }
    item, wrong = read_object(Item, own)
    yield ReadItem(entry.place, item, [*faults, *wrong])


def link_turns(read: Iterable[ReadItem]) -> Iterator[ReadItem]:
    """Yield the questions with those asked before them in their conversation as `history`.

    Only the questions: what they were answered is the business of a run. Turns out of their order are faults.
    """
    asked: dict[str, tuple[int, tuple[HistoryMessage, ...]]] = {}
    for one in read:
        item = one.item
        if item is None or "turn" not in item.meta:
            yield one
            continue
        last, history = asked.get(item.group, (0, ()))
        turn = item.meta["turn"]
        late = (f"turn {turn} comes after turn {last} of its {item.group}",) if turn <= last else ()
        asked[item.group] = turn, (*history, HistoryMessage("user", item.question))
        yield replace(one, item=replace(item, history=history), faults=(*one.faults, *late))


# RealTime QA (arXiv:2207.13332; realtimeqa/realtimeqa_public): weekly news quizzes. `choices` is a list of texts,
# `answer` a list of positions as text, from 0. If it has several, all of these choices are required. A question that
# makes sense only beside its choices ("… EXCEPT", "None of the above") is asked, but nothing is accepted as its answer.

KEPT = ("choices", "evidence", "question_url")
NEEDS_CHOICES = "needs choices"

_NO_ANSWER = re.compile(r"(?:none|all|any|both|neither) of (?:the above|these|them)\W*$", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept\b.{0,4}$", re.IGNORECASE)  # its own scorer passes over these too


class _Quiz(TypedDict):
    question_id: Text
    question_sentence: Text
    question_date: NotRequired[
        Annotated[Day, BeforeValidator(lambda day: day.replace("/", "-") if isinstance(day, str) else day)]
    ]
    question_source: NotRequired[Text]
    choices: NotRequired[list[str]]
    answer: NotRequired[list[Annotated[str, BeforeValidator(lambda n: str(n) if type(n) is int else n)]]]


def is_realtimeqa(fields: JsonObject) -> bool:
    """Return True for a question of RealTime QA."""
    return fields.keys() >= {"question_id", "question_sentence"}


def read_realtimeqa(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    quiz, faults = read_object(_Quiz, entry.value)
    if quiz is None:
        yield ReadItem(entry.place, faults=faults)
        return
    choices, question = quiz.get("choices", []), quiz["question_sentence"]
    numbers = {str(number): choice for number, choice in enumerate(choices)}
    if not numbers.keys() >= set(quiz.get("answer", [])):
        fault = f"“answer” must be the numbers of {len(choices)} choices, the first being 0"
        yield ReadItem(entry.place, faults=[fault], id=quiz["question_id"])
        return
    chosen = tuple(numbers[n] for n in quiz.get("answer", []) if any(map(str.isalnum, numbers[n])))
    alone = bool(chosen) and not _EXCEPT.search(question) and not any(map(_NO_ANSWER.search, chosen))
    source = quiz.get("question_source")
    item = Item(
        id=quiz["question_id"],
        question=question,
        answers=((chosen,) if len(chosen) > 1 else chosen) if alone else (),
        asked=quiz.get("question_date"),
        tags=tuple(tag for tag in (source, None if alone else NEEDS_CHOICES) if tag),
        meta={name: entry.value[name] for name in KEPT if entry.value.get(name)},
    )
    yield ReadItem(entry.place, item)
