"""Who is said to say something: "X said", "said X", "according to X", "X's spokesman told Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.facts.names import names
from newsqa.facts.offices import actor
from newsqa.facts.synonyms import root
from newsqa.facts.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

SAYING = (
    "said|says|say|saying|told|tells|telling|added|adds|adding|replied|replies|answered|answers|asked|asks|explained|explains"
    "|announced|announces|stated|states|claimed|claims|insisted|insists|argued|argues|noted|notes|warned|warns|declared"
    "|declares|admitted|admits|conceded|concedes|confirmed|confirms|complained|joked|jokes|remarked|recalled|recalls"
    "|remembered|reported|reports|reckoned|reckons|estimated|estimates|estimating|wrote|writes|commented|observed|predicted|predicts|promised|promises"
    "|vowed|suggested|stressed|emphasised|maintained|testified|quipped|thinks|thought|believes|believed|called|calls"
    "|described|describes|expects|expected|denied|denies|acknowledged|acknowledges|revealed|repeated|recommended|advised"
)
REPORTING = frozenset(root(word) for word in SAYING.split("|"))
_VERB = re.compile(rf"\b(?:{SAYING})\b", re.IGNORECASE)
_ACCORDING = re.compile(
    r"\b(?:[Aa]ccording to|in the (?:words|view|opinion) of|[Ii]n the (?:words|view|opinion) of)\s+"
)
_INVERTED = re.compile(r"[,”\"’]\s*$")
_SUBJECT_STARTS = re.compile(
    r"[.!?;:”“\"]\s*|\b(?:that|because|and|but|while|although|though|when|as|whether)\s", re.IGNORECASE
)
_AFTER_ENDS = re.compile(
    r"[.!?;:”“\"]|\b(?:that|who|which|when|after|before|to|on|in a|at)\b|,\s+(?!the\b|an?\b|its\b|his\b|her\b|head\b)"
)
_PRONOUN = re.compile(r"\b(?:he|she|they|it|who|i|we)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says something: the folded words of names and the roots of offices; neither where a pronoun stands there."""

    names: frozenset[str]
    offices: frozenset[str]
    written: str
    start: int
    end: int

    @property
    def named(self) -> bool:
        """Whether someone is named or described."""
        return bool(self.names or self.offices)


def sayings(text: str) -> list[Saying]:
    """Find who is said to say something in a text, in order."""
    return [saying for saying in (*_after_according(text), *_by_verbs(text)) if saying]


def _after_according(text: str) -> Iterator[Saying]:
    for match in _ACCORDING.finditer(text):
        yield _speaker(text, match.end(), _end(text, match.end()))


def _by_verbs(text: str) -> Iterator[Saying]:
    for match in _VERB.finditer(text):
        start = _start(text, match.start())
        before = _speaker(text, start, match.start())
        if before.named:
            yield before
        elif _INVERTED.search(text[: match.start()]) or not text[: match.start()].strip():
            yield _speaker(text, match.end(), _end(text, match.end()))
        elif _PRONOUN.search(text, start, match.start()):
            yield before


def _start(text: str, end: int) -> int:
    floor = max(0, end - 160)
    starts = [match.end() for match in _SUBJECT_STARTS.finditer(text, floor, end)]
    start = starts[-1] if starts else floor
    if text[start:end].rstrip().endswith(","):
        return start  # what stands between commas belongs to the speaker
    return max(start, text.rfind(", ", start, end) + 2) if ", " in text[start:end] else start


def _end(text: str, start: int) -> int:
    ends = _AFTER_ENDS.search(text, start, start + 160)
    return ends.start() if ends else min(len(text), start + 160)


def _speaker(text: str, start: int, end: int) -> Saying:
    part = text[start:end]
    named = frozenset(word for name in names(f"so {part}") for word in name.words)
    offices = frozenset(found for word in words(part) if (found := actor(word.folded)))
    return Saying(named, offices, " ".join(part.split()).strip(" ,"), start, end)
