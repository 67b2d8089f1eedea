"""Who said these words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.clauses import plain, question
from newsqa.evals.make.people import full_name, untitled
from newsqa.evals.make.values import Drafted
from newsqa.facts.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.values import Told

_SAYING = r"(?:said|says|wrote|recalled|added|explained|tweeted|told\s[\w ]{2,30})"
_NAME = r"(?P<name>[A-Z][\w’'-]+(?:\s(?:(?:van|von|de|al|bin|der|la)\s)?[A-Z][\w’'-]+){0,2})"
_FORMS = (
    re.compile(rf"^[“\"](?P<words>[^“”\"()\[\]…]{{40,260}}?)[,!?][”\"]\s{_NAME}(?:,[^,]{{3,90}},)?\s{_SAYING}\b"),
    re.compile(rf"^[“\"](?P<words>[^“”\"()\[\]…]{{40,260}}?)[,!?][”\"]\s{_SAYING}\s{_NAME}\b"),
    re.compile(rf"^{_NAME}\s{_SAYING}[,:]\s[“\"](?P<words>[^“”\"()\[\]…]{{40,260}}?)[.!?][”\"]$"),
)
_THAT = re.compile(
    rf"^{_NAME}(?:,[^,]{{3,90}},)?\s(?P<said>said|announced|warned|promised|confirmed|ruled|claimed|argued|estimated|denied)\s"
    r"(?P<words>that\s.+)$"
)
SHORTEST, LONGEST, TELLING = 8, 30, 4
"""Words of a quotation, and how many of them must say something."""


def told_that(told: Told) -> Iterator[Drafted]:
    """Ask “Who said that the ferry to Wick would sail again?” of a sentence that begins with who said it."""
    text = plain(told.text)
    match = _THAT.match(text) if text else None
    name = full_name(untitled(match["name"]), told.story) if match else None
    if match and name and len(match["words"].split()) <= LONGEST:
        answers = tuple(dict.fromkeys((name, untitled(match["name"]))))
        yield Drafted(question(f"Who {match['said']} {match['words']}"), answers, "person", "indirect saying", told)


def quoted_words(told: Told) -> Iterator[Drafted]:
    """Ask “Who said: “…”?” of a quotation with its speaker beside it, who is named in full somewhere in the article."""
    match = next((m for form in _FORMS if (m := form.search(told.text))), None)
    if not match or not SHORTEST <= len(match["words"].split()) <= LONGEST:
        return
    name = full_name(match["name"], told.story)
    if name and len(set(content_stems(words(match["words"])))) >= TELLING:
        answers = tuple(dict.fromkeys((name, match["name"])))
        yield Drafted(f"Who said: “{match['words'].strip()}”?", answers, "person", "saying", told)
