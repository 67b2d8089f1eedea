"""Goes through the articles in turn and keeps the drafts that stand every check, until the plan is full."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from newsqa.evals.make.forms import drafts
from newsqa.evals.make.hidden import hiding_day
from newsqa.evals.make.items import answerable, unanswerable
from newsqa.evals.make.naming import in_full
from newsqa.evals.make.order import in_turns
from newsqa.evals.make.rivals import several_answers
from newsqa.evals.make.sources import sourced
from newsqa.evals.make.values import Kind, Story
from newsqa.evals.make.wording import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from newsqa.evals.make.values import Drafted
    from newsqa.evals.sets import Item
    from newsqa.index import Snapshot

    Author = Callable[[Story, Random], Iterable[Drafted]]

KINDS: Mapping[Kind, int] = {"facts": 2, "sources": 1, "unanswerable": 1}
"""The kinds of questions, and their shares of a set."""

MOST_OF_AN_ARTICLE = 3
MOST_OF_A_FORM = 0.2
"""The share of a kind that one form of question may take, until every article has had two turns."""

TRIED = 6
"""Drafts of one article that are checked against the index before the next article has its turn."""

_SOURCES_AMONG_HIDDEN = 0.25
_KIND_OF_TAG: Mapping[str, Kind] = {"fact": "facts", "source": "sources", "unanswerable": "unanswerable"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many questions to draft, of which kinds; the same seed drafts the same set from the same index."""

    number: int = 60
    kinds: tuple[Kind, ...] = tuple(KINDS)
    seed: int = 0

    def quotas(self) -> dict[Kind, int]:
        """Share the number out among the kinds."""
        shares = {kind: KINDS[kind] for kind in KINDS if kind in self.kinds}
        whole = sum(shares.values())
        quotas = {kind: self.number * share // whole for kind, share in shares.items()}
        for kind in list(quotas)[: self.number - sum(quotas.values())]:
            quotas[kind] += 1
        return quotas


@dataclass(slots=True)
class _Work:
    """What has been drafted so far, and what is still wanted."""

    quotas: Mapping[Kind, int]
    wanted: dict[Kind, int]
    capped: bool = True
    items: list[Item] = field(default_factory=list)
    forms: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    asked: set[tuple[bool, str]] = field(default_factory=set)

    @property
    def done(self) -> bool:
        return not any(self.wanted.values())

    def pressing(self) -> list[Kind]:
        """Return the kinds that still lack questions, the one that lacks most first."""
        lacking = [kind for kind, lack in self.wanted.items() if lack]
        return sorted(lacking, key=lambda kind: -self.wanted[kind] / KINDS[kind])

    def wants(self, kind: Kind, drafted: Drafted) -> bool:
        """Whether a draft is new here, and its form has not had its share of the kind."""
        if (kind == "unanswerable", drafted.question) in self.asked:
            return False
        most = max(2, MOST_OF_A_FORM * self.quotas[kind])
        free = kind == "sources" or drafted.form == "written" or not self.capped
        return free or self.forms[kind, drafted.form] < most

    def keep(self, kind: Kind, drafted: Drafted, item: Item) -> None:
        self.items.append(item)
        self.wanted[kind] -= 1
        self.forms[kind, drafted.form] += 1
        self.asked.add((kind == "unanswerable", item.question))


@dataclass(frozen=True, slots=True)
class Drafts:
    """A drafted set: `lacking` counts what was asked for of each kind and not found."""

    items: tuple[Item, ...]
    lacking: Mapping[Kind, int]

    @staticmethod
    def kind_of(item: Item) -> Kind:
        """Return the kind of a drafted question, which its first tag tells."""
        return _KIND_OF_TAG[item.tags[0]]


def draft_set(index: Snapshot, plan: Plan, report: Callable[[int], None], author: Author | None = None) -> Drafts:
    """Draft a set from the articles of an index, balanced over outlets, months and forms of questions.

    `author` drafts questions with a chat model, in place of the rules; `report` is told how many questions there are.
    Only articles in English, or of no known language, are drafted from. Raises ModelError where the author's model
    does not answer.
    """
    random = Random(plan.seed)  # noqa: S311  a set must come out the same again
    listed = [article for article in index.listing() if article.language in {None, "en"}]
    work = _Work(plan.quotas(), plan.quotas())
    author = author or by_rules
    turns = in_turns(listed, random)
    for turn, article_id in product(range(MOST_OF_AN_ARTICLE), turns):
        if work.done:
            break
        article = index.article(article_id)
        if article is not None:
            work.capped = turn + 1 < MOST_OF_AN_ARTICLE
            _draft_one(Story(article), index, work, Random(f"{plan.seed} {turn} {article_id}"), author)  # noqa: S311
            report(len(work.items))
    return Drafts(tuple(_ordered(work.items)), {kind: lack for kind, lack in work.wanted.items() if lack})


def by_rules(story: Story, random: Random) -> Iterator[Drafted]:
    """Draft every question that the rules find in a story."""
    del random
    for place in range(len(story.spans)):
        for drafted in drafts(story.sentence(place)):
            whole = in_full(drafted)
            if sound(whole):
                yield whole


def _draft_one(story: Story, index: Snapshot, work: _Work, random: Random, author: Author) -> None:
    """Draft one question of a story, of the kind that is wanted most and that it allows."""
    written = cache(lambda: tuple(author(story, random)))  # a model is asked once, and only if it is wanted
    for kind in work.pressing():
        if _kept(kind, _tried(kind, story, written, work, random), index, work, random):
            return


def _tried(
    kind: Kind, story: Story, written: Callable[[], tuple[Drafted, ...]], work: _Work, random: Random
) -> list[Drafted]:
    """Return the drafts to try, of the forms that the set has least of first.

    A question that is asked elsewhere in the set may return with the day that hides its article: a pair tells most.
    """
    of_sources = kind == "sources" or (kind == "unanswerable" and random.random() < _SOURCES_AMONG_HIDDEN)
    found = list(sourced(story, random)) if of_sources else list(written())
    random.shuffle(found)
    new = [drafted for drafted in found if work.wants(kind, drafted)]
    return sorted(new, key=lambda drafted: work.forms[kind, drafted.form])[:TRIED]


def _kept(kind: Kind, found: Sequence[Drafted], index: Snapshot, work: _Work, random: Random) -> bool:
    make = partial(_hidden, index=index, random=random) if kind == "unanswerable" else answerable
    for drafted in found:
        item = None if several_answers(drafted, index) else make(drafted)
        if item is not None:
            work.keep(kind, drafted, item)
            return True
    return False


def _hidden(drafted: Drafted, index: Snapshot, random: Random) -> Item | None:
    as_of = hiding_day(drafted, index, random)
    return unanswerable(drafted, as_of) if as_of else None


def _ordered(items: list[Item]) -> list[Item]:
    """Put the kinds together, in their order, as a person edits them."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(items, key=lambda item: places[Drafts.kind_of(item)])
