"""Makes a follow-up a question that can be understood alone: by rules, or with a chat model."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from newsqa.answer.follow_ups import (
    Subject,
    complete_fragment,
    has_open_reference,
    has_opener,
    is_fragment,
    resolve_people,
    resolve_place,
    strip_opener,
    topic,
)
from newsqa.answer.leaks import has_leak
from newsqa.answer.prompt import one_line
from newsqa.answer.refuse import OPENINGS, QUOTATION_NOT_FOUND
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

MAX_CHARACTERS = 1_000
"""Characters of a message that are read; a longer question needs no context."""

MAX_WORDS = 2
"""Content words: a question with more of them, or with a name, says by itself what "the union" is."""

_DEFINITE = re.compile(r"\b[Tt]he\s+([^\W\d_]+)\b(?!\s+of\b)")
_TOPIC_IN_BRACKETS = re.compile(r"\([^()]+\)$")
_MARKERS = re.compile(r"\s*\[[0-9,\s]{1,20}\]")


def make_standalone(question: str, history: Sequence[Turn]) -> str:
    """Return the question as one that can be understood alone, by rules; one that already can is returned unchanged.

    Pronouns are replaced by names, and fragments put into the previous question; if neither can be done, what the
    previous question was about is added in brackets.
    """
    if len(question) > MAX_CHARACTERS or not history or quotation_in(question):
        return question  # a quotation is not changed
    recent = (turn for turn in history[-RECENT_TURNS:] if turn.question.strip())
    subject = reduce(_next_subject, recent, None)
    return _resolve(question, subject) if subject else question


def needs_rewriting(question: str, standalone: str) -> bool:
    """Return True if a question still refers to something before it, or if only a topic was added to it."""
    return has_open_reference(standalone) or (
        standalone != question and _TOPIC_IN_BRACKETS.search(standalone) is not None
    )


def _next_subject(before: Subject | None, turn: Turn) -> Subject:
    """Return the subject after a turn: its question, made standalone by the subject before it, and its answer.

    A question about where words come from is about these words; its answer only names their source.
    """
    question = " ".join(turn.question[:MAX_CHARACTERS].split())
    if quotation := quotation_in(question):
        return Subject(" … ".join(quotation.parts))
    answer = _MARKERS.sub("", turn.answer[:MAX_CHARACTERS])
    # A turn of plain text does not say that it was refused.
    refused = turn.refused or answer.startswith((QUOTATION_NOT_FOUND, *OPENINGS.values()))
    return Subject(_resolve(question, before) if before else question, "" if refused else " ".join(answer.split()))


def _resolve(question: str, subject: Subject) -> str:
    asked, opened = strip_opener(question.strip()), has_opener(question)
    named = resolve_place(resolve_people(asked, subject), subject)
    if is_fragment(named, opened=opened):
        return complete_fragment(named, subject.question) or _with_topic(named, subject)
    if has_open_reference(named) or (opened and _has_few_words(named)) or _refers_to_subject(named, subject):
        return _with_topic(named, subject)
    return question if named == asked else named


def _has_few_words(question: str) -> bool:
    named = {word for name in names(question) for word in name.words}
    return sum(word.content and word.folded not in named for word in words(question)) <= 1


def _refers_to_subject(question: str, subject: Subject) -> bool:
    """Return True if a short question without names mentions "the" thing that the subject mentions."""
    if len(content_stems(words(question))) > MAX_WORDS or names(question[:1].lower() + question[1:]):
        return False
    definite = {stem(fold(match[1])) for match in _DEFINITE.finditer(question)}
    return bool(definite & set(content_stems(words(f"{subject.question} {subject.answer}"))))


def _with_topic(question: str, subject: Subject) -> str:
    about = topic(subject.question)
    if not names(about) and (name := subject.first_name_in_answer()):
        about = f"{about}, {name}"
    return f"{question} ({about})" if about and about.casefold() not in question.casefold() else question


# Follow-ups that the rules could not complete are rewritten by a chat model; code checks what it wrote.

REWRITE_TURNS = 2
"""Turns that the model sees."""

MAX_MESSAGE = 600
"""Characters of a message that the model sees."""

MAX_REWRITE_CHARACTERS = 300
"""Characters of a rewritten question."""

MIN_SHARED = 0.6
"""The share of the question's content stems that must be in the rewritten one."""

SHARE_OF_TIME = 0.25
"""The share of the time left that the model gets for rewriting."""

_LEAD = re.compile(r"^\W*(?:(?:stand-?alone|rewritten|rephrased)\s+)?question\s*:\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ModelRewriter:
    """Asks a chat model, named `name`, to rewrite a question as one that can be understood alone."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, question: str, standalone: str, history: Sequence[Turn], deadline: float) -> tuple[str, Usage]:
        """Return the question as the model rewrites it, or `standalone`, which rules made, if it does no better.

        One short call. The rewritten question is used only if it is a faithful rewrite. A model that fails raises
        nothing here, since it is asked again for the answer.
        """
        said = [(turn.question, turn.answer) for turn in history]
        messages = (
            message for pair in said[-REWRITE_TURNS:] for message in zip(("user", "assistant"), pair, strict=True)
        )
        turns = "\n".join(f"{role}: {one_line(text[:MAX_MESSAGE])}" for role, text in messages if text)
        prompt = self.prompts.fill("rephrase-question", turns=turns, question=one_line(question[:MAX_MESSAGE]))
        now = time.monotonic()
        try:
            reply = invoke_model(self.model, self.name, [("human", prompt)], now + SHARE_OF_TIME * (deadline - now))
        except ModelError:
            return standalone, Usage()
        written = _first_line(reply.text)
        known = [*(text for pair in said for text in pair), question]
        instructions = self.prompts.templates["rephrase-question"].template
        usable = is_faithful_rewrite(written, question, known) and not has_leak(written, instructions, "\n".join(known))
        return (written if usable else standalone), reply.usage


def is_faithful_rewrite(written: str, question: str, conversation: Sequence[str]) -> bool:
    """Return True for a short question in words of the original one and the conversation, without an open reference.

    `conversation` holds all texts, the question too.
    """
    if not written.endswith("?") or len(written) > MAX_REWRITE_CHARACTERS or has_open_reference(written):
        return False
    known = " ".join(conversation)
    vocabulary = {word.folded for word in words(known)}
    names = name_words(written[:1].lower() + written[1:])
    stems, asked, held = (set(content_stems(words(text))) for text in (written, question, known))
    return (
        all(name in vocabulary for name in names)
        and set(_DIGITS.findall(written)) <= set(_DIGITS.findall(known))
        and len(asked & stems) >= MIN_SHARED * len(asked)
        and len(stems - held) <= 1
        and bool(stems - asked)
    )


def _first_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return " ".join(_LEAD.sub("", lines[0]).strip(" \"“”'*`").split()) if lines else ""
