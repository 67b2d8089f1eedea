"""Reads the first lines of an article: its title, who wrote it, for which outlet and when.

    Divers find crack in Ostrel Dam          the title: short, without a final stop

    By Corin Dask                            the byline
    Ambry Valley Post | 6 March 2025         outlet and date

    HATHERSK, March 6 (AFP) — Divers have …  the dateline: an agency; a date only if it has a year

A line that says nothing else is removed from the text, since its content is stored; a dateline stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from newsqa.ingest.written_dates import whole_date
from newsqa.text.calendar import MONTH_NAMES, MONTHS, WEEKDAYS

EARLIEST, LATEST = 1600, 2200

_MONTHS = "|".join(month[:3] for month in MONTH_NAMES)
_AFTER = r"(?:[T\s,].{0,40})?"
_WHOLE = [
    re.compile(pattern + r"\s*\Z", re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_AFTER}",
        rf"(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_AFTER}",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}.{0,10})?",
    )
]
_IN_ADDRESS = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/_])(?:[A-Za-z-]{{2,20}}/)?(?P<month>\d\d?|{_MONTHS})(?P=mark)(?P<day>\d\d?)(?!\d)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?<![^\W_])(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?![^\W_])")
_EARLIEST_JOINED = date(1990, 1, 1)


def parse_date(value: object) -> date | None:
    """Return the date that a value of a file states, in its own time zone; None if it is not certain.

    Takes dates, seconds or milliseconds since 1970 (in UTC), and text: ISO 8601, RFC 2822, "24 April 2025",
    "April 24, 2025", "24. April 2025". "3/4/2025" could be two dates, so it is None; so is a date before 1600 or after
    2200.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if EARLIEST <= value.year <= LATEST else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_seconds(value)
    return _from_text(value.strip()) if isinstance(value, str) and len(value) < 80 else None


def find_date(address: str) -> date | None:
    """Return the date in an address or a file name: "/2025/04/24/", "/2025/apr/24/", "2025-04-24-…", "20250424".

    Eight digits on end may also be a number of the article, so they count only if they are a day of the past.
    """
    address = address[-500:]
    dates = {found for match in _IN_ADDRESS.finditer(address) if (found := _made(match))}
    if not dates:
        joined = {found for match in _JOINED.finditer(address) if (found := _made(match))}
        dates = {day for day in joined if _EARLIEST_JOINED <= day <= date.today() + timedelta(days=1)}
    return dates.pop() if len(dates) == 1 else None


def _from_text(text: str) -> date | None:
    for pattern in _WHOLE:
        if match := pattern.match(text):
            return _made(match)
    if re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return _from_seconds(int(text))
    return whole_date(text)


def _made(match: re.Match[str]) -> date | None:
    month = match["month"].lower()
    number = int(month) if month.isdigit() else MONTHS[month[:3]]
    return _valid(int(match["year"]), number, int(match["day"]))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _from_seconds(number: float) -> date | None:
    try:
        seconds = number / 1000 if abs(number) >= 1e11 else number
        return datetime.fromtimestamp(seconds, UTC).date() if 1e8 < seconds < 7.2e9 else None
    except (ValueError, OverflowError, OSError):
        return None


HEAD_LINES = 8
WRAPPED = 110  # characters; a text with longer lines is not wrapped by hand

Found = dict[str, Any]

