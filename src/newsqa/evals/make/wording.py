"""Whether a drafted question can be asked by itself: no pronoun without its noun, no “the man”, something named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.verbs import BASES, PARTICIPLES
from newsqa.facts.dates import CALENDAR
from newsqa.facts.names import names
from newsqa.facts.words import FUNCTION_WORDS, fold, word_set, words

if TYPE_CHECKING:
    from newsqa.evals.make.values import Drafted
    from newsqa.facts.words import Word

SHORTEST, LONGEST = 5, 28
"""Words of a question."""

LONGEST_WRITTEN = 36
TELLING = 4
"""Words of a question that must say something: “How many flights did it cancel?” is asked of many a day."""

_NAMED = ("saying", "age", "home")
"""Forms whose question is a full name or a quotation, and tells all by that."""

_PRONOUNS = word_set(
    """
    he she it they him her them his hers its their theirs this that's these those here there we us our ours i me
    my mine you your yours another other others such same former latter so both each respectively ago today
    yesterday tomorrow tonight now currently later earlier neighboring neighbouring nearby surrounding local
    """
)
_OWNERS = word_set("his her its their")
_SELF_TELLING = word_set(
    """
    world country's internet united first second third last end top best worst largest biggest highest lowest
    longest most oldest youngest public police army government week weekend day season past sky sea moon sun
    earth pandemic authorities u.s us uk eu un summer winter spring autumn night morning early late vast entire whole
    road market
    """
)
_WEAK = CALENDAR | word_set(
    """
    american americans british french german russian chinese ukrainian israeli european democrats republicans
    democratic republican democrat irish scottish welsh dutch polish turkish japanese korean brazilian spanish
    legislature senate house congress capitol italian indian mexican canadian australian african asian english
    """
)
_VERBS = BASES | PARTICIPLES
_ENDS_THING = FUNCTION_WORDS - word_set("of in at for on to between a an the from by")
"""Words behind which nothing tells any more what “the …” is."""

_ONE_OF_MANY = re.compile(
    r"(?:resident|native|man|woman|teen|teenager|couple|family|student|officer|company|firm|quartet|duo|group|player)s?\b"
)
"""What “the Ostby …” leaves open: the resident, the couple."""

_TWICE = re.compile(r"\b(\d{1,2} [A-Z][a-z]+ \d{4})\b.*\b\1\b")
_A_THING = re.compile(r"^\w+\s(?:\w+\s){1,4}?an?\s")
_THE = re.compile(r"\b[Tt]he\s+")
_DANGLING = re.compile(
    r"\b(?:of|in|on|at|for|from|by|with|to|the|a|an|and|or|than|as|that|who|which|about|more|over|up to|least)\?$"
)
_OF_THE_TEXT = re.compile(r"\b(?:passage|article|text|excerpt|author|mentioned|json)\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")
_TIME_AFTER = re.compile(
    r"\b(?:last|this|next|that)\s(?:week|month|year|night|season|summer|spring|winter|fall|autumn)\b"
    r"|\b(?:at|in|of|for|by|on|to|from|with) that\b"
    r"|\b(?:late|early|earlier|later) (?:in|on) the (?:day|week|month|year|night)\b"
)


def sound(drafted: Drafted) -> bool:
    """Whether a question can be asked by itself, and does not answer itself."""
    if gives_away(drafted):
        return False
    return drafted.form in _NAMED or _stands_alone(drafted)


def stands_alone_loosely(drafted: Drafted) -> bool:
    """Whether a question that a model wrote, in its own words, can be asked by itself."""
    question = drafted.question
    count = len(question.split())
    return (
        question.endswith("?")
        and SHORTEST - 1 <= count <= LONGEST_WRITTEN
        and question.isprintable()
        and not _OF_THE_TEXT.search(question)
        and not _refers_back(question.removesuffix("?"))
        and bool(anchors(drafted))
    )


def _stands_alone(drafted: Drafted) -> bool:
    """Whether a reader who has not seen the article can tell what the question is about."""
    question = drafted.question
    bare = question.removesuffix("?")
    count = len(bare.split())
    return (
        SHORTEST <= count <= LONGEST
        and not _DANGLING.search(question)
        and not _TIME_AFTER.search(bare)
        and not _WEEKDAY.search(bare)
        and not _TWICE.search(bare)
        and not _refers_back(bare)
        and all(_definite(bare[match.end() :]) for match in _THE.finditer(bare))
        and _telling(bare) >= _enough(drafted)
        and bool(anchors(drafted))
    )


def _telling(question: str) -> int:
    """Count what a question says: its names, each of them once, and the words beside them."""
    found = names(question)
    inside = {word for name in found for word in name.words}
    beside = {word.folded for word in words(question) if word.content or _is_time(word)} - inside
    return len(beside) + len(found)


def _is_time(word: Word) -> bool:
    """Whether a word is a number in digits or a month: they tell one spring's fair from another's."""
    return word.folded[0].isdigit() or (word.capitalised and word.folded in CALENDAR)


def _enough(drafted: Drafted) -> int:
    """Return how much a question must say; one that asks who wrote the Coast Act, and no more, is plain already."""
    if drafted.form in {"role", "head"}:
        return 1
    told_by_name = drafted.form in {"doer", "body"} and not _A_THING.search(drafted.question)
    return 2 if told_by_name else TELLING


def anchors(drafted: Drafted) -> list[str]:
    """Return the names in a question that tell what it is about: no weekday, no “American”, not the outlet's own."""
    story = drafted.told.story
    head = drafted.question.split(" ", 1)
    found = names(f"{head[0].lower()} {head[1]}" if len(head) > 1 else "", story.common)
    outlet = fold(story.article.outlet or "")
    return [
        name.text
        for name in found
        if not set(name.words) <= _WEAK and fold(name.text) != outlet and _is_proper(name.words, story.proper)
    ]


def _is_proper(folded: tuple[str, ...], proper: frozenset[str]) -> bool:
    return any(word in proper for word in folded)


def _refers_back(question: str) -> bool:
    """Whether it has a pronoun; “their” is none where a name stands before it."""
    tokens = [fold(token.strip(",.’'")) for token in question.split()]
    for place, word in enumerate(tokens):
        if word in _OWNERS and names(" ".join(question.split()[1:place])):
            continue
        if word in _PRONOUNS:
            return True
    return False


def _definite(after: str) -> bool:
    """Whether “the …” is told by what follows: a name, a number of order, or a thing of which there is one."""
    tokens = after.split()[:6]
    if not tokens:
        return False
    if len(tokens) > 1 and tokens[1] in _VERBS:
        return False  # “the first opened”: the first of what?
    first = fold(tokens[0].rstrip("’'s"))
    if first in _SELF_TELLING or tokens[0].lower().endswith("est") or tokens[0][0].isdigit():
        return True
    for place, token in enumerate(tokens):
        if token[0].isupper() and fold(token) not in _WEAK:
            return not _ONE_OF_MANY.match(" ".join(tokens[place + 1 :]))
        if (place and (token in _VERBS or token.endswith("ing"))) or fold(token) in _ENDS_THING:
            return False
    return False


def gives_away(drafted: Drafted) -> bool:
    """Whether the question holds an answer to itself."""
    asked = _folded(drafted.question)
    return any(_folded(answer) in asked for answer in drafted.answers)


def _folded(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "
