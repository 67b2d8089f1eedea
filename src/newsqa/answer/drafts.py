"""Reads a draft into sentences with quotes, each as soon as the model has written the sentence and its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.answer.keyed import KeyedSentence, KeyedSentenceReader
from newsqa.answer.leaks import WITHHELD
from newsqa.text.entities import numbers
from newsqa.text.support import find_quotes
from newsqa.text.words import content_stems, words
from newsqa.types import DraftSentence, DraftText, Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


MAX_SENTENCES = 24  # sentences of a draft that are read; three are asked for
RESTATES_QUESTION = "it says no more than the question"
CONFIDENTIAL = "it holds words that are confidential"

_ASKS_WHAT = re.compile(r"\s*(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)]*$")

MIN_SHARED = 2  # content stems of the question that the line before a list must have to be part of its items
MAX_REPEATS = 2  # repeated sentences after which a draft is cut: the model is in a loop


class DraftReader:
    """Reads a draft that comes in pieces. How it is cut into pieces makes no difference; any text is a draft.

    A key is the 1-based position of a hit in the evidence; keys of no hit are left out. The quotes of a sentence are
    the whole sentences of the passages it cites that support it best; one without a valid key has no quotes. Thoughts,
    courtesies and lists of sources are left out, and a draft that begins with "not found" has no sentences; a sentence
    that only restates a `question` of who, what or when has a fault, and so has one that lost confidential words.
    `count` is the number of sentences so far, `done` is True if the rest is not worth reading, and `cut` if an endless
    draft was cut.
    """

    def __init__(self, evidence: Sequence[Hit], question: str = "") -> None:
        self.count = 0
        self.done = False
        self.cut = False
        self._evidence = evidence
        self._question = question
        self._asked = frozenset(content_stems(words(question)))
        self._lead = ""  # the line before a list
        self._thoughts = ThoughtFilter()
        self._sentences = KeyedSentenceReader(len(evidence))
        self._said: set[str] = set()
        self._repeats = 0

    def feed(self, piece: str) -> Iterator[DraftText | DraftSentence]:
        """Read the next piece: yield its words, without thoughts, and the sentences that are whole."""
        for spoken in self._thoughts.feed(piece):
            if spoken is None:
                self._sentences = KeyedSentenceReader(len(self._evidence))
            elif spoken and not self.done:
                yield DraftText(spoken)
                yield from self._read(self._sentences.feed(spoken))
                if self._sentences.cut:
                    self.done = self.cut = True

    def close(self, *, cut: bool = False) -> Iterator[DraftSentence]:
        """Yield what is left at the end; of a draft that was `cut` off not the sentence that has no end."""
        last = [*self._sentences.feed(self._thoughts.flush()), *self._sentences.close()]
        if cut and last and not _ENDED.search(last[-1].text):
            last.pop()
        yield from self._read(last)

    def _read(self, sentences: Iterable[KeyedSentence]) -> Iterator[DraftSentence]:
        for sentence in sentences:
            if not self.done and (read := self._draft_sentence(sentence)):
                self.count += 1
                yield read

    def _draft_sentence(self, sentence: KeyedSentence) -> DraftSentence | None:
        if not sentence.keys and says_not_found(sentence.text):
            self.done = not self.count
            return None
        if _SOURCES.match(sentence.text):
            self.done = True
            return None
        text = self._with_lead(sentence.text)
        said = text.casefold()
        if not text:
            return None
        self._repeats += said in self._said
        self.cut = self.count >= MAX_SENTENCES
        self.done = self.cut or self._repeats > MAX_REPEATS
        if self.done:
            return None
        self._said.add(said)
        cited = [self._evidence[n - 1] for n in sentence.keys if 1 <= n <= len(self._evidence)]
        fault = RESTATES_QUESTION if self._restates_question(text) else CONFIDENTIAL if WITHHELD in text else None
        return DraftSentence(text, find_quotes(text, cited), fault)

    def _with_lead(self, text: str) -> str:
        """Return a sentence without its opening; an item of a list with the line before the list."""
        if text.endswith(":"):
            shared = self._asked.intersection(content_stems(words(text)))
            self._lead = text if len(shared) >= MIN_SHARED else ""
        elif _ENDED.search(text):
            self._lead = ""
        elif self._lead:
            return f"{self._lead} {text}"
        return strip_opening(text)

    def _restates_question(self, text: str) -> bool:
        if not _ASKS_WHAT.match(self._question) or numbers(text):
            return False
        return self._asked.issuperset(content_stems(words(text)))


# What chat models write around an answer: thoughts, openings, lists of sources, and that nothing was found.

_OPENS = re.compile(r"<(?:think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_CLOSES = re.compile(r"</(?:think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_PARTIAL_TAG = re.compile(r"</?[a-z]{0,10}$", re.IGNORECASE)

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
    """Removes the thoughts of a reasoning model from a text that comes in pieces."""

    def __init__(self) -> None:
        self._thinking = False
        self._partial = ""  # what may be the beginning of a tag

    def feed(self, piece: str) -> Iterator[str | None]:
        """Yield what is no thought; None says that all before it was one, of which only the end was marked."""
        text, self._partial = self._partial + piece, ""
        if begun := _PARTIAL_TAG.search(text):
            text, self._partial = text[: begun.start()], begun.group()
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

    def flush(self) -> str:
        """Return what was held back as the possible beginning of a tag."""
        return "" if self._thinking else self._partial


def strip_opening(sentence: str) -> str:
    """Remove openings like "Based on the evidence,"; return "" if only a courtesy or a line with a colon is left."""
    bare = _OPENING.sub("", sentence, count=1).strip()
    if bare.endswith(":") or _POLITE.fullmatch(bare):
        return ""
    return bare if bare == sentence else bare[:1].upper() + bare[1:]


def says_not_found(sentence: str) -> bool:
    """Return True if a sentence without keys says that the evidence does not answer."""
    if _NOT_FOUND.fullmatch(sentence):
        return True
    return _KNOWS_NOTHING.match(sentence) is not None and _OF_EVIDENCE.search(sentence) is not None
