"""Questions that a chat model writes from one passage, checked against the passage before they count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.data import as_data, object_in
from newsqa.evals.make.values import Drafted, Told
from newsqa.evals.make.wording import gives_away, stands_alone_loosely
from newsqa.facts.words import content_stems, words
from newsqa.models.chat import invoke_model
from newsqa.passages import passages_of
from newsqa.question.kinds import answer_kind
from newsqa.records import Usage
from newsqa.sentences import sentence_spans

if TYPE_CHECKING:
    from random import Random

    from langchain_core.language_models import BaseChatModel

    from newsqa.evals.make.values import Story
    from newsqa.prompts import Prompts

PROMPT = "draft-question"
FORM = "written"
LONGEST_ANSWER = 12
"""Words of an answer that a scorer can compare; more is a sentence."""

CALLS = 4
"""Times that the model is asked for each question that is wanted, before it is asked no more."""

GIVES_UP = 3
"""Failures in a row after which the model is taken to be gone."""


@dataclass(slots=True)
class Writer:
    """An author that is a chat model. `dropped` counts what it wrote and why that was not taken; `asked` its calls."""

    model: BaseChatModel
    name: str
    prompts: Prompts
    most_calls: int
    asked: int = 0
    failed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)

    def __call__(self, story: Story, random: Random) -> list[Drafted]:
        """Ask for a question about one passage of a story; return it, or nothing.

        Raises ModelError where the model does not answer several times in a row.
        """
        spans = passages_of(story.article.text)
        if not spans or self.asked >= self.most_calls:
            return []
        start, end = random.choice(spans)
        drafted, fault = self._written(Told(story, start, end))
        if drafted is None:
            self.dropped[fault] += 1
            return []
        return [drafted]

    def _written(self, passage: Told) -> tuple[Drafted | None, str]:
        reply = self._reply(passage)
        fields = object_in(reply) if reply is not None else {}
        question, answer = (fields or {}).get("question"), (fields or {}).get("answer")
        if reply is None:
            return None, "the model did not answer"
        if not isinstance(question, str) or not isinstance(answer, str):
            return None, "not in the form asked for"
        if not question.strip() or not answer.strip():
            return None, "no question in the passage"
        return _checked(" ".join(question.split()), answer.strip(), passage)

    def _reply(self, passage: Told) -> str | None:
        article = passage.story.article
        source = [str(part) for part in (article.outlet, article.published, article.title) if part]
        prompt = self.prompts.fill(PROMPT, passage=as_data(passage.text), source=as_data(", ".join(source)))
        self.asked += 1
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)])
        except ModelError:
            self.failed += 1
            if self.failed >= GIVES_UP:
                raise
            return None
        self.failed = 0
        self._count(reply.usage)
        return reply.text

    def _count(self, more: Usage) -> None:
        cost = None if self.usage.cost is None or more.cost is None else self.usage.cost + more.cost
        read, written = self.usage.input_tokens, self.usage.output_tokens
        self.usage = Usage(read + more.input_tokens, written + more.output_tokens, cost)


def _checked(question: str, answer: str, passage: Told) -> tuple[Drafted | None, str]:
    """Return the draft where its answer stands in the passage and its question can be asked; else None, and why not."""
    told = _sentence_with(answer, question, passage)
    if told is None or len(answer.split()) > LONGEST_ANSWER:
        return None, "its answer does not stand in the passage"
    drafted = Drafted(question, (answer,), answer_kind(question), FORM, told)
    if gives_away(drafted):
        return None, "its question gives the answer away"
    return (drafted, "") if stands_alone_loosely(drafted) else (None, "its question cannot be asked by itself")


def _sentence_with(answer: str, question: str, passage: Told) -> Told | None:
    """Return the sentence that holds an answer, word for word; of several the one that is nearest to the question."""
    asked = set(content_stems(words(question)))
    spans = [(passage.start + start, passage.start + end) for start, end in sentence_spans(passage.text)]
    found = [Told(passage.story, *span) for span in spans]
    holding = [told for told in found if _stands_in(answer, told.text)]
    return max(holding, key=lambda told: len(asked & set(content_stems(words(told.text)))), default=None)


def _stands_in(answer: str, text: str) -> bool:
    """Whether an answer stands in a text as whole words."""
    at = text.find(answer)
    end = at + len(answer)
    return at >= 0 and not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
