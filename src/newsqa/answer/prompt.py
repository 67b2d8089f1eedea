"""The messages that a chat model is sent: instructions, the question, and as much evidence as fits what it reads."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.answer.candidates import with_context
from newsqa.errors import ModelError
from newsqa.models.usage import count_tokens
from newsqa.text.sentences import sentence_spans
from newsqa.verify.evidence import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.answer.candidates import Candidate
    from newsqa.answer.signals import Signals
    from newsqa.models.registry import ModelInfo
    from newsqa.prompts import Prompts
    from newsqa.types import Hit, Query

    Span = tuple[int, int]


# Evidence as a chat model is given it: keyed, with its source, and as data that cannot pass for anything else.

LONGEST_NAME = 200
"""Characters of a title or an outlet that are shown."""

_BRACKETS = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")"})
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_MARKS = re.compile(
    r"<{2,}|>{2,}|<\|[^<>|]{0,40}\|?>?|\|>"
    r"|</?(?:s|bos|eos|unk|pad|think\w*|(?:start|end)_of_\w+|begin_of_\w+|im_(?:start|end|sep)|\w*(?:instructions?|evidence)"
    r"|system|user|assistant|tool\w*)>",
    re.IGNORECASE,
)
"""What delimits evidence here, and what the chat templates of models read as the turn of somebody else."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class PresentedHit:
    """What a model is shown of a hit: some of its words, not necessarily all."""

    hit: Hit
    text: str


def as_data(text: str) -> str:
    """Return a text in which nothing can be taken for a key, a delimiter or a turn of the conversation.

    Square brackets become round, angle brackets that mark something become ‹›, and what cannot be seen goes. Only the
    model sees it so: quotes are taken from the stored text.
    """
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)
    return _MARKS.sub(lambda mark: mark.group().translate(_ANGLES), visible).translate(_BRACKETS)


def in_lines(n: int, shown: PresentedHit) -> str:
    """Write a piece of evidence between delimiters, under a line with its key and its source."""
    return f"[{n}] {_source(shown.hit, titled=True)}\n<<<\n{as_data(shown.text)}\n>>>"


def in_a_line(n: int, shown: PresentedHit) -> str:
    """Write a piece of evidence as one line: shorter, for a small model. Data can begin no line."""
    return f"[{n}] ({_source(shown.hit, titled=False)}) {_line(shown.text)}"


def _source(hit: Hit, *, titled: bool) -> str:
    article = hit.article
    names = (article.outlet, article.published and day(article.published), article.title if titled else None)
    return ", ".join(_line(name)[:LONGEST_NAME] for name in names if name)


def _line(text: str) -> str:
    return " ".join(as_data(text).split())


MARGIN = 32
"""Tokens of the context that stay free, for what a server adds to a prompt."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent, (role, text) each, and the evidence that it sees; key n is `shown[n - 1]`."""

    messages: list[tuple[str, str]]
    shown: tuple[PresentedHit, ...]

    @property
    def told(self) -> str:
        """The instructions, which are nobody's but the model's."""
        return self.messages[0][1]

    @property
    def given(self) -> str:
        """The question and the evidence."""
        return self.messages[-1][1]


