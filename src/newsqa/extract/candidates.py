"""Sentences of the evidence that could be part of an answer: statements, not headings, questions, offers or orders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.extract.orders import gives_orders
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.records import Hit

FEWEST_WORDS, MOST_WORDS = 4, 85
"""Words of a candidate: fewer say nothing alone, more would be all of the answer."""

_ENDS = re.compile(r"[.!…:;][)\]\"'”’»*_]*$")
_BYLINE = re.compile(r"^\W*B[yY]\s+[A-Z][\w.'’-]*(?:,?\s+(?:(?:and|for|of|the)\s+)?[A-Z][\w.'’-]*){0,7}\W*$")
_NOT_ITS_OWN = re.compile(
    r"^\W*(?:"
    r"(?:written|reported|edited|compiled|(?:file\s+)?photo(?:graph)?s?|image|video|credit|sources?)\s*(?:by|:|/)"
    r"|(?:updated?|published|posted)\s*(?:on\b|:|\d)"
    r"|(?:read|see|watch|listen|learn)\s+(?:more|also|next|now)\b|more\s*:|related\s*:|also\s+read|contributing\s*:"
    r"|click\s|tap\s+here|sign\s+up|subscribe|get\s+(?:the|our)\s+(?:latest|free|daily)|share\s+this|newsletter"
    r"|follow\s+(?:us|him|her|them|@|on\b)|contact\s+(?:him|her|us|the reporter)|reach\s+(?:him|her|the)"
    r"|copyright|©|all\s+rights\s+reserved|advertisement|leave\s+a\s+(?:reply|comment)|your\s+e-?mail|required\s+fields"
    r"|(?:this|the)\s+(?:article|story)\s+(?:originally|has\s+been|was\s+(?:updated|originally))"
    r")",
    re.IGNORECASE,
)
"""What pages print around an article: credits, offers, notices."""

_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen: `hit.article.text[start:end]`, and the place of its passage in the evidence."""

    hit: Hit
    rank: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.article.text[self.start : self.end]

    @property
    def within(self) -> tuple[int, int]:
        """Its span in the text of its passage."""
        return self.start - self.hit.passage.start, self.end - self.hit.passage.start


def candidates(evidence: Sequence[Hit]) -> list[Candidate]:
    """Return the candidate sentences of the evidence, best passage first, each place of an article once."""
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for rank, hit in enumerate(evidence):
        for candidate in _of_passage(hit, rank):
            place = (hit.article.id, candidate.start)
            if place not in seen:
                seen.add(place)
                found.append(candidate)
    return found


def _of_passage(hit: Hit, rank: int) -> Iterator[Candidate]:
    offset, text = hit.passage.start, hit.passage.text
    for start, end in sentence_spans(text):
        if is_statement(text[start:end]):
            yield Candidate(hit, rank, offset + start, offset + end)


def is_statement(sentence: str) -> bool:
    """Whether a sentence states something that an answer could quote."""
    if len(words(sentence)) < FEWEST_WORDS or len(sentence.split()) > MOST_WORDS:
        return False
    if not _ENDS.search(sentence[-6:]) or _ADDRESS.search(sentence):
        return False
    if _NOT_ITS_OWN.match(sentence) or _BYLINE.match(sentence):
        return False
    letters = [c for c in sentence if c.isalpha()]
    return sum(c.isupper() for c in letters) < 0.6 * len(letters) and not gives_orders(sentence)
