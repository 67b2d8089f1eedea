"""Citations: whether they exist, quote to the letter, and carry what the sentences say.

Recall and precision are ALCE's (Gao et al. 2023, arXiv:2305.14627), with lexical support (`newsqa.support`) where ALCE
asks a model of entailment: it reads words, not meaning.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import words
from newsqa.verify.evidence import origin_sentences
from newsqa.verify.support import MIN_OVERLAP, check_support

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.evals.run_lines import RunLine
    from newsqa.types import JsonObject


# What an answer says: its text without markers, and its sentences with the quotes that each leans on.

_MARKER = re.compile(r"\s*\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer and the numbers of its citations, each once, in the order given."""

    text: str
    citations: tuple[int, ...]


def answered(line: RunLine) -> bool:
    """Whether an answer was given, be it empty: neither a refusal nor a failure."""
    return not (line.refused or line.failed)


def shows(line: RunLine, name: str) -> bool:
    """Whether a list of the record ("retrieved", "citations") can be scored: it is not empty, or empty on purpose.

    newsqa shows what it retrieves and cites; its records name their configuration. Where another program's names
    none and the list is empty, nobody knows what it found.
    """
    return bool(line.record.get("config") or line.record.get(name))


def answer_text(line: RunLine) -> str:
    """Return the answer without its [n] markers; "" for a refusal or a failure."""
    return _MARKER.sub("", _text(line.record)).strip() if answered(line) else ""


def sentences(line: RunLine) -> list[AnswerSentence]:
    """Return the sentences of the answer, none where its text is empty.

    They are the record's own. A record without any, as other programs write them, has its text parted, and a marker
    belongs to the sentence that it follows or stands in.
    """
    text = _text(line.record)
    if not answered(line) or not _MARKER.sub("", text).strip():
        return []
    own = line.record.get("sentences")
    return [_said(sentence) for sentence in own] if own else _parted(text)


def _text(record: JsonObject) -> str:
    return record.get("text") or ""


def _said(sentence: Mapping[str, object]) -> AnswerSentence:
    numbers = sentence.get("citations")
    found = [n for n in numbers if isinstance(n, int)] if isinstance(numbers, list) else []
    return AnswerSentence(str(sentence.get("text") or ""), tuple(dict.fromkeys(found)))


def _parted(text: str) -> list[AnswerSentence]:
    places: list[tuple[int, int]] = []  # of each marker in the text without markers, and its number
    bare, end = "", 0
    for marker in _MARKER.finditer(text):
        bare += text[end : marker.start()]
        places.append((len(bare), int(marker[1])))
        end = marker.end()
    bare += text[end:]
    spans = sentence_spans(bare)
    starts = [start for start, _ in spans[1:]]
    numbers: list[list[int]] = [[] for _ in spans]
    for place, number in places:
        numbers[bisect_left(starts, place)].append(number)
    return [
        AnswerSentence(bare[a:b], tuple(dict.fromkeys(found))) for (a, b), found in zip(spans, numbers, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A factual sentence, how many citations it names, and those that may prove it: quotes that stand so."""

    said: AnswerSentence
    named: int
    proofs: tuple[QuotedText, ...]

    @property
    def supported(self) -> bool:
        """Whether its quotes together carry it."""
        return _carry(self.said.text, self.proofs)

    def of_use(self) -> int:
        """Count the citations that help: the sentence is supported, and the citation is not idle.

        Idle is one that does not carry the sentence alone, while the others carry it without it.
        """
        if not self.supported:
            return 0
        return sum(not self._idle(at) for at in range(len(self.proofs)))

    def _idle(self, at: int) -> bool:
        others = self.proofs[:at] + self.proofs[at + 1 :]
        return _carry(self.said.text, others) and not _carry(self.said.text, self.proofs[at : at + 1])


@dataclass(frozen=True, slots=True)
class QuotedText:
    """The quote of a citation, and what stands beside it and needs no quote.

    That is the outlet, the day of the article, from which its "on Friday" is seen, and so where words stand.
    """

    quote: str
    outlet: str | None
    published: date | None = None
    origins: tuple[str, ...] = ()


def citation_scores(line: RunLine) -> dict[str, float]:
    """Score the citations of an answer; a refusal has none to score."""
    return _against_index(line) | _support_scores(line) if cites(line) else {}


def cites(line: RunLine) -> bool:
    """Whether an answer has citations to score; a refusal has not, nor that of a program that never shows any."""
    if line.refused and not line.failed:
        return False
    return shows(line, "citations") or any(said.citations for said in sentences(line))


def leanings(line: RunLine) -> list[CitedSentence]:
    """Return the factual sentences of an answer with what they lean on."""
    proofs = _proofs(line)
    return [
        CitedSentence(said, len(said.citations), tuple(proofs[n] for n in said.citations if n in proofs))
        for said in sentences(line)
        if is_factual(said.text)
    ]


def is_factual(sentence: str) -> bool:
    """Whether a sentence states something to check: it is no question, and has a content word or a number."""
    telling = (word.content or word.folded[0].isdigit() for word in words(sentence))
    return not sentence.rstrip().endswith("?") and any(telling)


def _against_index(line: RunLine) -> dict[str, float]:
    """Count the citations that agree with the index; none where there are none, or where no index was at hand."""
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
    said, found = sentences(line), leanings(line)
    if said and not found:
        return {}
    named = {n for sentence in said for n in sentence.citations}
    unnamed = sum(citation.get("n") not in named for citation in line.record.get("citations") or ())
    uses = sum(leaning.named for leaning in found) + unnamed
    return {
        "citation_recall": sum(leaning.supported for leaning in found) / max(1, len(found)),
        "citation_precision": sum(leaning.of_use() for leaning in found) / max(1, uses),
    }


def _proofs(line: RunLine) -> dict[int, QuotedText]:
    """Return what each citation offers as proof, by its number; one whose quote does not stand so offers none."""
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
    return QuotedText(quote, outlet, day, origin_sentences(citation.get("title"), outlet, day))


@lru_cache(maxsize=4096)
def _carry(sentence: str, proofs: tuple[QuotedText, ...]) -> bool:
    if proofs and all(sentence in proof.origins for proof in proofs):
        return True
    outlets = [proof.outlet for proof in proofs if proof.outlet]
    quotes, days = [proof.quote for proof in proofs], [proof.published for proof in proofs]
    check = partial(check_support, min_overlap=MIN_OVERLAP, known_names=outlets, published=days)
    return bool(proofs) and check(sentence, quotes).supported
