"""Draft an answer with a chat model: it sees keyed evidence and writes plain text with keys, which the check reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.answer.drafts import ClaimReader
from newsqa.answer.extract import confidence, weigh
from newsqa.answer.prompt import passages, sentences
from newsqa.answer.withheld import Withheld
from newsqa.errors import ModelError
from newsqa.models.chat import Reply, stream_model
from newsqa.models.chat_errors import api_keys
from newsqa.models.usage import Price, count_tokens
from newsqa.types import Draft, DraftSentence, DraftText, Usage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from newsqa.answer.prompt import Prompt, PromptBuilder
    from newsqa.answer.signals import Signals
    from newsqa.models.encoders import Reranker, TokenEncoder
    from newsqa.types import Hit, Query


NEAR_QUESTION = -1.0
"""The cross-encoder's logit for question and sentence, below which a sentence answers something else: those of SmolLM2
that did lay at -1.9 and below, those that answered at 3.4 and above."""

BESIDE = "it does not answer what was asked"


@dataclass(frozen=True, slots=True)
class DraftWriter:
    """Writes drafts with the model of a briefing; `reranker` and `encoder` weigh the sentences of the evidence."""

    briefing: PromptBuilder
    reranker: Reranker
    encoder: TokenEncoder

    def __call__(
        self, query: Query, evidence: Sequence[Hit], deadline: float
    ) -> Iterator[DraftText | DraftSentence | Draft]:
        """Draft an answer in the model's own words: words as they come, each claim when it is whole, then the draft.

        No evidence, no call; that nothing was found is a draft without claims. A draft that broke off is incomplete.
        Where the model finds the prompt too long, it is asked once more with half of the evidence. `confidence` is the
        chance that the evidence answers, as it is estimated for the extractive answerer. What a small model writes
        beside the question has a fault: the cross-encoder reads each claim together with it. Raises ModelError where
        no word came.
        """
        claims: list[DraftSentence] = []
        for event in self._drafted(query, evidence, deadline):
            if isinstance(event, Draft):
                yield replace(event, claims=tuple(claims))
            elif isinstance(event, DraftSentence):
                claims.append(self._judged(query, event))
                yield claims[-1]
            else:
                yield event

    def _judged(self, query: Query, claim: DraftSentence) -> DraftSentence:
        if claim.fault or not self.briefing.info.small:
            return claim
        (logit,) = self.reranker.score(query.text, [claim.text])
        return replace(claim, fault=BESIDE) if logit < NEAR_QUESTION else claim

    def _drafted(
        self, query: Query, evidence: Sequence[Hit], deadline: float
    ) -> Iterator[DraftText | DraftSentence | Draft]:
        small = self.briefing.info.small
        ranked = self._weighed(query, evidence) if small else []
        shown = sentences(ranked, self.briefing.size) if ranked else passages(evidence)
        if not shown:
            yield Draft((), 0.0, self.briefing.info.name)
            return
        brief = self.briefing.brief(query, shown)
        try:
            draft = yield from self._written(query, brief, deadline)
        except ModelError as error:
            if error.kind != "context" or len(brief.shown) < 2:
                raise
            brief = self.briefing.brief(query, brief.shown[: len(brief.shown) // 2])
            draft = yield from self._written(query, brief, deadline)
        if draft.claims:
            ranked = ranked or self._weighed(query, evidence)
            draft = replace(draft, confidence=confidence(query, ranked) if ranked else 0.0)
        yield draft

    def _weighed(self, query: Query, evidence: Sequence[Hit]) -> list[Signals]:
        return weigh(query, evidence, self.reranker, self.encoder)

    def _written(
        self, query: Query, brief: Prompt, deadline: float
    ) -> Generator[DraftText | DraftSentence, None, Draft]:
        """Stream one reply. What of it the model was told in confidence is withheld, here already."""
        model, name = self.briefing.model, self.briefing.info.name
        reader = ClaimReader([one.hit for one in brief.shown], query.text)
        withheld = Withheld(brief.told, brief.given, api_keys(model))
        reply: Reply | None = None
        broken: ModelError | None = None
        wrote = ""
        try:
            for piece in stream_model(model, name, brief.messages, deadline):
                if isinstance(piece, Reply):
                    reply = piece
                    continue
                wrote += piece
                yield from reader.feed(withheld.without(piece))
                if reader.done and self._free:
                    break  # what is paid for is read to its end, which tells what it cost
        except ModelError as error:
            if not wrote:
                raise
            broken = error
        yield from reader.feed(withheld.rest())
        cut = broken is not None or bool(reply and reply.cut_short)
        yield from reader.close(cut=cut)
        told = (str(broken),) if broken else reply.notices if reply else ()
        usage = reply.usage if reply else self._estimated(brief, wrote)
        return Draft(tuple(reader.claims), 0.0, name, incomplete=cut or reader.cut, usage=usage, notices=told)

    @property
    def _free(self) -> bool:
        return Price.of(self.briefing.info.name, self.briefing.model).free

    def _estimated(self, brief: Prompt, wrote: str) -> Usage:
        """Count the tokens of a reply that did not say how many it took; its price is known only where it has none."""
        model = self.briefing.model
        return Usage(count_tokens(brief.messages, model), count_tokens(wrote, model), 0.0 if self._free else None)
