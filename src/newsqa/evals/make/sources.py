"""Words of an article, with the question which article, outlet and day they come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.clauses import HELPERS
from newsqa.evals.make.values import Drafted
from newsqa.evals.make.verbs import BASE_OF_PAST, BASE_OF_PRESENT
from newsqa.facts.quoted import quoted
from newsqa.facts.words import content_stems, word_set, words
from newsqa.render.marks import day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from newsqa.evals.make.values import Story, Told

SHORTEST, LONGEST, TELLING = 8, 40, 6
"""Words of what is quoted, and how many of them must say something."""

PHRASINGS = (
    "Which article, outlet and date does this quote come from: “{words}”?",
    "Who published these words, in which article and on what day: “{words}”?",
    "I remember reading “{words}” Which article was that in, from which outlet, and when did it appear?",
    "Find the source of this: “{words}” I need the headline, the outlet and the date.",
)
_MARKED = re.compile(r"[\"“”«»\n\x00-\x1f\u200b-\u200f\u202a-\u202e]")
_PROSE = re.compile(r"[A-ZÀ-Þ’'](?!.*\b(?:story|article)\shas\sbeen\b).*[.!?…]['’)]?$", re.DOTALL)
_VERBS = (
    HELPERS
    | BASE_OF_PAST.keys()
    | BASE_OF_PRESENT.keys()
    | word_set("said says told can could would may must do does did")
)
_OF_PICTURES = re.compile(r"[/@]|\((?:left|right|center|centre)\)|\bpictured\b", re.IGNORECASE)
_LETTERED = 0.8
"""The share of words without a digit and not shouted, below which a line is a table's."""


def sourced(story: Story, random: Random) -> Iterator[Drafted]:
    """Draft questions for the source of an article's words, in no order that a reader could guess.

    Nothing is drafted of an article whose title, or whose outlet and day, are not known.
    """
    parts = source_parts(story)
    places = list(range(len(story.spans))) if len(parts) > 1 and story.article.title else []
    random.shuffle(places)
    for place in places:
        told = story.sentence(place)
        for said in _quotable(told):
            question = random.choice(PHRASINGS).format(words=said)
            yield Drafted(question, parts, "any", "source", _of(told, said))


def source_parts(story: Story) -> tuple[str, ...]:
    """Return title, outlet and day of an article, those that are known."""
    article = story.article
    parts = (article.title, article.outlet, day(article.published) if article.published else None)
    return tuple(part for part in parts if part)


def _quotable(told: Told) -> Iterator[str]:
    """Give the quotation inside a sentence, else the whole sentence where it is plain prose."""
    inside = [part.strip().rstrip(",") for part in quoted(told.text)]
    for said in inside or [told.text]:
        fits = SHORTEST <= len(said.split()) <= LONGEST and not _MARKED.search(said)
        whole = said is not told.text or _is_sentence(said)
        if fits and whole and _reads_as_prose(said) and len(set(content_stems(words(said)))) >= TELLING:
            yield said


def _is_sentence(said: str) -> bool:
    """Tell a sentence from a caption, a link and a heading: it is written as one, and one of its words is a verb."""
    tokens = said.split()
    shouted = len(tokens[0]) > 2 and tokens[0].strip(":").isupper()
    verb = any(token in _VERBS for token in tokens)
    return verb and not shouted and not _OF_PICTURES.search(said) and _PROSE.match(said) is not None


def _reads_as_prose(said: str) -> bool:
    """Tell prose from the line of a table or a list of names."""
    tokens = said.split()
    plain = sum(not any(c.isdigit() for c in token) and not (len(token) > 3 and token.isupper()) for token in tokens)
    lower = sum(token[0].islower() for token in tokens)
    return plain >= _LETTERED * len(tokens) and 2 * lower >= len(tokens)


def _of(told: Told, said: str) -> Told:
    """Return the span of the quoted words inside their sentence."""
    start = told.start + told.text.index(said)
    return type(told)(told.story, start, start + len(said))
