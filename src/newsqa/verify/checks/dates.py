"""Dates: each day, weekday, month, season and part of the day must be one that the quotes mean."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTHS, WEEKDAYS
from newsqa.verify.checks.confusions import time_rival
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.moments import day_of
from newsqa.verify.facts.synonyms import kin
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from newsqa.text.calendar import Day
    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree


_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b({'|'.join(name.capitalize() for name in MONTHS)})\b\.?(?:,?\s+(?P<year>[12]\d{{3}})\b)?")
_RELATIVE = re.compile(
    r"\b(?P<which>last|next|this|previous|following|coming|past)\s+(?P<unit>week|month|year|weekend|season|summer|winter|spring"
    r"|autumn|fall|quarter|decade|century)\b", re.IGNORECASE,
)  # fmt: skip
_NEAR = re.compile(r"\b(today|tonight|yesterday|tomorrow)\b", re.IGNORECASE)
_SEASON = re.compile(r"\b(spring|summer|autumn|winter|easter|christmas)\b", re.IGNORECASE)
_SEASON_IN_TIME = re.compile(r"\b(?:in|last|next|this|the|of|by|since|during|until|early|late)\s+$", re.IGNORECASE)
_SAME_TURN = {"last": "last", "previous": "last", "past": "last", "next": "next", "following": "next", "coming": "next"}
_PARTS = {
    "morning": "am", "dawn": "am", "sunrise": "am", "afternoon": "pm", "evening": "late", "night": "late",
    "midnight": "late", "dusk": "late", "sunset": "late", "tonight": "late",
    "noon": "pm", "midday": "pm",
}  # fmt: skip
_PART = re.compile(rf"\b({'|'.join(_PARTS)})\b", re.IGNORECASE)
_COMPATIBLE = {frozenset({"pm", "late"})}
_PUBLISHING = re.compile(
    r"\b(?:report(?:ed|s|ing)?|publish(?:ed|es)|wr(?:ote|ites|itten)|according to)\b", re.IGNORECASE
)


def check_dates(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which time of a sentence its quotes do not mean, or None."""
    for check in (_days, _weekdays, _months, _turns, _parts_of_day):
        if missing := next(check(sentence, source), None):
            return missing
    return time_rival(sentence, source)


