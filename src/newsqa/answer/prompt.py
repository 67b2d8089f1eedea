"""The prompt of a written answer: instructions, the question, and as much evidence as fits the model's context."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.models.sanitize import one_line, sanitize
from newsqa.models.usage import count_tokens
from newsqa.text.calendar import format_day
from newsqa.text.sentences import sentence_spans
from newsqa.types import LIST_FORMS, STORY_FORMS, Hit, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.answer.overview import StoryArticle
    from newsqa.answer.ranking import Signals
    from newsqa.models.registry import ModelInfo
    from newsqa.prompts import Prompts

    Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PresentedHit:
    """A hit, and what of its text the model sees."""

    hit: Hit
    text: str


MARGIN = 32  # tokens of the context that are left free, for what a server adds to a prompt


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages, a role and a text each, and the evidence in them; key n is `evidence[n - 1]`."""

    messages: list[tuple[str, str]]
    evidence: tuple[PresentedHit, ...]

    @property
    def instructions(self) -> str:
        """The text of the instructions, which are confidential."""
        return self.messages[0][1]

    @property
    def question(self) -> str:
        """The text with the question and the evidence."""
        return self.messages[-1][1]

    @property
    def hits(self) -> list[Hit]:
        """The hits of the evidence, in the order of their keys."""
        return [one.hit for one in self.evidence]


