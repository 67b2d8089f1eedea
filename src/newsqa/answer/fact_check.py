"""Fact-checking of texts by other hands: what the articles have on each sentence of a draft or a press release."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.errors import UsageError
from newsqa.search.read import read_question
from newsqa.text.calendar import CALENDAR, clocks, dates, moments
from newsqa.text.entities import names
from newsqa.text.sentences import sentence_spans
from newsqa.text.support import likeliest_quotes, support_share
from newsqa.text.words import lower_case_words, word_set, words
from newsqa.types import Bounds, CheckVerdict, Citation, DraftSentence, Finding, Hit, Query, Quote, TextCheck
from newsqa.verify.evidence import Fault, quoted_share
from newsqa.verify.judge import Question, ask_in_batches
from newsqa.verify.quantities import Quantity, quantities, states
from newsqa.verify.verifier import CheckedSentence, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from newsqa.store.snapshot import Snapshot
    from newsqa.verify.judge import AsksJudge

    FindsEvidence = Callable[[str], Sequence[Hit]]
    """Returns passages on a sentence, best first."""

MAX_SENTENCES = 400  # sentences of a text; each is searched for on its own
PASSAGES = 6  # passages in which the quotes of a sentence are looked for
MIN_NEAR = 1 / 3  # the share of its words that quotes must have to be named as the nearest to a sentence

MIN_SAME = 0.6
"""The share of its words that quotes must have to be about the same thing, so that another value contradicts."""

NOTHING_LIKE_IT = "the articles found for it have nothing like it"
NEGATED = "It is not true that the following holds: {}"


def statement_query(sentence: str, index: Snapshot, bounds: Bounds) -> Query:
    """Return the query that finds passages on a statement, from whatever day and outlet within the bounds."""
    read = read_question(sentence, date.today(), index, bounds)
    anytime = replace(read, since=date.min, until=date.max, order=None, timing="soft")
    return replace(anytime, text=sentence, bounds=bounds, quotation=())


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a text; if it points back, what comes `before` it and the `people` whom its "he" may mean.

    What comes before is not checked with it and proves nothing: a judge reads there whom it means.
    """

    text: str
    before: str = ""
    people: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """What passages on it are found by."""
        return " ".join((self.text, *self.people)).strip()


MAX_BEFORE = 3  # sentences before one that points back in which those are sought whom it means
_PERSONS = word_set("he she him his her hers himself herself")
_THINGS = word_set("it its they them their theirs this these those")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_PLACED = re.compile(r"\b(?:in|at|near|across|the)\s+$", re.IGNORECASE)


def read_statements(sentences: Sequence[str]) -> Iterator[Statement]:
    """Yield the sentences of a text with what each needs of those before it to be understood."""
    common = lower_case_words(" ".join(sentences))
    met: tuple[str, ...] = ()
    for n, sentence in enumerate(sentences):
        back = sentences[max(0, n - MAX_BEFORE) : n]
        named = next((m for m in reversed(range(len(back))) if _people(back[m], common)), len(back) - 1)
        met = (_people(back[named], common) if back else ()) or met
        pointer = _pointer(sentence, common)
        before = " ".join(back[max(0, named) :]) if pointer else ""
        yield Statement(sentence, before, met if pointer in _PERSONS else ())


def _pointer(sentence: str, common: frozenset[str]) -> str | None:
    """Return the "he" or "it" that a sentence opens with, outside quotation marks; None if it has another subject."""
    spoken = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), sentence)
    first = next((one for one in words(spoken) if one.folded in _PERSONS | _THINGS), None)
    head = spoken[: first.start].rstrip() if first else ""
    opens = not head or head.endswith(",") or all(not one.content for one in words(head))
    return first.folded if first and opens and not _people(head, common) else None


def _people(sentence: str, common: frozenset[str]) -> tuple[str, ...]:
    """Return the names of a sentence that may be those of people: those of two words, if there are any."""
    found = [name for name in names(sentence, common) if not set(name.words) <= CALENDAR]
    free = [name for name in found if not _PLACED.search(sentence[: name.start])]
    full = [name for name in free if len(name.words) > 1]
    return tuple(dict.fromkeys(name.text for name in full or free))


