"""Outlets and bylines that a question names, among those that the library knows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsqa.seams import Lexicon

WORD = re.compile(r"[\w.&’'-]*\w")
DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?([\w.-]+?)(?:\.(?:com?|org|net|gov|edu|info|news))?(?:\.[a-z]{2})?/?$", re.IGNORECASE
)
SPLITS_BYLINE = re.compile(r"\s*(?:,|;|&|\||/|\band\b|\bwith\b)\s*", re.IGNORECASE)
CUE_BEFORE = re.compile(
    r"\b(according to|(?:reported|published|written|article|story|stories|reports?|reporting) (?:by|in|from)|"
    r"by|outlet|newspaper|journalist|reporter|columnist|correspondent)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
CUE_AFTER = re.compile(
    r"^(?:['’]s?)?\s+(?:(?:also|first|newspaper|magazine|article|column|piece|story)\s+)?"
    r"(say|says|said|report|reports|reported|reporting|write|writes|wrote|written|publish\w*|article\w*|"
    r"stor(?:y|ies)|column\w*|coverage|cover|covered|reveal\w*)\b",
    re.IGNORECASE,
)
LONGEST = 7


def outlets_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the outlets that the question names whole, as the library spells them.

    A name of one common word ("Time", "The Week") counts only with its capital, and where the question says that
    somebody reports ("according to Time", "what did The Week write").
    """
    known = _outlet_keys(lexicon.outlets)
    return tuple(
        dict.fromkeys(
            known[key] for key, start, end in _runs(question) if _names_outlet(question, key, start, end, known)
        )
    )


def bylines_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the bylines whose authors the question names whole as authors ("by Ann Lee", "what did Ann Lee write")."""
    known = _byline_keys(lexicon.bylines)
    found = [known[key] for key, start, end in _runs(question) if key in known and _cued(question, start, end)]
    return tuple(dict.fromkeys(byline for bylines in found for byline in bylines))


def _names_outlet(question: str, key: str, start: int, end: int, known: Mapping[str, str]) -> bool:
    if key not in known:
        return False
    written = question[start:end]
    if " " in written.strip():
        return True
    acronym = len(key) > 1 and sum(c.isupper() for c in written) > 1
    return acronym or "." in written or (written[0].isupper() and _cued(question, start, end))


def _cued(question: str, start: int, end: int) -> bool:
    """Tell whether the words around a name say that it reports."""
    return bool(CUE_BEFORE.search(question[:start]) or CUE_AFTER.match(question[end:]))


def _runs(question: str) -> Iterator[tuple[str, int, int]]:
    """Give every run of words with its key and place, the longest first at each place."""
    words = [match for match in WORD.finditer(question) if match[0].casefold() != "the"]
    for first in range(len(words)):
        for last in range(min(first + LONGEST, len(words)) - 1, first - 1, -1):
            start, end = words[first].start(), _without_possessive(words[last])
            yield _key(question[start:end]), start, end


def _without_possessive(word: re.Match[str]) -> int:
    tail = re.search(r"['’]s?$", word[0])
    return word.end() - (len(tail[0]) if tail else 0)


def _key(name: str) -> str:
    words = [word for word in re.findall(r"\w+", name.casefold()) if word != "the"]
    return "".join(words)


@lru_cache(maxsize=8)
def _outlet_keys(outlets: tuple[str, ...]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for outlet in outlets:
        domain = DOMAIN.match(outlet) if "." in outlet and " " not in outlet else None
        for name in (outlet, domain[1] if domain else outlet):
            keys.setdefault(_key(name), outlet)
    keys.pop("", None)
    return keys


@lru_cache(maxsize=8)
def _byline_keys(bylines: tuple[str, ...]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for byline in bylines:
        for author in SPLITS_BYLINE.split(re.sub(r"^by\s+", "", byline.strip(), flags=re.IGNORECASE)):
            if len(author.split()) > 1:
                keys.setdefault(_key(author), []).append(byline)
    return keys