_BREAK = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_BREAK}]*(?:\r\n|[{_BREAK}]|\Z)")
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Author:|Reporter:|Reporting by|Von|VON|Autor(?:in|en)?:|Text:|Par|PAR|Por|POR)\s+"
    r"(?:unser(?:em|er) \w+ )?"
    r"(?P<name>[^\W\d_].{1,100})\Z"
)
_DATED = re.compile(
    r"(?:(?P<later>(?:last )?updated|modified|stand|(?:zuletzt )?aktualisiert|mis à jour|actualizado)|"
    r"(?:first )?published|posted|date|veröffentlicht|erschienen|erstellt|publié|publicado|datum)"
    r"(?:\s+(?:on|at|am|le|el))?\s*:?\s+(?P<date>.{6,60})\Z",
    re.IGNORECASE,
)
_DAY_BY = re.compile(r"(?P<date>.{6,40}?),?\s+(?P<by>(?:[Vv]on|[Bb]y|[Pp]ar|[Pp]or)\s.+)\Z")
_NUMBERS = re.compile(r"\d{1,2}/\d{1,2}/\d{4}\Z")
_READING_TIME = re.compile(r"\d{1,2}[ -]min(?:ute)?s? read\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[|•·]\s*")
_DATELINE = re.compile(
    r"[A-Z][A-Z’'.\- ]{2,30}(?:,[^(—–\n]{2,50})?(?:\s*\((?P<agency>[A-Z][\w .&’'-]{1,40})\))?\s*(?:—|–|--?)\s"
)
_DATELINE_DATE = re.compile(r"[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4}|\d{1,2}\s[A-Z][a-z]{2,8}\.?\s\d{4}")
_PRESS = re.compile(
    r"\b(?:Times|Post|News|Newspaper|Courier|Herald|Tribune|Guardian|Journal|Gazette|Radio|TV|Television|Wire|Press|"
    r"Chronicle|Mail|Telegraph|Independent|Star|Observer|Mirror|Express|Standard|Record|Register|Review|Ledger|Daily|"
    r"Weekly|Agency|Network|Reuters|AFP|AP|BBC|CNN|NPR|Bloomberg|Politico|Examiner|Dispatch|Bulletin|Sentinel|"
    r"Inquirer|Argus|Echo|Monitor|Magazine|Broadcasting|Globe|Advertiser|Messenger|Enquirer|Citizen)\b"
)
_ROLE = re.compile(r"\b(?:Writer|Correspondent|Reporter|Editor|Contributor|Special|Columnist|Desk)\b", re.IGNORECASE)
_NAME_LINKS = re.compile(r"(?:and|&|de|da|di|del|van|von|der|den|la|le|al|el|bin|ibn|of|the|for|in|with|at|y|e)\Z")
_ENDS_SENTENCE = re.compile(r"(?:(?<!\.\.)\.|[,;:—–-])[\"'”’»)\]]*\Z")
_TIME_WORD = re.compile(rf"{'|'.join(WEEKDAYS)}|local time", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first lines say, and the text without the lines that say only that."""

    text: str
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None


def read_opening(text: str, title: str | None = None) -> Opening:
    """Read the first lines of a text; `title` is the article's title if it is known from elsewhere."""
    lines = list(islice((m for m in _LINE.finditer(text) if m[0].strip()), HEAD_LINES + 1))
    unwrapped = any(len(line[0]) > WRAPPED for line in lines)
    found: Found = {}
    taken: list[re.Match[str]] = []
    for line, following in pairwise(lines):  # the last line is never taken, so that something is left
        said = _heading(line, following, title, unwrapped=unwrapped) if not taken else {}
        said = said or _credits(line[0].strip(), below_byline=_follows(taken, line) and "byline" in found)
        if not said:
            break
        found = said | found
        taken.append(line)
    if len(lines) > len(taken):
        found = _dateline(lines[len(taken)][0].lstrip()) | found
    found.pop("updated", None)  # a day of change is not the day of publication
    found.pop("reading_time", None)
    return Opening(text=_without(text, taken), **found)


def _follows(taken: list[re.Match[str]], line: re.Match[str]) -> bool:
    return bool(taken) and taken[-1].end() == line.start()


def _without(text: str, taken: list[re.Match[str]]) -> str:
    kept = 0
    parts = []
    for line in taken:
        parts.append(text[kept : line.start()])
        kept = line.end()
    return "".join(parts) + text[kept:]


def _heading(line: re.Match[str], following: re.Match[str], title: str | None, *, unwrapped: bool) -> Found:
    """Return the title if the first line is one: the known title, or a short line without a final stop."""
    heading = " ".join(line[0].lstrip("# \t").split())
    if title:
        return {"title": title} if heading.casefold() == " ".join(title.split()).casefold() else {}
    if not 2 <= len(heading.split()) <= 25 or len(heading) > 160 or _ENDS_SENTENCE.search(heading):
        return {}
    if "://" in heading or not (heading[0].isalnum() or heading[0] in "“‘\"'«") or heading[0].islower():
        return {}
    if _credits(heading, below_byline=False):
        return {}
    # in a text wrapped by hand the first line of a paragraph looks like a heading
    apart = unwrapped or line.end() != following.start() or line[0].startswith("#")
    return {"title": heading} if apart or _credits(following[0].strip(), below_byline=False) else {}


def _credits(line: str, *, below_byline: bool) -> Found:
    """Read a line that holds nothing but byline, outlet, date or reading time; {} if it holds anything else."""
    if len(line) > 160:
        return {}
    parts = [part for part in _BETWEEN.split(line) if part]
    found: Found = {}
    for part in parts:
        said = _credit(part) or ({"outlet": part} if (below_byline or len(parts) > 1) and is_outlet(part) else None)
        if said is None:
            return {}
        found = said | found
    return found if len(parts) == 1 or found.keys() - {"outlet"} else {}


def _credit(part: str) -> Found | None:
    if match := _BYLINE.match(part):
        return _byline(match["name"].strip())
    if day := parse_date(part):
        return {"published": day}
    if (match := _DATED.match(part)) and (day := parse_date(match["date"].strip())):
        return {"updated" if match["later"] else "published": day}
    if (match := _DAY_BY.match(part)) and (day := parse_date(match["date"])):
        by = _BYLINE.match(match["by"][0].upper() + match["by"][1:])
        named = _byline(by["name"].strip()) if by else None
        return {"published": day} | named if named else None
    return {"reading_time": None} if _READING_TIME.match(part) or _NUMBERS.match(part) else None


def _byline(name: str) -> Found | None:
    words = name.replace(",", " ").split()
    named = all(word[0].isupper() or _NAME_LINKS.match(word) for word in words)
    if not named or len(words) > 12 or _ENDS_SENTENCE.search(name):
        return None
    person, _, after = name.rpartition(", ")
    return {"byline": person, "outlet": after} if person and is_outlet(after) else {"byline": name}


def is_outlet(part: str) -> bool:
    """Return True if a few words are the name of a paper, an agency or a station."""
    words = part.split()
    named = all(word[0].isupper() or word[0].isdigit() or _NAME_LINKS.match(word) for word in words)
    return named and len(words) <= 6 and bool(_PRESS.search(part)) and not _ROLE.search(part)


def _dateline(line: str) -> Found:
    match = _DATELINE.match(line)
    if not match:
        return {}
    found: Found = {}
    if match["agency"] and not _TIME_WORD.search(match["agency"]):
        found["outlet"] = match["agency"]
    written = _DATELINE_DATE.search(match[0])
    if written and (day := parse_date(written[0])):
        found["published"] = day
    return found
