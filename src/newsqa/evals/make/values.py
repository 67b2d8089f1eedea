"""What is drafted: a question about a sentence of an article, before it is a question of a set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from newsqa.facts.words import fold, lower_case_words, words
from newsqa.sentences import sentence_spans

if TYPE_CHECKING:
    from newsqa.records import AnswerKind, Article

Kind = Literal["facts", "sources", "unanswerable"]


READ = 20_000
"""Characters of an article that are drafted from: a long news article has as many."""


@dataclass(frozen=True)
class Story:
    """An article as the drafter reads it: its sentences, and the words that tell its names from its other words."""

    article: Article

    @cached_property
    def text(self) -> str:
        """As much of its text as is drafted from; a book of a page must not hold up the others."""
        return self.article.text[:READ]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The spans of its sentences, without one that was cut."""
        spans = sentence_spans(self.text)
        return spans if len(self.article.text) <= READ else spans[:-1]

    @cached_property
    def common(self) -> frozenset[str]:
        """Folded words that it writes in lower case too: at the head of a sentence they are no names."""
        return lower_case_words(self.text)

    @cached_property
    def proper(self) -> frozenset[str]:
        """Folded words that it writes with a capital inside a sentence: those may be names."""
        heads = {start for start, _ in self.spans}
        text = self.text
        found = (word for word in words(text) if word.capitalised and word.start not in heads)
        return frozenset(fold(word.text) for word in found if text[word.start - 1 : word.start] not in {"“", '"', "‘"})

    def sentence(self, place: int) -> Told:
        """Return one of its sentences."""
        return Told(self, *self.spans[place])


@dataclass(frozen=True)
class Told:
    """A sentence of a story: `text == story.article.text[start:end]`."""

    story: Story
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words, as stored."""
        return self.story.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question about a sentence. `form` names the rule that made it, `kind` what it asks for."""

    question: str
    answers: tuple[str, ...]
    kind: AnswerKind
    form: str
    told: Told
