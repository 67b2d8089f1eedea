"""Citations: do they exist, quote to the letter, and support what the sentences say.

Recall and precision are after ALCE (Gao et al. 2023, arXiv:2305.14627), with lexical support in place of its model of
entailment: the share of the content stems of a sentence that its quotes have (`newsqa.text.support`). It reads words,
not meaning, and is never a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.evals.metrics.base import AnswerSentence, Metric, sentences, shows
from newsqa.text.origins import origin_sentences
from newsqa.text.support import support_share
from newsqa.text.words import words

if TYPE_CHECKING:
    from newsqa.evals.run_file import RunLine
    from newsqa.types import JsonObject

MIN_SUPPORT = 0.7
"""The share from which on quotes have most of a sentence."""

_CITED = "Over answers that cite, where the index was at hand."
_LEXICAL = "by lexical support, which reads words and not meaning; over answers, refusals aside."
METRICS = (
    Metric(
        "citation_existence", "citations", "Citations that exist", f"Article and its particulars are there. {_CITED}"
    ),
    Metric("quote_fidelity", "citations", "Quotes that stand so", f"Quotes are the article's, to the letter. {_CITED}"),
    Metric("citation_recall", "citations", "Lexical support", f"Share of the words of sentences in quotes, {_LEXICAL}"),
    Metric("citation_precision", "citations", "Citations of use", f"Share of citations that add to it, {_LEXICAL}"),
)


@dataclass(frozen=True, slots=True)
class QuotedText:
    """The quote of a citation, and what its article says of itself, which needs no quote.

    That is its outlet, and the sentences (`origins`) that name its source.
    """

    quote: str
    outlet: str | None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A factual sentence, and the quotes that may prove it: those of its citations that are the article's."""

    sentence: AnswerSentence
    proofs: tuple[QuotedText, ...]

    @property
    def support(self) -> float:
        """The share of its content stems that its quotes have together."""
        return _support(self.sentence.text, self.proofs)

    @property
    def supported(self) -> bool:
        """True if its quotes have most of its content stems."""
        return self.support >= MIN_SUPPORT

    def useful(self) -> int:
        """Count the citations that help: they add to the support of the others, or have most of the sentence alone."""
        return sum(not self._is_idle(at) for at in range(len(self.proofs))) if self.support else 0

    def _is_idle(self, at: int) -> bool:
        text, others = self.sentence.text, self.proofs[:at] + self.proofs[at + 1 :]
        alone = _support(text, self.proofs[at : at + 1])
        return alone < MIN_SUPPORT and _support(text, others) >= self.support


def citation_scores(line: RunLine) -> dict[str, float]:
    """Score the citations of an answer; a refusal has none to score."""
    return _against_index(line) | _support_scores(line) if cites(line) else {}


def cites(line: RunLine) -> bool:
    """Return True if an answer has citations to score; a refusal has not, nor one of a program that never shows any."""
    if line.refused and not line.failed:
        return False
    return shows(line, "citations") or any(sentence.citations for sentence in sentences(line))


def cited_sentences(line: RunLine) -> list[CitedSentence]:
    """Return the factual sentences of an answer with their quotes."""
    proofs = _proofs(line)
    return [
        CitedSentence(sentence, tuple(proofs[n] for n in sentence.citations if n in proofs))
        for sentence in sentences(line)
        if is_factual(sentence.text)
    ]


def is_factual(sentence: str) -> bool:
    """Return True if a sentence states something to check: it is no question, and has a content word or a number."""
    telling = (word.content or word.folded[0].isdigit() for word in words(sentence))
    return not sentence.rstrip().endswith("?") and any(telling)


def _against_index(line: RunLine) -> dict[str, float]:
    """Count the citations that agree with the index; none if there are none, or no index was at hand."""
    cited = line.record.get("citations") or ()
    grounds = (line.known.citations or ())[: len(cited)]
    if not grounds:
        return {}
    return {
        "citation_existence": sum(ground.exists for ground in grounds) / len(grounds),
        "quote_fidelity": sum(ground.faithful for ground in grounds) / len(grounds),
    }


def _support_scores(line: RunLine) -> dict[str, float]:
    """Take recall and precision over the factual sentences; an answer with nothing in it has 0 of both.

    A citation that no sentence names helps none.
    """
    all_sentences, cited = sentences(line), cited_sentences(line)
    if all_sentences and not cited:
        return {}
    named = {n for sentence in all_sentences for n in sentence.citations}
    unnamed = sum(citation.get("n") not in named for citation in line.record.get("citations") or ())
    uses = sum(len(one.sentence.citations) for one in cited) + unnamed
    return {
        "citation_recall": sum(one.support for one in cited) / max(1, len(cited)),
        "citation_precision": sum(one.useful() for one in cited) / max(1, uses),
    }


def _proofs(line: RunLine) -> dict[int, QuotedText]:
    """Return what each citation offers as proof, by its number; one whose quote is not the article's offers none."""
    cited = line.record.get("citations") or ()
    unfaithful = {n for n, ground in enumerate(line.known.citations or ()) if not ground.faithful}
    proofs = ((citation.get("n"), _proof(citation)) for at, citation in enumerate(cited) if at not in unfaithful)
    return {n: proof for n, proof in proofs if isinstance(n, int) and proof.quote}


def _proof(citation: JsonObject) -> QuotedText:
    """Read a citation, with the sentences that its title, outlet and date bear out by themselves."""
    quote, outlet, published = citation.get("quote") or "", citation.get("outlet"), citation.get("published")
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError:  # another program's date
        return QuotedText(quote, outlet)
    return QuotedText(quote, outlet, origin_sentences(citation.get("title"), outlet, day))


@lru_cache(maxsize=4096)
def _support(sentence: str, proofs: tuple[QuotedText, ...]) -> float:
    if proofs and all(sentence in proof.origins for proof in proofs):
        return 1.0
    return support_share(sentence, [f"{proof.outlet or ''} {proof.quote}" for proof in proofs]) if proofs else 0.0
