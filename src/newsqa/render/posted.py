"""What of an answer is posted where people talk, whatever the platform: sources by their titles, never by a path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from newsqa.render.marks import asides, carried_by, provenance
from newsqa.render.safe import safe_line
from newsqa.render.splitting import shortened, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, Article, Citation, Sentence

UNTITLED = "untitled"
NOTHING = "There is no answer."
WORKING = "Looking through the articles …"
LABELS = {"good": "Good answer", "bad": "Bad answer", "sources": "Sources", "share": "Share in the channel"}
"""What a button does, and its words."""

LONGEST_ADDRESS = 2_000
LONGEST_TITLE = 200
LONGEST_ABOUT = 200
LONGEST_ASIDE = 500
LONGEST_QUOTE = 700
"""UTF-16 units of a quote beside an answer; the view of the sources has all of it."""

NEAREST = 3
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+:[0-9a-f:.]*")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CALL = re.compile(r"@(?=channel|everyone|here|group|[!&]?\d)", re.IGNORECASE)
_PATH = "/:@!$&'()*+,;=~%"


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source in words that are safe to show in a line; `address` is None where there is none to link."""

    n: int
    title: str
    address: str | None
    about: str
    quote: str
    carriers: str


@dataclass(frozen=True, slots=True)
class Near:
    """An article that a refusal names, with its address."""

    title: str
    address: str
    about: str


def text_of(answer: Answer) -> str:
    """Return what an answer says with its [n], as one line."""
    return safe_line(answer.text) or NOTHING


def so_far(sentences: Sequence[Sentence]) -> str:
    """Return the sentences that have passed, with their [n], as one line."""
    passed = (s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences)
    return safe_line(" ".join(passed))


def sources_of(answer: Answer, longest: int | None = None) -> list[Source]:
    """Return the sources of an answer in their order; quotes of more than `longest` units end in an ellipsis."""
    return [_source(citation, longest) for citation in answer.citations]


def any_shortened(answer: Answer) -> bool:
    """Tell whether some quote is too long to stand beside the answer."""
    return any(units(safe_line(citation.quote)) > LONGEST_QUOTE for citation in answer.citations)


def nearest(answer: Answer) -> list[Near]:
    """Return the articles that a refusal names and whose address is known, in the order in which it names them."""
    if not answer.refused:
        return []
    named = {hit.article.title: hit.article for hit in reversed(answer.retrieved) if hit.article.title}
    places = ((answer.text.find(f"“{title}”"), article) for title, article in named.items())
    told = sorted(((place, article) for place, article in places if place >= 0), key=itemgetter(0))
    linked = {address: article for _, article in told if (address := link(article.url))}
    return [Near(_title(article), address, _about(article)) for address, article in linked.items()][:NEAREST]


def asides_of(answer: Answer) -> list[str]:
    """Return what is told beside the answer."""
    return [shortened(aside, units, LONGEST_ASIDE) for aside in asides(answer)]


def link(url: str | None) -> str | None:
    """Return an address of the web as every client takes it: host in ASCII, all else percent-encoded; or None.

    Names and passwords in it are left out. None where it is no http address, or longer than clients take.
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
    return _CALL.sub("%40", _BARE_PERCENT.sub("%25", quote(part, safe=kept)))


def _source(citation: Citation, longest: int | None) -> Source:
    words = safe_line(citation.quote)
    return Source(
        n=citation.n,
        title=_title(citation),
        address=link(citation.url),
        about=_about(citation),
        quote=shortened(words, units, longest) if longest else words,
        carriers=shortened(carried_by(citation.also_carried_by), units, LONGEST_ASIDE),
    )


def _title(source: Article | Citation) -> str:
    return shortened(safe_line(source.title or "") or UNTITLED, units, LONGEST_TITLE)


def _about(source: Article | Citation) -> str:
    return shortened(provenance(source), units, LONGEST_ABOUT)
