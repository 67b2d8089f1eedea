"""What a conversation is about: the last whole question, and the people and places of it and of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.names import names
from newsqa.text.words import lower_case_words, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.text.names import Name

ROLES = word_set(
    """
    president minister chancellor premier governor mayor senator congressman congresswoman ambassador envoy secretary
    spokesman spokeswoman spokesperson general admiral commander chief director chairman chairwoman chair judge
    prosecutor lawyer king queen prince princess pope bishop professor doctor captain coach manager player striker
    singer actor actress author writer leader candidate head founder owner engineer scientist economist analyst
    """
)
TITLES = {"mr": "he", "mrs": "she", "ms": "she", "miss": "she", "sir": "he", "lady": "she", "lord": "he"} | {
    "king": "he", "prince": "he", "queen": "she", "princess": "she", "spokesman": "he", "spokeswoman": "she",
    "chairman": "he", "chairwoman": "she", "actress": "she", "congressman": "he", "congresswoman": "she",
}  # fmt: skip
_ABBREVIATED = word_set("dr prof sen rep gov gen lt col maj st pm vice prime foreign defence defense finance state")
_SPEAKS = r"\s+(?:said|says|say|told|tells|tell|added|warned|stated|posted|wrote|argued|insisted|replied|called)\b"
_BODIES = word_set(
    """
    ministry department council party union court committee commission agency bank group company corporation
    association federation university institute airlines airways police army navy government parliament congress
    senate assembly club city county river island port bridge street district province region state republic news times
    """
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|across|around|outside|inside|into|from|to)\s+(?:the\s+)?$", re.IGNORECASE)
_SURE = 3
"""How much must speak for a person before the answer's people are passed over for the question's."""

_WHO = re.compile(r"\W*(?:who|whom|which\s+\w+|what\s+is\s+the\s+name)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """The last whole question and the answer that it was given ("" where it was refused)."""

    question: str
    answer: str = ""

    def person(self, pronoun: str | None = None) -> str | None:
        """Return the person whom "he" or "she" most likely means; None asks for a person of either sex.

        "Who…?" asks for a person whom the answer names; otherwise the question's people come first.
        """
        texts = [self.question, self.answer]
        if _WHO.match(self.question):
            texts.reverse()
        ranked = [(weight, name) for text in texts for weight, name in sorted(_people(text), key=lambda p: -p[0])]
        fitting = [(weight, name) for weight, name in ranked if pronoun is None or _sex(name) in {None, pronoun}]
        sure = (name for weight, name in fitting if weight >= _SURE)
        best = next(sure, None) or next((name for _, name in fitting), None)
        return _without_titles(best) if best else None

    def place(self) -> str | None:
        """Return the last place named."""
        for text in (self.question, self.answer):
            found = [name.text for name in names(text) if _PLACE_BEFORE.search(text[: name.start])]
            if found:
                return found[-1]
        return None

    def holder(self, role: str) -> str | None:
        """Return who is "the minister": the name that stands beside the role."""
        found = [(text, name) for text in (self.question, self.answer) for name in names(text)]
        titled = (name for _, name in found if role in name.words)
        beside = (name for text, name in found if role in _beside(text, name))
        held = (_without_titles(name.text) for name in (*titled, *beside))
        return next((name for name in held if name), None)

    def first_name_in_answer(self) -> str | None:
        """Return the first name that the answer gives and the question does not hold."""
        asked = self.question.casefold()
        given = (name.text for name in names(self.answer, lower_case_words(self.answer)))
        return next((name for name in given if name.casefold() not in asked), None)


def _people(text: str) -> Iterator[tuple[int, str]]:
    """Give the names that may be a person's, each with how much speaks for it."""
    common = lower_case_words(text)
    for name in names(text, common):
        weight = _person_weight(text, name)
        if weight > 0:
            yield weight, name.text


def _person_weight(text: str, name: Name) -> int:
    before = text[max(0, name.start - 40) : name.start]
    titled = any(word in ROLES or word in TITLES or word in _ABBREVIATED for word in name.words)
    weight = 1 + 3 * titled + 3 * bool(re.match(_SPEAKS, text[name.end : name.end + 20]))
    weight += 2 * (2 <= len(name.words) <= 3) + 2 * any(word in ROLES for word in _beside(text, name))
    weight -= 3 * bool(_PLACE_BEFORE.search(before) and not titled)
    weight -= 3 * (before.rstrip().casefold().endswith("the") and not titled)
    return weight - 5 * any(word in _BODIES for word in name.words) - 5 * name.text.isupper()


def _beside(text: str, name: Name) -> set[str]:
    """Return the few words on either side of a name, in its clause."""
    before = re.split(r"[.!?;:]", text[max(0, name.start - 40) : name.start])[-1]
    after = re.split(r"[.!?;:]", text[name.end : name.end + 40])[0]
    near = before.split()[-2:] + (after.split()[:4] if after.startswith(",") else [])
    return {word.strip(",'’\"").casefold() for word in near}


def _sex(name: str) -> str | None:
    return next((TITLES[w] for w in re.findall(r"\w+", name.casefold()) if w in TITLES), None)


def _without_titles(name: str) -> str:
    written = name.split()
    while written and (written[0].strip(".").casefold() in ROLES | TITLES.keys() | _ABBREVIATED):
        written = written[1:]
    return " ".join(written)
