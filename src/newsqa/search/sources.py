"""Finds the outlets and bylines that a question names, of those in the library."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsqa.store.records import Lexicon


_NAME_WORD = re.compile(r"[\w.&’'-]*\w")
_DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?([\w.-]+?)(?:\.(?:com?|org|net|gov|edu|info|news))?(?:\.[a-z]{2})?/?$", re.IGNORECASE
)
_BYLINE_SEPARATOR = re.compile(r"\s*(?:,|;|&|\||/|\band\b|\bwith\b)\s*", re.IGNORECASE)
_CUE_BEFORE = re.compile(
    r"\b(according to|(?:reported|published|written|article|story|stories|reports?|reporting) (?:by|in|from)|"
    r"by|outlet|newspaper|journalist|reporter|columnist|correspondent)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"^(?:['’]s?)?\s+(?:(?:also|first|newspaper|magazine|article|column|piece|story)\s+)?"
    r"(say|says|said|report|reports|reported|reporting|write|writes|wrote|written|publish\w*|article\w*|"
    r"stor(?:y|ies)|column\w*|coverage|cover|covered|reveal\w*)\b",
    re.IGNORECASE,
)
_MAX_NAME_WORDS = 7


def outlets_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the outlets that the question names in full, as the library spells them.

    A name of one word ("Time", "The Week") counts only with its capital, and if the question says that it reports
    ("according to Time", "what did The Week write").
    """
    known = _outlet_keys(lexicon.outlets)
    return tuple(
        dict.fromkeys(
            known[key] for key, start, end in _name_runs(question) if _names_outlet(question, key, start, end, known)
        )
    )


