"""Citations: do they exist, quote to the letter, and support what the sentences say.

Recall and precision are after ALCE (Gao et al. 2023, arXiv:2305.14627). What supports a sentence is said by a judge
model where one was named. Else it is lexical support: the share of the content stems of a sentence that its quotes have
(`newsqa.text.support`). That reads words, not meaning, and is never a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.evals.metrics.base import Metric, sentences, shows
from newsqa.text.origins import origin_sentences
from newsqa.text.support import support_share
from newsqa.text.words import words
from newsqa.types import Article, JsonObject, Quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.evals.run_file import RunLine

    Support = Callable[[str, tuple[Quote, ...]], float]
    """Returns from 0 to 1 how far quotes support a sentence."""

MIN_SUPPORT = 0.7  # the share from which on quotes have most of a sentence
_CITED = "Over answers that cite, where the index was at hand."
_LEXICAL = "by the words alone, not their meaning; over answers, refusals aside."
_JUDGED = "by a judge model; over answers that it was asked about, refusals aside."
METRICS = (
    Metric(
        "citation_existence", "citations", "Citations that exist", f"Article and its particulars are there. {_CITED}"
    ),
    Metric("quote_fidelity", "citations", "Quotes that stand so", f"Quotes are the article's, to the letter. {_CITED}"),
    Metric("lexical_support", "citations", "Lexical support", f"Share of the words of sentences in quotes, {_LEXICAL}"),
    Metric("lexical_use", "citations", "Citations that add words", f"Share of citations that add to it, {_LEXICAL}"),
)
JUDGED_METRICS = (
    Metric("citation_recall", "judge", "Sentences supported", f"Share of sentences that quotes support, {_JUDGED}"),
    Metric("citation_precision", "judge", "Citations of use", f"Share of citations that support, {_JUDGED}"),
)


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A factual sentence, the numbers that it cites, and the quotes among them that are the article's."""

    text: str
    citations: tuple[int, ...]
    quotes: tuple[Quote, ...]

    @property
    def supported(self) -> bool:
        """True if its quotes have most of its content stems."""
        return lexical_support(self.text, self.quotes) >= MIN_SUPPORT


def citation_scores(line: RunLine) -> dict[str, float]:
    """Score the citations of an answer without a judge; a refusal has none to score."""
    scores = dict(zip(("lexical_support", "lexical_use"), recall_and_precision(line, lexical_support), strict=False))
    checks = (line.known.citations or ())[: len(line.record.get("citations") or ())] if cites(line) else ()
    if checks:
        scores["citation_existence"] = sum(check.exists for check in checks) / len(checks)
        scores["quote_fidelity"] = sum(check.faithful for check in checks) / len(checks)
    return scores


def recall_and_precision(line: RunLine, support: Support) -> tuple[float, ...]:
    """Return how far factual sentences are supported, and the share of citations that help; () if there are none.

    A citation helps if it adds to the support of the others, or supports most of its sentence alone; one that no
    sentence names helps none. An answer with nothing in it has 0 of both.
    """
    all_sentences, cited = sentences(line), cited_sentences(line)
    if not cites(line) or (all_sentences and not cited):
        return ()
    named = {n for sentence in all_sentences for n in sentence.citations}
    unnamed = sum(citation.get("n") not in named for citation in line.record.get("citations") or ())
    uses = sum(len(one.citations) for one in cited) + unnamed
    supported = sum(support(one.text, one.quotes) for one in cited)
    return supported / max(1, len(cited)), sum(_useful(one, support) for one in cited) / max(1, uses)


def _useful(one: CitedSentence, support: Support) -> int:
    whole = support(one.text, one.quotes)
    alone = [support(one.text, (quote,)) >= MIN_SUPPORT for quote in one.quotes] if whole else []
    return sum(good or support(one.text, others(one.quotes, at)) < whole for at, good in enumerate(alone))


def others(quotes: tuple[Quote, ...], at: int) -> tuple[Quote, ...]:
    """Return the quotes without one."""
    return quotes[:at] + quotes[at + 1 :]


def cites(line: RunLine) -> bool:
    """Return True if an answer has citations to score; a refusal has not, nor one of a program that never shows any."""
    if line.refused and not line.failed:
        return False
    return shows(line, "citations") or any(sentence.citations for sentence in sentences(line))


def cited_sentences(line: RunLine) -> list[CitedSentence]:
    """Return the factual sentences of an answer with their quotes; a quote that is not the article's is none."""
    unfaithful = {at for at, check in enumerate(line.known.citations or ()) if not check.faithful}
    cited = enumerate(line.record.get("citations") or ())
    quotes = {one.get("n"): _quote(one) for at, one in cited if at not in unfaithful and one.get("quote")}
    return [
        CitedSentence(one.text, one.citations, tuple(quotes[n] for n in one.citations if n in quotes))
        for one in sentences(line)
        if is_factual(one.text)
    ]


def is_factual(sentence: str) -> bool:
    """Return True if a sentence states something to check: it is no question, and has a content word or a number."""
    telling = (word.content or word.folded[0].isdigit() for word in words(sentence))
    return not sentence.rstrip().endswith("?") and any(telling)


def _quote(citation: JsonObject) -> Quote:
    """Return what a citation says as the quote of an article that holds nothing else."""
    quote, published = citation["quote"], citation.get("published")
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError:  # another program's date
        day = None
    article = Article("", quote, "", citation.get("title"), citation.get("outlet"), published=day)
    return Quote(article, 0, len(quote))


@lru_cache(maxsize=4096)
def lexical_support(sentence: str, quotes: tuple[Quote, ...]) -> float:
    """Return the share of a sentence's content stems that quotes have together, with what their outlets are called.

    A sentence that says where all of them come from needs no quote.
    """
    if not quotes:
        return 0.0
    articles = [quote.article for quote in quotes]
    if all(sentence in origin_sentences(one.title, one.outlet, one.published) for one in articles):
        return 1.0
    return support_share(sentence, [f"{quote.article.outlet or ''} {quote.text}" for quote in quotes])
