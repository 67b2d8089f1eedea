"""Drafts a set of questions from the articles of an index, for a person to edit.

    cloze         Fill in the blank: "The Grey Heron left Orrinport with ____ passengers."
    sources       Which article, outlet and date does this quote come from: “…”?
    written       a question in a chat model's words, with an answer that the passage holds
    unanswerable  one of the others, asked as of a day on which its article had not appeared

Articles take turns, and the drafts that pass every check are kept until the plan is full.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Literal

from newsqa.answer.ranking import possible_answers
from newsqa.errors import ModelError
from newsqa.evals.draft_rules import (
    CLOZE_FRAME,
    DraftQuestion,
    SourceArticle,
    SourceSentence,
    answerable_item,
    cloze_questions,
    depends_on_context,
    holds_any,
    source_questions,
    unanswerable_item,
)
from newsqa.evals.judge import as_data, object_in
from newsqa.models.chat import invoke_model
from newsqa.search.understand import answer_kind
from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.entities import names
from newsqa.text.sentences import passage_spans, sentence_spans
from newsqa.text.words import content_stems, fold, word_set, words
from newsqa.types import NO_BOUNDS, Bounds, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from newsqa.evals.datasets.items import Item
    from newsqa.store.records import ArticleSummary
    from newsqa.store.snapshot import Snapshot

    WrittenBy = Callable[[SourceArticle, Random], Iterable[DraftQuestion]]

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts

Kind = Literal["cloze", "written", "sources", "unanswerable"]

KINDS: Mapping[Kind, int] = {"cloze": 2, "written": 2, "sources": 1, "unanswerable": 1}
"""The kinds of questions, with their shares of a set."""

MOST_OF_AN_ARTICLE = 3

TRIED = 6  # drafts of one article that are checked against the index before the next article has its turn

SOURCES_AMONG_UNANSWERABLE = 0.25

EARLIEST, LATEST = 1, 14  # days before an article's publication as of which an unanswerable question is asked

PASSAGES_COMPARED = 25

SAME_MATTER, HINTED = 0.7, 0.5
"""The share of a question's stems with which a sentence is about the same, and with which, if it holds the answer,
it hints at it."""


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
    """Draft a set from the articles of an index, balanced over outlets, months and what is asked for.

    `writer` drafts the questions of the kind "written", and then those that are made unanswerable too; `report` is
    called with the number of questions so far. Only articles in English, or of unknown language, are drafted from.
    Raises ModelError if the writer's model does not answer.
    """
    random = Random(plan.seed)  # noqa: S311  a set must come out the same again
    listed = [article for article in index.list_articles() if article.language in {None, "en"}]
    drafting = _Drafting(index, plan.quotas(), writer)
    for turn, article_id in product(range(MOST_OF_AN_ARTICLE), _in_turns(listed, random)):
        if drafting.done:
            break
        article = index.article(article_id)
        if article is not None:
            drafting.add_one(SourceArticle(article), Random(f"{plan.seed} {turn} {article_id}"))  # noqa: S311
            report(sum(map(len, drafting.kept.values())))
    return drafting.result()


# The loop.


@dataclass(slots=True)
class _Drafting:
    """The questions kept so far, and what is still wanted."""

    index: Snapshot
    quotas: Mapping[Kind, int]
    writer: WrittenBy | None
    kept: dict[Kind, list[Item]] = field(default_factory=lambda: defaultdict(list))
    asked_for: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    questions: set[tuple[bool, str]] = field(default_factory=set)

    @property
    def done(self) -> bool:
        return not any(self._lacking(kind) for kind in self.quotas)

    def _lacking(self, kind: Kind) -> int:
        return self.quotas[kind] - len(self.kept[kind])

    def add_one(self, source: SourceArticle, random: Random) -> None:
        """Keep one question about an article, of the kind that is wanted most and that the article allows."""
        write = self.writer or (lambda *_: ())
        written = cache(lambda: tuple(write(source, random)))  # a model is asked once, and only if needed
        wanted = sorted(filter(self._lacking, self.quotas), key=lambda kind: -self._lacking(kind) / KINDS[kind])
        for kind in wanted:
            for draft in self._drafts(kind, source, written, random):
                item = self._item(kind, draft, random)
                if item is not None:
                    self.kept[kind].append(item)
                    self.asked_for[kind, draft.kind] += 1
                    self.questions.add((kind == "unanswerable", draft.question))
                    return

    def _drafts(
        self, kind: Kind, source: SourceArticle, written: Callable[[], Sequence[DraftQuestion]], random: Random
    ) -> list[DraftQuestion]:
        """Return the drafts to check, those first that ask for what the set has least of.

        A question of the set may be drafted again with the day that hides its article: such a pair shows most.
        """
        hidden = kind == "unanswerable"
        if kind == "sources" or (hidden and random.random() < SOURCES_AMONG_UNANSWERABLE):
            found = list(source_questions(source, random))
        elif kind == "written" or (hidden and self.writer):
            found = list(written())
        else:
            found = list(cloze_questions(source))
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
        lacking = {kind: lack for kind in self.quotas if (lack := self._lacking(kind))}
        return DraftSet(items, {kind: len(self.kept[kind]) for kind in kinds}, lacking)


def _in_turns(listed: Sequence[ArticleSummary], random: Random) -> list[str]:
    """Order the ids of the articles so that outlets, and the months of each, take turns and none fills the set."""
    ordered = random.sample(listed, len(listed))
    ordered = _interleaved(ordered, lambda article: (article.outlet, str(article.published)[: len("2025-03")]))
    return [article.article_id for article in _interleaved(ordered, lambda article: article.outlet)]


def _interleaved(listed: Iterable[ArticleSummary], group: Callable[[ArticleSummary], Hashable]) -> list[ArticleSummary]:
    """Put the first article of every group first, then the second ones, and so on."""
    seen: Counter[Hashable] = Counter()
    places = []
    for article in listed:
        places.append((seen[group(article)], article))
        seen[group(article)] += 1
    return [article for _, article in sorted(places, key=lambda placed: placed[0])]


# What the index says of a draft.


def has_other_answer(draft: DraftQuestion, index: Snapshot) -> bool:
    """Return True if several articles hold the sentence, or another sentence gives its question another answer."""
    only_one = draft.form == "source"  # copies of a story have several outlets and days
    if not _in_one_story(draft.sentence.text, index, only_one=only_one):
        return True
    if draft.form == "source":
        return False
    own = (sentence.text for sentence in draft.sentence.source.sentences)
    return any(_contradicts(text, draft) for text in (*_nearest(draft, index, NO_BOUNDS), *own))


def hiding_day(draft: DraftQuestion, index: Snapshot, random: Random) -> date | None:
    """Return a day as of which a question cannot be answered; None if there is none.

    No day hides an undated article. Some article must be visible then, and none that answers the question or comes
    near it. A question that names a day is left out: it would be about a future that nobody can ask about.
    """
    published = draft.sentence.source.article.published
    if published is None or dates(draft.question):
        return None
    as_of = published - timedelta(days=random.randint(EARLIEST, LATEST))
    bounds = Bounds(as_of=as_of)
    return as_of if index.coverage(bounds).articles and not _may_answer(draft, index, bounds) else None


def _in_one_story(phrase: str, index: Snapshot, *, only_one: bool) -> bool:
    """Return True if one article holds the words, or its near copies at other outlets too unless `only_one`."""
    found = index.find_phrase(phrase)
    if only_one or not found:
        return len(found) == 1 and not found[0].also_carried_by
    copies = {copy.article_id for copy in found[0].also_carried_by}
    return all(span.article.id in copies for span in found[1:])


def _may_answer(draft: DraftQuestion, index: Snapshot, bounds: Bounds) -> bool:
    """Return True if an article within the bounds holds the sentence, names the person, or is about the same."""
    phrases = [draft.sentence.text, *(draft.answers[:1] if draft.kind == "person" else ())]
    if any(index.find_phrase(phrase, bounds, limit=1) for phrase in phrases):
        return True
    return draft.form != "source" and any(_hints(text, draft) for text in _nearest(draft, index, bounds))


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


def _hints(text: str, draft: DraftQuestion) -> bool:
    shared = _shared(text, draft)
    return shared >= SAME_MATTER or (shared >= HINTED and holds_any(text, draft.answers))


def _shared(text: str, draft: DraftQuestion) -> float:
    asked = _stems(_matter(draft))
    return len(asked & _stems(text)) / max(len(asked), 1)


@lru_cache(maxsize=10_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(words(text)))


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

    def __call__(self, source: SourceArticle, random: Random) -> list[DraftQuestion]:
        """Ask for a question about one passage of an article; return it, or nothing if it was not kept.

        Raises ModelError if the model does not answer several times in a row.
        """
        spans = passage_spans(source.article.text)
        if not spans or self.calls >= self.most_calls:
            return []
        draft, fault = self._written(SourceSentence(source, *random.choice(spans)))
        if draft is None:
            self.dropped[fault] += 1
            return []
        return [draft]

    def _written(self, passage: SourceSentence) -> tuple[DraftQuestion | None, str]:
        """Return a checked question about a passage, or None and why there is none."""
        reply = self._reply(passage)
        if reply is None:
            return None, "the model did not answer"
        fields = object_in(reply) or {}
        question, answer = fields.get("question"), fields.get("answer")
        if not isinstance(question, str) or not isinstance(answer, str):
            return None, "not in the form asked for"
        if not question.strip() or not answer.strip():
            return None, "no question in the passage"
        return _checked(" ".join(question.split()), answer.strip(), passage)

    def _reply(self, passage: SourceSentence) -> str | None:
        article = passage.source.article
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


def _checked(question: str, answer: str, passage: SourceSentence) -> tuple[DraftQuestion | None, str]:
    """Return the draft if its passage holds the answer and its question can be asked; else None and the reason."""
    sentence = _sentence_with(answer, question, passage)
    if sentence is None or len(answer.split()) > LONGEST_ANSWER:
        return None, "its answer is not in the passage"
    draft = DraftQuestion(question, (answer,), answer_kind(question), "written", sentence)
    if holds_any(question, (answer,)):
        return None, "its question gives the answer away"
    return (draft, "") if _is_self_contained(draft) else (None, "its question cannot be asked by itself")


def _sentence_with(answer: str, question: str, passage: SourceSentence) -> SourceSentence | None:
    """Return the sentence that holds an answer word for word; of several, the one nearest to the question."""
    asked = set(content_stems(words(question)))
    sentences = [passage.part(*span) for span in sentence_spans(passage.text)]
    holding = [sentence for sentence in sentences if _has_words(answer, sentence.text)]
    return max(holding, key=lambda sentence: len(asked & set(content_stems(words(sentence.text)))), default=None)


def _has_words(answer: str, text: str) -> bool:
    at = text.find(answer)
    end = at + len(answer)
    return at >= 0 and not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())


def _is_self_contained(draft: DraftQuestion) -> bool:
    """Return True if a question is clear without the passage: it names something of the article.

    A weekday, a month or the article's outlet is not enough of a name.
    """
    question, source = draft.question, draft.sentence.source
    opener, _, asked = question.partition(" ")
    known = {word for name in source.names for word in name.words}
    outlet = fold(source.article.outlet or "")
    named = any(
        known.intersection(name.words) and not set(name.words) <= CALENDAR and fold(name.text) != outlet
        for name in names(f"{opener.lower()} {asked}", source.common)
    )
    return (
        named
        and question.endswith("?")
        and SHORTEST_QUESTION <= len(question.split()) <= LONGEST_QUESTION
        and question.isprintable()
        and not any(word.folded in _TEXT_WORDS for word in words(question))
        and not depends_on_context(question)
    )
