"""Dates: each day, weekday, month, season and part of the day must be one that the quotes mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTHS, WEEKDAYS
from newsqa.verify.checks.rivals import time_rival
from newsqa.verify.facts.moments import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from newsqa.text.calendar import Day
    from newsqa.verify.checks.reading import QuoteText, Reading


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


def dates_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which time of a sentence its quotes do not mean, or None."""
    for check in (_days, _weekdays, _months, _turns, _parts_of_day):
        if missing := next(check(sentence, proof), None):
            return missing
    return time_rival(sentence, proof)


def _missing(kind: str, text: str) -> str:
    return f"{kind} {text} is in none of its quotes"


def _days(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    for day in sentence.days:
        if not (_named_there(day, proof) or _meant_there(day, sentence, proof)):
            yield _missing("date", day.text)


def _named_there(day: Day, proof: QuoteText) -> bool:
    return any(
        day.agrees(other)
        for piece in proof.pieces
        for other in piece.reading.days
        if _year_fits(day, other, piece.published)
    )


def _year_fits(day: Day, other: Day, published: date | None) -> bool:
    """Whether a year that the quote leaves out is the one that the article's day makes it."""
    if day.year is None or other.year is not None or published is None:
        return True
    meant = day_of(other, published)
    return meant is not None and meant.year == day.year


def _meant_there(day: Day, sentence: Reading, proof: QuoteText) -> bool:
    meant = [moment.day for moment in proof.moments if moment.day]
    if _PUBLISHING.search(sentence.text):
        meant += [published for published in proof.published if published]
    return any((m.day, m.month) == (day.day, day.month) and day.year in {None, m.year} for m in meant)


def _weekdays(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    written = {match.group(1).lower() for match in _WEEKDAY.finditer(proof.whole.text)}
    meant = {WEEKDAYS[moment.day.weekday()] for moment in proof.moments if moment.day}
    for match in _WEEKDAY.finditer(sentence.text):
        if match.group(1).lower() not in written | meant or not _agrees_with_date(match, sentence, proof):
            yield _missing("date", match.group())


def _agrees_with_date(weekday: re.Match[str], sentence: Reading, proof: QuoteText) -> bool:
    """Whether a date right beside a weekday falls on it."""
    seen = next((published for published in proof.published if published), None)
    for day in sentence.days:
        between = sentence.text[weekday.end() : day.start] if weekday.end() <= day.start else "far"
        if between.strip(" ,") in {"", "the"} and (on := day_of(day, seen)):
            return WEEKDAYS[on.weekday()] == weekday.group(1).lower()
    return True


def _months(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    written = {MONTHS[match.group(1).lower()] for match in _MONTH.finditer(proof.whole.text)}
    meant = {(m.first.month, m.first.year) for m in proof.moments if m.first.month == m.last.month}
    for match in _MONTH.finditer(sentence.text):
        if any(day.start <= match.start() < day.end for day in sentence.days):
            continue
        month = MONTHS[match.group(1).lower()]
        years = {year for other, year in meant if other == month}
        named = month in written or years or _is_name(match, proof)
        if not named or (match["year"] and years and int(match["year"]) not in years):
            yield _missing("date", match.group())


def _is_name(match: re.Match[str], proof: QuoteText) -> bool:
    """Whether "May" or "April" is someone's name in the quotes, or a word at the head of the sentence."""
    return match.start() == 0 and match.group(1) in {"May", "March"} and match.group(1).lower() in proof.whole.folded


def _turns(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    there = [(m["which"].lower(), m["unit"].lower()) for m in _RELATIVE.finditer(proof.whole.text)]
    for match in _RELATIVE.finditer(sentence.text):
        which, unit = match["which"].lower(), match["unit"].lower()
        rivals = {_SAME_TURN.get(other, other) for other, of in there if of == unit}
        turned = bool(rivals) and _SAME_TURN.get(which, which) not in rivals
        other_unit = not rivals and any(
            _SAME_TURN.get(other, other) == _SAME_TURN.get(which, which) for other, _ in there
        )
        if turned or other_unit:
            yield _missing("date", match.group())
    near = {match.group(1).lower() for match in _NEAR.finditer(proof.whole.text)}
    for match in _NEAR.finditer(sentence.text):
        now = match.group(1).lower() in {"today", "tonight"}  # also said for "these days"
        if match.group(1).lower() not in near and (near or not now):
            yield _missing("date", match.group())
    seasons = {match.group(1).lower() for match in _SEASON.finditer(proof.whole.text)}
    for match in _SEASON.finditer(sentence.text):
        if _SEASON_IN_TIME.search(sentence.text[: match.start()]) and match.group(1).lower() not in seasons:
            yield _missing("date", match.group())


def _parts_of_day(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    there = {_PARTS[match.group(1).lower()] for match in _PART.finditer(proof.whole.text)}
    there |= {clock.half for clock in proof.clocks if clock.half}
    for match in _PART.finditer(sentence.text):
        part = _PARTS[match.group(1).lower()]
        if there and part not in there and not any(frozenset({part, other}) in _COMPATIBLE for other in there):
            yield _missing("time of day", match.group())
