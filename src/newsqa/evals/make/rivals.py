"""Whether the articles say otherwise elsewhere, which makes a question ambiguous, or say it already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.forms.people import ages, heads, homes, roles
from newsqa.evals.make.naming import in_full
from newsqa.evals.make.values import Story, Told
from newsqa.extract.offers import offers
from newsqa.facts.quoted import quoted
from newsqa.facts.words import content_stems, words
from newsqa.records import NO_BOUNDS
from newsqa.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.values import Drafted
    from newsqa.records import Bounds
    from newsqa.seams import Index

READ = 25
"""Passages that are looked through for another answer."""

SAME_MATTER, HINTED = 0.7, 0.5
"""The share of a question's stems with which a sentence speaks of the same; and, where it holds the answer, hints."""

_ASKED_ABOUT = re.compile(r"(?:How old (?:is|was)|Where is|Who is(?: the)?)\s(?P<who>.+?)(?:\sfrom)?\?$")
_COMPARED = frozenset({"number", "money", "date", "duration"})
_OF_NAMES = (ages, homes, roles, heads)


def several_answers(drafted: Drafted, index: Index) -> bool:
    """Whether its sentence stands in several articles, or another sentence gives the same question another answer."""
    said = quoted(drafted.question) if drafted.form == "saying" else []
    only_one = drafted.form == "source"  # copies of a story have several outlets and days
    if not all(_in_one_story(phrase, index, only_one=only_one) for phrase in (drafted.told.text, *said)):
        return True
    if drafted.form in {"saying", "source"}:
        return False
    return any(_contradicts(told, drafted) for told in _others(drafted, index, NO_BOUNDS))


def _in_one_story(phrase: str, index: Index, *, only_one: bool) -> bool:
    """Whether words stand in one article, or in nearly the same one at several outlets unless only one may carry it."""
    found = index.holding(phrase)
    if only_one or not found:
        return len(found) == 1 and not found[0].also_carried_by
    carriers = {carrier.article_id for carrier in found[0].also_carried_by}
    return all(span.article.id in carriers for span in found[1:])


def answered_within(drafted: Drafted, index: Index, bounds: Bounds) -> bool:
    """Whether articles within the bounds may answer a question, so that it is not unanswerable there."""
    if drafted.form in {"saying", "source"}:
        return bool(index.holding(drafted.told.text, bounds, limit=1))
    if any(index.holding(phrase, bounds, limit=1) for phrase in _telling_phrases(drafted)):
        return True
    return any(_tells(told.text, drafted) for told in _others(drafted, index, bounds))


def _telling_phrases(drafted: Drafted) -> Iterator[str]:
    """Give the words that no visible article may hold: who is asked about, in which office, and who would be named."""
    if asked := _ASKED_ABOUT.match(drafted.question):
        yield asked["who"]
    if drafted.kind == "person":
        yield drafted.answers[0]


def _others(drafted: Drafted, index: Index, bounds: Bounds) -> Iterator[Told]:
    """Give the sentences that come nearest to a question by their words, and all of its own article's."""
    terms = [word.text for word in words(drafted.question) if word.content or word.text[0].isdigit()]
    for hit in index.hits(index.by_words(terms, bounds, READ)):
        story, offset = Story(hit.article), hit.passage.start
        for start, end in sentence_spans(hit.passage.text):
            yield Told(story, offset + start, offset + end)
    if bounds == NO_BOUNDS:
        story = drafted.told.story
        yield from (story.sentence(place) for place in range(len(story.spans)))


def _contradicts(told: Told, drafted: Drafted) -> bool:
    text = told.text
    if text == drafted.told.text or _holds_answer(text, drafted):
        return False
    if _asked_alike(told, drafted):
        return True
    same = _shared(text, drafted) >= SAME_MATTER
    return same and drafted.kind in _COMPARED and bool(offers(drafted.kind, drafted.question, text))


def _asked_alike(told: Told, drafted: Drafted) -> bool:
    """Whether the other sentence drafts the same question, and so with another answer."""
    if drafted.form not in {"age", "home", "role", "head"}:
        return False
    return any(in_full(other).question == drafted.question for form in _OF_NAMES for other in form(told))


def _tells(text: str, drafted: Drafted) -> bool:
    shared = _shared(text, drafted)
    return shared >= SAME_MATTER or (shared >= HINTED and _holds_answer(text, drafted))


def _shared(text: str, drafted: Drafted) -> float:
    asked = set(content_stems(words(drafted.question)))
    return len(asked & set(content_stems(words(text)))) / max(len(asked), 1)


def _holds_answer(text: str, drafted: Drafted) -> bool:
    told = _folded(text)
    return any(_folded(answer) in told for answer in drafted.answers)


def _folded(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "
