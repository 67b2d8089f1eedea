"""The check of drafts: every quote a span of a stored article, every sentence carried by its quotes. Pure code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.origins import origin_sentence
from newsqa.records import Checked, Citation, Claim, Dropped, Quote, Sentence
from newsqa.sentences import sentence_spans
from newsqa.support import support
from newsqa.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Carrier, Draft, Hit, Origin

NO_QUOTE = "no quote from the articles at hand goes with it"
REPEATED = "it says again what a sentence before it says"


def verify(draft: Draft, evidence: Sequence[Hit]) -> Checked:
    """Keep the sentences of a draft that their quotes carry; tell which were dropped, and why.

    It is `Check` over the whole draft at once.
    """
    check = Check(evidence)
    for origin in draft.origins:
        check.name(origin)
    for claim in draft.claims:
        check.take(claim)
    return check.checked()


class Check:
    """The check of one answer, sentence by sentence as they come.

    A citation is one or more whole sentences of an article among the evidence: a quote that begins or ends inside a
    sentence is widened to it, one from any other article is left out. Citations are numbered from 1 in the order of
    their first use, each span once, and everything about their article comes from the evidence. So does the sentence
    that names the origin of words: it is written here, and no draft can say what stands in it.
    """

    def __init__(self, evidence: Sequence[Hit]) -> None:
        self._library = _Library(evidence)
        self._numbered: dict[Quote, int] = {}
        self._sentences: list[Sentence] = []
        self._dropped: list[Dropped] = []
        self._seen: set[str] = set()

    def take(self, claim: Claim) -> Sentence | Dropped:
        """Judge the next sentence of a draft: it stands with its citations, or is dropped with the reason."""
        quotes = self._library.settle(claim.quotes)
        share, fault = _judge(claim, quotes, self._seen)
        if fault:
            self._dropped.append(Dropped(claim.text, fault))
            return self._dropped[-1]
        self._seen.add(_key(claim))
        return self._keep(claim.text, quotes, round(share, 3))

    def name(self, origin: Origin) -> Sentence | None:
        """Write where words stand; None where they stand neither in the quotes of one article nor in its title."""
        quotes = self._library.settle(origin.quotes)
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

    def checked(self) -> Checked:
        """Return what was taken so far: what stands, with its citations, and what was dropped."""
        citations = tuple(_citation(n, quote) for quote, n in self._numbered.items())
        return Checked(tuple(self._sentences), citations, tuple(self._dropped))

    def _keep(self, text: str, quotes: Sequence[Quote], share: float) -> Sentence:
        marks = tuple(self._numbered.setdefault(quote, len(self._numbered) + 1) for quote in quotes)
        self._sentences.append(Sentence(text, marks, share))
        return self._sentences[-1]


def _hold(text: str, words: str) -> bool:
    """Whether a text has all these words in their order; others may stand between where some were left out."""
    left = iter(wording(text).words)
    return all(word in left for word in wording(words).words)


def _judge(claim: Claim, quotes: Sequence[Quote], seen: set[str]) -> tuple[float, str | None]:
    if not quotes:
        return 0.0, NO_QUOTE
    if _key(claim) in seen:
        return 0.0, REPEATED
    articles = list({quote.article.id: quote.article for quote in quotes}.values())
    found = support(
        claim.text,
        [quote.text for quote in quotes],
        known_names=[name for article in articles for name in (article.outlet, article.byline) if name],
        context=[part for article in articles for part in (article.title or "", article.text)],
        published=[quote.article.published for quote in quotes],
    )
    return found.share, found.fault


def _key(claim: Claim) -> str:
    return " ".join(claim.text.casefold().split())


class _Library:
    """The articles of the evidence, and their sentences, each parted once and only if it is quoted."""

    def __init__(self, evidence: Sequence[Hit]) -> None:
        self._articles = {hit.article.id: hit.article for hit in reversed(evidence)}
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._carriers: dict[str, tuple[Carrier, ...]] = {}
        for hit in evidence:
            known = self._carriers.get(hit.article.id, ())
            new = tuple(carrier for carrier in hit.also_carried_by if carrier not in known)
            self._carriers[hit.article.id] = known + new

    def settle(self, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """Return the quotes as whole sentences of articles at hand, each once."""
        settled = (self._settled(quote) for quote in quotes)
        return tuple(dict.fromkeys(quote for quote in settled if quote))

    def _settled(self, quote: Quote) -> Quote | None:
        article = self._articles.get(quote.article.id)
        if article is None or not 0 <= quote.start < quote.end <= len(article.text):
            return None
        touched = [
            (start, end) for start, end in self._sentences(article.id) if start < quote.end and end > quote.start
        ]
        if not touched:
            return None
        return Quote(article, touched[0][0], touched[-1][1], self._carriers[article.id])

    def _sentences(self, article_id: str) -> list[tuple[int, int]]:
        if article_id not in self._spans:
            self._spans[article_id] = sentence_spans(self._articles[article_id].text)
        return self._spans[article_id]


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
