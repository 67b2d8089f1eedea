"""Frozen values that travel through newsqa; they know nothing of storage, models or screens.

Offsets everywhere count code points in `Article.text`, the stored text of the article; `end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  pydantic reads it
from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003  pydantic reads it
from typing import Any, Final, Literal

Reason = Literal["no_evidence", "not_supported", "out_of_range", "question_unusable"]
Order = Literal["latest", "first"]
AnswerForm = Literal["answer", "overview", "timeline", "list", "about_library", "about_answer", "smalltalk", "refusal"]
"""What an answer is: `about_library` comes from the catalogue and `smalltalk` from newsqa itself, both uncited."""

EXTRACTIVE: Final = "extractive"
"""The name of the answerer that needs no chat model: it selects sentences of the articles."""


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article: its text and what is known about it. Unknown is None, never a guess.

    `path` is where it was read ("corpus/x.md", "news.jsonl#12").
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
    """Consecutive sentences of one article, at most 250 words: `text == article.text[start:end]`."""

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
    """A passage that may hold the answer, with its whole article and its score (higher is better).

    `relevance` is the reranker's logit for the question and the passage, `coverage` how well the passage covers the
    question's words (`answer.relevance`); None if they were not measured.
    """

    passage: Passage
    article: Article
    score: float
    also_carried_by: tuple[Duplicate, ...] = ()
    relevance: float | None = None
    coverage: float | None = None

    def scored(self, score: float) -> Hit:
        """Return the same hit under another score."""
        return replace(self, score=score)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits that a person set. Articles outside are not searched at all; both dates are inclusive."""

    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @property
    def dated(self) -> bool:
        """True if there is a bound on dates, so that undated articles are left out."""
        return bool(self.since or self.until or self.as_of)

    @property
    def last_day(self) -> date | None:
        """The last day within the bounds, or None."""
        days = [day for day in (self.until, self.as_of) if day]
        return min(days, default=None)


NO_BOUNDS = Bounds()
"""All articles are searched."""

AnswerKind = Literal[
    "person",
    "place",
    "organisation",
    "number",
    "money",
    "date",
    "duration",
    "yes_no",
    "reason",
    "said",
    "definition",
    "any",
]
"""What a question asks for, as far as its words say."""

QuestionForm = Literal["direct", "overview", "timeline", "list", "comparison", "latest", "find"]
"""How a question wants to be answered; "find" asks for articles."""

STORY_FORMS: Final[Mapping[QuestionForm, AnswerForm]] = {
    "overview": "overview",
    "latest": "overview",
    "timeline": "timeline",
    "find": "list",
}
"""The forms of questions that the articles on a story answer together, with the kind of their answer."""

LIST_FORMS: Final = frozenset({"list", "comparison"})
"""The forms of questions whose answers have a line an item."""

Timing = Literal["soft", "firm", "strict"]
"""How the time in a question bounds: it only ranks, it is searched first, or there is no answer from another time."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `outlets`, `bylines`, `since`, `until` and `order` only influence the ranking.

    `bounds` are hard: those that a person set, and the outlet that the question attributes its answer to. How far
    `since` and `until` bound is `timing`. `terms` are the words to search for, the most specific first; `names` the
    names of people, places and organisations in the question, as written there or, if that is in lower case, in the
    articles. `quotation` holds the words whose origin is asked for, in parts that follow one another, and is empty if
    the question asks something else. `rare` are those terms that few passages of the library hold: what answers
    should hold them. `notices` say how the question was read.

    In a conversation `text` begins with `context`, which says what it is about; `cited` are the ids of the articles
    cited on the topic, which are searched first.
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
    form: QuestionForm = "direct"
    context: str = ""
    cited: tuple[str, ...] = ()
    timing: Timing = "soft"
    rare: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def sought(self) -> str:
        """The text that articles are compared with: the quoted words, else the question."""
        return " … ".join(self.quotation) or self.text


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a stored article: one or more whole sentences if it is evidence for a sentence."""

    article: Article
    start: int
    end: int
    also_carried_by: tuple[Duplicate, ...] = ()

    @property
    def text(self) -> str:
        """The quoted words."""
        return self.article.text[self.start : self.end]

    def overlaps(self, other: Quote) -> bool:
        """Return True if both share some of the same text."""
        return self.article.id == other.article.id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft with the quotes that may support it; not yet verified.

    `fault` is why it is no answer even if it is true, in words for a person; the verifier drops it. `marks` are the
    spans of `text` that answer the question.
    """

    text: str
    quotes: tuple[Quote, ...]
    fault: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftText:
    """Words of a draft as they come, unverified: something to watch, never an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Words that were asked about, and quotes of one article with them; if its title has them, its first sentence.

    The verifier writes the sentence that names the article.
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
        """Add up two calls; the cost is unknown if that of one of them is."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens, cost)


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """What an answerer says of its draft after the last sentence. `confidence`, 0 to 1, is its estimate of being right.

    A draft that broke off is `incomplete`; `notices` are shown beside the answer, as are the parts of the question that
    are `unanswered`.
    """

    confidence: float
    model: str
    incomplete: bool = False
    usage: Usage = Usage()
    notices: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


DraftEvent = DraftText | DraftSentence | DraftSummary
"""An event of an answerer: words as they are written, each sentence once it is whole, and at last the summary."""


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

    @classmethod
    def of(cls, n: int, quote: Quote) -> Citation:
        """Return the citation of a quote under a number."""
        known = quote.article
        return cls(
            n=n,
            article_id=known.id,
            title=known.title,
            outlet=known.outlet,
            published=known.published,
            url=known.url,
            path=known.path,
            quote=quote.text,
            start=quote.start,
            end=quote.end,
            also_carried_by=quote.also_carried_by,
        )


CheckedBy = Literal["verbatim", "shortened", "judge", "quoted"]
"""What a sentence was verified by.

