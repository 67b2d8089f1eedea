"""Follow-ups made whole from the conversation, by rules: who "he" is, what "and how many drones?" counts."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from newsqa.answer.follow_ups import (
    Subject,
    complete,
    is_fragment,
    name_people,
    name_place,
    opens_as_follow_up,
    points_back,
    topic_of,
    without_opener,
)
from newsqa.answer.prompt import as_data
from newsqa.answer.refuse import NOT_HELD, OPENINGS
from newsqa.answer.withheld import tells
from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model
from newsqa.search.quotations import quotation_in
from newsqa.text.names import name_words, names
from newsqa.text.words import content_stems, fold, stem, words
from newsqa.types import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts
    from newsqa.types import Turn


RECENT_TURNS = 6
"""Turns that are read; what a follow-up refers to is in the last few."""

LONGEST = 1_000
"""Characters: a longer question needs no context, and of a longer message only so much is read."""

FEW_WORDS = 2
"""Telling words: a question with more of them, or with a name, says by itself what "the union" is."""

_DEFINITE = re.compile(r"\b[Tt]he\s+([^\W\d_]+)\b(?!\s+of\b)")
_TOPIC = re.compile(r"\([^()]+\)$")
_MARKERS = re.compile(r"\s*\[[0-9,\s]{1,20}\]")


def rephrase(question: str, history: Sequence[Turn]) -> str:
    """Return the question as one that can be understood alone; one that already can comes back as it is.

    Names take the place of pronouns, fragments theirs in the previous question; where that cannot be done, what the
    previous question was about follows in brackets.
    """
    if len(question) > LONGEST or not history or quotation_in(question):
        return question  # the words of a quotation stay as they were said
    recent = (turn for turn in history[-RECENT_TURNS:] if turn.question.strip())
    subject = reduce(_ask_on, recent, None)
    return _whole(question, subject) if subject else question


def leaves_open(question: str, standalone: str) -> bool:
    """Whether `rephrase` could not make a question whole: something in it still points back, or got but a topic."""
    return points_back(standalone) or (standalone != question and _TOPIC.search(standalone) is not None)


def _ask_on(before: Subject | None, turn: Turn) -> Subject:
    """Make each question whole by the one before it, so that a chain of follow-ups keeps its subject.

    A question about where words come from is about these words; its answer names nothing but their source.
    """
    question = " ".join(turn.question[:LONGEST].split())
    if quotation := quotation_in(question):
        return Subject(" … ".join(quotation.parts))
    answer = _MARKERS.sub("", turn.answer[:LONGEST])
    refused = turn.refused or answer.startswith((NOT_HELD, *OPENINGS.values()))  # of plain text nothing else is known
    return Subject(_whole(question, before) if before else question, "" if refused else " ".join(answer.split()))


def _whole(question: str, subject: Subject) -> str:
    asked, opened = without_opener(question.strip()), opens_as_follow_up(question)
    named = name_place(name_people(asked, subject), subject)
    if is_fragment(named, opened=opened):
        return complete(named, subject.question) or _with_topic(named, subject)
    if points_back(named) or (opened and _says_little(named)) or _leans(named, subject):
        return _with_topic(named, subject)
    return question if named == asked else named


def _says_little(question: str) -> bool:
    named = {word for name in names(question) for word in name.words}
    return sum(word.content and word.folded not in named for word in words(question)) <= 1


def _leans(question: str, subject: Subject) -> bool:
    """Whether a short question without names speaks of "the" thing that was just spoken of."""
    if len(content_stems(words(question))) > FEW_WORDS or names(question[:1].lower() + question[1:]):
        return False
    definite = {stem(fold(match[1])) for match in _DEFINITE.finditer(question)}
    return bool(definite & set(content_stems(words(f"{subject.question} {subject.answer}"))))


def _with_topic(question: str, subject: Subject) -> str:
    topic = topic_of(subject.question)
    if not names(topic) and (name := subject.first_name_in_answer()):
        topic = f"{topic}, {name}"
    return f"{question} ({topic})" if topic and topic.casefold() not in question.casefold() else question


# A follow-up whose meaning the rules could not find, written anew by a chat model; code judges what it wrote.

TURNS = 2
LONGEST_TURN = 600
"""Characters of a turn that the model sees."""

LONGEST_REWRITE = 300
"""Characters of a question that can be asked at once."""

KEPT = 0.6
"""The share of the question's own content stems that must be in what the model makes of it."""

SHARE_OF_TIME = 0.25
"""How much of the time that is left may go into understanding the question."""

_LEAD = re.compile(r"^\W*(?:(?:stand-?alone|rewritten|rephrased)\s+)?question\s*:\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ModelRewriter:
    """Asks a chat model, named `name`, for the question as one that can be understood alone."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, question: str, standalone: str, history: Sequence[Turn], deadline: float) -> tuple[str, Usage]:
        """Return the question rewritten, or `standalone`, as the rules have it, where the model does no better.

        One short call. What the model wrote is taken only if `stands_for` finds nothing against it; that it fails is no
        error, for it is asked again for the answer.
        """
        said = [(turn.question, turn.answer) for turn in history]
        messages = (message for pair in said[-TURNS:] for message in zip(("user", "assistant"), pair, strict=True))
        turns = "\n".join(f"{role}: {_line(text)}" for role, text in messages if text)
        prompt = self.prompts.fill("rephrase-question", turns=turns, question=_line(question))
        now = time.monotonic()
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)], now + SHARE_OF_TIME * (deadline - now))
        except ModelError:
            return standalone, Usage()
        written = _one_line(reply.text)
        known = [text for pair in said for text in pair]
        told = self.prompts.templates["rephrase-question"].template
        stands = stands_for(written, question, known) and not tells(written, told, "\n".join([*known, question]))
        return (written if stands else standalone), reply.usage


def stands_for(written: str, question: str, said: Sequence[str]) -> bool:
    """Whether a text is the question made whole: short, of its own words and the conversation's, without "it"."""
    if not written.endswith("?") or len(written) > LONGEST_REWRITE or points_back(written):
        return False
    known = " ".join([question, *said])
    vocabulary = {word.folded for word in words(known)}
    names = name_words(written[:1].lower() + written[1:])
    stems, asked, held = (set(content_stems(words(text))) for text in (written, question, known))
    return (
        all(name in vocabulary for name in names)
        and set(_DIGITS.findall(written)) <= set(_DIGITS.findall(known))
        and len(asked & stems) >= KEPT * len(asked)
        and len(stems - held) <= 1
        and bool(stems - asked)
    )


def _one_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return " ".join(_LEAD.sub("", lines[0]).strip(" \"“”'*`").split()) if lines else ""


def _line(text: str) -> str:
    return " ".join(as_data(text[:LONGEST_TURN]).split())
