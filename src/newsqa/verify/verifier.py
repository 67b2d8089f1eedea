"""The check of drafts: every quote a span of a stored article, every sentence carried by its quotes. Pure code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.text.words import wording
from newsqa.types import Citation, DraftSentence, Dropped, Quote, Sentence, VerifiedDraft
from newsqa.verify.checks.wording import unlike_clause
from newsqa.verify.evidence import EvidenceSet, origin_sentence, quoted_support
from newsqa.verify.support import ENOUGH, Verdict, by_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.models.encoders import TokenEncoder
    from newsqa.types import Draft, Hit, Origin


NO_QUOTE = "no quote from the articles at hand goes with it"
REPEATED = "it says again what a sentence before it says"
MENDED = 0.8
"""The share of a sentence's words that quotes it does not cite must hold: among many sentences, one often has half."""


def verify(draft: Draft, evidence: Sequence[Hit]) -> VerifiedDraft:
    """Keep the sentences of a draft that their quotes carry; tell which were dropped, and why.

    It is `Check` over the whole draft at once.
    """
    check = Verifier(evidence)
    for origin in draft.origins:
        check.name(origin)
    for claim in draft.claims:
        check.take(claim)
    return check.checked()


class Verifier:
    """The check of one answer, sentence by sentence as they come.

    A citation is one or more whole sentences of an article among the evidence: a quote that begins or ends inside a
    sentence is widened to it, one from any other article is left out. Citations are numbered from 1 in the order of
    their first use, each span once, and everything about their article comes from the evidence. So does the sentence
    that names the origin of words: it is written here, and no draft can say what stands in it.

    `encoder` compares what a sentence's clauses speak of with its quotes; without one half of its words must be theirs.
    """

    def __init__(self, evidence: Sequence[Hit], encoder: TokenEncoder | None = None) -> None:
        self._proofs = EvidenceSet(evidence)
        self._encoder = encoder
        self._numbered: dict[Quote, int] = {}
        self._sentences: list[Sentence] = []
        self._dropped: list[Dropped] = []
        self._seen: set[str] = set()

    def take(self, claim: DraftSentence) -> Sentence | Dropped:
        """Judge the next sentence of a draft: it stands with its citations, or is dropped with the reason.

        One that its own quotes do not carry, while others of the evidence do, stands with those.
        """
        if claim.fault:
            return self._drop(claim, claim.fault)
        quotes = self._proofs.settle(claim.quotes)
        if _key(claim) in self._seen:
            return self._drop(claim, REPEATED)
        found = self._support(claim.text, quotes) if quotes else Verdict(0.0, NO_QUOTE)
        if not found.stands:
            mended = self._mended(claim.text, quotes, found)
            if mended is None:
                return self._drop(claim, found.fault or NO_QUOTE)
            quotes, found = mended
        self._seen.add(_key(claim))
        return self._keep(claim.text, quotes, round(found.share, 3))

    def _mended(self, text: str, quotes: Sequence[Quote], found: Verdict) -> tuple[tuple[Quote, ...], Verdict] | None:
        """Find the quotes that carry a sentence best, where its own do not.

        If its own speak of the same, only a name may be missing that stands right before them; a number, a day or a
        name from elsewhere is sooner a wrong one.
        """
        if found.share < ENOUGH:
            tried = [(others, self._support(text, others)) for others in self._proofs.alike(text)]
        elif found.named:
            tried = [(others, self._support(text, others)) for others in self._proofs.longer(quotes)]
        else:
            return None
        least = MENDED if found.share < ENOUGH else ENOUGH
        standing = [(others, proof) for others, proof in tried if proof.stands and proof.share >= least]
        return max(standing, key=lambda one: one[1].share, default=None)

    def _support(self, text: str, quotes: Sequence[Quote]) -> Verdict:
        """Judge a sentence by quotes; one that is its quotes, word for word, needs no comparison."""
        found = quoted_support(text, quotes)
        if self._encoder is None:
            return by_words(found)
        if not found.stands or found.verbatim:
            return found
        return replace(found, fault=unlike_clause(text, [quote.text for quote in quotes], self._encoder))

    def _drop(self, claim: DraftSentence, why: str) -> Dropped:
        self._dropped.append(Dropped(claim.text, why))
        return self._dropped[-1]

    def name(self, origin: Origin) -> Sentence | None:
        """Write where words stand; None where they stand neither in the quotes of one article nor in its title."""
        quotes = self._proofs.settle(origin.quotes)
        articles = {quote.article.id: quote.article for quote in quotes}
        if len(articles) != 1:
            return None
        (article,) = articles.values()
        quoted = _hold(" ".join(quote.text for quote in quotes), origin.words)
        if not quoted and not _hold(article.title or "", origin.words):
            return None
        known = article.title, article.outlet, article.published
        said = origin_sentence(*known, again=bool(self._numbered), headline=not quoted)
        return self._keep(said, quotes, 1.0)

    def checked(self) -> VerifiedDraft:
        """Return what was taken so far: what stands, with its citations, and what was dropped."""
        citations = tuple(_citation(n, quote) for quote, n in self._numbered.items())
        return VerifiedDraft(tuple(self._sentences), citations, tuple(self._dropped))

    def _keep(self, text: str, quotes: Sequence[Quote], share: float) -> Sentence:
        marks = tuple(self._numbered.setdefault(quote, len(self._numbered) + 1) for quote in quotes)
        self._sentences.append(Sentence(text, marks, share))
        return self._sentences[-1]


def _hold(text: str, words: str) -> bool:
    """Whether a text has all these words in their order; others may stand between where some were left out."""
    left = iter(wording(text).words)
    return all(word in left for word in wording(words).words)


def _key(claim: DraftSentence) -> str:
    return " ".join(claim.text.casefold().split())


def _citation(n: int, quote: Quote) -> Citation:
    article = quote.article
    return Citation(
        n=n,
        article_id=article.id,
        title=article.title,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        path=article.path,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        also_carried_by=quote.also_carried_by,
    )
