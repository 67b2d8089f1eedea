"""Verification of drafts: every citation is a span of a stored article, every sentence is supported by its quotes.

A sentence passes if it is its quotes word for word, or a shortening of them. Any other passes if its evidence has its
values and a judge finds that its quotes support it. Where there is no judge, or it says no, the quotes take its place.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from newsqa.text.origins import origin_sentence
from newsqa.text.sentences import in_one_line
from newsqa.text.support import stated_terms
from newsqa.text.words import wording
from newsqa.types import CheckedBy, Citation, DraftSentence, Dropped, Hit, Origin, Quote, Sentence, Usage, VerifiedDraft
from newsqa.verify.evidence import MIN_OWN_SHARE, EvidenceSet, Fault, proof, quoted_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from newsqa.verify.judge import JudgeQueue

    # says of each quote if it answers the question
    Relevance = Callable[[Sequence[Quote]], Sequence[bool]]
    # has sentences that did not pass written again: the new text of each, None if it was not; and what that took
    SecondChance = Callable[[Sequence["CheckedSentence"]], tuple[Sequence[str | None], Usage]]

MAX_REPLACING = 2  # sentences of quotes that take the place of one sentence of a draft
MAX_SIMILAR = 6  # sentences of the evidence that are tried as quotes of a sentence that has none, or wrong ones
CLEARLY_MORE = 0.2  # of its words, at which others are preferred to quotes that have its values
NO_TIME = "there was no time left to check it"


def verify(
    sentences: Iterable[DraftSentence], evidence: Sequence[Hit], origins: Iterable[Origin] = ()
) -> VerifiedDraft:
    """Verify a whole draft at once: name the origins, then keep the sentences that their quotes support."""
    verifier = Verifier(evidence)
    for origin in origins:
        verifier.verify_origin(origin)
    for sentence in sentences:
        verifier.add(sentence)
    verifier.finish()
    return verifier.result()


@dataclass(slots=True)
class CheckedSentence:
    """A sentence of a draft: what it passes by, or why it does not pass; with neither it awaits a judge.

    `again` is what it became when it did not pass and was written again.
    """

    text: str
    quotes: tuple[Quote, ...] = ()
    checked_by: CheckedBy | None = None
    fault: Fault | str | None = None
    replaceable: bool = True
    marks: tuple[tuple[int, int], ...] = ()
    again: CheckedSentence | None = None

    @property
    def undecided(self) -> bool:
        """True if code has found nothing wrong, and only a judge can say if the quotes support it."""
        return self.checked_by is None and self.fault is None

    def decide(self, fault: Fault | None) -> None:
        """Take the verdict of a judge."""
        self.checked_by, self.fault = (None, fault) if fault else ("judge", None)


class Verifier:
    """Verifies the sentences of one answer as they come.

    A citation is one or more whole sentences of an article of the evidence: a quote that begins or ends inside a
    sentence is expanded to it, one of any other article is left out. Citations are numbered from 1 in the order of
    their first use, each span once, and everything about their article comes from the evidence.

    `judge` reads meaning; without one no sentence in words of its own passes. `relevance` says which quotes may take
    the place of a sentence that did not pass; without it none does. With a judge and a `second_chance` a sentence is
    first written again, once: those after it are settled when the draft is finished.

    After the `deadline` (of `time.monotonic`) nothing more is checked or takes a place, and `late` is True.
    """

    def __init__(
        self,
        evidence: Sequence[Hit],
        judge: JudgeQueue | None = None,
        relevance: Relevance | None = None,
        second_chance: SecondChance | None = None,
        deadline: float = inf,
    ) -> None:
        self._evidence = EvidenceSet(evidence)
        self._judge = judge
        self._relevance = relevance
        self._second_chance = second_chance if judge else None
        self._deadline = deadline
        self.late = False
        self._rewriting = Usage()
        self._asked: list[CheckedSentence] = []
        self._numbers: dict[Quote, int] = {}
        self._pending: list[CheckedSentence] = []
        self._settled = 0  # of the pending sentences, those that are shown or dropped
        self._sentences: list[Sentence] = []
        self._dropped: list[Dropped] = []
        self._seen: set[tuple[str, ...]] = set()

    @property
    def usage(self) -> Usage:
        """What the judge and the second chance took."""
        return self._rewriting + (self._judge.usage if self._judge else Usage())

    def add(self, sentence: DraftSentence) -> list[Sentence]:
        """Verify the next sentence of a draft; return the sentences that are settled, in the order of the draft."""
        self._pending.append(self.check(sentence))
        self._ask_judge(self._pending[-1])
        return self.settle()

    def finish(self) -> list[Sentence]:
        """Wait for the judge, by its deadline, and return the sentences that were left."""
        return self.settle(wait=True)

    def check(self, sentence: DraftSentence) -> CheckedSentence:
        """Return what code alone can say of a sentence."""
        text, quotes = sentence.text, self._evidence.expand(sentence.quotes)
        if sentence.fault:
            return CheckedSentence(text, quotes, fault=sentence.fault, replaceable=False)
        if self._is_late():
            return CheckedSentence(text, quotes, fault=NO_TIME)
        if proved := proof(text, quotes):
            return CheckedSentence(text, proved[1], proved[0], marks=sentence.marks)
        fault = self._values_fault(text, quotes) if quotes else Fault("no_quote")
        least = MIN_OWN_SHARE if fault else quoted_share(text, quotes) + CLEARLY_MORE
        found = self._with_others(text, quotes, least if quotes else 0.0) if least <= 1 else None
        return found or CheckedSentence(text, quotes, fault=fault)

    def _is_late(self) -> bool:
        self.late = self.late or time.monotonic() >= self._deadline
        return self.late

    def _with_others(self, text: str, quotes: Sequence[Quote], least: float) -> CheckedSentence | None:
        """Return a sentence with other quotes that have its values and at least so much of its words; None without any.

        Whoever wrote it did not name these quotes, so nothing around them counts.
        """
        similar = (one for one in self._evidence.similar(text, MAX_SIMILAR, quotes) if quoted_share(text, one) >= least)
        others = [one for one in similar if not self._values_fault(text, one, near=False)]
        answering = {*self._answering([quote for one in others for quote in one])}
        others = [one for one in others if not answering.isdisjoint(one)]
        proved = (found for one in others if (found := proof(text, one)))
        by, best = next(proved, (None, others[0] if others else ()))
        return CheckedSentence(text, best, by) if best else None

    def _values_fault(self, text: str, quotes: tuple[Quote, ...], *, near: bool = True) -> Fault | None:
        from newsqa.verify.values import SentenceEvidence, check_values

        return check_values(text, SentenceEvidence(quotes, tuple(map(self._evidence.around, quotes)) if near else ()))

    def _answering(self, quotes: Sequence[Quote]) -> Sequence[Quote]:
        """Return the quotes that answer the question, all where nothing says so."""
        if not quotes or not self._relevance:
            return quotes
        return [quote for quote, answers in zip(quotes, self._relevance(quotes), strict=True) if answers]

    def _ask_judge(self, checked: CheckedSentence) -> None:
        if checked.undecided and self._judge is None:
            checked.fault = Fault("own_words")
        elif checked.undecided and self._judge:
            from newsqa.verify.judge import Question

            self._judge.add(len(self._asked), Question(checked.text, checked.quotes))
            self._asked.append(checked)

    def _read_judge(self, *, wait: bool) -> None:
        for key, fault in self._judge.verdicts(wait=wait) if self._judge else ():
            self._asked[key].decide(fault)

    def settle(self, *, wait: bool = False) -> list[Sentence]:
        """Return the sentences that are settled since the last time; with `wait` all that are left."""
        self._read_judge(wait=wait)
        if wait:
            self._write_again()
        before = len(self._sentences)
        for one in self._pending[self._settled :]:
            if one.undecided or (self._may_be_rewritten(one) and not wait):
                break
            self._settled += 1
            self._show(one)
        return self._sentences[before:]

    def _may_be_rewritten(self, one: CheckedSentence) -> bool:
        told = isinstance(one.fault, Fault) and one.fault.code != "judge_silent"  # it knows what to mend
        return bool(self._second_chance and told and one.replaceable and one.quotes)

    def _write_again(self) -> None:
        """Have what did not pass written again, and verify it like the first."""
        fallen = [one for one in self._pending[self._settled :] if self._may_be_rewritten(one)]
        if not fallen or not self._second_chance:
            return
        texts, self._rewriting = self._second_chance(fallen)
        for one, text in zip(fallen, texts, strict=True):
            left_out = CheckedSentence("", fault=Fault("left_out"))
            one.again = self.check(DraftSentence(text, one.quotes)) if text else left_out
            self._ask_judge(one.again)
        self._read_judge(wait=True)

    def _show(self, one: CheckedSentence) -> None:
        """Keep a sentence that passes, else drop it and let its quotes take its place."""
        shown = one.again if one.again and one.again.checked_by else one
        if shown.checked_by and wording(shown.text).words in self._seen:
            shown.checked_by, shown.fault, one.replaceable = None, Fault("repeated"), False
        if one.fault:
            why = f"{one.fault}; written again, {one.again.fault}" if one.again and one.again.fault else str(one.fault)
            self._dropped.append(Dropped(one.text, why, bool(one.again.checked_by) if one.again else None))
        if shown.checked_by:
            self._keep(shown, shown.checked_by)
        elif one.replaceable and self._relevance and not self._is_late():
            self._replace(one.text, one.quotes)

    def _replace(self, text: str, quotes: Sequence[Quote]) -> None:
        """Show the sentences of the quotes that are most like a dropped one, if they answer the question."""
        terms, found = stated_terms(text), self._evidence.sentences_of(quotes)
        weights = [sum(3 if term[0].isdigit() else 1 for term in terms & stated_terms(one.text)) for one in found]
        best = sorted(found, key=lambda one: -weights[found.index(one)])[: 2 * MAX_REPLACING]
        for quote in sorted(self._answering(best)[:MAX_REPLACING], key=found.index):
            if not any(other.overlaps(quote) for other in self._numbers):
                self._keep(CheckedSentence(in_one_line(quote.text), (quote,)), "quoted")

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
        named = origin_sentence(*known, again=bool(self._numbers), headline=not quoted)
        return self._keep(CheckedSentence(named, quotes), "verbatim")

    def result(self) -> VerifiedDraft:
        """Return what was verified so far: the sentences with their citations, and those that were dropped."""
        citations = tuple(Citation.of(n, quote) for quote, n in self._numbers.items())
        return VerifiedDraft(tuple(self._sentences), citations, tuple(self._dropped))

    def _keep(self, one: CheckedSentence, by: CheckedBy) -> Sentence:
        self._seen.add(wording(one.text).words)
        numbers = tuple(self._numbers.setdefault(quote, len(self._numbers) + 1) for quote in one.quotes)
        support = round(quoted_share(one.text, one.quotes), 3) if by == "judge" else 1.0
        self._sentences.append(Sentence(one.text, numbers, support, by, one.marks))
        return self._sentences[-1]


def _has_words(text: str, words: str) -> bool:
    """Return True if a text has all these words in their order; others may be between them."""
    left = iter(wording(text).words)
    return all(word in left for word in wording(words).words)
