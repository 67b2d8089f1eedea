"""Finds days written out in a line of text, in the forms and languages of news pages: "14. März 2025", "3/14/2025"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = """
january jan januar jänner jaenner janvier janv enero ene gennaio gen janeiro januari januára stycznia styczeń
ledna ocak января tammikuuta |
february feb februar feber février fevrier févr fevr febrero febbraio fevereiro fev februari lutego luty února
şubat февраля helmikuuta febr |
march mar märz maerz mär mrz mars marzo março maart marts marca marzec března mart марта maaliskuuta |
april apr avril avr abril abr aprile kwietnia kwiecień dubna nisan апреля huhtikuuta |
may mai mayo maggio mag maio mei maj maja května mayıs мая toukokuuta |
june jun juni juin junio giugno giu junho czerwca czerwiec června haziran июня kesäkuuta |
july jul juli juillet juil julio luglio lug julho lipca lipiec července temmuz июля heinäkuuta |
august aug août aout agosto ago augustus augusti sierpnia sierpień srpna ağustos августа elokuuta |
september sept sep septembre septiembre set settembre setembro września wrzesień září eylül сентября syyskuuta |
october oct oktober okt octobre octubre ottobre ott outubro out października październik října ekim октября
lokakuuta |
november nov novembre noviembre novembro listopada listopad listopadu kasım ноября marraskuuta |
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desember grudnia grudzień prosince
aralık декабря joulukuuta
"""
MONTHS = {name: number for number, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag "
    "dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi "
    "vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì "
    "venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag segunda terça quarta quinta "
    "sexta feira"
)
_BESIDE = frozenset(
    f"{_WEEKDAYS} at um uhr h le à am pm a p m den dem der the on of de del el il utc gmt cet cest mez mesz est edt "
    "cst cdt mst mdt pst pdt bst ist z t hrs hours klo kl ore as às às alle".split()
)

_YEAR = r"(?P<{0}>(?:1[6-9]|2[01])\d\d)(?!\d)"
_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DATE = re.compile(
    rf"(?<![\d.,/-])(?:"
    rf"(?P<day1>\d{{1,2}})(?:\.|st|nd|rd|th|er|º|ª|°)?[\s-]*(?:(?:de|of|d’)\s+)?(?P<month1>{_NAME})\b\.?,?[\s-]*"
    rf"(?:(?:de|del)\s+)?{_YEAR.format('year1')}"
    rf"|(?P<year2>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month2>\d{{1,2}})(?P=mark)(?P<day2>\d{{1,2}})(?!\d)"
    rf"|(?P<day3>\d{{1,2}})\.\s?(?P<month3>\d{{1,2}})\.\s?(?P<year3>(?:19|20)\d\d|\d\d)(?!\d|[.:]\d)"
    rf"|(?P<a>\d{{1,2}})(?P<sign>[/-])(?P<b>\d{{1,2}})(?P=sign)(?P<year4>(?:19|20)\d\d|\d\d)(?![\d/])"
    rf"|(?P<year5>(?:19|20)\d\d)\s?[年년]\s?(?P<month5>\d{{1,2}})\s?[月월]\s?(?P<day5>\d{{1,2}})\s?[日일])"
    rf"|\b(?P<month6>{_NAME})\b\.?\s+(?P<day6>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR.format('year6')}",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b[A-Z]{2,4}T\b")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day and its place in a text. `other` is the second reading of a date like "3/4/2025"."""

    day: date
    start: int
    end: int
    other: date | None = None


def find_written_dates(text: str, *, day_first: bool | None = None) -> Iterator[WrittenDate]:
    """Yield the days in a text, in order.

    "3/4/2025" is read by `day_first`; if that is None it has two readings. Numbers with dots are always day first.
    """
    for match in _DATE.finditer(text):
        readings = _readings(match, day_first=day_first)
        if readings:
            yield WrittenDate(readings[0], match.start(), match.end(), readings[1] if len(readings) > 1 else None)


def whole_date(text: str) -> date | None:
    """Return the day of a text that holds one date and else at most weekdays and a time; None if it holds more."""
    found = list(find_written_dates(text))
    if len(found) != 1 or found[0].other is not None:
        return None
    rest = text[: found[0].start] + " " + text[found[0].end :]
    words = re.findall(r"[^\W\d_]+", _ZONE.sub("", rest).lower())
    return found[0].day if all(word in _BESIDE for word in words) else None


def _readings(match: re.Match[str], *, day_first: bool | None) -> list[date]:
    for n in (1, 2, 3, 5, 6):
        if match[f"day{n}"]:
            month = match[f"month{n}"].lower()
            number = int(month) if month.isdigit() else MONTHS[month]
            return _valid(match[f"year{n}"], number, int(match[f"day{n}"]))
    a, b, year = int(match["a"]), int(match["b"]), match["year4"]
    first, second = _valid(year, b, a), _valid(year, a, b)
    if day_first is not None:
        return (first or second) if day_first else (second or first)
    return list(dict.fromkeys([*first, *second]))


def _valid(year: str, month: int, day: int) -> list[date]:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= date.today().year % 100 + 1 else 1900
    try:
        return [date(number, month, day)]
    except ValueError:
        return []