_NAMED_AS_SOURCE = re.compile(
    r"\b(?:according to|(?:reported|published|written|article|story|stories|reports?|headlines?) (?:by|in|from|on))"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ASKED_FOR_ITS_WORDS = re.compile(r"(?:\b(?:do|does|did|has|as|what|and|so)\s+|^\W*)(?:the\s+)?$", re.IGNORECASE)
_SAYS = re.compile(
    r"^\s+(?:also\s+)?(?:say|report|write|think|give|claim|describe|call|put|make|tell|have|argue|conclude)s?\b|"
    r"^\s+(?:said|reported|wrote|written|gave|thought|called|on)\b",
    re.IGNORECASE,
)
_ASKED_FOR_ITS_OWN = re.compile(r"(?:\b(?:do|does|did|is|are|was|were|in|by|to)\s+|^\W*)(?:the\s+)?$", re.IGNORECASE)
_ITS_OWN = re.compile(
    r"^(?:['’]s?|s)\s+(?:own|count|critic|reporter|version|account|figure|estimate|view|editorial|report|article|story|"
    r"coverage)\w*\b",
    re.IGNORECASE,
)
_ASKED_NEXT = re.compile(r"^\W*(?:and|but|what about|how about|what of)\s+(?:the\s+)?$", re.IGNORECASE)


def attributed_outlet(question: str, lexicon: Lexicon) -> str | None:
    """Return the one outlet whose words are asked for ("according to CNN", "what does the Ledger say"), or None.

    "the Ledger" is enough for “The Velmarra Ledger” if no other outlet ends so. What is asked of two outlets is
    attributed to neither.
    """
    mentioned = list(_mentions(question, lexicon.outlets))
    names = Counter(map(_key_of_outlet, lexicon.outlets))
    attributed = {outlet for outlet, start, end in mentioned if _is_attributed(question[:start], question[end:])}
    named = {outlet for outlet, start, _ in mentioned if question[start].isupper()} | attributed
    alone = attributed and len(named) == 1
    return next((outlet for outlet in attributed if names[_key_of_outlet(outlet)] == 1), None) if alone else None


def without_outlet(question: str, outlet: str, lexicon: Lexicon) -> str:
    """Return a question with the name of an outlet replaced by as many spaces: articles seldom name their own."""
    for mentioned, start, end in _mentions(question, lexicon.outlets):
        if mentioned == outlet:
            question = question[:start] + " " * (end - start) + question[end:]
    return question


def _mentions(question: str, outlets: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield the outlets that a question may name, in full or in short, with the span of each name."""
    full, short = _outlet_keys(outlets), _short_keys(outlets)
    taken: list[tuple[int, int]] = []
    for key, start, stop in _name_runs(question):
        end = stop if key in full or key in short else stop - 1
        key = key if end == stop else key.removesuffix("s")  # noqa: PLW2901  a possessive without its apostrophe
        outlet = full.get(key) or short.get(key)
        if outlet and not any(a <= start and end <= b for a, b in taken):
            written, article = question[start:end], question[:start].casefold().endswith("the ")
            abbreviation = sum(letter.isupper() for letter in outlet) > 1 and " " not in outlet
            known = key in full and (written[0].isupper() or abbreviation)
            if article or " " in written or known:
                taken.append((start, end))
                yield outlet, start, end


def _is_attributed(before: str, after: str) -> bool:
    """Return True if the words around the name of an outlet ask for what it says."""
    asks = _ASKED_FOR_ITS_WORDS.search(before) and _SAYS.match(after)
    own = _ASKED_FOR_ITS_OWN.search(before) and _ITS_OWN.match(after)
    next_asked = _ASKED_NEXT.search(before) and not after.strip(" ?!.")
    return bool(_NAMED_AS_SOURCE.search(before) or asks or own or next_asked)


def bylines_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the bylines whose authors the question names in full as such ("by Ann Lee", "what did Ann Lee write")."""
    known = _byline_keys(lexicon.bylines)
    found = [
        known[key]
        for key, start, end in _name_runs(question)
        if key in known and _is_said_to_report(question, start, end)
    ]
    return tuple(dict.fromkeys(byline for bylines in found for byline in bylines))


def _names_outlet(question: str, key: str, start: int, end: int, known: Mapping[str, str]) -> bool:
    if key not in known:
        return False
    written = question[start:end]
    if " " in written.strip():
        return True
    acronym = len(key) > 1 and sum(c.isupper() for c in written) > 1
    return acronym or "." in written or (written[0].isupper() and _is_said_to_report(question, start, end))


def _is_said_to_report(question: str, start: int, end: int) -> bool:
    """Return True if the words around a name say that it reports."""
    return bool(_CUE_BEFORE.search(question[:start]) or _CUE_AFTER.match(question[end:]))


def _name_runs(question: str) -> Iterator[tuple[str, int, int]]:
    """Yield every run of words with its key and span, the longest first at each place."""
    words = [match for match in _NAME_WORD.finditer(question) if match[0].casefold() != "the"]
    for first in range(len(words)):
        for last in range(min(first + _MAX_NAME_WORDS, len(words)) - 1, first - 1, -1):
            start, end = words[first].start(), _end_without_possessive(words[last])
            yield _key(question[start:end]), start, end


def _end_without_possessive(word: re.Match[str]) -> int:
    tail = re.search(r"['’]s?$", word[0])
    return word.end() - (len(tail[0]) if tail else 0)


def _key(name: str) -> str:
    words = [word for word in re.findall(r"\w+", name.casefold()) if word != "the"]
    return "".join(words)


@lru_cache(maxsize=8)
def _outlet_keys(outlets: tuple[str, ...]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for outlet in outlets:
        domain = _DOMAIN.match(outlet) if "." in outlet and " " not in outlet else None
        for name in (outlet, *((domain[1], domain[1].removeprefix("the")) if domain else ())):
            keys.setdefault(_key(name), outlet)
    keys.pop("", None)
    return keys


@lru_cache(maxsize=8)
def _short_keys(outlets: tuple[str, ...]) -> dict[str, str]:
    """Return the last words of outlets' names, and names without a number at their end, where only one is so called."""
    shortened: dict[str, set[str]] = {}
    for outlet in outlets:
        words = [word for word in re.findall(r"\w+", outlet) if word.casefold() != "the"]
        endings = [words[first:] for first in range(1, len(words))]
        for part in (*endings, words[:-1] if words[-1:] and words[-1].isdigit() else []):
            if len(name := _key(" ".join(part))) > 3 and not name.isdigit():
                shortened.setdefault(name, set()).add(outlet)
    return {name: min(called) for name, called in shortened.items() if len(called) == 1}


def _key_of_outlet(outlet: str) -> str:
    domain = _DOMAIN.match(outlet) if "." in outlet and " " not in outlet else None
    return _key(domain[1] if domain else outlet)


@lru_cache(maxsize=8)
def _byline_keys(bylines: tuple[str, ...]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for byline in bylines:
        for author in _BYLINE_SEPARATOR.split(re.sub(r"^by\s+", "", byline.strip(), flags=re.IGNORECASE)):
            if len(author.split()) > 1:
                keys.setdefault(_key(author), []).append(byline)
    return keys
