"""The words of a question: which to look for, and which are names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTH_NAMES, WEEKDAYS
from newsqa.text.words import word_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsqa.store.records import Lexicon


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    """
    a about above according after again against ago all also although am an and another any anyone anything are
    aren't around article articles as ask at be became because become been before being below between both but
    by called came can can't come could couldn't did didn't do does doesn't doing don't done during each either
    else ever every exactly few first following for former found from further get give given go got had has
    hasn't have haven't having he he's hello her here hers herself hi him himself his how i i'm if in into is
    isn't it it's its itself just know last lately latest let like made make many may me might more most mr mrs
    ms much must my name named near new news next no nor not now of off on once one only or other our out over
    own part please recent recently referred regarding related report reported reporting reports said same say
    saying says see several she should since so some someone something still such take tell than that that's the
    their them then there these they thing things think this those through to today together tonight too took
    under until up upon us use used very via want was wasn't way we week well went were weren't what what's when
    where where's whether which while who who's whom whose why will with within without won't would year years
    yesterday yet you your
    """
)
QUOTED = re.compile(r"[“\"]([^“”\"]{2,80})[”\"]|(?<![\w’'])[‘']([^‘’']{2,80})[’'](?!\w)")
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[$€£]?\d[\d.,:]*\d%?|\w+(?:[-&’'.]\w+)*")
POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d)?$", re.IGNORECASE)
JOINERS = _words(
    """
    al bin da de del della den der di du el for ibn la le of the van von y
    """
)
CALENDAR = frozenset((*MONTH_NAMES, *WEEKDAYS))
SENTENCE_END = re.compile(r"(?:^|[.!?…:]\s+|[“\"]\s*)$")
SHOUTED = 0.7
MOST_TERMS = 40


def terms_of(text: str, names: Iterable[str] = (), outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words to look for, each once: quoted phrases, words of names and numbers first, then the others.

    The names of outlets are left out, since few articles speak of who printed them. A question of nothing but common
    words gives those, since they are all it has.
    """
    words = [POSSESSIVE.sub("", word) for word in WORD.findall(text)]
    named = {word.casefold() for name in names for word in WORD.findall(name)}
    printed = {word.casefold() for outlet in outlets for word in WORD.findall(outlet)}
    content = [word for word in words if _is_content(word)]
    telling = [word for word in content if word.casefold() in named or any(c.isdigit() for c in word)]
    found = [word for word in (*_quoted(text), *telling, *content) if word.casefold() not in printed]
    return tuple(_once(found or content or words))[:MOST_TERMS]


def _is_content(word: str) -> bool:
    if word == "US":
        return True  # the country, not the pronoun
    return word.casefold() not in STOP_WORDS and (len(word) > 1 or word.isdigit())


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in a question as written: runs of capitalised words, and abbreviations.

    A lone capital that only begins a sentence is none, nor is a month or a weekday. A question that is all in capitals
    has none.
    """
    words = list(WORD.finditer(text))
    letters = [word[0] for word in words if word[0][0].isalpha()]
    capitals = [word for word in letters if word[0].isupper()]
    if len(letters) > 3 and len(capitals) > SHOUTED * len(letters):
        return ()
    return tuple(_once(_runs(text, words)))


def _runs(text: str, words: list[re.Match[str]]) -> Iterator[str]:
    run: list[re.Match[str]] = []
    for word in words:
        broken = bool(run) and text[run[-1].end() : word.start()] not in {" ", "  ", " & "}
        if run and (broken or not _continues(word[0])):
            yield from _name(text, run)
            run = []
        if _capital(word[0]) or (run and word[0].casefold() in JOINERS):
            run.append(word)
        if run and POSSESSIVE.search(word[0]):
            yield from _name(text, run)
            run = []
    yield from _name(text, run)


def _continues(word: str) -> bool:
    return _capital(word) or word in JOINERS or (word.isdigit() and len(word) <= 4)


def _capital(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[1].isupper())


def _name(text: str, run: list[re.Match[str]]) -> Iterator[str]:
    """Trim a run to its name: no joiner at its end, no question word or lone capital where a sentence begins."""
    while run and (run[-1][0] in JOINERS or not run[-1][0][0].isalnum()):
        run = run[:-1]
    if run and SENTENCE_END.search(text[: run[0].start()]):
        first = run[0][0]
        lone = len(run) == 1 and not (first.isupper() and len(first) > 1) and not POSSESSIVE.search(first)
        if lone or first.casefold() in STOP_WORDS or first.casefold() in JOINERS:
            run = run[1:]
    while run and run[0][0].casefold() in STOP_WORDS | JOINERS and not run[0][0].isupper():
        run = run[1:]
    if run and not all(word[0].casefold() in CALENDAR | STOP_WORDS for word in run):
        yield POSSESSIVE.sub("", text[run[0].start() : run[-1].end()])


def _quoted(text: str) -> list[str]:
    return [(match[1] or match[2]).strip(" ,.?!") for match in QUOTED.finditer(text)]


def _once(words: Iterable[str]) -> list[str]:
    """Keep the first of words that differ in case alone."""
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return list(first.values())


# Outlets and bylines that a question names, among those that the library knows.

NAME_WORD = re.compile(r"[\w.&’'-]*\w")
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
            known[key] for key, start, end in _name_runs(question) if _names_outlet(question, key, start, end, known)
        )
    )


def bylines_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the bylines whose authors the question names whole as authors ("by Ann Lee", "what did Ann Lee write")."""
    known = _byline_keys(lexicon.bylines)
    found = [known[key] for key, start, end in _name_runs(question) if key in known and _cued(question, start, end)]
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


def _name_runs(question: str) -> Iterator[tuple[str, int, int]]:
    """Give every run of words with its key and place, the longest first at each place."""
    words = [match for match in NAME_WORD.finditer(question) if match[0].casefold() != "the"]
    for first in range(len(words)):
        for last in range(min(first + LONGEST, len(words)) - 1, first - 1, -1):
            start, end = words[first].start(), _without_possessive(words[last])
            yield _key(question[start:end]), start, end


def _without_possessive(word: re.Match[str]) -> int:
    tail = re.search(r"['’]s?$", word[0])
    return word.end() - (len(tail[0]) if tail else 0)


def _key(name: str) -> str:
    words = [word for word in word_runs(name.casefold()) if word != "the"]
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