@dataclass(frozen=True, slots=True)
class PromptBuilder:
    """Builds prompts for one model; those for a small model are shorter."""

    model: BaseChatModel
    info: ModelInfo
    prompts: Prompts

    def build(self, query: Query, evidence: Sequence[PresentedHit]) -> Prompt:
        """Return a prompt with as much of the evidence, which is best first, as fits.

        Raises ModelError if not even the first piece fits.
        """
        left = self.room(query)
        keyed: list[str] = []
        for key, one in enumerate(evidence, 1):
            text = format_line(key, one) if self.info.small else format_block(key, one)
            left -= self.count_tokens(f"{text}\n\n")
            if left < 0:
                break
            keyed.append(text)
        if evidence and not keyed:
            raise self._too_long()
        return Prompt(self._messages(query, keyed), tuple(evidence[: len(keyed)]))

    def room(self, query: Query) -> int:
        """Return how many tokens of evidence fit beside a question."""
        return self.info.input_tokens - MARGIN - count_tokens(self._messages(query, []), self.model)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has for the model, or a few more."""
        return count_tokens(text, self.model)

    def _messages(self, query: Query, keyed: Sequence[str]) -> list[tuple[str, str]]:
        question = sanitize(query.text)
        if self.info.small:
            asked = self.prompts.fill("answer-small-user", question=question, evidence="\n".join(keyed))
            return [("system", self.prompts.fill("answer-small-system")), ("human", asked)]
        asked = self.prompts.fill(
            "answer-user", question=question, asked=format_day(query.asked), evidence="\n\n".join(keyed)
        )
        task = "story" if query.form in STORY_FORMS else "list" if query.form in LIST_FORMS else "direct"
        task = self.prompts.fill(f"answer-{task}")
        return [("system", self.prompts.fill("answer-system", task=task)), ("human", asked)]

    def _too_long(self) -> ModelError:
        return ModelError(
            f"The model {self.info.name} reads {self.info.context_tokens:,} tokens: too few for the question and a "
            "single piece of evidence.",
            hint="Ask a shorter question, choose a model that reads more, or mend NEWSQA_CONTEXT.",
            kind="context",
        )


# The choice of the evidence: articles and passages, or the best sentences for a small model, which reads slowly.

PASSAGES = 10  # passages that a model with a large context reads: about 2,100 words

WHOLE_TOKENS = 2_000
"""Tokens of the best article that it reads: about 1,000 words; of a longer one what is around its best passage."""

STORY_ARTICLES = 8

SMALL_TOKENS = 400  # tokens of evidence that a small model reads: at 300 tokens a second they take a second and a half


def select_passages(evidence: Sequence[Hit], tokens: int, count: Callable[[str], int]) -> list[PresentedHit]:
    """Return the best passages, the best of all extended to its whole article, or to so many tokens of it."""
    if not evidence:
        return []
    best = _extend(evidence[0], tokens, count)
    held = best.passage
    others = (
        hit
        for hit in evidence[1:]
        if hit.article.id != best.article.id or hit.passage.end > held.end or hit.passage.start < held.start
    )
    return [PresentedHit(hit, hit.passage.text) for hit in (best, *islice(others, PASSAGES - 1))]


def _extend(hit: Hit, tokens: int, count: Callable[[str], int]) -> Hit:
    """Extend a passage by whole sentences of its article, the nearest first, to at most so many tokens."""
    text, start, end = hit.article.text, hit.passage.start, hit.passage.end
    left = tokens - count(hit.passage.text)
    outside = [span for span in sentence_spans(text) if span[1] <= start or span[0] >= end]
    for span in sorted(outside, key=lambda span: max(start - span[1], span[0] - end)):
        left -= count(text[slice(*span)])
        if left < 0:
            break
        start, end = min(start, span[0]), max(end, span[1])
    return replace(hit, passage=replace(hit.passage, start=start, end=end, text=text[start:end]))


def select_story(story: Sequence[StoryArticle], *, newest_first: bool) -> list[PresentedHit]:
    """Return the lead and the best passage of the most relevant articles of a story, by day."""
    articles = sorted(story[:STORY_ARTICLES], key=lambda one: one.day, reverse=newest_first)
    return [_present(one.hit, sorted({*one.line, *_sentences_of(one.hit)})) for one in articles]


def _sentences_of(hit: Hit) -> Iterable[Span]:
    start, end = hit.passage.start, hit.passage.end
    return (span for span in sentence_spans(hit.article.text) if start <= span[0] and span[1] <= end)


def select_sentences(ranked: Sequence[Signals], count: Callable[[str], int]) -> list[PresentedHit]:
    """Return the best sentences with the context that they need, by passage.

    Passages are in the order of their best sentences, and sentences of a passage in their own. Together they have at
    most SMALL_TOKENS as `count` counts them; the best sentence is included whatever its size.
    """
    chosen: dict[int, tuple[Hit, set[Span]]] = {}
    left = SMALL_TOKENS
    for candidate in (signals.candidate for signals in ranked):
        hit, spans = chosen.get(candidate.rank, (candidate.hit, set()))
        start, end = candidate.with_context()
        text = hit.article.text
        new = {span for span in sentence_spans(text) if span[0] >= start and span[1] <= end} - spans
        left -= sum(count(text[slice(*span)]) for span in new)
        if left < 0 and chosen:
            break
        chosen[candidate.rank] = hit, spans | new
    return [_present(hit, sorted(spans)) for hit, spans in chosen.values()]


def _present(hit: Hit, spans: Sequence[Span]) -> PresentedHit:
    """Return sentences of an article, the passage extended so that it holds them all."""
    text = hit.article.text
    start, end = min(hit.passage.start, spans[0][0]), max(hit.passage.end, spans[-1][1])
    passage = replace(hit.passage, start=start, end=end, text=text[start:end])
    return PresentedHit(replace(hit, passage=passage), " ".join(" ".join(text[slice(*span)].split()) for span in spans))


# The form of the evidence: keyed, with its source, and sanitized, so that it passes for nothing but data.

MAX_NAME = 200  # characters of a title or an outlet


def format_block(key: int, evidence: PresentedHit) -> str:
    """Format a piece of evidence between delimiters, under a line with its key and its source."""
    return f"[{key}] {_source(evidence.hit, with_title=True)}\n<<<\n{sanitize(evidence.text)}\n>>>"


def format_line(key: int, evidence: PresentedHit) -> str:
    """Format a piece of evidence as one line, which is shorter, for a small model."""
    return f"[{key}] ({_source(evidence.hit, with_title=False)}) {one_line(evidence.text)}"


def _source(hit: Hit, *, with_title: bool) -> str:
    article = hit.article
    names = (article.outlet, article.published and format_day(article.published), article.title if with_title else None)
    return ", ".join(one_line(name)[:MAX_NAME] for name in names if name)
