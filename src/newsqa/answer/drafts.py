"""A draft read into claims while it is written: each as soon as its sentence and its keys are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.answer.keyed import Keyed, KeyedReader
from newsqa.text.names import name_words
from newsqa.text.numbers import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, words
from newsqa.types import DraftSentence, DraftText, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.types import Hit


# What chat models write around an answer: thoughts, openings, lists of sources, and that they found nothing.

_OPENS = re.compile(r"<(?:think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_CLOSES = re.compile(r"</(?:think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_TAG_BEGUN = re.compile(r"</?[a-z]{0,10}$", re.IGNORECASE)

_EVIDENCE = r"(?:evidence|articles?|passages?|sources?|texts?|information|context|snippets?|documents?)"
_THE = r"(?:(?:the|this|these|that)\s+)?(?:(?:provided|given|above|numbered|available|following|cited)\s+)*"
_OPENING = re.compile(
    rf"^(?:(?:sure|certainly|of\s+course|okay|ok)[,!.:]\s+)?(?:"
    rf"(?:the\s+)?(?:short\s+|final\s+|correct\s+)?answer(?:\s+to\s+(?:the|your)\s+question)?(?:\s+is)?\s*:\s*"
    rf"|(?:based\s+on|according\s+to|as\s+(?:reported|stated|mentioned|noted)(?:\s+(?:in|by))?|per|in|from)"
    rf"\s*{_THE}(?:(?:pieces?|items?)\s+of\s+)?{_EVIDENCE}?(?:\s+provided|\s+above)?\s*,\s*"
    rf"|(?:{_THE}{_EVIDENCE}\s+)?(?:says?|states?|reports?|shows?|mentions?|indicates?|suggests?)\s+that\s+)",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(r"\W*(?:answer\W+)?not[\s_-]+found\W*", re.IGNORECASE)
_KNOWS_NOTHING = re.compile(
    rf"^(?:(?:i(?:['’]m|\s+am)?|we)\s+(?:sorry|unable|do\s+not|don['’]t|cannot|can['’]t|could\s+not|couldn['’]t)\b|sorry\b"
    rf"|(?:unfortunately,?\s+)?(?:there\s+is\s+)?(?:no\b|not\b|nothing\b|none\s+of\b|{_THE}{_EVIDENCE}\b"
    rf"(?:\s+(?:do|does|is|are|did)(?:\s+not|n['’]t)\b|\s+(?:cannot|contains?\s+no|gives?\s+no|provides?\s+no|has\s+no))))",
    re.IGNORECASE,
)
_OF_EVIDENCE = re.compile(
    rf"\b(?:the|this|these|provided|given|any)\s+(?:\w+\s+)?{_EVIDENCE}\b|\b(?:know|answer|help)\b", re.IGNORECASE
)
_SOURCES = re.compile(r"^\W*(?:sources?|references?|citations?|evidence|works\s+cited|notes?)\W*(?::|$)", re.IGNORECASE)
_POLITE = re.compile(r"\W*(?:sure|certainly|of\s+course|okay|ok|hello|hi|great\s+question|thanks?)\W*", re.IGNORECASE)


class ThoughtFilter:
    """Takes what a reasoning model thinks aloud out of a text that comes in pieces."""

    def __init__(self) -> None:
        self._thinking = False
        self._begun = ""

    def spoken(self, piece: str) -> Iterator[str | None]:
        """Give what is no thought; None says that what came before it was one: only its end was marked."""
        text, self._begun = self._begun + piece, ""
        if begun := _TAG_BEGUN.search(text):
            text, self._begun = text[: begun.start()], begun.group()
        while text:
            ends = _CLOSES.search(text)
            begins = None if self._thinking else _OPENS.search(text, 0, ends.start() if ends else len(text))
            if begins:
                yield text[: begins.start()]
                text, self._thinking = text[begins.end() :], True
            elif ends:
                if not self._thinking:
                    yield text[: ends.start()]
                    yield None
                text, self._thinking = text[ends.end() :], False
            else:
                if not self._thinking:
                    yield text
                return

    def rest(self) -> str:
        """Return what was held back as the possible beginning of a mark."""
        return "" if self._thinking else self._begun


def without_opening(sentence: str) -> str:
    """Take "Based on the evidence," and its kind away; "" where nothing is left but courtesy or a colon."""
    bare = _OPENING.sub("", sentence, count=1).strip()
    if bare.endswith(":") or _POLITE.fullmatch(bare):
        return ""
    return bare if bare == sentence else bare[:1].upper() + bare[1:]


def found_nothing(sentence: str) -> bool:
    """Whether a sentence without keys says that the evidence does not answer."""
    if _NOT_FOUND.fullmatch(sentence):
        return True
    return _KNOWS_NOTHING.match(sentence) is not None and _OF_EVIDENCE.search(sentence) is not None


def lists_sources(sentence: str) -> bool:
    """Whether a list of sources begins here, after which an answer does not go on."""
    return _SOURCES.match(sentence) is not None


# The sentences of a cited passage that prove what a draft says of it.

MOST_SENTENCES = 3
"""Sentences of one passage that are offered as proof of one claim."""

_TELLING = 3
"""A number or a name weighs as much as three other words when sentences are sought that prove a claim."""


def proven(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Choose the quotes that carry a sentence best: whole sentences of the passages it cites, at most three of each."""
    wanted = _weights(text)
    return tuple(_useful(wanted, [quote for hit in hits for quote in _proof(wanted, hit)]))


