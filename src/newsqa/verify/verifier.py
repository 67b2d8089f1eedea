"""Verification of drafts: every citation is a span of a stored article, every sentence is supported by its quotes.

The rules that compare a sentence in a model's own words with its quotes are imported when the first one comes: a
sentence that is its quotes, word for word, needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.text.words import wording
from newsqa.types import Citation, DraftSentence, Dropped, Quote, Sentence, VerifiedDraft
from newsqa.verify.evidence import EvidenceSet, is_verbatim, origin_sentence
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsqa.models.encoders import TokenEncoder
    from newsqa.types import Hit, Origin


def verify(
    sentences: Iterable[DraftSentence], evidence: Sequence[Hit], origins: Iterable[Origin] = ()
) -> VerifiedDraft:
    """Verify a whole draft at once: name the origins, then keep the sentences that their quotes support."""
    verifier = Verifier(evidence)
    for origin in origins:
        verifier.verify_origin(origin)
    for sentence in sentences:
        verifier.verify_sentence(sentence)
    return verifier.result()


class Verifier:
    """Verifies the sentences of one answer as they come.

    A citation is one or more whole sentences of an article of the evidence: a quote that begins or ends inside a
    sentence is expanded to it, one of any other article is left out. Citations are numbered from 1 in the order of
    their first use, each span once, and everything about their article comes from the evidence.

    `encoder` compares what the clauses of a sentence are about with its quotes; without one, half of its words must be
    theirs.
    """

    def __init__(self, evidence: Sequence[Hit], encoder: TokenEncoder | None = None) -> None:
        self._evidence = EvidenceSet(evidence)
        self._encoder = encoder
        self._numbers: dict[Quote, int] = {}
        self._sentences: list[Sentence] = []
        self._dropped: list[Dropped] = []
        self._seen: set[str] = set()

    def verify_sentence(self, sentence: DraftSentence) -> Sentence | Dropped:
        """Return the next sentence of a draft with its citations, or dropped with the reason.

        If its own quotes do not support it but others of the evidence do, it cites those. Raises ModelError if the
        sentence is not verbatim and the parser is missing.
        """
        key = " ".join(sentence.text.casefold().split())
        if sentence.fault:
            return self._drop(sentence, sentence.fault)
        if key in self._seen:
            return self._drop(sentence, Fault("repeated"))
        quotes, support = self._evidence.expand(sentence.quotes), 1.0
        if not (quotes and is_verbatim(sentence.text, [quote.text for quote in quotes])):
            from newsqa.verify.support import find_support

            quotes, verdict = find_support(sentence.text, quotes, self._evidence, self._encoder)
            if verdict.fault:
                return self._drop(sentence, verdict.fault)
            support = round(verdict.overlap, 3)
        self._seen.add(key)
        return self._keep(sentence.text, quotes, support, sentence.marks)

    def verify_origin(self, origin: Origin) -> Sentence | None:
        """Return a sentence that names the article of quoted words, made of what the library knows and nothing else.

        None if neither the quotes, all of one article, nor its title have the words.
        """
        quotes = self._evidence.expand(origin.quotes)
        articles = {quote.article.id: quote.article for quote in quotes}
        if len(articles) != 1:
            return None
        (article,) = articles.values()
        quoted = _has_words(" ".join(quote.text for quote in quotes), origin.words)
        if not quoted and not _has_words(article.title or "", origin.words):
            return None
        known = article.title, article.outlet, article.published
        return self._keep(origin_sentence(*known, again=bool(self._numbers), headline=not quoted), quotes, 1.0)

    def result(self) -> VerifiedDraft:
        """Return what was verified so far: the sentences with their citations, and those that were dropped."""
        citations = tuple(_citation(n, quote) for quote, n in self._numbers.items())
        return VerifiedDraft(tuple(self._sentences), citations, tuple(self._dropped))

    def _keep(
        self, text: str, quotes: Sequence[Quote], support: float, marks: tuple[tuple[int, int], ...] = ()
    ) -> Sentence:
        numbers = tuple(self._numbers.setdefault(quote, len(self._numbers) + 1) for quote in quotes)
        self._sentences.append(Sentence(text, numbers, support, marks))
        return self._sentences[-1]

    def _drop(self, sentence: DraftSentence, fault: Fault | str) -> Dropped:
        self._dropped.append(Dropped(sentence.text, str(fault)))
        return self._dropped[-1]


def _has_words(text: str, words: str) -> bool:
    """Return True if a text has all these words in their order; others may be between them."""
    left = iter(wording(text).words)
    return all(word in left for word in wording(words).words)


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
