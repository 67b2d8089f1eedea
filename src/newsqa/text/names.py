"""Finds names of people, places and bodies: runs of capitalised words that do not just begin a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newsqa.text.numbers import TENS, UNITS
from newsqa.text.sentences import TITLES
from newsqa.text.words import FUNCTION_WORDS, Word, word_set, words

_OPENS = re.compile(r"[.!?:;…\n]\s*[\"'“”‘’»)\]]*\s*$|[\"“‘«(\[—–•-]\s*$")
"""The text before a word that may be capitalised only for its place: the end of a sentence, or an opening mark."""

_LINKS = word_set("of de la le da di del der den van von bin ibn al el du y")
_BROKEN = re.compile(r"[,;:.!?()\[\]\"“”«»\n—–/]")
_NUMBER_WORDS = (UNITS.keys() | TENS.keys()) - {"zero"}
_NOT_NAMES = (
    FUNCTION_WORDS
    | _NUMBER_WORDS
    | word_set(
        """
    according additionally amid analysts another authorities citing critics despite earlier eventually experts
    federal finally following formally given including ironically later local many no notably officials police
    previously recently regardless reporters reportedly residents said separately sources speaking still supporters
    today tomorrow ultimately unlike why witnesses yes yesterday hundred hundreds thousand thousands million millions
    dozens
    """
    )
)
_SHORT = """
north:n south:s east:e west:w street:st avenue:ave boulevard:blvd saint:st mount:mt fort:ft department:dept
governor:gov senator:sen representative:rep lieutenant:lt general:gen captain:capt sergeant:sgt doctor:dr
professor:prof corporation:corp company:co incorporated:inc limited:ltd brothers:bros
"""
SHORT_FORMS = dict(pair.split(":") for pair in _SHORT.split())
"""Words of names with their usual abbreviations, folded."""


_PEOPLES = """
american america us usa states united washington | british britain uk kingdom united london english england
eu european europe | un nations united | dutch netherlands | french france paris | german germany berlin | greek greece
spanish spain | swiss switzerland | danish denmark danes | swedish sweden | finnish finland | polish poland poles
turkish turkey | chinese china beijing | russian russia moscow kremlin | ukrainian ukraine kyiv | irish ireland
welsh wales | scottish scotland scots | norwegian norway | saudi arabia | japanese japan tokyo | philippine filipino
indian india delhi | iranian iran tehran | canadian canada ottawa | belgian belgium brussels | portuguese portugal
hungarian hungary budapest | pakistani pakistan | korean korea seoul | taiwanese taiwan | mexican mexico | thai thailand
"""
_PEOPLE = tuple(frozenset(group.split()) for line in _PEOPLES.strip().splitlines() for group in line.split("|"))
"""A country, its people, and the capital that stands for its government."""

_ENDINGS = word_set("a e y n s an ns ans ian ians ish ese i is er ers ean eans ia ic land")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words that name someone or something: as written, folded, and its span in the text."""

    text: str
    words: tuple[str, ...]
    start: int
    end: int


def names(text: str, common: frozenset[str] = frozenset()) -> list[Name]:
    """Return the names of a text, in order.

    `common` holds folded words known to be written in lower case elsewhere: at the start of a sentence they are not
    names. Any other unknown word at the start of a sentence counts as one.
    """
    found: list[Name] = []
    run: list[Word] = []
    waiting: list[Word] = []  # links ("of", "van") that belong to the run if another capital follows
    for word in words(text):
        if run and _BROKEN.search(text, run[-1].end, word.start) and not _abbreviated(run[-1], text):
            _close(run, found, text)
            run, waiting = [], []
        if _is_name_word(word, text, common, inside=bool(run)):
            run += [*waiting, word]
            waiting = []
        elif run and word.folded in _LINKS and not waiting:
            waiting = [word]
        else:
            _close(run, found, text)
            run, waiting = [], []
    _close(run, found, text)
    return found


def question_names(question: str) -> list[Name]:
    """Return the names of a question, in order; its first word is capitalised anyway and counts as none for that."""
    return names(question[:1].lower() + question[1:])


def name_words(text: str, common: frozenset[str] = frozenset()) -> list[str]:
    """Return the folded words of the names of a text, in order, without the links between them."""
    return [word for name in names(text, common) for word in name.words]


def initials(name: Name) -> str:
    """Return the first letters of the words of a name, folded."""
    return "".join(word[0] for word in name.words)


@lru_cache(maxsize=20_000)
def is_same_people(one: str, other: str) -> bool:
    """Return True for two folded words of a country and its people: Russia and Russians, France and French."""
    if _nations(one) & _nations(other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) <= 3 or short[:3] != long[:3]:
        return False
    root = short.removesuffix("e").removesuffix("y").removesuffix("a")
    return long.startswith(root) and long.removeprefix(root) in _ENDINGS


@lru_cache(maxsize=20_000)
def _nations(word: str) -> frozenset[int]:
    return frozenset(n for n, group in enumerate(_PEOPLE) if word in group or word.removesuffix("s") in group)


def _is_name_word(word: Word, text: str, common: frozenset[str], *, inside: bool) -> bool:
    if not word.capitalised or word.folded == "i" or word.text.startswith(("I'", "I’")):
        return False
    if inside or not _opens(text, word.start):
        return word.folded not in FUNCTION_WORDS or _acronym(word)
    return (word.folded not in _NOT_NAMES and word.folded not in common) or _acronym(word)


def _abbreviated(word: Word, text: str) -> bool:
    """Return True if a full stop after a word is that of a title or initial: "Sen. Scott", "J. Marsh"."""
    known = word.text in TITLES or word.text in {"St", "Mt", "Ft"} or len(word.text) == 1
    return known and text.startswith(". ", word.end)


def _acronym(word: Word) -> bool:
    return len(word.folded) > 1 and word.text.isupper() and "'" not in word.text


def _opens(text: str, start: int) -> bool:
    before = max(0, start - 6)
    return not text[before:start].strip() or _OPENS.search(text, before, start) is not None


def _close(run: list[Word], found: list[Name], text: str) -> None:
    if run:
        folded = tuple(word.folded for word in run)
        named = tuple(word for word in folded if word not in _LINKS)  # empty for "Al" or "La" alone
        found.append(Name(text[run[0].start : run[-1].end], named or folded, run[0].start, run[-1].end))
