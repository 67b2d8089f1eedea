"""Questions asked through the pipeline with an answerer that never refuses, and the signals that it saw."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from newsqa.answer.candidates import find_candidates
from newsqa.answer.extract import PASSAGES, select_quotes
from newsqa.answer.history import recent_turns
from newsqa.answer.ranking import Signals, first_signals
from newsqa.answer.relevance import MIN_RELEVANCE, estimate_relevance, signals_of
from newsqa.evals.datasets.items import Rules
from newsqa.evals.metrics.answers import contains, right
from newsqa.evals.run_file import IndexFacts, RunLine
from newsqa.render.record import to_record
from newsqa.store.snapshot import Snapshot
from newsqa.types import EXTRACTIVE, DraftSentence, DraftSummary, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.answer.extract import ExtractiveAnswerer
    from newsqa.answer.relevance import RelevanceSignals
    from newsqa.evals.datasets.items import Item
    from newsqa.pipeline import Pipeline
    from newsqa.store.records import Ranked
    from newsqa.store.snapshot import LibraryIndex
    from newsqa.types import Answer, Hit, Query

    Sentences = tuple[np.ndarray, np.ndarray]
    """The signals of a question's sentences, shape (sentences, signals), and which of them hold an answer."""

LATER = [field.name for field in fields(Signals) if field.type == "float"]
FIRST = [field.name for field in fields(Signals) if field.type == "float" and field.default is MISSING]
"""The signals of a sentence with and without those that the cross-encoder adds, which have a default."""


@dataclass(slots=True)
class Recorder:
    """Answers from evidence without ever refusing, and keeps what it saw of it."""

    inner: ExtractiveAnswerer
    relevance: float | None = None
    signals: RelevanceSignals | None = None
    ranked: Sequence[Signals] = ()
    first: Sequence[Signals] = ()

    def __call__(
        self,
        query: Query,
        evidence: Sequence[Hit],
        deadline: float,  # noqa: ARG002  nothing is written
    ) -> Iterator[DraftSentence | DraftSummary]:
        """Yield quotes as ExtractiveAnswerer does."""
        self.relevance, self.signals = estimate_relevance(query, evidence), signals_of(query, evidence)
        self.ranked = self.inner.rank(query, evidence)
        candidates = find_candidates(evidence[:PASSAGES])
        self.first = first_signals(query, candidates, self.inner.encoder) if candidates else ()
        for quote in select_quotes(query, self.ranked):
            yield DraftSentence(" ".join(quote.text.split()), (quote,))
        yield DraftSummary(self.relevance, EXTRACTIVE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set that came before the gate: signals of its evidence, and what an answer would be worth."""

    set: str
    group: str
    right: bool
    relevance: float
    signals: RelevanceSignals
    ranked: Sentences
    first: Sentences


@dataclass(frozen=True, slots=True)
class LibraryWithout:
    """A library without the articles that hold an accepted answer of a question."""

    library: LibraryIndex
    item: Item

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold the newest generation."""
        with self.library.snapshot() as held:
            yield SnapshotWithout(held.opened, held.database, held.facts, self.item)


@dataclass(frozen=True, slots=True)
class SnapshotWithout(Snapshot):
    """A generation that finds no passage of an article that holds an accepted answer of a question."""

    item: Item

    def load_hits(self, ranked: Ranked) -> list[Hit]:
        """Load the passages of the other articles."""
        hits = Snapshot.load_hits(self, ranked)
        holds = {hit.article.id: contains(f"{hit.article.title}\n{hit.article.text}", self.item) for hit in hits}
        return [hit for hit in hits if not holds[hit.article.id]]


def ask(name: str, item: Item, pipeline: Pipeline, history: Sequence[Turn] = ()) -> tuple[Asked | None, Turn]:
    """Ask a question; None if the gate did not decide: it is small talk, or about a story, or out of time."""
    assert isinstance(pipeline.answerer, Recorder)
    recorder = Recorder(pipeline.answerer.inner)
    answer = replace(pipeline, answerer=recorder).ask(item.question, history=recent_turns(history), asked=item.asked)
    if recorder.relevance is None or recorder.signals is None:
        return None, Turn.from_answer(answer)
    lists = [
        (np.array([[getattr(one, signal) for signal in names] for one in found]), _holding(item, found))
        for names, found in ((LATER, recorder.ranked), (FIRST, recorder.first))
    ]
    good = name in {"quiz", "readers"} and not answer.refused and right(_line(item, answer)) is True
    group = item.group if item.rules else str(item.asked or item.id)
    asked = Asked(name, group, good, recorder.relevance, recorder.signals, lists[0], lists[1])
    if recorder.relevance < MIN_RELEVANCE:
        answer = replace(answer, refused=True, kind="refusal", text="", sentences=(), citations=())
    return asked, Turn.from_answer(answer)


def _line(item: Item, answer: Answer) -> RunLine:
    return RunLine(to_record(answer), "", (1, 1), item, IndexFacts())


def _holding(item: Item, found: Sequence[Signals]) -> np.ndarray:
    """Return which sentences hold an accepted answer, or a part of one that has several."""
    if item.rules:
        strings = (*item.rules.any_of, *(string for group in item.rules.all_of for string in group))
        item = replace(item, rules=Rules(any_of=strings), answerable=True)
    lines = (RunLine({"text": one.candidate.text}, "", (1, 1), item, IndexFacts()) for one in found)
    return np.array([right(line) is True for line in lines], dtype=bool)


def ask_quiz(items: Sequence[Item], pipeline: Pipeline) -> Iterator[Asked | None]:
    """Ask a quiz over its library, as it is and without the articles that hold the answer."""
    for item in items:
        yield ask("quiz", item, pipeline)[0]
        yield ask("left out", item, replace(pipeline, index=LibraryWithout(pipeline.index, item)))[0]


def ask_readers(items: Sequence[Item], others: Sequence[Item], pipeline: Pipeline) -> Iterator[Asked | None]:
    """Ask readers' questions in their conversations, then the first ones of other libraries, which have no answer."""
    turns: dict[str, list[Turn]] = {}
    for item in items:
        rules, history = item.rules, turns.setdefault(item.group, [])
        asked, turn = ask("no answer" if item.refusal_is_right else "readers", item, pipeline, history)
        history.append(turn)
        if item.refusal_is_right or (rules and (rules.any_of or rules.all_of)):
            yield asked
    for item in others:
        if not item.history and item.answerable:
            yield ask("no answer", item, pipeline)[0]
