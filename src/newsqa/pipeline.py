"""The steps of a question, in their order, and the settings from which they are built."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Self

from newsqa.answer.about_answer import describe_answer
from newsqa.answer.conversation import Reading, has_reference, read_in_context
from newsqa.answer.library_answer import describe_library
from newsqa.answer.message import Intent, MessageExamples, read_message
from newsqa.answer.overview import story_confidence, sum_up
from newsqa.answer.refuse import refuse, undated_notice
from newsqa.answer.relevance import estimate_relevance, is_answerable, with_coverage
from newsqa.errors import ModelError
from newsqa.search.attribution import attribute_quotation
from newsqa.search.dates import is_out_of_time, time_notice, timing_of
from newsqa.search.read import read_question
from newsqa.search.retrieve import EVIDENCE, expand_context, rerank, retrieve
from newsqa.search.story import find_story
from newsqa.search.understand import answer_kind, is_usable
from newsqa.text.sentences import compose_text
from newsqa.types import (
    EXTRACTIVE,
    LIST_FORMS,
    NO_BOUNDS,
    STORY_FORMS,
    Answer,
    DraftSummary,
    DraftText,
    Sentence,
    Usage,
    VerifiedDraft,
)
from newsqa.verify.verifier import Verifier, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.answer.relevance import TokenEncoder
    from newsqa.answer.second_chance import ModelSecondChance
    from newsqa.models.encoders import Reranker
    from newsqa.search.attribution import Attribution
    from newsqa.store.snapshot import LibraryIndex, Snapshot
    from newsqa.types import Article, Bounds, DraftEvent, Hit, Query, QuestionForm, TextCheck, Turn
    from newsqa.verify.judge import SentenceJudge

    Answerer = Callable[[Query, Sequence[Hit], float], Iterator[DraftEvent]]
    """Drafts an answer from evidence, best first, until a time of `time.monotonic`."""

    Rewriter = Callable[[str, Sequence[Turn], float], tuple[str | None, Usage]]
    """Rewrites a follow-up as a question that can be understood alone; None if it cannot."""

    VerifiedEvents = Generator["AnswerEvent", None, tuple[VerifiedDraft, DraftSummary]]


UNSUPPORTED_DRAFT = "What the model wrote did not stand: these are sentences of the articles."
ONLY_OUTLET = "The question asks for what {} writes, so only its articles were searched."
NO_DRAFT = "The model found no answer: these are sentences of the articles."

UNWRITTEN_SHARE = 0.1
"""The share of the time that is left for the answer without a model, if nothing that it wrote is supported."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step that begins: "search", "rerank", "answer" or, if a model answers, "write"."""

    name: str