def check_text(text: str, find: FindsEvidence, judge: AsksJudge | None, seconds: float) -> TextCheck:
    """Check each sentence of a text against the articles.

    A judge has `seconds` for each of its calls. Without one, only what is word for word in an article, or a shortening
    of it, is supported. Raises UsageError if the text has too many sentences, and what the search raises.
    """
    spans = [(start, end) for start, end in sentence_spans(text) if any(map(str.isalnum, text[start:end]))]
    if len(spans) > MAX_SENTENCES:
        raise UsageError(
            f"The text has {len(spans):,} sentences; at most {MAX_SENTENCES} are checked at a time.",
            hint="Check it in parts.",
        )
    stated = list(read_statements([_line(text[start:end]) for start, end in spans]))
    checked = {one: _check(one, find(one.query)[:PASSAGES]) for one in dict.fromkeys(stated)}
    result = _judge(checked, judge, seconds) if judge else TextCheck()
    numbers: dict[Quote, int] = {}
    findings = []
    for (start, end), statement in zip(spans, stated, strict=True):
        one = checked[statement]
        verdict = _verdict(one)
        shown = one.quotes if verdict != "not_found" else ()
        cited = tuple(numbers.setdefault(quote, len(numbers) + 1) for quote in shown)
        why = NOTHING_LIKE_IT if verdict == "not_found" else str(one.fault or Fault("own_words"))
        findings.append(
            Finding(text[start:end], start, end, verdict, one.checked_by, None if one.checked_by else why, cited)
        )
    citations = tuple(Citation.of(n, quote) for quote, n in numbers.items())
    return replace(result, findings=tuple(findings), citations=citations)


def _line(text: str) -> str:
    return " ".join(text.split())


def _check(statement: Statement, hits: Sequence[Hit]) -> CheckedSentence:
    """Check a sentence by code against those sentences of one passage that have most of its words.

    Articles that name nobody whom its "he" may mean are about somebody else.
    """
    quotes = likeliest_quotes(statement.query, hits)
    one = Verifier(hits).check(DraftSentence(statement.text, quotes))
    known = {word.folded for quote in one.quotes for word in words(f"{quote.article.title} {quote.article.text}")}
    if one.quotes and statement.people and not any(words(one)[-1].folded in known for one in statement.people):
        one.checked_by, one.fault = None, one.fault or Fault("name_missing", statement.people[:1])
    return one


def _judge(checked: Mapping[Statement, CheckedSentence], judge: AsksJudge, seconds: float) -> TextCheck:
    """Have decided what code leaves open, then for what is not supported if its quotes say the contrary."""
    open_ = {of: one for of, one in checked.items() if one.undecided}
    asked = [Question(one.text, one.quotes, of.before) for of, one in open_.items()]
    faults, usage = ask_in_batches(judge, asked, seconds)
    for one, fault in zip(open_.values(), faults, strict=True):
        one.decide(fault)
    doubted = {of: one for of, one in checked.items() if one.fault and _share(one) >= MIN_NEAR}
    denials = [Question(NEGATED.format(one.text), one.quotes, of.before) for of, one in doubted.items()]
    faults, spent = ask_in_batches(judge, denials, seconds)
    for one, fault in zip(doubted.values(), faults, strict=True):
        one.fault = one.fault if fault else Fault("refuted")
    return TextCheck(usage=usage + spent)


def _share(one: CheckedSentence) -> float:
    return quoted_share(one.text, one.quotes)


def _verdict(one: CheckedSentence) -> CheckVerdict:
    if one.checked_by:
        return "supported"
    fault, share = one.fault, _share(one)
    if isinstance(fault, Fault) and (fault.code == "refuted" or (share >= MIN_SAME and _has_rival(fault, one))):
        return "contradicted"
    return "unclear" if share >= MIN_NEAR else "not_found"


def _has_rival(fault: Fault, one: CheckedSentence) -> bool:
    """Return True if the quotes have another value of the kind where the sentence has its own."""
    texts = [quote.text for quote in one.quotes]
    if fault.code in {"number_missing", "number_confused"}:
        stated = [value for value in quantities(one.text) if value.text == fault.detail[0]]
        known = [value for text in texts for value in quantities(text)]
        return any(_is_rival(mine, value) for mine in stated for value in known)
    if fault.code == "time_missing":
        return any(clocks(text) for text in texts)
    if fault.code == "date_missing":
        seen = [day for quote in one.quotes for day in moments(quote.text, quote.article.published, either=True)]
        return bool(seen) or any(dates(text) for text in texts)
    if fault.code == "quotation_altered":
        return support_share(fault.detail[0], texts) >= MIN_SAME and any(
            mark in text for text in texts for mark in '“"'
        )
    return fault.code in {"name_replaced", "speaker_replaced"}


def _is_rival(stated: Quantity, known: Quantity) -> bool:
    """Return True if two numbers are of one unit, or count the same, and differ."""
    alike = stated.unit == known.unit and (bool(stated.unit) or not {*stated.counts}.isdisjoint(known.counts))
    return alike and not states(stated, known)