def _days(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    for day in sentence.days:
        if not (_named_there(day, source) or _meant_there(day, sentence, source)):
            yield Fault("date_missing", (day.text,))


def _named_there(day: Day, source: QuoteText) -> bool:
    return any(
        day.agrees(other)
        for piece in source.pieces
        for other in piece.reading.days
        if _year_fits(day, other, piece.published)
    )


def _year_fits(day: Day, other: Day, published: date | None) -> bool:
    """Return True if a year that the quote leaves out is the one that the article's day makes it."""
    if day.year is None or other.year is not None or published is None:
        return True
    meant = day_of(other, published)
    return meant is not None and meant.year == day.year


def _meant_there(day: Day, sentence: Reading, source: QuoteText) -> bool:
    meant = [moment.day for moment in source.moments if moment.day]
    if _PUBLISHING.search(sentence.text):
        meant += [published for published in source.published if published]
    return any((m.day, m.month) == (day.day, day.month) and day.year in {None, m.year} for m in meant)


def _weekdays(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    written = {match.group(1).lower() for match in _WEEKDAY.finditer(source.whole.text)}
    meant = {WEEKDAYS[moment.day.weekday()] for moment in source.moments if moment.day}
    for match in _WEEKDAY.finditer(sentence.text):
        if match.group(1).lower() not in written | meant or not _agrees_with_date(match, sentence, source):
            yield Fault("date_missing", (match.group(),))


def _agrees_with_date(weekday: re.Match[str], sentence: Reading, source: QuoteText) -> bool:
    """Return True if a date right beside a weekday falls on it."""
    seen = next((published for published in source.published if published), None)
    for day in sentence.days:
        between = sentence.text[weekday.end() : day.start] if weekday.end() <= day.start else "far"
        if between.strip(" ,") in {"", "the"} and (on := day_of(day, seen)):
            return WEEKDAYS[on.weekday()] == weekday.group(1).lower()
    return True


def _months(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    written = {MONTHS[match.group(1).lower()] for match in _MONTH.finditer(source.whole.text)}
    meant = {(m.first.month, m.first.year) for m in source.moments if m.first.month == m.last.month}
    for match in _MONTH.finditer(sentence.text):
        if any(day.start <= match.start() < day.end for day in sentence.days):
            continue
        month = MONTHS[match.group(1).lower()]
        years = {year for other, year in meant if other == month}
        named = month in written or years or _is_name(match, source)
        if not named or (match["year"] and years and int(match["year"]) not in years):
            yield Fault("date_missing", (match.group(),))


def _is_name(match: re.Match[str], source: QuoteText) -> bool:
    """Return True if "May" or "April" is someone's name in the quotes, or a word at the head of the sentence."""
    return match.start() == 0 and match.group(1) in {"May", "March"} and match.group(1).lower() in source.whole.folded


def _turns(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    there = [(m["which"].lower(), m["unit"].lower()) for m in _RELATIVE.finditer(source.whole.text)]
    for match in _RELATIVE.finditer(sentence.text):
        which, unit = match["which"].lower(), match["unit"].lower()
        rivals = {_SAME_TURN.get(other, other) for other, of in there if of == unit}
        turned = bool(rivals) and _SAME_TURN.get(which, which) not in rivals
        other_unit = not rivals and any(
            _SAME_TURN.get(other, other) == _SAME_TURN.get(which, which) for other, _ in there
        )
        if turned or other_unit:
            yield Fault("date_missing", (match.group(),))
    near = {match.group(1).lower() for match in _NEAR.finditer(source.whole.text)}
    for match in _NEAR.finditer(sentence.text):
        now = match.group(1).lower() in {"today", "tonight"}  # also said for "these days"
        if match.group(1).lower() not in near and (near or not now):
            yield Fault("date_missing", (match.group(),))
    seasons = {match.group(1).lower() for match in _SEASON.finditer(source.whole.text)}
    for match in _SEASON.finditer(sentence.text):
        if _SEASON_IN_TIME.search(sentence.text[: match.start()]) and match.group(1).lower() not in seasons:
            yield Fault("date_missing", (match.group(),))


def _parts_of_day(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    there = {_PARTS[match.group(1).lower()] for match in _PART.finditer(source.whole.text)}
    there |= {clock.half for clock in source.clocks if clock.half}
    for match in _PART.finditer(sentence.text):
        part = _PARTS[match.group(1).lower()]
        if there and part not in there and not any(frozenset({part, other}) in _COMPATIBLE for other in there):
            yield Fault("day_part_missing", (match.group(),))


# The order of events.

_LATER = {"after": False, "following": False, "once": False, "before": True, "until": True}
"""True if what stands below such a word is the later of the two."""


def order_kept(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find two events which the quotes have in the other order."""
    there = [pair for piece in source.pieces for pair in _in_order(piece.reading.text)]
    for (first, second), (one, other) in product(_in_order(sentence.text), there):
        if _alike(first, other) and _alike(second, one) and not _alike(first, second):
            yield Fault("order_reversed", (one, other))


def _alike(one: str, other: str) -> bool:
    return not kin(one).isdisjoint(kin(other))


@lru_cache(maxsize=4096)
def _in_order(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words for two events, the earlier first, for each "after" or "before" between them."""
    parsed = tree(text)
    places = [at for at in range(len(parsed.tokens)) if parsed.word(at) in _LATER]
    pairs = [(_LATER[parsed.word(at)], pair) for at in places if (pair := _joined(parsed, at))]
    return tuple(pair if later else pair[::-1] for later, pair in pairs)


def _joined(parsed: Tree, at: int) -> tuple[str, str] | None:
    """Return the word above a conjunction or preposition of time, and the event that it brings in."""
    head = parsed.tokens[at].head
    if parsed.tokens[at].dependency in {"mark", "advmod"} and parsed.tokens[head].dependency == "advcl":
        return parsed.word(parsed.tokens[head].head), parsed.word(head)
    below = parsed.under(at, "pobj", "pcomp")
    if parsed.tokens[at].dependency == "prep" and below and parsed.tokens[head].part == "VERB":
        return parsed.word(head), parsed.word(below[0])
    return None


# Directions.

_DIRECTION = re.compile(
    r"\b(?P<first>north|south)?[\s-]?(?P<then>east|west)?(?:ern(?:most)?|erly|wards?|bound)?\b", re.IGNORECASE
)


def check_directions(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which direction of a sentence is none of the quotes', where these have another, or None.

    Those in names ("North Korea") are the names' matter, and "western" is in "north-western".
    """
    there = {word for found, _ in _directions(source.whole.text) for word in found}
    named = {word for word in ("north", "south", "east", "west") if word in source.whole.text.lower()}
    for found, text in _directions(sentence.text) if there else ():
        if found - there - named:
            return Fault("direction_mismatch", (text, "” or “".join(sorted(there))))
    return None


def _directions(text: str) -> list[tuple[frozenset[str], str]]:
    """Return the points of the compass in each word of direction that is written in lower case."""
    matches = (m for m in _DIRECTION.finditer(text) if (m["first"] or m["then"]) and m.group().strip()[:1].islower())
    return [(frozenset(part for part in m.groups() if part), m.group().strip()) for m in matches]
