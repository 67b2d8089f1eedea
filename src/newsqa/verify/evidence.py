"""The evidence of an answer: whole sentences of its articles as quotes, and what these prove by their words alone.

A quote proves itself, word for word, and its shortenings. Nothing here reads what a sentence means.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum, log  # a sum of floats in the order of a set differs from run to run
from typing import TYPE_CHECKING, Literal

from newsqa.text.calendar import CALENDAR, NAMED_MONTHS, WEEKDAYS, dates, moments
from newsqa.text.entities import name_words, names
from newsqa.text.sentences import in_one_line, sentence_spans
from newsqa.text.support import likeliest_quotes, stated_terms, support_share
from newsqa.text.words import lower_case_words, stem, word_set, wording
from newsqa.types import Duplicate, Hit, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


NEAR = 3  # sentences before a quote that count as near it; one after it does too
MIN_OWN_SHARE = 0.45  # the share of its words that the quotes of a sentence have if they are the right ones


class EvidenceSet:
    """The articles of the retrieved passages; each is split into sentences once, and only if that is needed."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = tuple(hits)
        self._articles = {hit.article.id: hit.article for hit in reversed(hits)}
        self._split: dict[str, tuple[Quote, ...]] = {}
        self._duplicates: defaultdict[str, dict[Duplicate, None]] = defaultdict(dict)
        for hit in hits:
            self._duplicates[hit.article.id] |= dict.fromkeys(hit.also_carried_by)

    def expand(self, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """Expand quotes to whole sentences, each once; leave out those that are no span of an article of the evidence.

        The text is taken from the evidence's article, never from the quote's own.
        """
        touched = [found for quote in quotes if (found := self.sentences_of([quote]))]
        return tuple(dict.fromkeys(replace(some[0], end=some[-1].end) for some in touched))

    def sentences_of(self, quotes: Sequence[Quote]) -> list[Quote]:
        """Return the sentences of the evidence that quotes touch, one by one."""
        known = [(one, self._articles[one.article.id].text) for one in quotes if one.article.id in self._articles]
        valid = [one for one, text in known if 0 <= one.start < one.end <= len(text)]
        return [other for one in valid for other in self._sentences(one) if other.overlaps(one)]

    def similar(self, text: str, count: int, to: Sequence[Quote] = ()) -> list[tuple[Quote, ...]]:
        """Return what might be the quotes of a text: up to `count` sentences of the passages that are like it.

        They share a third of its words or more; if it has quotes (`to`), half, and more than those. Numbers do not
        count, nor do names beside quotes: an altered one would lead to wherever it is. Those are best that share words
        which few of the sentences have. Quotes that have hardly a word of it count as none: then sentences in a row
        that have most of its words together may come first. Those of several places are never put together: they
        could prove anything.
        """
        to = to if quoted_share(text, to) >= MIN_OWN_SHARE else ()
        named = {stem(word) for word in name_words(text)} if to else set[str]()
        terms = frozenset(term for term in stated_terms(text) - named if not term[0].isdigit())
        own = set(self.sentences_of(to))
        quoted = stated_terms("\n".join(quote.text for quote in to))
        least = max(1, len(terms) // (2 if to else 3), len(terms & quoted))
        passages = [Quote(hit.article, hit.passage.start, hit.passage.end) for hit in self._hits]
        sentences = list(dict.fromkeys(self.sentences_of(passages)))
        found = [one for one in sentences if len(terms & stated_terms(one.text)) > least and one not in own]
        held = Counter(term for quote in sentences for term in terms & stated_terms(quote.text))
        rarity = {term: log(1 + len(sentences) / number) for term, number in held.items()}

        def rank(quote: Quote) -> tuple[float, int]:
            return -fsum(rarity.get(term, 0.0) for term in terms & stated_terms(quote.text)), quote.end - quote.start

        best: list[tuple[Quote, ...]] = [(quote,) for quote in sorted(found, key=rank)[:count]]
        cover = () if to else self.expand(likeliest_quotes(text, self._hits))
        most = max([MIN_OWN_SHARE, *(quoted_share(text, one) for one in best)])
        return [cover, *best] if len(cover) == 1 and quoted_share(text, cover) > most else best

    def around(self, quote: Quote) -> str:
        """Return the sentences around a quote, and the first ones of its article."""
        sentences = self._sentences(quote)
        inside = [n for n, other in enumerate(sentences) if other.overlaps(quote)] or [0]
        near = [*sentences[:2], *sentences[max(2, inside[0] - NEAR) : inside[-1] + 2]]
        return " ".join(one.text for one in near)

    def _sentences(self, of: Quote) -> tuple[Quote, ...]:
        """Return the sentences of the article of a quote."""
        if of.article.id not in self._split:
            article, carried = self._articles[of.article.id], tuple(self._duplicates[of.article.id])
            spans = sentence_spans(article.text)
            self._split[article.id] = tuple(Quote(article, start, end, carried) for start, end in spans)
        return self._split[of.article.id]


def quoted_share(text: str, quotes: Sequence[Quote]) -> float:
    """Return the share of the words of a text, 0 to 1, that its quotes have; 0 without any."""
    return support_share(text, [quote.text for quote in quotes]) if quotes else 0.0


def proof(text: str, quotes: Sequence[Quote]) -> tuple[Literal["verbatim", "shortened"], tuple[Quote, ...]] | None:
    """Return what a sentence is by its words alone, and of which quotes; None if it is in other words.

    It is verbatim if it is one of the quotes, or all of them in turn; only white space may differ, and the mark after
    an item of a list.
    """
    for as_quoted in (str, in_one_line):
        quoted = [as_quoted(quote.text).split() for quote in quotes]
        if quoted and text.split() in (*quoted, [word for one in quoted for word in one]):
            return "verbatim", tuple(quotes)
    return next((("shortened", (quote,)) for quote in quotes if is_shortening(text, quote)), None)


# Shortenings: a quote with something left out. The words are those of one of its sentences, in their order. Only whole
# pieces may be left out: an opening ("But", a dateline), what is in brackets or between commas, what "and" adds at the
# end, and when it was. Nothing is left out that denies, hedges, conditions, compares, bounds or attributes, and nothing
# at all from a sentence that denies. A name may take the place of a pronoun where only one name comes before it, a date
# that of a weekday.

MIN_WORDS = 3  # words that a shortening has at least
MAX_PRECEDING = 400  # characters before a quote in which the name is sought that a pronoun stands for

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
_WHEN = re.compile(
    rf",?\s+(?:(?:on|late|early)\s+)?(?:(?:last|this|next)\s+)?(?:{_DAY_WORDS})(?:\s+(?:morning|afternoon|evening|night))?\b,?"
    rf"|,?\s+(?:on|in)\s+(?:\d{{1,2}}\s+)?(?:(?i:{NAMED_MONTHS})|May)\.?(?:\s+\d{{1,2}}\b)?(?:,?\s+[12]\d{{3}}\b)?,?"
    r"|,?\s+(?:yesterday|today|tonight|(?:last|this)\s+(?:week|month|year|night))\b,?|\s+also\b"
)  # fmt: skip


def is_shortening(sentence: str, quote: Quote) -> bool:
    """Return True if a sentence is a shortening of one of the sentences of a quote."""
    spans = [(quote.start + start, quote.start + end) for start, end in sentence_spans(quote.text)]
    return any(_Source(replace(quote, start=start, end=end)).yields(sentence) for start, end in spans)


@dataclass(frozen=True)
class _Source:
    """A sentence of an article, which may be shortened."""

    quote: Quote

    @cached_property
    def words(self) -> tuple[str, ...]:
        return wording(self.quote.text).words

    @cached_property
    def omissible(self) -> dict[int, list[int]]:
        """Where a piece may be left out: the index of its first word to those after its last."""
        spans = wording(self.quote.text).spans
        found: dict[int, list[int]] = {}
        for start, end in self._pieces():
            inside = [n for n, (a, b) in enumerate(spans) if a >= start and b <= end]
            if inside:
                found.setdefault(inside[0], []).append(inside[-1] + 1)
        return found

    def _pieces(self) -> Iterator[tuple[int, int]]:
        opening = _OPENING.match(self.quote.text)
        yield 0, opening.end() if opening else 0
        if _SCOPED.isdisjoint(self.words):
            yield from (match.span() for match in _WHEN.finditer(self.quote.text))
            for start, end in self._asides():
                if _NEEDED.isdisjoint(wording(self.quote.text[start:end]).words):
                    yield start, end

    def _asides(self) -> Iterator[tuple[int, int]]:
        """Yield what stands in brackets, between commas or after the last one, and what "and" adds at the end."""
        for match in _BRACKETED.finditer(self.quote.text):
            if not match.group().startswith(",") or _APPOSITION.match(match.group()):
                yield match.span()
        for comma in re.finditer(r",\s", self.quote.text):
            tail = _APPOSITION.match(self.quote.text, comma.start())
            if tail and not re.search(r"[,;:“”\"()]", self.quote.text[tail.end() :]):
                yield comma.start(), len(self.quote.text)
        yield from (match.span() for match in _AND.finditer(self.quote.text))

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
            days = {one.day for one in moments(self.quote.text, self.quote.article.published) if one.day}
            for day in dates(sentence):
                if day.year and any((one.day, one.month, one.year) == (day.day, day.month, day.year) for one in days):
                    yield wording(day.text).words

    @cached_property
    def _antecedent(self) -> tuple[str, ...] | None:
        """The one name that comes before a pronoun of this sentence, in it or in the two before; else None."""
        before = self.quote.article.text[max(0, self.quote.start - MAX_PRECEDING) : self.quote.start]
        first = next((n for n, word in enumerate(self.words) if word in _PRONOUNS), 0)
        head = self.quote.text[: wording(self.quote.text).spans[first][0]]
        preceding = " ".join(before[start:end] for start, end in sentence_spans(before)[-2:])
        found = names(f"{preceding} {head}", lower_case_words(self.quote.article.text))
        folded = {wording(name.text).words for name in found if not set(name.words) <= CALENDAR}
        return folded.pop() if len(folded) == 1 else None


# What can be wrong with a sentence, and the one place that words it for a person.

FaultCode = Literal[
    "no_quote", "repeated", "nothing_shared", "address_added", "quotation_altered", "number_missing", "number_confused",
    "time_missing", "date_missing", "name_missing", "name_replaced", "speaker_replaced",
    "own_words", "judged_false", "judge_silent", "left_out", "refuted", "ordered", "introduced",
]  # fmt: skip
"""The kinds of fault."""

_MESSAGES: dict[FaultCode, str] = {
    "no_quote": "no quote from the articles at hand goes with it",
    "repeated": "it says again what a sentence before it says",
    "nothing_shared": "it has hardly a word in common with its quotes",
    "number_missing": "number {0} is in none of its quotes",
    "number_confused": "its quotes count something else by {0}",
    "time_missing": "time {0} is in none of its quotes",
    "date_missing": "date {0} is in none of its quotes",
    "name_missing": "name {0} is in none of its quotes",
    "name_replaced": "its quotes have “{1}” where it has “{0}”",
    "quotation_altered": "the words “{0}” do not stand so in its quotes",
    "speaker_replaced": "its quotes have “{1}” say it, not “{0}”",
    "address_added": "“{0}” is in none of its quotes",
    "own_words": "it is in words of its own, and no judge model was asked if its quotes support it",
    "judged_false": "{0} finds that its quotes do not support it: {1}",
    "judge_silent": "{0} gave no verdict on it",
    "left_out": "the model left it out",
    "ordered": "what it cites may be an order to say it",
    "introduced": "it leaves out what its quotes introduce it with",
    "refuted": "the judge finds that its quotes say the contrary",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sentence: the kind, and the words of the sentence and its quotes that show it."""

    code: FaultCode
    detail: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Word the fault for a person: "number 112 is in none of its quotes"."""
        return _MESSAGES[self.code].format(*self.detail)
