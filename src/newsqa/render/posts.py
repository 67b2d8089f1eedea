"""What of an answer is posted on any platform, in words that are safe to show, and how it is cut into messages.

Sources are named by their titles, never by their paths.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from newsqa.render.clean import safe_line
from newsqa.render.wording import answer_notes, format_duplicates, provenance
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.types import Answer, Article, Citation, Sentence

    Size = Callable[[str], int]

UNTITLED = "untitled"
NOTHING = "There is no answer."
WORKING = "Looking through the articles …"
LABELS = {"good": "Good answer", "bad": "Bad answer", "sources": "Sources", "share": "Share in the channel"}
"""What a button does, and its words."""

LONGEST_ADDRESS = 2_000
LONGEST_TITLE = 200
LONGEST_ABOUT = 200
LONGEST_NOTE = 500
LONGEST_QUOTE = 700
"""UTF-16 units of a quote beside an answer; the view of the sources has all of it."""

MAX_NEAREST = 3
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+:[0-9a-f:.]*")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MENTION = re.compile(r"@(?=channel|everyone|here|group|[!&]?\d)", re.IGNORECASE)
_PATH = "/:@!$&'()*+,;=~%"

Item = TypeVar("Item")

_MARKERS = re.compile(r"(?:\[\d+\] ?)+")
_SPACE = re.compile(r" (?!\[\d+\])")
_WIDE_STOPS = "。！？｡」』”’）"
_SMALLEST = 3
"""A piece is at least this part of what would fit, or it ends at the next best place."""


@dataclass(frozen=True, slots=True)
class PostedSource:
    """A numbered source in words that are safe to show in a line; `address` is None if there is none to link."""

    n: int
    title: str
    address: str | None
    about: str
    quote: str
    duplicates: str


@dataclass(frozen=True, slots=True)
class NearestArticle:
    """An article that a refusal names, with its address."""

    title: str
    address: str
    about: str


def answer_line(answer: Answer) -> str:
    """Return the text of an answer with its [n], as one line."""
    return safe_line(answer.text) or NOTHING


def sentences_line(sentences: Sequence[Sentence]) -> str:
    """Return the sentences that have been checked so far, with their [n], as one line."""
    checked = (s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences)
    return safe_line(" ".join(checked))


def posted_sources(answer: Answer, longest: int | None = None) -> list[PostedSource]:
    """Return the sources of an answer in their order; quotes of more than `longest` units end in an ellipsis."""
    return [_source(citation, longest) for citation in answer.citations]


def has_long_quote(answer: Answer) -> bool:
    """Return True if some quote is too long to be shown whole beside the answer."""
    return any(units(safe_line(citation.quote)) > LONGEST_QUOTE for citation in answer.citations)


def nearest(answer: Answer) -> list[NearestArticle]:
    """Return the articles that a refusal names and whose address is known, in the order in which it names them."""
    if not answer.refused:
        return []
    named = {hit.article.title: hit.article for hit in reversed(answer.retrieved) if hit.article.title}
    places = ((answer.text.find(f"“{title}”"), article) for title, article in named.items())
    ordered = sorted(((place, article) for place, article in places if place >= 0), key=itemgetter(0))
    linked = {address: article for _, article in ordered if (address := link(article.url))}
    found = [NearestArticle(_title(article), address, _about(article)) for address, article in linked.items()]
    return found[:MAX_NEAREST]


def short_notes(answer: Answer) -> list[str]:
    """Return the notes on an answer, each cut to what fits beside it."""
    return [shorten(note, units, LONGEST_NOTE) for note in answer_notes(answer)]


def link(url: str | None) -> str | None:
    """Return a web address as every client takes it: its host in ASCII, all else percent-encoded.

    User names and passwords are left out. None if it is no http address, or longer than clients take.
    """
    try:
        parts = urlsplit(safe_line(url or ""))
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # brackets that hold no IPv6 address, a port that is no number, a host that is none
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    where = (f"[{host}]" if ":" in host else host) + port
    rest = (_encoded(parts.path, _PATH), _encoded(parts.query, _PATH + "?"), _encoded(parts.fragment, _PATH + "?"))
    address = urlunsplit((parts.scheme, where, *rest))
    return address if len(address) <= LONGEST_ADDRESS else None


def _encoded(part: str, kept: str) -> str:
    return _MENTION.sub("%40", _BARE_PERCENT.sub("%25", quote(part, safe=kept)))


def _source(citation: Citation, longest: int | None) -> PostedSource:
    words = safe_line(citation.quote)
    return PostedSource(
        n=citation.n,
        title=_title(citation),
        address=link(citation.url),
        about=_about(citation),
        quote=shorten(words, units, longest) if longest else words,
        duplicates=shorten(format_duplicates(citation.also_carried_by), units, LONGEST_NOTE),
    )


def _title(source: Article | Citation) -> str:
    return shorten(safe_line(source.title or "") or UNTITLED, units, LONGEST_TITLE)


def _about(source: Article | Citation) -> str:
    return shorten(provenance(source), units, LONGEST_ABOUT)


# Text is cut between sentences, else between words, else between what the eye sees as characters; never inside a marker
# like [12]. It is one line that is not escaped yet. `size` returns how large a piece is when escaped: at least its
# number of characters, and at least the size of any beginning of it. So no cut falls into an escape.


def units(text: str) -> int:
    """Return the length of a text as the clients count it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, size: Size, limit: int) -> list[str]:
    """Return the text in pieces of at most `limit`; nothing but spaces between pieces is lost."""
    pieces, start = [], 0
    ends = list(_sentence_ends(text)) if _is_larger(text, size, limit) else []
    while _is_larger(text[start:], size, limit):
        reach = start + _fitting(text[start : start + limit], size, limit)
        end = _best_end(text, start, reach, ends)
        pieces.append(text[start:end].rstrip())
        start = end + (text[end : end + 1] == " ")
    return [*pieces, text[start:]]