def _weights(text: str) -> dict[str, int]:
    """Weigh what a text states: numbers and names three times as much as its other words."""
    weights = dict.fromkeys(content_stems(words(text)), 1)
    weights |= {f"name {word}": _TELLING for word in name_words(text)}
    return weights | {f"number {n.value.normalize():f}{n.unit}": _TELLING for n in numbers(text)}


def _proof(wanted: dict[str, int], hit: Hit) -> Iterator[Quote]:
    """Choose, one by one, the sentences of a passage that carry most of what is not yet carried."""
    offset, passage = hit.passage.start, hit.passage.text
    spans = sentence_spans(passage)
    states = [_stated(wanted, passage[start:end]) for start, end in spans]
    chosen: set[int] = set()
    carried: set[str] = set()
    for _ in range(min(MOST_SENTENCES, len(spans))):
        best = max(range(len(spans)), key=lambda n: _weight(wanted, states[n] - carried))
        if not states[best] - carried:
            break
        chosen.add(best)
        carried |= states[best]
    for first, last in _runs(sorted(chosen)):
        yield Quote(hit.article, offset + spans[first][0], offset + spans[last][1], hit.also_carried_by)


def _stated(wanted: dict[str, int], text: str) -> frozenset[str]:
    found = words(text)
    here = {*content_stems(found), *(f"name {word.folded}" for word in found)}
    here |= {f"number {n.value.normalize():f}{n.unit}" for n in numbers(text)}
    return frozenset(here & wanted.keys())


def _weight(wanted: dict[str, int], stated: Iterable[str]) -> int:
    return sum(wanted[what] for what in stated)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Join neighbours: 1, 2, 5 is 1–2 and 5–5."""
    for n, place in enumerate(places):
        if n == 0 or places[n - 1] != place - 1:
            first = place
        if n + 1 == len(places) or places[n + 1] != place + 1:
            yield first, place


def _useful(wanted: dict[str, int], quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Leave out a quote that neither adds anything to those before it nor carries half of the claim by itself."""
    carried: frozenset[str] = frozenset()
    for quote in quotes:
        stated = _stated(wanted, quote.text)
        if stated - carried or 2 * _weight(wanted, stated) >= sum(wanted.values()):
            yield quote
        carried |= stated


MOST_CLAIMS = 24
"""Sentences of a draft that are read: it was asked for three."""

ONLY_ASKS = "it says no more than the question"

_ASKS_WHAT = re.compile(r"\s*(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)]*$")

LEAST_SHARED = 2
"""Content stems of the question that the words before a list have, if its items complete them."""

MOST_REPEATS = 2
"""Sentences said again after which a model is taken to turn in circles."""


def parse_draft(text: str, evidence: Sequence[Hit]) -> tuple[DraftSentence, ...]:
    """Read a written draft into claims, as `ClaimReader` does."""
    reader = ClaimReader(evidence)
    events = [*reader.feed(text), *reader.close()]
    return tuple(event for event in events if isinstance(event, DraftSentence))


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
        self.claims: list[DraftSentence] = []
        self.done = False
        self.cut = False
        self._evidence = evidence
        self._question = question
        self._asked = frozenset(content_stems(words(question)))
        self._lead = ""  # the words before a list of what completes them
        self._thoughts = ThoughtFilter()
        self._sentences = KeyedReader(len(evidence))
        self._said: set[str] = set()
        self._repeats = 0

    def feed(self, piece: str) -> Iterator[DraftText | DraftSentence]:
        """Read the next piece: give its words, thoughts left out, and the claims that are whole."""
        for spoken in self._thoughts.spoken(piece):
            if spoken is None:
                self._sentences = KeyedReader(len(self._evidence))
            elif spoken and not self.done:
                yield DraftText(spoken)
                yield from self._taken(self._sentences.feed(spoken))
                if self._sentences.cut:
                    self.done = self.cut = True

    def close(self, *, cut: bool = False) -> Iterator[DraftSentence]:
        """Give what is left when no more comes; of a draft that was `cut` off not the sentence that has no end."""
        last = [*self._sentences.feed(self._thoughts.rest()), *self._sentences.close()]
        if cut and last and not _ENDED.search(last[-1].text):
            last.pop()
        yield from self._taken(last)

    def _taken(self, sentences: Iterable[Keyed]) -> Iterator[DraftSentence]:
        for sentence in sentences:
            if not self.done and (claim := self._claim(sentence)):
                self.claims.append(claim)
                yield claim

    def _claim(self, sentence: Keyed) -> DraftSentence | None:
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
        return DraftSentence(text, proven(text, cited), ONLY_ASKS if self._only_asks(text) else None)

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
