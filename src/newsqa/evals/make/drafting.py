"""Goes through the articles of an index in turn and keeps the drafts that pass every check, until the plan is full."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Literal

from newsqa.answer.signals import offers
from newsqa.evals.make.questions import SourceArticle, answerable_item, holds_any, unanswerable_item
from newsqa.evals.make.rules import CLOZE_FRAME, cloze_questions, source_questions
from newsqa.text.calendar import dates
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, words
from newsqa.types import NO_BOUNDS, Bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from newsqa.evals.datasets.items import Item
    from newsqa.evals.make.questions import DraftQuestion
    from newsqa.store.records import ArticleSummary
    from newsqa.store.snapshot import Snapshot

    WrittenBy = Callable[[SourceArticle, Random], Iterable[DraftQuestion]]

Kind = Literal["cloze", "written", "sources", "unanswerable"]

KINDS: Mapping[Kind, int] = {"cloze": 2, "written": 2, "sources": 1, "unanswerable": 1}
"""The kinds of questions, with their shares of a set."""

MOST_OF_AN_ARTICLE = 3

TRIED = 6
"""Drafts of one article that are checked against the index before the next article has its turn."""

SOURCES_AMONG_UNANSWERABLE = 0.25

EARLIEST, LATEST = 1, 14
"""Days before an article's publication as of which an unanswerable question is asked."""

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


# --- the loop -----------------------------------------------------------------------------------------------------


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


# --- what the index says of a draft -------------------------------------------------------------------------------


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
    carriers = {carrier.article_id for carrier in found[0].also_carried_by}
    return all(span.article.id in carriers for span in found[1:])


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
    return bool(offers(draft.kind, draft.question, text))


def _hints(text: str, draft: DraftQuestion) -> bool:
    shared = _shared(text, draft)
    return shared >= SAME_MATTER or (shared >= HINTED and holds_any(text, draft.answers))


def _shared(text: str, draft: DraftQuestion) -> float:
    asked = _stems(_matter(draft))
    return len(asked & _stems(text)) / max(len(asked), 1)


@lru_cache(maxsize=10_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(words(text)))