def shorten(text: str, size: Size, limit: int) -> str:
    """Return the text, or as much of its beginning as fits in whole words, with an ellipsis at the end."""
    if size(text) <= limit:
        return text
    reach = _fitting(text[:limit], size, limit - 1)
    return text[: _best_end(text, 0, reach, [])].rstrip() + "…"


def pack(items: Sequence[Item], size: Callable[[Item], int], limit: int, most: int, taken: int = 0) -> list[list[Item]]:
    """Return the items in their order, in groups of at most `most` items and `limit` in size, the first less `taken`.

    There is one group at least; an item that is larger than the limit gets a group of its own.
    """
    groups: list[list[Item]] = [[]]
    for item in items:
        needed = size(item)
        if (taken or groups[-1]) and (taken + needed > limit or len(groups[-1]) == most):
            groups.append([])
            taken = 0
        groups[-1].append(item)
        taken += needed
    return groups


def _is_larger(text: str, size: Size, limit: int) -> bool:
    return len(text) > limit or size(text) > limit


def _fitting(text: str, size: Size, limit: int) -> int:
    """Return how many characters from the beginning fit, at least one."""
    return max(bisect_right(range(1, len(text) + 1), limit, key=lambda count: size(text[:count])), 1)


def _best_end(text: str, start: int, reach: int, ends: list[int]) -> int:
    """Return where to end a piece that may go up to `reach`."""
    least = start + (reach - start) // _SMALLEST
    if (found := bisect_right(ends, reach)) and ends[found - 1] > least:
        return ends[found - 1]
    spaces = [space.start() for space in _SPACE.finditer(text, start + 1, reach + 1)]
    return spaces[-1] if spaces and spaces[-1] > least else _character_end(text, start, reach)


def _sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences end, after their markers."""
    for begin, _ in sentence_spans(text):
        markers = _MARKERS.match(text, begin)
        end = markers.end() if markers else begin
        if text[end - 1 : end] == " " or text[end - 1 : end] in _WIDE_STOPS:
            yield end


def _character_end(text: str, start: int, reach: int) -> int:
    """Return the last place that splits no marker and no character made of several, `reach` if there is none."""
    from wcwidth import grapheme_boundary_before

    end = start + grapheme_boundary_before(text[start : reach + 1], reach + 1 - start)
    for marker in re.finditer(r"\[\d+\]", text[max(start, reach - 12) : reach + 12]):
        first, last = (max(start, reach - 12) + place for place in marker.span())
        end = first if first < end < last else end
    return end if end > start else reach