@dataclass(frozen=True, slots=True)
class PromptBuilder:
    """Writes briefs for one model, in a shorter form where it is small."""

    model: BaseChatModel
    info: ModelInfo
    prompts: Prompts

    def brief(self, query: Query, shown: Sequence[PresentedHit]) -> Prompt:
        """Send evidence that is best first, as much of it as fits.

        Raises ModelError where not even the first piece does.
        """
        left = self.info.input_tokens - MARGIN - count_tokens(self._messages(query, []), self.model)
        keyed: list[str] = []
        for n, one in enumerate(shown, 1):
            text = in_a_line(n, one) if self.info.small else in_lines(n, one)
            left -= self.size(f"{text}\n\n")
            if left < 0:
                break
            keyed.append(text)
        if shown and not keyed:
            raise self._too_long()
        return Prompt(self._messages(query, keyed), tuple(shown[: len(keyed)]))

    def size(self, text: str) -> int:
        """Return how many tokens a text is to the model, at least as many as it will count."""
        return count_tokens(text, self.model)

    def _messages(self, query: Query, keyed: Sequence[str]) -> list[tuple[str, str]]:
        question = as_data(query.text)
        if self.info.small:
            asked = self.prompts.fill("answer-small-user", question=question, evidence="\n".join(keyed))
            return [("system", self.prompts.fill("answer-small-system")), ("human", asked)]
        asked = self.prompts.fill("answer-user", question=question, asked=day(query.asked), evidence="\n\n".join(keyed))
        return [("system", self.prompts.fill("answer-system")), ("human", asked)]

    def _too_long(self) -> ModelError:
        return ModelError(
            f"The model {self.info.name} reads {self.info.context_tokens:,} tokens: too few for the question and a "
            "single piece of evidence.",
            hint="Ask a shorter question, choose a model that reads more, or mend NEWSQA_CONTEXT.",
            kind="context",
        )


# What a chat model is shown of the evidence: whole passages, or, where it reads slowly, the most telling sentences.

PASSAGES = 10
"""Passages that a model with a large context reads: about 2,100 words."""

SMALL_TOKENS = 400
"""Tokens of evidence that a small model reads: at 300 tokens a second they take a second and a half."""


def passages(evidence: Sequence[Hit]) -> list[PresentedHit]:
    """Show the best passages, whole."""
    return [PresentedHit(hit, hit.passage.text) for hit in evidence[:PASSAGES]]


def sentences(ranked: Sequence[Signals], size: Callable[[str], int]) -> list[PresentedHit]:
    """Show the sentences that speak most for being the answer, with what they need beside them, by passage.

    They come in the order of their passages' best sentence, those of one passage in its order, and have at most
    `SMALL_TOKENS` by `size`; the best sentence is shown whatever its size.
    """
    chosen: dict[int, _Selection] = {}
    left = SMALL_TOKENS
    for candidate in (signals.candidate for signals in ranked):
        one = chosen.get(candidate.rank) or _Selection.of(candidate.hit)
        new = one.around(candidate) - one.spans
        left -= sum(size(one.text[slice(*span)]) for span in new)
        if left < 0 and chosen:
            break
        one.spans.update(new)
        chosen[candidate.rank] = one
    return [one.shown() for one in chosen.values()]


@dataclass(slots=True)
class _Selection:
    """The sentences chosen from one passage, as spans of its article."""

    hit: Hit
    sentences: tuple[Span, ...]
    spans: set[Span]

    @classmethod
    def of(cls, hit: Hit) -> _Selection:
        return cls(hit, sentence_spans(hit.article.text), set())

    @property
    def text(self) -> str:
        return self.hit.article.text

    def around(self, candidate: Candidate) -> set[Span]:
        """Return the sentences of the article that a candidate is made of, with those that it leans on."""
        place = next(n for n, (_, end) in enumerate(self.sentences) if end >= candidate.end)
        start, end = with_context(self.sentences, self.text, place)
        return {span for span in self.sentences if span[0] >= start and span[1] <= end}

    def shown(self) -> PresentedHit:
        """Return them in their order, under a passage that holds them all."""
        spans = sorted(self.spans)
        start = min(self.hit.passage.start, spans[0][0])
        end = max(self.hit.passage.end, spans[-1][1])
        passage = replace(self.hit.passage, start=start, end=end, text=self.text[start:end])
        return PresentedHit(replace(self.hit, passage=passage), " ".join(_runs(self.text, spans)))


def _runs(text: str, spans: Iterable[Span]) -> Iterator[str]:
    for start, end in spans:
        yield " ".join(text[start:end].split())
