"""Frozen values that travel through newsqa; they know nothing of storage, models or screens.

Offsets everywhere count code points in `Article.text`, the stored text of the article; `end` is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


Reason = Literal["no_evidence", "not_supported", "out_of_range", "question_unusable"]
Order = Literal["latest", "first"]

EXTRACTIVE = "extractive"
"""The model that is none: sentences of the articles, chosen."""


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article: its own words, and what is known about them. Unknown is None, never a guess.

    `path` is where it was read, as a person would name it ("corpus/x.md", "news.jsonl#12").
    """

    id: str
    text: str
    path: str
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, at most 250 words: `text == article.text[start:end]`."""

    id: int
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another article that carries the same story, nearly word for word."""

    article_id: str
    outlet: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may hold the answer, with its whole article and its score (higher is better)."""

    passage: Passage
    article: Article
    score: float
    also_carried_by: tuple[Duplicate, ...] = ()

    def scored(self, score: float) -> Hit:
        """Return the same hit under another score."""
        return replace(self, score=score)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a person bounded by hand. Articles outside are not seen at all; both dates are inclusive."""

    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @property
    def dated(self) -> bool:
        """Whether a bound on dates is set, so that undated articles are left out."""
        return bool(self.since or self.until or self.as_of)

    @property
    def last_day(self) -> date | None:
        """The last day that may be seen."""
        days = [day for day in (self.until, self.as_of) if day]
        return min(days, default=None)


NO_BOUNDS = Bounds()
"""Everything may be seen."""

AnswerKind = Literal[
    "person", "place", "organisation", "number", "money", "date", "duration", "yes_no", "reason", "said", "any"
]
"""What a question asks for, as far as its words tell."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `outlets`, `bylines`, `since`, `until` and `order` weigh softly; `bounds` are hard.

    `terms` are the words to look for, most telling first; `names` the names of people, places and bodies in the
    question, as written there. `quotation` holds the words whose origin is asked for, in parts that stand in their
    order, and is empty where the question asks something else.
    """

    text: str
    asked: date
    bounds: Bounds = NO_BOUNDS
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    order: Order | None = None
    kind: AnswerKind = "any"
    quotation: tuple[str, ...] = ()

    @property
    def sought(self) -> str:
        """What articles are compared with: the words quoted, else the question."""
        return " … ".join(self.quotation) or self.text


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a stored article: one or more whole sentences where it is offered as proof."""

    article: Article
    start: int
    end: int
    also_carried_by: tuple[Duplicate, ...] = ()

    @property
    def text(self) -> str:
        """The quoted words."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft with the quotes that it offers as proof; not yet checked.

    `fault` is why it is no answer even if it should be true, in words for a person; the check drops it.
    """

    text: str
    quotes: tuple[Quote, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class DraftText:
    """Words of a draft as they come, unchecked: something to watch, never an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Words that were asked about, and quotes of one article that hold them, or that open it where its title does.

    The check writes the sentence that says so.
    """

    words: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model read and wrote, and their price in US dollars; None where the price is not known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Sum two calls; what one of them cost unknown, both did."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens, cost)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer proposes, before the check. `confidence` is its own estimate, 0 to 1, of being right.

    `origins`, the likeliest first, answer a question about where words come from. `notices` are told beside the answer.
    """

    claims: tuple[DraftSentence, ...]
    confidence: float
    model: str
    incomplete: bool = False
    usage: Usage = Usage()
    origins: tuple[Origin, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source of an answer; every field but `n` comes from the library."""

    n: int
    article_id: str
    title: str | None
    outlet: str | None
    published: date | None
    url: str | None
    path: str
    quote: str
    start: int
    end: int
    also_carried_by: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked sentence: the numbers of its citations and its lexical support, 0 to 1."""

    text: str
    citations: tuple[int, ...]
    support: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that its quotes did not support, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class VerifiedDraft:
    """A draft after the check: what stands, with its citations, and what was dropped."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[Dropped, ...]

    @property
    def text(self) -> str:
        """The sentences with their markers, and nothing else."""
        return " ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in self.sentences)


@dataclass(frozen=True, slots=True)
class Answer:
    """The record of an answer; `render.record` gives it as the JSON that is the contract.

    `timings` are in seconds, a stage each. `model` names what answered: EXTRACTIVE where sentences of the articles took
    the place of a draft that did not stand, the model that was asked on a refusal. `usage` sums all calls to it.
    `notices` are told beside the answer, never in its text: what was left unseen, say, because its date is unknown.
    """

    question: str
    standalone: str
    asked: date
    text: str
    id: str | None = None
    as_of: date | None = None
    refused: bool = False
    reason: Reason | None = None
    incomplete: bool = False
    error: str | None = None
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Hit, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    confidence: float = 0.0
    model: str = EXTRACTIVE
    index: str = ""
    config: str = ""
    timings: Mapping[str, float] = field(default_factory=dict[str, float])
    usage: Usage = Usage()
    notices: tuple[str, ...] = ()


JsonObject = dict[str, Any]
