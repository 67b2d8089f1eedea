"""Questions that a chat model writes about one passage, kept only if the passage proves their answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.judge import as_data, object_in
from newsqa.evals.make.questions import DraftQuestion, SourceSentence, holds_any
from newsqa.evals.make.rules import depends_on_context
from newsqa.models.chat import invoke_model
from newsqa.search.understand import answer_kind
from newsqa.text.calendar import CALENDAR
from newsqa.text.names import names
from newsqa.text.passages import passage_spans
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, fold, word_set, words
from newsqa.types import Usage

if TYPE_CHECKING:
    from random import Random

    from langchain_core.language_models import BaseChatModel

    from newsqa.evals.make.questions import SourceArticle
    from newsqa.prompts import Prompts

PROMPT = "draft-question"

LONGEST_ANSWER = 12
"""Words of an answer that a metric can compare; more is a sentence."""

SHORTEST_QUESTION, LONGEST_QUESTION = 4, 36
"""Words of a question."""

CALLS = 4
"""Calls of the model allowed for each question that is wanted."""

FAILURES = 3
"""Failed calls in a row after which the model counts as unreachable."""

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
        """Ask for a question about one passage of an article; return it, or nothing where it was not kept.

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
        self._count(reply.usage)
        return reply.text

    def _count(self, more: Usage) -> None:
        cost = None if self.usage.cost is None or more.cost is None else self.usage.cost + more.cost
        read, written = self.usage.input_tokens, self.usage.output_tokens
        self.usage = Usage(read + more.input_tokens, written + more.output_tokens, cost)


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
    """Return True if somebody who has not seen the passage can tell what is asked: it names something of the article.

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
