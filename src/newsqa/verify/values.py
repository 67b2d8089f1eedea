"""Values: the numbers, days, names, quoted words and speakers of a sentence, each looked up in its evidence.

A value that the evidence does not have, and that does not follow from it, is a sure fault. What a value belongs to, and
everything else that a sentence means, is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR, MONTH_NAMED, MONTHS, WEEKDAYS, Clock, Moment, clocks, dates, moments
from newsqa.text.entities import SHORT_FORMS, Name, initials, is_same_people, names
from newsqa.text.sentences import sentence_spans
from newsqa.text.support import follows_order, is_introduced, is_order, label, support_share, without_orders
from newsqa.text.words import FUNCTION_WORDS, lower_case_words, stem, word_set, wording, words
from newsqa.verify.evidence import Fault
from newsqa.verify.quantities import AGE, PART, PLACE, Quantity, follows, implied_quantities, is_sum, quantities, states

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.types import Quote


@dataclass(frozen=True)
class _Values:
    """The values of some texts, each seen from a day; each kind is read once, and only if a check needs it."""

    texts: tuple[str, ...]
    published: tuple[date | None, ...]

    @cached_property
    def whole(self) -> str:
        return "\n".join(self.texts)

    @cached_property
    def quantities(self) -> list[Quantity]:
        return [one for text in self.texts for one in (*quantities(text), *implied_quantities(text))]

    @cached_property
    def clocks(self) -> list[Clock]:
        return [clock for text in self.texts for clock in clocks(text)]

    @cached_property
    def moments(self) -> list[Moment]:
        seen = zip(self.texts, self.published, strict=True)
        return [one for text, day in seen for one in moments(text, day, either=True)]

    @cached_property
    def years(self) -> frozenset[int]:
        meant = {int(one.value) for one in self.quantities if one.is_year}
        meant |= {day.year for one in self.moments for day in (one.first, one.last)}
        steps = [step for step, words in _YEAR_STEPS if words.search(self.whole)]
        return frozenset(meant | {year + step for year in meant for step in steps})

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word.folded for word in words(self.whole))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for word in self.words)

    @cached_property
    def common(self) -> frozenset[str]:
        return lower_case_words(self.whole)

    @cached_property
    def names(self) -> list[Name]:
        return names(self.whole, self.common)

    @cached_property
    def wordings(self) -> list[str]:
        return [f" {' '.join(wording(text).words)} " for text in self.texts]


_values_of = lru_cache(maxsize=128)(_Values)  # what is around quotes is read once for all sentences about it


@dataclass(frozen=True)
class SentenceEvidence:
    """What the values of a sentence are looked up in: its quotes, each with the text around it, and their articles.

    Names and quoted words may be anywhere in the articles; numbers and days, of which any article has many, near the
    quotes. Without `nearby`, everything must be in the quotes or the labels of their articles.
    """

    quotes: tuple[Quote, ...]
    nearby: tuple[str, ...] = ()

    @cached_property
    def quoted(self) -> _Values:
        """The values of the quotes."""
        return _Values(tuple(one.text for one in self.quotes), tuple(one.article.published for one in self.quotes))

    @cached_property
    def near(self) -> _Values:
        """The values of the quotes, the sentences around them, and the titles."""
        return self._read((*(map(without_orders, self.nearby) if self.nearby else self.quoted.texts), *self._labels))

    @cached_property
    def around(self) -> _Values:
        """The values of the articles, titles included."""
        articles = dict.fromkeys(without_orders(one.article.text) for one in self.quotes)
        return self._read((*articles, *self._labels)) if self.nearby else self.near

    @property
    def days(self) -> list[date]:
        """The days on which the articles were published."""
        return [one.article.published for one in self.quotes if one.article.published]

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        labels = [(one.article.title, one.article.outlet, one.article.byline) for one in self.quotes]
        return tuple(label(one) for some in dict.fromkeys(labels) for one in some if one)

    def _read(self, texts: tuple[str, ...]) -> _Values:
        return _values_of(texts, (self.quotes[0].article.published,) * len(texts))


def check_values(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the first value of a sentence that its evidence does not have, or None."""
    checks = (check_orders, check_words, check_quotations, check_days, check_numbers, check_names, check_speaker)
    return next((fault for check in checks if (fault := check(sentence, evidence))), None)


