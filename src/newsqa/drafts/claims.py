"""A draft read into claims while it is written: each as soon as its sentence and its keys are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.drafts.chatter import Thoughts, found_nothing, lists_sources, without_opening
from newsqa.drafts.keyed import Keyed, KeyedReader
from newsqa.drafts.proof import proven
from newsqa.records import Claim, Writing
from newsqa.text.numbers import numbers
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.records import Hit

MOST_CLAIMS = 24
"""Sentences of a draft that are read: it was asked for three."""

ONLY_ASKS = "it says no more than the question"

_ASKS_WHAT = re.compile(r"\s*(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)]*$")

LEAST_SHARED = 2
"""Content stems of the question that the words before a list have, if its items complete them."""

MOST_REPEATS = 2
"""Sentences said again after which a model is taken to turn in circles."""


def parse_draft(text: str, evidence: Sequence[Hit]) -> tuple[Claim, ...]:
    """Read a written draft into claims, as `ClaimReader` does."""
    reader = ClaimReader(evidence)
    events = [*reader.feed(text), *reader.close()]
    return tuple(event for event in events if isinstance(event, Claim))


class ClaimReader:
    """Reads a draft that comes in pieces. How it is cut into pieces changes nothing; any text is a draft.

    A key is the 1-based place of a hit in the evidence; `newsqa.drafts.keyed` tells which sentence it belongs to. Keys
    that name no hit are taken out. A claim's quotes are the whole sentences inside the passages it cites that carry it
    best; a sentence without a usable key has none. Thoughts, courtesies and lists of sources are no claims, and a draft
    that begins by saying that nothing was found has none; a claim that says no more than a `question` of who, what or
    when has a fault. `done` tells that what comes is not worth reading, `cut` that a draft without end was cut, and
    `claims` holds what was read.
    """

    def __init__(self, evidence: Sequence[Hit], question: str = "") -> None:
        self.claims: list[Claim] = []
        self.done = False
        self.cut = False
        self._evidence = evidence
        self._question = question
        self._asked = frozenset(content_stems(words(question)))
        self._lead = ""  # the words before a list of what completes them
        self._thoughts = Thoughts()
        self._sentences = KeyedReader(len(evidence))
        self._said: set[str] = set()
        self._repeats = 0

    def feed(self, piece: str) -> Iterator[Writing | Claim]:
        """Read the next piece: give its words, thoughts left out, and the claims that are whole."""
        for spoken in self._thoughts.spoken(piece):
            if spoken is None:
                self._sentences = KeyedReader(len(self._evidence))
            elif spoken and not self.done:
                yield Writing(spoken)
                yield from self._taken(self._sentences.feed(spoken))
                if self._sentences.cut:
                    self.done = self.cut = True

    def close(self, *, cut: bool = False) -> Iterator[Claim]:
        """Give what is left when no more comes; of a draft that was `cut` off not the sentence that has no end."""
        last = [*self._sentences.feed(self._thoughts.rest()), *self._sentences.close()]
        if cut and last and not _ENDED.search(last[-1].text):
            last.pop()
        yield from self._taken(last)

    def _taken(self, sentences: Iterable[Keyed]) -> Iterator[Claim]:
        for sentence in sentences:
            if not self.done and (claim := self._claim(sentence)):
                self.claims.append(claim)
                yield claim

    def _claim(self, sentence: Keyed) -> Claim | None:
        if not sentence.keys and found_nothing(sentence.text):
            self.done = not self.claims
            return None
        if lists_sources(sentence.text):
            self.done = True
            return None
        text = self._with_lead(sentence.text)
        said = text.casefold()
        if not text:
            return None
        self._repeats += said in self._said
        self.cut = len(self.claims) >= MOST_CLAIMS
        self.done = self.cut or self._repeats > MOST_REPEATS
        if self.done:
            return None
        self._said.add(said)
        cited = [self._evidence[n - 1] for n in sentence.keys if 1 <= n <= len(self._evidence)]
        return Claim(text, proven(text, cited), ONLY_ASKS if self._only_asks(text) else None)

    def _with_lead(self, text: str) -> str:
        """Return a sentence without its opening; the item of a list with the words that the list completes."""
        if text.endswith(":"):
            about = self._asked.intersection(content_stems(words(text)))
            self._lead = text if len(about) >= LEAST_SHARED else ""
        elif _ENDED.search(text):
            self._lead = ""
        elif self._lead:
            return f"{self._lead} {text}"
        return without_opening(text)

    def _only_asks(self, text: str) -> bool:
        if not _ASKS_WHAT.match(self._question) or numbers(text):
            return False
        return self._asked.issuperset(content_stems(words(text)))
