"""The desk where questions are asked: the steps in their order, and nothing else."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, Self

from newsqa.records import NO_BOUNDS, Answer, Draft
from newsqa.steps.refuse import refuse, undated_notice
from newsqa.steps.rephrase import rephrase
from newsqa.steps.rerank import rerank
from newsqa.steps.retrieve import retrieve
from newsqa.steps.trace import trace
from newsqa.steps.understand import understand, usable
from newsqa.steps.verify import verify
from newsqa.steps.widen import widen

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from langchain_core.embeddings import Embeddings

    from newsqa.records import Article, Bounds, Hit, Query, Sentence, Turn
    from newsqa.seams import Index, Reranker

NO_DRAFT = Draft((), 0.0, "extractive")


class OpenIndex(Protocol):
    """An index that is open for reading."""

    def snapshot(self) -> AbstractContextManager[Index]:
        """Hold the newest published generation still for as long as the context lasts."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step that begins: "search", "rerank" or "answer"."""

    name: str


@dataclass(frozen=True, slots=True)
class _Clock:
    """Seconds that each stage took."""

    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)

    def stop(self) -> dict[str, float]:
        return {**self.timings, "total": round(time.perf_counter() - self.began, 4)}


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions over one index. It keeps no conversation: pass the turns so far as `history`.

    Safe to use from several threads. `config` identifies the settings, prompts and models behind its answers,
    `made_of` tells each of them, and `model` names the one that answers.
    """

    index: OpenIndex
    embedder: Embeddings
    reranker: Reranker
    answerer: Callable[[Query, Sequence[Hit]], Draft]
    config: str
    model: str = "extractive"
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        id: str | None = None,  # noqa: A002  the record calls it so
    ) -> Answer:
        """Answer a question; a refusal is an Answer too.

        `asked` is the day from which "last week" is seen, today unless given. Raises NewsqaError where no answer
        could be made at all.
        """
        *_, answer = self.stream(question, history=history, bounds=bounds, asked=asked, id=id)
        assert isinstance(answer, Answer)  # noqa: S101  the last event of a stream
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Iterator[Stage | Sentence | Answer]:
        """Answer as `ask` does, and tell what happens: stages, sentences as they pass the check, then the Answer."""
        asked = asked or bounds.as_of or date.today()  # noqa: DTZ011  a reader's "today" is local
        clock = _Clock()
        standalone = rephrase(question, history) if usable(question) else question
        with self.index.snapshot() as index:
            query = understand(standalone, asked, index.lexicon, bounds)
            hits, draft = yield from self._find_and_draft(query, index, clock)
            checked = verify(draft, hits)
            yield from checked.sentences
            within = index.coverage(bounds)
            refusal = None if checked.sentences else refuse(query, hits, draft, within, index.coverage(NO_BOUNDS))
            yield Answer(
                id=id,
                question=question,
                standalone=standalone,
                asked=asked,
                as_of=bounds.as_of,
                text=refusal.text if refusal else checked.text,
                refused=refusal is not None,
                reason=refusal.reason if refusal else None,
                incomplete=draft.incomplete,
                sentences=checked.sentences,
                citations=checked.citations,
                retrieved=tuple(widen(hits)),
                dropped=checked.dropped,
                confidence=draft.confidence,
                model=draft.model,
                index=index.digest,
                config=self.config,
                timings=clock.stop(),
                usage=draft.usage,
                notices=(*draft.notices, *undated_notice(bounds, within)),
            )

    def _find_and_draft(
        self, query: Query, index: Index, clock: _Clock
    ) -> Generator[Stage, None, tuple[list[Hit], Draft]]:
        if not usable(query.text):
            return [], NO_DRAFT
        yield Stage("search")
        with clock.stage("retrieve"):
            candidates = retrieve(query, index, self.embedder)
        if query.quotation:
            with clock.stage("trace"):
                return trace(query, candidates, index)
        yield Stage("rerank")
        with clock.stage("rerank"):
            hits = rerank(query, candidates, self.reranker)
        yield Stage("answer")
        with clock.stage("answer"):
            draft = self.answerer(query, hits)
        return hits, draft

    def search(self, question: str, *, bounds: Bounds = NO_BOUNDS, asked: date | None = None) -> list[Hit]:
        """Find the passages that may answer, best first, without answering."""
        with self.index.snapshot() as index:
            query = understand(question, asked or date.today(), index.lexicon, bounds)  # noqa: DTZ011
            candidates = retrieve(query, index, self.embedder)
            if query.quotation:
                return trace(query, candidates, index)[0]
            return rerank(query, candidates, self.reranker)

    def article(self, article_id: str) -> Article | None:
        """Return one stored article, or None."""
        with self.index.snapshot() as index:
            return index.article(article_id)

    def close(self) -> None:
        """Let go of files and connections."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
