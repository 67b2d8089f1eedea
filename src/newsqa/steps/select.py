"""What a chat model is shown of the evidence: whole passages, or, where it reads slowly, the most telling sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.drafts.given import Shown
from newsqa.extract.context import with_context
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from newsqa.extract.candidates import Candidate
    from newsqa.extract.signals import Signals
    from newsqa.records import Hit

    Span = tuple[int, int]

PASSAGES = 10
"""Passages that a model with a large context reads: about 2,100 words."""

SMALL_TOKENS = 400
"""Tokens of evidence that a small model reads: at 300 tokens a second they take a second and a half."""


def passages(evidence: Sequence[Hit]) -> list[Shown]:
    """Show the best passages, whole."""
    return [Shown(hit, hit.passage.text) for hit in evidence[:PASSAGES]]


def sentences(ranked: Sequence[Signals], size: Callable[[str], int]) -> list[Shown]:
    """Show the sentences that speak most for being the answer, with what they need beside them, by passage.

    They come in the order of their passages' best sentence, those of one passage in its order, and have at most
    `SMALL_TOKENS` by `size`; the best sentence is shown whatever its size.
    """
    chosen: dict[int, _Chosen] = {}
    left = SMALL_TOKENS
    for candidate in (signals.candidate for signals in ranked):
        one = chosen.get(candidate.rank) or _Chosen.of(candidate.hit)
        new = one.around(candidate) - one.spans
        left -= sum(size(one.text[slice(*span)]) for span in new)
        if left < 0 and chosen:
            break
        one.spans.update(new)
        chosen[candidate.rank] = one
    return [one.shown() for one in chosen.values()]


@dataclass(slots=True)
class _Chosen:
    """The sentences chosen from one passage, as spans of its article."""

    hit: Hit
    sentences: list[Span]
    spans: set[Span]

    @classmethod
    def of(cls, hit: Hit) -> _Chosen:
        return cls(hit, sentence_spans(hit.article.text), set())

    @property
    def text(self) -> str:
        return self.hit.article.text

    def around(self, candidate: Candidate) -> set[Span]:
        """Return the sentences of the article that a candidate is made of, with those that it leans on."""
        place = next(n for n, (_, end) in enumerate(self.sentences) if end >= candidate.end)
        start, end = with_context(self.sentences, self.text, place)
        return {span for span in self.sentences if span[0] >= start and span[1] <= end}

    def shown(self) -> Shown:
        """Return them in their order, under a passage that holds them all."""
        spans = sorted(self.spans)
        start = min(self.hit.passage.start, spans[0][0])
        end = max(self.hit.passage.end, spans[-1][1])
        passage = replace(self.hit.passage, start=start, end=end, text=self.text[start:end])
        return Shown(replace(self.hit, passage=passage), " ".join(_runs(self.text, spans)))


def _runs(text: str, spans: Iterable[Span]) -> Iterator[str]:
    for start, end in spans:
        yield " ".join(text[start:end].split())
