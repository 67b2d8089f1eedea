"""The written answer: a chat model drafts plain text with the keys of its evidence, which the verifier checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.answer.candidates import is_statement
from newsqa.answer.drafts import DraftReader
from newsqa.answer.leaks import LeakFilter
from newsqa.answer.overview import story_articles, story_confidence, sum_up
from newsqa.answer.prompt import WHOLE_TOKENS, select_passages, select_sentences, select_story
from newsqa.answer.relevance import estimate_relevance
from newsqa.errors import ModelError
from newsqa.models.chat import Reply, stream_model
from newsqa.models.chat_errors import api_keys
from newsqa.models.usage import Price, count_tokens
from newsqa.text.sentences import sentence_spans
from newsqa.text.support import is_prompt_injection
from newsqa.text.words import stem_set
from newsqa.types import STORY_FORMS, DraftEvent, DraftSentence, DraftSummary, DraftText, Hit, Query, Quote, Usage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from newsqa.answer.extract import ExtractiveAnswerer
    from newsqa.answer.prompt import PresentedHit, Prompt, PromptBuilder
    from newsqa.models.encoders import Reranker
    from newsqa.verify.verifier import Relevance

MIN_RELEVANCE = -1.0
"""The cross-encoder's logit for question and sentence, below which a sentence answers something else: sentences of
SmolLM2 that did had -1.9 and less, those that answered 3.4 and more."""

MAX_PRECEDING = 600  # characters before a quote in which the sentences before it are read
ORDERED = "its quotes are orders to whoever answers"
IRRELEVANT = "it does not answer what was asked"


def relevance(query: Query, reranker: Reranker, hits: Sequence[Hit] = ()) -> Relevance:
    """Return what says which quotes answer a question.

    The cross-encoder reads each alone, under its title, and after the two sentences before it: "It cost 18 million"
    answers what the repair cost. So does a quote with a word of the question from a passage that answers it. What
    states nothing answers nothing: a heading, or an order to whoever answers that is written into an article.
    """
    asked = stem_set(query.text)
    passages = [hit for hit in hits if hit.relevance is not None and hit.relevance >= 0]

    def is_of_answer(quote: Quote) -> bool:
        spans = [Quote(hit.article, hit.passage.start, hit.passage.end) for hit in passages]
        return any(map(quote.overlaps, spans)) and not asked.isdisjoint(stem_set(quote.text))

    def answering(quotes: Sequence[Quote]) -> list[bool]:
        titles = [f"{quote.article.title or ''}: " for quote in quotes]
        texts = [quote.text for quote in quotes]
        texts += [title + quote.text for title, quote in zip(titles, quotes, strict=True)]
        texts += [title + _with_preceding(quote) for title, quote in zip(titles, quotes, strict=True)]
        logits = reranker.score(query.text, texts)
        best = [max(logits[n :: len(quotes)]) for n in range(len(quotes))]
        return [
            (logit >= MIN_RELEVANCE or is_of_answer(quote)) and is_statement(" ".join(quote.text.split()))
            for quote, logit in zip(quotes, best, strict=True)
        ]

    return answering


def _with_preceding(quote: Quote) -> str:
    """Return a quote after the two sentences before it."""
    before = quote.article.text[max(0, quote.start - MAX_PRECEDING) : quote.start]
    return " ".join([*(before[start:end] for start, end in sentence_spans(before)[-2:]), quote.text])


@dataclass(frozen=True, slots=True)
class WrittenAnswerer:
    """Drafts answers with the chat model of a prompt builder.

    `extractive` ranks the sentences of the evidence for a small model. Such a model can only copy a sentence, so a
    story is summed up without it.
    """

    prompts: PromptBuilder
    extractive: ExtractiveAnswerer

    def __call__(self, query: Query, evidence: Sequence[Hit], deadline: float) -> Iterator[DraftEvent]:
        """Draft an answer in the model's own words: words as they come, each whole sentence, then the summary.

        If nothing was found there is no sentence. A draft that broke off is incomplete. If the model finds the prompt
        too long, it is asked once more with half of the evidence. `confidence` is the chance that the evidence answers,
        estimated as for the extractive answerer. A sentence of a small model that does not answer the question has a
        fault: the cross-encoder reads both together. Raises ModelError if no word came.
        """
        model = self.prompts.info
        if model.small and query.form in STORY_FORMS:
            yield from sum_up(query, evidence, deadline)
            return
        chosen, fewer = self._select(query, evidence)
        if not chosen:
            yield DraftSummary(0.0, model.name)
            return
        prompt = self.prompts.build(query, chosen)
        reader = DraftReader(prompt.hits, query.text)
        try:
            summary = yield from self._stream(query, prompt, reader, deadline)
        except ModelError as error:
            if error.kind != "context" or len(prompt.evidence) < 2:
                raise
            prompt = self.prompts.build(query, fewer[: len(prompt.evidence) // 2])
            reader = DraftReader(prompt.hits, query.text)
            summary = yield from self._stream(query, prompt, reader, deadline)
        if reader.count:
            measure = story_confidence(evidence) if query.form in STORY_FORMS else estimate_relevance(query, evidence)
            summary = replace(summary, confidence=measure)
        yield summary

    def _select(self, query: Query, evidence: Sequence[Hit]) -> tuple[list[PresentedHit], list[PresentedHit]]:
        """Return what the model is shown of the evidence, and the same without a whole article.

        For a story they are its articles by day, else the article that fits best before passages of others.
        """
        count = self.prompts.count_tokens
        if query.form in STORY_FORMS:
            chosen = select_story(story_articles(query, evidence), newest_first=query.form != "timeline")
            return chosen, chosen
        if self.prompts.info.small and (ranked := self.extractive.rank(query, evidence)):
            chosen = select_sentences(ranked, count)
            return chosen, chosen
        whole = min(WHOLE_TOKENS, self.prompts.room(query) // 2)
        return select_passages(evidence, whole, count), select_passages(evidence, 0, count)

    def _stream(
        self, query: Query, prompt: Prompt, reader: DraftReader, deadline: float
    ) -> Generator[DraftText | DraftSentence, None, DraftSummary]:
        """Read one reply, without what of it is confidential; return the summary without a confidence."""
        model, name = self.prompts.model, self.prompts.info.name
        leaks = LeakFilter(prompt.instructions, prompt.question, api_keys(model))
        reply: Reply | None = None
        failure: ModelError | None = None
        text = ""
        try:
            for piece in stream_model(model, name, prompt.messages, deadline):
                if isinstance(piece, Reply):
                    reply = piece
                    continue
                text += piece
                if not reader.done:
                    yield from self._flag_faults(query, reader.feed(leaks.feed(piece)))
                if reader.done and self._is_free:
                    break  # a reply that costs is read to its end, where it says how much
        except ModelError as error:
            if not text:
                raise
            failure = error
        yield from self._flag_faults(query, reader.feed(leaks.flush()))
        cut = failure is not None or bool(reply and reply.cut_short)
        yield from self._flag_faults(query, reader.close(cut=cut))
        notices = (str(failure),) if failure else reply.notices if reply else ()
        usage = reply.usage if reply else self._estimate_usage(prompt, text)
        return DraftSummary(0.0, name, incomplete=cut or reader.cut, usage=usage, notices=notices)

    def _flag_faults(
        self, query: Query, events: Iterable[DraftText | DraftSentence]
    ) -> Iterator[DraftText | DraftSentence]:
        for event in events:
            quotes = event.quotes if isinstance(event, DraftSentence) and not event.fault else ()
            if isinstance(event, DraftSentence) and quotes and all(is_prompt_injection(one.text) for one in quotes):
                yield replace(event, fault=ORDERED)
            elif isinstance(event, DraftSentence) and self.prompts.info.small and not event.fault:
                (logit,) = self.extractive.reranker.score(query.text, [event.text])
                yield replace(event, fault=IRRELEVANT) if logit < MIN_RELEVANCE else event
            else:
                yield event

    @property
    def _is_free(self) -> bool:
        return Price.of(self.prompts.info.name, self.prompts.model).free

    def _estimate_usage(self, prompt: Prompt, text: str) -> Usage:
        """Count the tokens of a reply that did not say how many it took; its cost is known only if it is free."""
        model = self.prompts.model
        return Usage(count_tokens(prompt.messages, model), count_tokens(text, model), 0.0 if self._is_free else None)