It is its quotes, or a shortening of them; code found its values in its evidence, and a judge model found it supported;
or it is a quote that took the place of a sentence that could not be verified."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verified sentence: the numbers of its citations, its lexical support, 0 to 1, and what it was verified by.

    `marks` are the spans of `text` that answer the question, such as a name or a number.
    """

    text: str
    citations: tuple[int, ...]
    support: float
    checked_by: CheckedBy = "verbatim"
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """An article that is near to a question that has no answer; `lead` is its first sentence."""

    article_id: str
    title: str | None
    outlet: str | None
    published: date | None
    url: str | None
    path: str
    lead: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that its quotes did not support, and why.

    `mended` says if it passed when the model wrote it again; None if it did not write it again.
    """

    text: str
    why: str
    mended: bool | None = None


@dataclass(frozen=True, slots=True)
class VerifiedDraft:
    """A verified draft: the sentences that are supported, their citations, and what was dropped."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[Dropped, ...]

    @property
    def supported_share(self) -> float:
        """The share of the draft that is left; a sentence whose quotes took its place counts as left."""
        fallen = sum(not dropped.mended for dropped in self.dropped)
        lost = fallen - sum(sentence.checked_by == "quoted" for sentence in self.sentences)
        return len(self.sentences) / max(1, len(self.sentences) + max(0, lost))


@dataclass(frozen=True, slots=True)
class Answer:
    """The record of an answer; `render.record` converts it to JSON and back.

    `timings` are the seconds of each stage. `model` names what answered: EXTRACTIVE if sentences of the articles
    replaced a draft that was not supported; the model that was asked on a refusal. `usage` sums all calls to it.
    `nearest` are the articles that a refusal shows, `unanswered` the parts of a question that have no answer.
    `notices` are shown beside the answer, never in its text, such as how many undated articles were left out.
    """

    question: str
    standalone: str
    asked: date
    text: str
    id: str | None = None
    as_of: date | None = None
    kind: AnswerForm = "answer"
    refused: bool = False
    reason: Reason | None = None
    incomplete: bool = False
    error: str | None = None
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Hit, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    unanswered: tuple[str, ...] = ()
    confidence: float = 0.0
    model: str = EXTRACTIVE
    index: str = ""
    config: str = ""
    timings: Mapping[str, float] = field(default_factory=dict[str, float])
    usage: Usage = Usage()
    notices: tuple[str, ...] = ()


CheckVerdict = Literal["supported", "contradicted", "unclear", "not_found"]
"""What the articles have on a sentence.

Its proof; another value in its place, or the contrary; something like it, which may or may not prove it; or nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the articles have on the sentence at a span (code points) of a text, with the numbers of the quotes.

    `checked_by` says what a supported sentence was verified by, `why` why it is not supported.
    """

    text: str
    start: int
    end: int
    verdict: CheckVerdict
    checked_by: CheckedBy | None = None
    why: str | None = None
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextCheck:
    """The findings on the sentences of a text, in their order, and the quotes that they name."""

    findings: tuple[Finding, ...] = ()
    citations: tuple[Citation, ...] = ()
    index: str = ""
    config: str = ""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation with its answer. `Turn(question, answer)` is enough if only their text is known.

    `standalone` is the question as it was understood, "" if that is not known; `kind` and `citations` are those of the
    answer.
    """

    question: str
    answer: str = ""
    standalone: str = ""
    refused: bool = False
    citations: tuple[Citation, ...] = ()
    kind: AnswerForm = "answer"

    @classmethod
    def from_answer(cls, answer: Answer) -> Turn:
        """Return the turn that ends with an answer."""
        return cls(answer.question, answer.text, answer.standalone, answer.refused, answer.citations, answer.kind)


JsonObject = dict[str, Any]
