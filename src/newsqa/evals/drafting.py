"""Drafts a set of questions from the articles of an index, for a person to edit.

    cloze         Fill in the blank: "The Grey Heron left Orrinport with ____ passengers."
    sources       Which article, outlet and date does this quote come from: “…”?
    written       a question in a chat model's words, with an answer that the passage holds
    unanswerable  one with a blank or written, asked as of a day on which its article had not appeared

Articles take turns, and the drafts that pass every check are kept until the plan is full.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Literal

from newsqa.answer.ranking import possible_answers
from newsqa.errors import ModelError, SourceError
from newsqa.evals.datasets.items import Gold, Item, item_record
from newsqa.evals.draft_rules import (
    CLOZE_FRAME,
    READ,
    DraftQuestion,
    cloze_questions,
    depends_on_context,
    holds_any,
    part,
    sentences_of,
    source_questions,
)
from newsqa.evals.judge import as_data, object_in
from newsqa.models.chat import invoke_model
from newsqa.private_files import private_folder, write_new
from newsqa.render.record import readable
from newsqa.search.understand import answer_kind
from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.entities import names
from newsqa.text.sentences import passage_spans, sentence_spans
from newsqa.text.words import fold, lower_case_words, stem_set, word_set, words
from newsqa.types import NO_BOUNDS, Article, Bounds, Quote, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts
    from newsqa.store.records import ArticleSummary
    from newsqa.store.snapshot import Snapshot

    WrittenBy = Callable[[Article, Random], Iterable[DraftQuestion]]

Kind = Literal["cloze", "written", "sources", "unanswerable"]

KINDS: Mapping[Kind, int] = {"cloze": 2, "written": 2, "sources": 1, "unanswerable": 1}
"""The kinds of questions, with their shares of a set."""

MOST_OF_AN_ARTICLE = 3
TRIED = 6  # drafts of one article that are checked against the index before the next article has its turn
ASKED_AFTER = 1  # days after an article's publication on which its question is asked
EARLIEST, LATEST = 1, 14  # days before an article's publication as of which an unanswerable question is asked
PASSAGES_COMPARED = 25

SAME_MATTER = 0.6  # the share of a question's stems with which a sentence is about the same


@dataclass(frozen=True, slots=True)
class Plan:
    """How many questions to draft, of which kinds; the same seed drafts the same set from the same index."""

    number: int = 60
    kinds: tuple[Kind, ...] = ("cloze", "sources", "unanswerable")
    seed: int = 0

    def quotas(self) -> dict[Kind, int]:
        """Divide the number among the kinds by their shares."""
        shares = {kind: KINDS[kind] for kind in KINDS if kind in self.kinds}
        whole = sum(shares.values())
        quotas = {kind: self.number * share // whole for kind, share in shares.items()}
        for kind in list(quotas)[: self.number - sum(quotas.values())]:
            quotas[kind] += 1
        return quotas


@dataclass(frozen=True, slots=True)
class DraftSet:
    """A drafted set with its number of questions of each kind; `lacking` counts those that were not found."""

    items: tuple[Item, ...]
    kinds: Mapping[Kind, int]
    lacking: Mapping[Kind, int]


def draft_set(index: Snapshot, plan: Plan, report: Callable[[int], None], writer: WrittenBy | None = None) -> DraftSet:
    """Draft a set from the articles of an index, balanced over outlets and what is asked for.

    `writer` drafts the questions of the kind "written", and then those that are made unanswerable too; `report` is
    called with the number of questions so far. Only articles in English, or of unknown language, are drafted from.
    Raises ModelError if the writer's model does not answer.
    """
    random = Random(plan.seed)  # noqa: S311  a set must come out the same again
    listed = [article for article in index.list_articles() if article.language in {None, "en"}]
    drafting = _Drafting(index, plan.quotas(), writer)
    for turn, article_id in product(range(MOST_OF_AN_ARTICLE), _in_turns(listed, random)):
        if not any(drafting.lacking(kind) for kind in drafting.quotas):
            break
        article = index.article(article_id)
        if article is not None:
            drafting.add_one(article, Random(f"{plan.seed} {turn} {article_id}"))  # noqa: S311
            report(sum(map(len, drafting.kept.values())))
    return drafting.result()


@dataclass(slots=True)
class _Drafting:
    """The questions kept so far, and what is still wanted."""

    index: Snapshot
    quotas: Mapping[Kind, int]
    writer: WrittenBy | None
    kept: dict[Kind, list[Item]] = field(default_factory=lambda: defaultdict(list))
    asked_for: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    questions: set[tuple[bool, str]] = field(default_factory=set)

    def lacking(self, kind: Kind) -> int:
        return self.quotas[kind] - len(self.kept[kind])

    def add_one(self, article: Article, random: Random) -> None:
        """Keep one question about an article, of the kind that is wanted most and that the article allows."""
        write = self.writer or (lambda *_: ())
        written = cache(lambda: tuple(write(article, random)))  # a model is asked once, and only if needed
        wanted = sorted(filter(self.lacking, self.quotas), key=lambda kind: -self.lacking(kind) / KINDS[kind])
        for kind in wanted:
            for draft in self._drafts(kind, article, written, random):
                item = self._item(kind, draft, random)
                if item is not None:
                    self.kept[kind].append(item)
                    self.asked_for[kind, draft.kind] += 1
                    self.questions.add((kind == "unanswerable", draft.question))
                    return

    def _drafts(
        self, kind: Kind, article: Article, written: Callable[[], Sequence[DraftQuestion]], random: Random
    ) -> list[DraftQuestion]:
        """Return the drafts to check, those first that ask for what the set has least of.

        A question of the set may be drafted again with the day that hides its article: such a pair shows most.
        """
        hidden = kind == "unanswerable"
        if kind == "sources":
            found = list(source_questions(article, random))
        else:
            found = list(written() if kind == "written" or (hidden and self.writer) else cloze_questions(article))
        random.shuffle(found)
        new = [draft for draft in found if (hidden, draft.question) not in self.questions]
        return sorted(new, key=lambda draft: self.asked_for[kind, draft.kind])[:TRIED]

    def _item(self, kind: Kind, draft: DraftQuestion, random: Random) -> Item | None:
        if has_other_answer(draft, self.index):
            return None
        if kind != "unanswerable":
            return answerable_item(draft)
        as_of = hiding_day(draft, self.index, random)
        return unanswerable_item(draft, as_of) if as_of else None

    def result(self) -> DraftSet:
        """Return the set, a kind after the other."""
        kinds = [kind for kind in KINDS if self.kept.get(kind)]
        items = tuple(item for kind in kinds for item in self.kept[kind])
        lacking = {kind: lack for kind in self.quotas if (lack := self.lacking(kind))}
        return DraftSet(items, {kind: len(self.kept[kind]) for kind in kinds}, lacking)


def _in_turns(listed: Sequence[ArticleSummary], random: Random) -> list[str]:
    """Order the ids of the articles at random, but so that outlets take turns and none fills the set."""
    seen: Counter[str | None] = Counter()
    places = []
    for article in random.sample(listed, len(listed)):
        places.append((seen[article.outlet], article.article_id))
        seen[article.outlet] += 1
    return [article_id for _, article_id in sorted(places, key=lambda placed: placed[0])]


# Lines of a set.


def answerable_item(draft: DraftQuestion) -> Item:
    """Return the question with its answer and gold, asked on the day after its article appeared."""
    article = draft.sentence.article
    is_source = draft.form == "source"
    return Item(
        id=_item_id(draft, draft.form),
        question=draft.question,
        answers=(draft.answers,) if is_source else draft.answers,
        asked=article.published and article.published + timedelta(days=ASKED_AFTER),
        answerable=True,
        gold=(Gold(article.url, article.path or None, article.id, draft.sentence.text),),
        tags=(draft.form,) if is_source else (draft.form, draft.kind),
        meta={"drafted": True, "how": draft.form, "group": article.id},
    )


def unanswerable_item(draft: DraftQuestion, as_of: date) -> Item:
    """Return the question asked as of a day on which nothing visible answers it; `meta.hidden` says what it hides."""
    article_id = draft.sentence.article.id
    hidden = {"article_id": article_id, "quote": draft.sentence.text, "answers": list(draft.answers)}
    return Item(
        id=_item_id(draft, "unanswerable"),
        question=draft.question,
        asked=as_of,
        as_of=as_of,
        answerable=False,
        tags=("unanswerable", draft.form, draft.kind),
        meta={"drafted": True, "how": draft.form, "group": article_id, "hidden": hidden},
    )


def _item_id(draft: DraftQuestion, prefix: str) -> str:
    """Make an id from article and question, so that the same draft has the same id in every set."""
    named = f"{draft.sentence.article.id}\0{draft.question}"
    return f"{prefix}-{hashlib.blake2b(named.encode(), digest_size=4).hexdigest()}"


def refuse_existing(path: Path) -> None:
    """Raise SourceError if there is something at a path already: a person may have edited it."""
    if path.exists() or path.is_symlink():
        raise SourceError(
            f"{path} is there already, and may have been edited.",
            hint="Name another file with --out, or move this one away.",
        )


def write_set(items: Sequence[Item], path: Path) -> None:
    """Write a set, one question a line, to a new file. Raises SourceError if it exists or cannot be made.

    What no editor shows, or would steer a terminal, is a JSON escape.
    """
    lines = (json.dumps(item_record(item), ensure_ascii=False) for item in items)
    try:
        private_folder(path.parent)
        write_new(path, "".join(f"{readable(line)}\n" for line in lines))
    except FileExistsError:
        refuse_existing(path)
        raise
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error


# What the index says of a draft.


def has_other_answer(draft: DraftQuestion, index: Snapshot) -> bool:
    """Return True if several articles hold the sentence, or another sentence gives its question another answer.

    Near copies at other outlets are one story; but they have several outlets and days where the source is asked for.
    """
    holding, is_source = index.find_phrase(draft.sentence.text), draft.form == "source"
    copies = {copy.article_id for copy in holding[0].also_carried_by} if holding else set()
    if not holding or (copies and is_source) or any(span.article.id not in copies for span in holding[1:]):
        return True
    own = (sentence.text for sentence in sentences_of(draft.sentence.article))
    others = () if is_source else (*_nearest(draft, index, NO_BOUNDS), *own)
    return any(_contradicts(text, draft) for text in others)


def hiding_day(draft: DraftQuestion, index: Snapshot, random: Random) -> date | None:
    """Return a day as of which a question cannot be answered; None if there is none.

    No day hides an undated article. Some article must be visible then, and none that holds the sentence or is about
    the same. A question that names a day is left out: it would be about a future that nobody can ask about.
    """
    published = draft.sentence.article.published
    if published is None or dates(draft.question):
        return None
    as_of = published - timedelta(days=random.randint(EARLIEST, LATEST))
    bounds = Bounds(as_of=as_of)
    answered = index.find_phrase(draft.sentence.text, bounds, limit=1) or any(
        _shared(text, draft) >= SAME_MATTER for text in _nearest(draft, index, bounds)
    )
    return None if answered or not index.coverage(bounds).articles else as_of


def _nearest(draft: DraftQuestion, index: Snapshot, bounds: Bounds) -> Iterator[str]:
    """Yield the sentences of the passages that are nearest to a question by their words."""
    terms = [word.text for word in words(_matter(draft)) if word.content or word.text[0].isdigit()]
    for hit in index.load_hits(index.search_words(terms, bounds, PASSAGES_COMPARED)):
        yield from (hit.passage.text[start:end] for start, end in sentence_spans(hit.passage.text))


def _matter(draft: DraftQuestion) -> str:
    return draft.question.removeprefix(CLOZE_FRAME)


def _contradicts(text: str, draft: DraftQuestion) -> bool:
    """Return True for a sentence about the same that has another value where the answer would be."""
    if _shared(text, draft) < SAME_MATTER or text == draft.sentence.text or holds_any(text, draft.answers):
        return False
    return bool(possible_answers(draft.kind, draft.question, text))


def _shared(text: str, draft: DraftQuestion) -> float:
    asked = _stems(_matter(draft))
    return len(asked & _stems(text)) / max(len(asked), 1)


_stems = lru_cache(maxsize=10_000)(stem_set)  # the same passages are near to many questions


# Questions that a chat model writes about one passage, kept only if the passage proves their answers.

PROMPT = "draft-question"

LONGEST_ANSWER = 12  # words of an answer that a metric can compare; more is a sentence
SHORTEST_QUESTION, LONGEST_QUESTION = 4, 36  # words of a question
CALLS = 4  # calls of the model allowed for each question that is wanted
FAILURES = 3  # failed calls in a row after which the model counts as unreachable

_TEXT_WORDS = word_set("passage article text excerpt author mentioned json")
"""Words of a question that speaks of the passage, which its reader has not seen."""


@dataclass(slots=True)
class QuestionWriter:
    """Has a chat model write questions about articles.

    `calls` and `usage` count what it was asked, `dropped` the replies that were not kept, by reason.
    """

    model: BaseChatModel
    name: str
    prompts: Prompts
    most_calls: int
    calls: int = 0
    failed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)

    def __call__(self, article: Article, random: Random) -> list[DraftQuestion]:
        """Ask for a question about one passage of an article; return it, or nothing if it was not kept.

        Raises ModelError if the model does not answer several times in a row.
        """
        spans = passage_spans(article.text)
        if not spans or self.calls >= self.most_calls:
            return []
        passage = Quote(article, *random.choice(spans))
        reply = self._reply(passage)
        drafted = "the model did not answer" if reply is None else _checked(object_in(reply) or {}, passage)
        if isinstance(drafted, DraftQuestion):
            return [drafted]
        self.dropped[drafted] += 1
        return []

    def _reply(self, passage: Quote) -> str | None:
        article = passage.article
        known = [str(part) for part in (article.outlet, article.published, article.title) if part]
        prompt = self.prompts.fill(PROMPT, passage=as_data(passage.text), source=as_data(", ".join(known)))
        self.calls += 1
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)])
        except ModelError:
            self.failed += 1
            if self.failed >= FAILURES:
                raise
            return None
        self.failed = 0
        self.usage += reply.usage
        return reply.text


def _checked(fields: Mapping[str, object], passage: Quote) -> DraftQuestion | str:
    """Return the draft if its passage holds the answer and its question can be asked; else why not."""
    question, answer = fields.get("question"), fields.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        return "not in the form asked for"
    question, answer = " ".join(question.split()), answer.strip()
    if not question or not answer:
        return "no question in the passage"
    sentence = _sentence_with(answer, question, passage)
    if sentence is None or len(answer.split()) > LONGEST_ANSWER:
        return "its answer is not in the passage"
    if holds_any(question, (answer,)):
        return "its question gives the answer away"
    if not _is_self_contained(question, passage.article):
        return "its question cannot be asked by itself"
    return DraftQuestion(question, (answer,), answer_kind(question), "written", sentence)


def _sentence_with(answer: str, question: str, passage: Quote) -> Quote | None:
    """Return the sentence that holds an answer word for word; of several, the one nearest to the question."""
    sentences = [part(passage, *span) for span in sentence_spans(passage.text)]
    holding = [one for one in sentences if answer in one.text and holds_any(one.text, (answer,))]
    return max(holding, key=lambda one: len(_stems(question) & _stems(one.text)), default=None)


def _is_self_contained(question: str, article: Article) -> bool:
    """Return True if a question is clear without the passage: it names something of the article.

    A weekday, a month or the article's outlet is not enough of a name.
    """
    opener, _, asked = question.partition(" ")
    common, outlet = lower_case_words(article.text[:READ]), fold(article.outlet or "")
    known = {word for name in names(article.text[:READ], common) for word in name.words}
    named = any(
        known.intersection(name.words) and not set(name.words) <= CALENDAR and fold(name.text) != outlet
        for name in names(f"{opener.lower()} {asked}", common)
    )
    return (
        named
        and question.endswith("?")
        and SHORTEST_QUESTION <= len(question.split()) <= LONGEST_QUESTION
        and question.isprintable()
        and not any(word.folded in _TEXT_WORDS for word in words(question))
        and not depends_on_context(question)
    )
