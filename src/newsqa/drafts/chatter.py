"""What chat models write around an answer: thoughts, openings, lists of sources, and that they found nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class Thoughts:
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