def check_orders(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return a fault if a quote may be an order to say it, or has all of the sentence after a colon; else None."""
    quoted = [text[start:end] for text in evidence.quoted.texts for start, end in sentence_spans(text)]
    after = any(follows_order(one.article.text, one.start) for one in evidence.quotes)
    if after or any(is_order(one) for one in quoted if one != sentence):
        return Fault("ordered")
    return Fault("introduced") if any(is_introduced(sentence, one) for one in quoted) else None


_ADDRESS = re.compile(r"\b[a-z]+:(?=//|[a-z]+\()\S+|</?\w[^>]*>?|\b[\w-]+\.[a-z]{2,}\b", re.IGNORECASE)
MIN_SHARED = 0.1  # of its words: with less, a sentence is about something else, or in another language


def check_words(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return an address or markup that the quotes lack, or that a sentence is about something else; else None."""
    for match in _ADDRESS.finditer(sentence):
        if match.group() not in evidence.quoted.whole:
            return Fault("address_added", (match.group(),))
    share, said = support_share(sentence, evidence.quoted.texts), [word.folded for word in words(sentence)]
    foreign = len(said) > 7 and sum(word in FUNCTION_WORDS for word in said) < MIN_SHARED * len(said)
    return Fault("nothing_shared") if share < MIN_SHARED or (foreign and share < 2 * MIN_SHARED) else None


# Numbers.


def check_numbers(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the number or time that the quotes do not have, and that does not follow from them, or None."""
    for clock in clocks(sentence):
        if not any(clock.agrees(other) for other in evidence.near.clocks):
            return Fault("time_missing", (clock.text.strip(),))
    scores = _scores(evidence.quoted.whole)
    for key, score in _scores(sentence).items() if scores else ():
        if key not in _scores(evidence.near.whole):
            return Fault("number_missing", (score,))
    for stated in quantities(_COVID.sub("COVID", sentence)):
        equal = any(states(stated, one) for one in evidence.quoted.quantities)
        if equal and _is_confused(stated, evidence):
            return Fault("number_confused", (stated.text,))
        if not equal and not _is_trivial(stated, evidence) and not _follows(stated, sentence, evidence):
            return Fault("number_missing", (stated.text,))
    return None


def _follows(stated: Quantity, sentence: str, evidence: SentenceEvidence) -> bool:
    """Return True if a number that the quotes lack follows from them, or is near them for what it counts."""
    quoted = evidence.quoted
    if stated.is_year and int(stated.value) in quoted.years:
        return True
    said = quantities(sentence)
    left_out = [one for one in quoted.quantities if not any(states(other, one) for other in said)]
    if is_sum(stated, sentence, left_out):
        return True
    if any(one.is_year == stated.is_year and (one.is_year or _counts_alike(stated, one)) for one in left_out):
        return False  # it has the place of one of theirs
    if (name := _NUMBERED_NAME.search(sentence[: stated.start])) and not stated.unit:  # Local 751
        named = " ".join(wording(name.group() + stated.text).words)
        if any(f" {named} " in text for text in evidence.around.wordings):
            return True
    if stated.is_year:
        ago = {day.year - int(one.value) for day in evidence.days for one in quoted.quantities if one.unit in _AGO}
        if int(stated.value) in evidence.near.years | {day.year for day in evidence.days} | ago:
            return True
    if follows(stated, sentence, quoted.texts, quoted.quantities) or _spans_time(stated, evidence):
        return True
    return any(states(stated, known) and _counts_alike(stated, known) for known in evidence.near.quantities)


def _is_trivial(stated: Quantity, evidence: SentenceEvidence) -> bool:
    """Return True for what prose says without counting, such as "a second goal", unless the quotes count the same."""
    if stated.unit == PLACE and stated.value == 2:
        return not any(one.unit == PLACE and _counts_alike(stated, one) for one in evidence.quoted.quantities)
    return stated.value in {0, 1} and stated.unit != PART


def _is_confused(stated: Quantity, evidence: SentenceEvidence) -> bool:
    """Return True if a quote counts by another number what this one counts, and something else by this one."""
    for known in map(quantities, evidence.quoted.texts if stated.counts and not stated.unit else ()):
        equal = [one for one in known if states(stated, one)]
        if equal and all(one.counts and {*one.counts}.isdisjoint(stated.counts) for one in equal):
            return any(stated.counts[0] in one.counts[:1] for one in known if one not in equal)
    return False


def _counts_alike(stated: Quantity, known: Quantity) -> bool:
    """Return True if two quantities of one unit count the same by their words."""
    if stated.unit == AGE and not stated.counts:
        return known.unit in {AGE, ""} and stated.value == known.value and not known.counts
    return stated.unit == known.unit and not {*stated.counts}.isdisjoint(known.counts)


_COVID = re.compile(r"\bCOVID-19\b", re.IGNORECASE)  # what it is called says no number
_NUMBERED_NAME = re.compile(r"\b[A-Z][\w.]*\s$")
_SCORE = re.compile(r"(?<![\d.,–-])\d{1,3}[-–]\d{1,3}(?![\d–-])")


def _scores(text: str) -> dict[frozenset[str], str]:
    """Return the scores and ranges of a text; either number of one may come first."""
    return {frozenset(re.split("[-–]", score)): score for score in _SCORE.findall(text)}


def _spans_time(stated: Quantity, evidence: SentenceEvidence) -> bool:
    """Return True for the years between two years, the days between two days, or the minutes between two times."""
    per = _SPANS.get(stated.unit, 0)
    if stated.unit in {"minute", "hour"}:
        times = [clock.minutes for clock in evidence.quoted.clocks]
        return any((one - other) % 720 == stated.value * per for one in times for other in times if one != other)
    if stated.unit in {"year", AGE, "decade"}:
        years = evidence.quoted.years | {day.year for day in evidence.days}
        return any(0 <= abs(one - other) - stated.value * per < per for one in years for other in years if one != other)
    if stated.unit == "month":
        starts = [one.first for one in evidence.quoted.moments if (one.last - one.first).days < 32] + evidence.days
        months = [12 * day.year + day.month for day in starts]
        if any(one - other == stated.value for one in months for other in months):
            return True
    days = [one.first for one in evidence.quoted.moments if one.day] + evidence.days
    return per > 0 and any(abs(abs((a - b).days) / per - float(stated.value)) <= 0.1 for a in days for b in days)


_AGO = {"year", AGE}
_SPANS = {"minute": 1, "hour": 60, "day": 1, "week": 7, "month": 30, "year": 1, AGE: 1, "decade": 10}

# Days.

_YEAR_STEPS = (
    (1, re.compile(r"\b(?:(?:following|next) year|(?:a|one) year (?:later|after))\b", re.IGNORECASE)),
    (-1, re.compile(r"\b(?:(?:previous|preceding|prior) year|(?:the|a|one) year (?:before|earlier))\b", re.IGNORECASE)),
)
_NAMED_WEEKDAY = re.compile(rf"\b(?P<day>{'|'.join(day.title() for day in WEEKDAYS)})s?\b")


def check_days(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the day, weekday or month that the evidence does not have, or None.

    If the quotes say on which day, no other counts: neither one near them nor that of the article.
    """
    quoted, near, named = evidence.quoted, evidence.near, dates(sentence)
    when = any(one.day for one in quoted.moments) or bool(dates(quoted.whole))
    text = quoted if when else near
    known = {one.day for one in text.moments if one.day} | (set() if when else {*evidence.days})
    without_year = dates(text.whole)
    for day in named:
        seen = any((one.day, one.month) == (day.day, day.month) and day.year in {None, one.year} for one in known)
        if not seen and not any(day.agrees(other) for other in without_year):
            return Fault("date_missing", (day.text,))
    for match in _NAMED_WEEKDAY.finditer(sentence):
        meant = {WEEKDAYS[day.weekday()] for day in known}
        if match["day"].lower() not in meant and match.group() not in text.whole:
            return Fault("date_missing", (match.group(),))
    months = {one.first.month for one in near.moments if (one.last - one.first).days < 32}
    months |= {MONTHS[match["month"].lower()] for match in MONTH_NAMED.finditer(near.whole)}
    months |= {day.month for day in evidence.days}
    for match in MONTH_NAMED.finditer(sentence):
        of_day = any(day.start <= match.start() < day.end for day in named)
        if not of_day and MONTHS[match["month"].lower()] not in months:
            return Fault("date_missing", (match.group().rstrip("."),))
    return None


# Quoted words.

_QUOTED = re.compile(
    r"“([^“”]{1,2000})”|\"([^\"]{1,2000})\"|«([^«»]{1,2000})»|(?<![\w’'])[‘']([^‘’']{3,300}(?:['’](?!\W|$)[^‘’']*)*)['’](?!\w)"
)
_LEFT_OUT = re.compile(r"\.\.\.|…|\[[^\]]{0,60}\]")


def check_quotations(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the quoted words that are not so in the evidence, or None."""
    texts = [*evidence.around.wordings, " ".join(evidence.quoted.wordings)]
    for match in _QUOTED.finditer(sentence):
        said = next(part for part in match.groups() if part)
        parts = [wording(part).words for part in _LEFT_OUT.split(said)]
        if not any(_has_in_order(text, parts) for text in texts):
            return Fault("quotation_altered", (said,))
    return None


def _has_in_order(text: str, parts: Sequence[Sequence[str]]) -> bool:
    """Return True if a text has the parts of a quotation, each word for word, in their order."""
    for part in filter(None, parts):
        _, found, rest = text.partition(f" {' '.join(part)} ")
        text = f" {rest}" if found else ""
    return bool(text)


# Names, in the forms in which news writes one name.

# titles and words of common knowledge, which prove no name and need no proof beside one
_OFFICES = word_set(
    """
    president vice mayor minister prime chancellor judge justice director coach captain manager mr mrs ms miss sir dame
    dr doctor professor senator sen representative rep governor gov lieutenant lt sergeant general attorney secretary
    chief executive ceo king queen prince princess pope father sister detective officer deputy commissioner chairman
    chairwoman chair actor actress singer author republican republicans democrat democrats democratic congress senate
    house state supreme court federal county city north south east west northern southern eastern western internet covid
    earth sun bible christian christians catholic muslim ambassador
    """
)

_COMMON_ENDING = re.compile(r"(?:ing|ed|ly|s|er|ers|tion|ment|ness|ity|ist|ists|ance|ence|al|ive|ous|ful|less|able)$")
_SURNAME_ENDING = re.compile(r"(?:er|ed|ly|al|is|ist)$")
_ACTS = re.compile(
    r"\s*(?:['’]s\s|,\s|(?:is|was|has|had|will|would|did|does|can|could|may|said|says|told|won|lost|also|and|denied|sent|opened)\b)"
)
_SAYS = (
    r"(?:said|says|told|tells|wrote|writes|put it|found|sees|thinks|den(?:ies|ied)|admit(?:s|ted)|testif(?:ies|ied)"
    r"|(?:add|warn|argue|claim|insist|note|explain|state|announce|declare|predict|describe|call|tweet|post|vow|urge|complain|believe"
    r"|expect|condemn|recall|stress|suggest|concede|remark|observe|comment|ask)(?:s|e?d))"
)
_SAYS_AFTER = re.compile(
    r"^['’]s (?:telling|words|view|account)\b"
    r"|^,?(?:\s*\([^)]{1,40}\))?(?:\s*,[^,.;“”\"]{2,90},|\s*\([^)]*\)|\s+(?:of|from|at|in)\s[^,.;“”\"]{2,50},?)?"
    rf"\s*(?:also |later |then |both |has |had )?{_SAYS}\b"
)
_BREAK = re.compile(r"[.;:!?()\"“”]")
_SAYS_BEFORE = re.compile(rf"(?:\b[Aa]ccording to|[,”\"]\s*{_SAYS})\s+(?:[a-z][\w’'-]*\s+){{0,5}}$")


def check_names(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the name that neither the quotes nor their articles have, or None."""
    days = [(day.start, day.end) for day in dates(sentence)]
    for name in names(sentence, evidence.around.common):
        if any(start <= name.start < end for start, end in days):
            continue  # New Year's Day
        missing = [word for word in name.words if not _is_known(word, name, sentence, evidence)]
        if missing and not _is_abbreviation(name, missing, evidence):
            return Fault("name_missing", (name.text,))
        if replaced := _replaces(name, sentence, evidence):
            return Fault("name_replaced", (name.text, replaced))
    return None


def _is_known(word: str, name: Name, sentence: str, evidence: SentenceEvidence) -> bool:
    """Return True for a word that the articles have, or that may have its capital for its place in the sentence."""
    if word in CALENDAR or word in _OFFICES or len(word) < 2 or _has_word(word, evidence.around):
        return True
    if name.words[0] != word or sentence[: name.start].strip(" “\"'‘"):
        return False
    if len(name.words) == 1 and _SURNAME_ENDING.search(word) and _SAYS_AFTER.match(sentence[name.end :]):
        return False  # "Miller said"; a trade would have an article, or be a plural
    return _COMMON_ENDING.search(word) is not None or len(name.words) > 1 or not _ACTS.match(sentence, name.end)


def _has_word(word: str, values: _Values) -> bool:
    if word in values.words or SHORT_FORMS.get(word, word) in values.words or stem(word) in values.stems:
        return True
    return any(is_same_people(word, other) for other in values.words)


def _is_abbreviation(name: Name, missing: Sequence[str], evidence: SentenceEvidence) -> bool:
    """Return True if the missing words of a name are initials of names of the evidence."""
    others = set(map(initials, evidence.around.names))
    known = {form for one in others if len(one) > 1 for form in (one, one[1:], one[:-1])}
    return all(word in known and word.upper() in name.text.replace(".", "") for word in missing)


def _replaces(name: Name, sentence: str, evidence: SentenceEvidence) -> str | None:
    """Return the name of the quotes whose place another takes: of one family with it, or beside the same words.

    Fox News for CBS News, Cobb County for Fulton County; "a draw in Kell" for "a draw in Lund".
    """
    quoted, own = evidence.quoted, [word for word in name.words if word not in _OFFICES | CALENDAR]
    others = [one for one in quoted.names if own and one.words[-1] not in _OFFICES | CALENDAR]
    if len(own) > 1 and not _has_word(own[0], quoted) and not _COMMON_ENDING.search(own[0]):
        for other in others if _has_word(own[0], evidence.around) else evidence.around.names:
            pairs = [pair for pair in pairwise(other.words) if pair[0] not in _OFFICES and pair[0] not in own]
            if any(last == word and first not in other.words for _, last in pairs for first, word in pairwise(own)):
                return other.text
    if not own or _has_word(own[-1], quoted):
        return None
    said, beside = _values_of((sentence,), (None,)), _beside(name, sentence)
    alike = (one for one in others if one.text.isupper() == name.text.isupper())  # an acronym may stand for the other
    left_out = (one for one in alike if not _has_word(one.words[-1], said))
    return next((one.text for one in left_out if beside & _beside(one, quoted.whole)), None)


def _beside(name: Name, text: str) -> set[tuple[int, str]]:
    """Return the stems of the content words beside a name, within three words of its clause, with their side."""
    sides = _BREAK.split(text[: name.start])[-1][-60:], _BREAK.split(text[name.end :][:60])[0]
    found = set[tuple[int, str]]()
    for side, near in enumerate((words(sides[0])[:-4:-1], words(sides[1])[:3])):
        at = next((n for n, word in enumerate(near) if word.folded not in FUNCTION_WORDS | _OFFICES), None)
        if at is not None and (at or not side or len(name.words) > 1):  # "the Kell summit" says what kind it is
            found.add((side, stem(near[at].folded)))
    return found


# Speakers.


def check_speaker(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the speaker whom the quotes do not name while they name another, or None."""
    quoted = evidence.quoted
    told = [name for text in quoted.texts for name in _speakers(text, quoted.common)]
    if not told:
        return None
    for name in _speakers(sentence, evidence.around.common):
        own = [word for word in name.words if word not in _OFFICES and _has_word(word, evidence.around)]
        named = [_has_word(word, quoted) for word in own]
        if own and not named[-1] and 2 * sum(named) < len(own):
            return Fault("speaker_replaced", (name.text, told[0].text))
    return None


def _speakers(text: str, common: frozenset[str]) -> list[Name]:
    """Return the names in a text whose words or claims it tells."""
    found = ((name, text[: name.start][-90:], text[name.end :][:160]) for name in names(text, common))
    return [name for name, before, after in found if _SAYS_AFTER.match(after) or _SAYS_BEFORE.search(before)]
