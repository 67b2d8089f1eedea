"""Shortenings: sentences that are a quote with something left out, which its quote therefore proves.

The words are those of one sentence of a quote, in their order. Only whole pieces may be left out: an opening ("But",
a dateline), what stands in brackets or between commas, what "and" adds at the end, and when it was. Nothing is left out
that denies, hedges, conditions, compares, bounds or attributes, and nothing at all from a sentence that denies. A name
may take the place of a pronoun where only one name stands before it, a date that of a weekday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR, MONTHS, WEEKDAYS, dates, moments
from newsqa.text.entities import names
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import lower_case_words, word_set, wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.types import Quote

MIN_WORDS = 3
"""Words that a shortening has at least."""

MAX_PRECEDING = 400
"""Characters before a quote in which the name is sought that a pronoun stands for."""

_NEEDED = word_set(
    """
    no not never none nobody nothing neither nor without cannot hardly barely scarcely deny denied denies denying refuse
    refused refuses fail failed fails false falsely untrue lack lacked lacks unlikely impossible rather instead except
    may might could would should can perhaps possibly probably likely allegedly alleged reportedly apparently seemingly
    suspected supposed supposedly appear appears appeared seem seems seemed believed thought expected proposed planned
    potential potentially possible claim claims claimed hope hopes hoped if unless whether until once provided assuming
    in case depending otherwise but only just almost nearly about around roughly approximately some more less fewer than
    most least over under up at below above between either both half part partly partially or as like so too
    said say says saying told tell tells according wrote writes added adds argued argues announced warned warns reported
    reports stated states insisted asked asks suggested suggests estimated estimates predicted acknowledged
    before after since because due despite though although while when where however former formerly fictional imaginary
    dream film movie novel book play game story fake hoax rumour rumours rumor satire parody attempted
    """
)
"""Words that may not be left out: a sentence without them may say something else."""

_SCOPED = word_set(
    """
    no not never none nobody nothing neither nor without cannot deny denied denies refused fail failed if unless whether
    either between both or hardly barely only all every each any more less fewer than together
    """
)
"""Words whose reach a left-out piece may change: a sentence with one of them loses nothing but its opening."""

_PRONOUNS = word_set("he she they him her them his their")
_POSSESSIVE = word_set("his her their")
_OPENING = re.compile(
    r"\s*(?:[A-Z][A-Z .,'’/-]{2,40}(?:\([^)]{1,30}\)\s*)?\s*[—–-]+\s+)?"
    r"(?:(?:But|And|However|Meanwhile|Still|Now|Then|Yet|Moreover|Additionally|In addition|Also|So),?\s+)?"
)
_BRACKETED = re.compile(r"\s*\([^()]{1,200}\)|\s[—–]\s[^—–]{2,200}\s[—–](?=\s)|,\s[^,;:“”\"()—–]{2,160}(?=,\s)")
_AND = re.compile(r",?\s+and\s+[^;:“”\"()]{2,200}(?=[.!?]?\s*$)")
_APPOSITION = re.compile(
    r",\s+(?:(?:an?|the|who|which|whose|aged|his|her|its|their)\s|\d{1,3}(?:$|,)|and\s)", re.IGNORECASE
)
_DAY_WORDS = "|".join(day.title() for day in WEEKDAYS)
_MONTH_WORDS = "|".join(sorted((month.title() for month in MONTHS), key=len, reverse=True))
_WHEN = re.compile(
    rf",?\s+(?:(?:on|late|early)\s+)?(?:(?:last|this|next)\s+)?(?:{_DAY_WORDS})(?:\s+(?:morning|afternoon|evening|night))?\b,?"
    rf"|,?\s+(?:on|in)\s+(?:\d{{1,2}}\s+)?(?:{_MONTH_WORDS})\.?(?:\s+\d{{1,2}}\b)?(?:,?\s+[12]\d{{3}}\b)?,?"
    r"|,?\s+(?:yesterday|today|tonight|(?:last|this)\s+(?:week|month|year|night))\b,?|\s+also\b"
)  # fmt: skip


def is_shortening(sentence: str, quote: Quote) -> bool:
    """Return True if a sentence is a shortening of one of the sentences of a quote."""
    return any(_Source(quote, start, end).yields(sentence) for start, end in sentence_spans(quote.text))


@dataclass(frozen=True)
class _Source:
    """One sentence of a quote, at its place in the quote."""

    quote: Quote
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.quote.text[self.start : self.end]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return wording(self.text).words

    @cached_property
    def omissible(self) -> dict[int, list[int]]:
        """Where a piece may be left out: the index of its first word to those after its last."""
        spans = wording(self.text).spans
        found: dict[int, list[int]] = {}
        for start, end in self._pieces():
            inside = [n for n, (a, b) in enumerate(spans) if a >= start and b <= end]
            if inside:
                found.setdefault(inside[0], []).append(inside[-1] + 1)
        return found

    def _pieces(self) -> Iterator[tuple[int, int]]:
        opening = _OPENING.match(self.text)
        yield 0, opening.end() if opening else 0
        if not _SCOPED.isdisjoint(self.words):
            return
        yield from (match.span() for match in _WHEN.finditer(self.text))
        for start, end in self._asides():
            if _NEEDED.isdisjoint(wording(self.text[start:end]).words):
                yield start, end

    def _asides(self) -> Iterator[tuple[int, int]]:
        """Yield what stands in brackets, between commas or after the last one, and what "and" adds at the end."""
        for match in _BRACKETED.finditer(self.text):
            if not match.group().startswith(",") or _APPOSITION.match(match.group()):
                yield match.span()
        for comma in re.finditer(r",\s", self.text):
            tail = _APPOSITION.match(self.text, comma.start())
            if tail and not re.search(r"[,;:“”\"()]", self.text[tail.end() :]):
                yield comma.start(), len(self.text)
        yield from (match.span() for match in _AND.finditer(self.text))

    def yields(self, sentence: str) -> bool:
        """Return True if leaving out and replacing gives a sentence, word for word.

        Both are walked in step; `places` are the (words of the sentence, words of the source) that were reached.
        """
        wanted = wording(sentence).words
        places, seen = [(0, 0)] if len(wanted) >= MIN_WORDS else [], set[tuple[int, int]]()
        while places:
            here = at, of = places.pop()
            if here == (len(wanted), len(self.words)):
                return True
            if here in seen:
                continue
            seen.add(here)
            places += [(at, end) for end in self.omissible.get(of, ())]
            if at < len(wanted) and of < len(self.words):
                told = [(self.words[of],), *self._replacements(of, sentence)]
                places += [(at + len(one), of + 1) for one in told if wanted[at : at + len(one)] == one]
        return False

    def _replacements(self, of: int, sentence: str) -> Iterator[tuple[str, ...]]:
        """Yield the words that may stand for a pronoun or a weekday of the source."""
        word = self.words[of]
        if word in _PRONOUNS and (name := self._antecedent):
            own = ("s",) if word in _POSSESSIVE else ()
            yield from ((*name[first:], *own) for first in range(len(name)))  # "Ilva Tam", or "Tam" alone
        elif word in WEEKDAYS:
            days = {one.day for one in moments(self.text, self.quote.article.published) if one.day}
            for day in dates(sentence):
                if day.year and any((one.day, one.month, one.year) == (day.day, day.month, day.year) for one in days):
                    yield wording(day.text).words

    @cached_property
    def _antecedent(self) -> tuple[str, ...] | None:
        """The one name that stands before a pronoun of this sentence, in it or in the sentences before; else None."""
        start = self.quote.start + self.start
        text = self.quote.article.text
        before = text[max(0, start - MAX_PRECEDING) : start]
        spans = sentence_spans(before)[-2:]
        first = next((n for n, word in enumerate(self.words) if word in _PRONOUNS), 0)
        head = self.text[: wording(self.text).spans[first][0]]
        found = names(" ".join([before[slice(*span)] for span in spans] + [head]), lower_case_words(text))
        folded = {wording(name.text).words for name in found if not set(name.words) <= CALENDAR}
        return folded.pop() if len(folded) == 1 else None
