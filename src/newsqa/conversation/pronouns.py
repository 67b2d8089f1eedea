"""Pronouns and descriptions whose meaning stands in an earlier turn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.conversation.subject import ROLES
from newsqa.text.names import names

if TYPE_CHECKING:
    from newsqa.conversation.subject import Subject

_PERSONAL = re.compile(r"\b(?P<he>he|him|his|himself)\b|\b(?P<she>she|her|hers|herself)\b", re.IGNORECASE)
_OBJECTS = frozenset({"him", "her"})
_NOUN_FOLLOWS = re.compile(
    r"\s+(?!(?:about|for|in|on|at|to|from|with|by|and|or|after|before|when|during|say|said|do)\b)\w"
)
_THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!will )\bthere\b(?!\s+(?:is|are|was|were|be|been|any)\b)", re.IGNORECASE
)
_EXPLETIVE_IT = r"(?!\s+(?:true|possible|likely|clear|legal|safe|rain|snow)\b)"
_POINTING = re.compile(
    rf"\b(?:(?P<it>it|its)\b{_EXPLETIVE_IT}|they|them|their|theirs|these|those|he|she|him|his|hers?"
    r"|(?P<that>this|that)(?=\s*(?:$|[?.!,]|happen|mean|affect|about|be\b|work|cost|take|occur|start|end|come|go\b|for\b))"
    r"|(?:this|that)(?=\s+(?:attack|deal|plan|meeting|decision|strike|vote|law|ruling|incident|storm|fire|talk|visit|call"
    r"|speech|report|project|proposal|agreement|case|crash|election|team|company|group|man|woman|person|one)s?\b)"
    r"|(?:the\s+(?:former|latter|same)))\b",
    re.IGNORECASE,
)  # fmt: skip
_AS_OBJECT = re.compile(
    r"\b(?:about|of|for|with|on|to|at|against|over)\s+(?:it|them|this|that)\b|\b(?:it|them)\W*$", re.IGNORECASE
)
"""“It” as an object is not the one who acts, so a name before it does not explain it."""

_ROLE = re.compile(
    rf"(?<!is )(?<!was )\b[Tt]he\s+(?P<role>{'|'.join(sorted(ROLES))})\b"
    r"(?!\s+(?:of|for|in|at|from)\b|['’]s\s+[A-Z]|\s+[A-Z])"
)


def name_people(question: str, subject: Subject) -> str:
    """Write names where "he", "her" or "the minister" stand for someone named before."""
    return _PERSONAL.sub(lambda match: _named(match, question, subject), _name_role(question, subject))


def name_place(question: str, subject: Subject) -> str:
    """Write the place where "there" stands for one named before."""
    place = subject.place()
    return _THERE.sub(f"in {place}", question, count=1) if place and not names(_tail(question)) else question


def points_back(question: str) -> bool:
    """Whether a question speaks of "it", "they" or "that", or of a "he" yet unnamed, without saying what it is."""
    match = _POINTING.search(question)
    if match is None:
        return False
    own = names(_tail(question[: match.start()]))
    return not own or match["that"] is not None or _AS_OBJECT.search(question) is not None


def _named(match: re.Match[str], question: str, subject: Subject) -> str:
    word = match.group().casefold()
    possessive = word in {"his", "hers"} or (word == "her" and _NOUN_FOLLOWS.match(question, match.end()) is not None)
    own = names(_tail(question[: match.start()]))
    if own and (possessive or word not in _OBJECTS):
        return match.group()  # someone in the question itself
    person = subject.person("he" if match["he"] else "she")
    if person is None or word.endswith("self") or any(name.text in person for name in own):
        return match.group()
    return f"{person}'s" if possessive else person


def _name_role(question: str, subject: Subject) -> str:
    def named(match: re.Match[str]) -> str:
        holder = subject.holder(match["role"].casefold())
        return f"{match['role']} {holder}" if holder else match.group()

    return _ROLE.sub(named, question)


def _tail(text: str) -> str:
    """Set a word before a text, so that its first word is not taken for a name only for its capital."""
    return text[:1].lower() + text[1:]