AnswerEvent = Stage | DraftText | Sentence | Answer
"""An event of `Pipeline.stream`: DraftText is unverified, Sentence is verified, and the Answer is the last."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """The seconds that each stage took, and when, by `time.monotonic`, an answer and a draft must be done."""

    deadline: float
    writing: float
    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)

    def stop(self) -> dict[str, float]:
        return {**self.timings, "total": round(time.perf_counter() - self.began, 4)}


SUPPORTED, LIKELIER, IN_CONTEXT = 0.6, 0.05, 0.1
"""The chance of an answer from which on no further reading is searched, by how much a later one must be better, and
what one with the topic before has ahead of the few words alone, for which some passage is found more easily."""


@dataclass(frozen=True, slots=True)
class _Searched:
    """What the articles have on one reading: passages, best first, and the chance that they answer it."""

    query: Query
    hits: list[Hit]
    relevance: float = 0.0
    attribution: Attribution | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Answers questions over one index. It keeps no conversation: pass the turns so far as `history`.

    Safe to use from several threads. `config` is a digest of the settings, prompts and models behind the answers,
    `made_of` has one for each of them, and `model` names the model that answers. It gets `timeout` seconds from the
    question on; if nothing that it wrote is supported, `fallback` answers. `rewriter` rewrites follow-ups that rules
    cannot complete. `judge` reads if quotes support what the model writes in words of its own, and with a
    `second_chance` it writes again what did not pass. With `examples` a message may be something else than a question
    about the news.
    """

    index: LibraryIndex
    embedder: Embeddings
    reranker: Reranker
    answerer: Answerer
    config: str
    model: str = EXTRACTIVE
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float = 60.0
    tokens: TokenEncoder | None = None
    fallback: Answerer | None = None
    rewriter: Rewriter | None = None
    judge: SentenceJudge | None = None
    second_chance: ModelSecondChance | None = None
    examples: MessageExamples | None = None

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

        `asked` is the day that "last week" refers to, today unless given. Raises NewsqaError if there is no answer.
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
        deadline: float | None = None,
    ) -> Iterator[AnswerEvent]:
        """Answer as `ask` does, and yield what happens: stages, words of a draft, verified sentences, the Answer.

        `deadline`, of `time.monotonic`, is `timeout` seconds from now unless given.

        Words of a draft are unverified: they may be shown as such, and never instead of the Answer.
        """
        asked = asked or bounds.as_of or date.today()
        deadline = time.monotonic() + self.timeout if deadline is None else deadline
        clock = _Clock(deadline, deadline - UNWRITTEN_SHARE * self.timeout)
        with self.index.snapshot() as index:
            intent = Intent("question", question)
            if self.examples is not None and is_usable(question):
                intent = read_message(question, history, self.examples, index.lexicon, asked)
            respond = self._answer if intent.kind == "question" else self._reply
            for event in respond(intent, history, index, bounds, asked, clock):
                yield replace(event, id=id, question=question) if isinstance(event, Answer) else event

    def _reply(
        self, intent: Intent, history: Sequence[Turn], index: Snapshot, bounds: Bounds, asked: date, clock: _Clock
    ) -> Iterator[AnswerEvent]:
        """Answer a message about the last answer, about the library, or small talk."""
        if intent.kind == "about_answer":
            about = describe_answer(intent, history, index, self.embedder, asked, bounds)
            text, verified = about.text, about.verified
        else:
            text, verified = describe_library(intent, index, asked, bounds), verify((), ())
        yield from verified.sentences
        yield Answer(
            question=intent.text,
            standalone=intent.text,
            asked=asked,
            as_of=bounds.as_of,
            kind="answer" if intent.kind == "question" else intent.kind,
            text=text,
            sentences=verified.sentences,
            citations=verified.citations,
            confidence=1.0,
            index=index.digest,
            config=self.config,
            timings=clock.stop(),
        )

    def _answer(
        self, intent: Intent, history: Sequence[Turn], index: Snapshot, bounds: Bounds, asked: date, clock: _Clock
    ) -> Iterator[AnswerEvent]:
        """Answer a question about the news."""
        # Search what the question may mean, and keep the reading that the articles support best.
        found, rewriting = yield from self._search_readings(intent, history, index, asked, bounds, clock)
        query, hits = found.query, found.hits

        # Draft an answer, and keep the sentences that their quotes support.
        if found.attribution:
            verified, draft = verify((), hits, found.attribution.origins), found.attribution.summary
            yield from verified.sentences
        else:
            newest = index.coverage(NO_BOUNDS).last if query.since else None
            out_of_time = is_out_of_time(query, hits, newest)
            verified, draft = yield from self._draft(query, [] if out_of_time else hits, clock)

        # Refuse if no sentence is left.
        refusal, kind = None, STORY_FORMS.get(query.form, "answer")
        if query.form in LIST_FORMS and len(verified.sentences) > 1:
            kind = "list"
        if not verified.sentences:
            within, everywhere = index.coverage(query.bounds), index.coverage(NO_BOUNDS)
            refusal = refuse(query, hits, verified.dropped, within, everywhere)
            kind = "refusal"

        # Say how the question was read, and what the bounds left out.
        days = [citation.published for citation in verified.citations] or [hit.article.published for hit in hits]
        notices = (*query.notices, *time_notice(query, days), *draft.notices)
        if refusal and query.bounds.outlet != bounds.outlet:
            notices = (*notices, ONLY_OUTLET.format(query.bounds.outlet))
        notices = (*notices, *undated_notice(index.coverage(query.bounds))) if bounds.dated else notices
        yield Answer(
            question=intent.text,
            standalone=query.text,
            asked=asked,
            as_of=bounds.as_of,
            kind=kind,
            text=refusal.text if refusal else compose_text(kind, verified.sentences, verified.citations),
            refused=refusal is not None,
            reason=refusal.reason if refusal else None,
            incomplete=draft.incomplete,
            sentences=verified.sentences,
            citations=verified.citations,
            retrieved=tuple(expand_context(hits[:EVIDENCE])),
            nearest=refusal.nearest if refusal else (),
            dropped=verified.dropped,
            unanswered=() if refusal else draft.unanswered,
            confidence=draft.confidence,
            model=draft.model,
            index=index.digest,
            config=self.config,
            timings=clock.stop(),
            usage=rewriting + draft.usage,
            notices=notices,
        )

    def _search_readings(
        self,
        intent: Intent,
        history: Sequence[Turn],
        index: Snapshot,
        asked: date,
        bounds: Bounds,
        clock: _Clock,
    ) -> Generator[AnswerEvent, None, tuple[_Searched, Usage]]:
        """Search the readings of a question, the likeliest first, until the evidence supports one well enough."""
        named = intent.form in STORY_FORMS and intent.topic and not has_reference(intent.topic)
        question = intent.topic if named else intent.text
        readings, usage = read_in_context(question, history, index.article), Usage()
        if self.rewriter and any(reading.context for reading in readings):
            with clock.stage("rephrase"):
                rewritten, usage = self.rewriter(intent.text, history, clock.writing)
            if rewritten:
                readings = (Reading(rewritten, cited=readings[0].cited), *readings[:1])
        best: _Searched | None = None
        highest = 0.0
        for reading in readings:
            query = understand_reading(reading, intent.form, asked, index, bounds)
            found = yield from self._find_evidence(query, index, clock)
            score = found.relevance + IN_CONTEXT * (bool(reading.cited) and is_answerable(query, found.relevance))
            if best is None or score > highest + LIKELIER:
                best, highest = found, score
            if found.attribution or best.relevance >= SUPPORTED:
                break
        assert best is not None  # noqa: S101  there is always a reading
        return best, usage

    def _find_evidence(self, query: Query, index: Snapshot, clock: _Clock) -> Generator[AnswerEvent, None, _Searched]:
        """Return passages, best first, and where quoted words come from if that is asked for."""
        if not is_usable(query.text):
            return _Searched(query, [])
        yield Stage("search")
        with clock.stage("retrieve"):
            candidates = retrieve(query, index, self.embedder)
        if query.quotation:
            with clock.stage("trace"):
                attribution = attribute_quotation(query, candidates, index)
            return _Searched(query, attribution.hits, 1.0, attribution)
        yield Stage("rerank")
        with clock.stage("rerank"):
            story = find_story(query, candidates, index, self.reranker) if query.form in STORY_FORMS else []
            found = _Searched(query, story, story_confidence(story))
            if story and (query.form not in {"overview", "latest"} or story[0].relevance is not None):
                return found
            direct = replace(query, form="direct") if story else query  # no article is about it; a sentence may be
            hits = rerank(direct, candidates, self.reranker)
            hits = with_coverage(direct, hits, self.tokens) if self.tokens else hits
            chance = estimate_relevance(direct, hits)
        return found if story and not is_answerable(direct, chance) else _Searched(direct, hits, chance)

    def _draft(self, query: Query, hits: Sequence[Hit], clock: _Clock) -> VerifiedEvents:
        """Have an answer drafted and verified; if nothing that a model wrote is supported, without a model."""
        if not hits:
            return VerifiedDraft((), (), ()), DraftSummary(0.0, self.model)
        extractive = sum_up if query.form in STORY_FORMS else self.fallback or self.answerer
        if self.fallback is None:
            return (yield from self._verify("answer", extractive, query, hits, clock))
        verified, draft = yield from self._verify("write", self.answerer, query, hits, clock)
        if verified.sentences:
            return verified, replace(draft, confidence=draft.confidence * verified.supported_share)
        if time.monotonic() >= clock.deadline:
            raise ModelError(
                f"The model {self.model} wrote nothing that could be checked within {self.timeout:g} s.",
                hint="Give it more time (NEWSQA_TIMEOUT), or choose a faster model.",
                kind="timeout",
            )
        extracted, summary = yield from self._verify("answer", extractive, query, hits, clock)
        if not extracted.sentences:
            return verified, draft
        notices = (*draft.notices, UNSUPPORTED_DRAFT if verified.dropped else NO_DRAFT)
        return replace(extracted, dropped=verified.dropped), replace(summary, usage=draft.usage, notices=notices)

    def _verify(
        self, stage: str, answerer: Answerer, query: Query, hits: Sequence[Hit], clock: _Clock
    ) -> VerifiedEvents:
        """Verify each sentence of a draft as soon as it is written."""
        yield Stage(stage)
        verifier, summary = self._verifier(stage, query, hits, clock), None
        with clock.stage(stage):
            for event in answerer(query, hits, clock.writing):
                if isinstance(event, DraftSummary):
                    summary = event
                elif isinstance(event, DraftText):
                    yield event
                    yield from verifier.settle()
                else:
                    yield from verifier.add(event)
            yield from verifier.finish()
        assert summary is not None  # noqa: S101  the last event of an answerer
        incomplete = summary.incomplete or verifier.late
        return verifier.result(), replace(summary, incomplete=incomplete, usage=summary.usage + verifier.usage)

    def _verifier(self, stage: str, query: Query, hits: Sequence[Hit], clock: _Clock) -> Verifier:
        """Return what verifies a draft; only what a model writes needs a judge, or quotes that take its place."""
        if stage != "write":
            return Verifier(hits)
        from newsqa.answer.write import relevance
        from newsqa.verify.judge import JudgeQueue

        queue = JudgeQueue(self.judge, clock.writing) if self.judge else None
        again = partial(self.second_chance, deadline=clock.writing) if self.second_chance else None
        return Verifier(hits, queue, relevance(query, self.reranker, hits), again, clock.writing)

    def search(self, question: str, *, bounds: Bounds = NO_BOUNDS, asked: date | None = None) -> list[Hit]:
        """Find the passages that may answer, best first, without answering."""
        with self.index.snapshot() as index:
            query = read_question(question, asked or date.today(), index, bounds)
            candidates = retrieve(query, index, self.embedder)
            if query.quotation:
                return attribute_quotation(query, candidates, index).hits
            return rerank(query, candidates, self.reranker)

    def check(self, text: str, *, bounds: Bounds = NO_BOUNDS) -> TextCheck:
        """Check each sentence of a text, such as a draft, against the articles."""
        from newsqa.answer.fact_check import check_text, statement_query

        with self.index.snapshot() as index:

            def find(sentence: str) -> list[Hit]:
                query = statement_query(sentence, index, bounds)
                return rerank(query, retrieve(query, index, self.embedder), self.reranker)

            found = check_text(text, find, self.judge, self.timeout)
            return replace(found, index=index.digest, config=self.config)

    def article(self, article_id: str) -> Article | None:
        """Return one stored article, or None."""
        with self.index.snapshot() as index:
            return index.article(article_id)

    def close(self) -> None:
        """Close files and connections."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def understand_reading(reading: Reading, form: QuestionForm, asked: date, index: Snapshot, bounds: Bounds) -> Query:
    """Return the query of a reading; what it asks for is in its own words."""
    query = read_question(reading.text, asked, index, bounds)
    order = "latest" if form == "latest" else query.order
    return replace(
        query,
        kind=answer_kind(reading.own),
        form=form,
        order=order,
        context=reading.context,
        cited=reading.cited,
        timing=timing_of(query.text, asked, events=True) if form in STORY_FORMS else query.timing,
    )
