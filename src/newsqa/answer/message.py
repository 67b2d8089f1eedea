"""What kind of message this is: a question of some form, or one about the library or the last answer, or small talk.

Messages are compared with the examples of message_examples.toml. The vectors decide only about a message whose words
are nearly all those of the examples: anything else has a subject of its own and is a question.
"""

from __future__ import annotations

import re
import threading
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from newsqa.answer.library_answer import find_source
from newsqa.search.dates import span_of
from newsqa.search.sources import quotation_in
from newsqa.text.words import FUNCTION_WORDS, quoted, word_set, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import numpy as np
    import numpy.typing as npt
    from langchain_core.embeddings import Embeddings

    from newsqa.store.records import Lexicon
    from newsqa.types import QuestionForm, Turn

    Floats = npt.NDArray[np.float32]

IntentKind = Literal["question", "about_library", "about_answer", "smalltalk"]

MAX_CHARACTERS = 300  # characters of a message that is compared with examples; a longer one is a question
MAX_BARE_WORDS = 4  # words of a message that only names its topic, such as "bird flu?"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message wants.

    `text` is the question without greeting and without the frame of an order: "why …" for "please explain why …".
    `topic` is what an order, a question of a form or one about the library is about, "" if it names nothing. `about`
    is what is asked about the library or the last answer, or the kind of small talk: a name of message_examples.toml.
    """

    kind: IntentKind
    text: str
    topic: str = ""
    form: QuestionForm = "direct"
    about: str = ""


_OPENING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|thx|ok|okay|please|"
    r"(?:great|cool|perfect|well|lol|alright)(?=\s*[,.!:]))(?: there| newsqa| again| so much| a lot)?(?=\W|$)"
    r"[\s,.!:;–—-]*)+(?:so\b\W*)?",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[\s,.!–—-]*\b(?:please|thanks|thank you|thx|for me)\b[\s.!]*(\??)[\s.!]*$", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:(?:can|could|would|will) you(?: please| kindly)?(?: help me)?|i(?:'d| would) like you to|please) "
    r"(?=(?:tell|give|show|find|list|explain|summari[sz]e|compare|describe|look|search|get|catch|bring|fill|walk|name|"
    r"make|write|say|recap|outline|update|brief)\b)",
    re.IGNORECASE,
)
_SLOT = re.compile(r"^(.+?) \{(topic|name)\}$")
_PART = re.compile(r"\{([a-z]+)\}")
_IS = re.compile(r"\b(what|who|where|how|that|it|when)['’]?s\b", re.IGNORECASE)
_OTHERS = word_set("he she they him her them his hers their theirs")
_FRAME_END = re.compile(r"\b(about|on|of|from|by|in|with|mention|cover|regarding)\s+(?=\w|“|\")", re.IGNORECASE)
_TAIL = re.compile(
    r" (?:do you have|have you got|are there|"
    r"(?:are )?in (?:the|your|this) (?:library|collection|archive|database|index))$",
    re.IGNORECASE,
)
_EDGES = " \t\n?!.,;:"


def read_message(
    text: str, history: Sequence[Turn], examples: MessageExamples, lexicon: Lexicon, asked: date
) -> Intent:
    """Decide what kind of message this is. Raises ModelError if the embedder of the examples fails.

    `lexicon` says which outlets and authors "articles by …" may mean, `asked` is the day of the message.
    """
    whole = " ".join(text.split())
    if len(whole) > MAX_CHARACTERS or quotation_in(whole) or quoted(whole) or not words(whole):
        return Intent("question", text)
    bare = _CLOSING.sub(r"\1", _OPENING.sub("", whole)).strip()
    bare = bare if words(bare) else whole
    question = _read_question(bare, follows=bool(history))
    if question.text == whole:
        question = replace(question, text=text)
    if question.form == "find":
        return question
    found = examples.match(bare, lexicon, asked) or (examples.match(whole, lexicon, asked) if bare != whole else None)
    if found is None or found.kind == "question":
        return question
    if found.kind == "about_answer" and not any(turn.citations for turn in history):
        unanswered = all(turn.refused or turn.kind in {"smalltalk", "about_library"} for turn in history)
        return replace(found, kind="smalltalk", about="nothing_before") if unanswered else question
    if found.about == "latest" and any(turn.citations for turn in history):
        return replace(question, form="latest", topic="")
    return found


def _read_question(question: str, *, follows: bool) -> Intent:
    """Return a question with its form and its topic, without the frame of an order."""
    asked = _REQUEST.sub("", question)
    body = asked.rstrip(_EDGES)
    for form, frames in _frames():
        for frame in frames:
            if (found := frame.fullmatch(body)) and words(found["topic"]):
                topic = found["topic"].strip(_EDGES)
                mark = "?" if form == "direct" and asked.endswith("?") else ""
                return Intent("question", f"{topic}{mark}" if form == "direct" else asked, topic, form)
    if _is_bare_topic(body) and not (follows and body.lower().startswith("the ")):
        return Intent("question", asked, body, "overview")
    return Intent("question", asked)


def _is_bare_topic(text: str) -> bool:
    """Return True for a few words of which none is a function word, but for an article before them."""
    found = words(text)
    named = found[1:] if found[0].folded in {"the", "a", "an"} else found
    return 0 < len(named) <= MAX_BARE_WORDS and all(word.folded not in FUNCTION_WORDS for word in named)


# The examples

SIMILAR, SIMILAR_WITH_UNKNOWN = 0.80, 0.86
"""Least cosine to an example, for a message of known words, and for one with a word that no example has.

They suit the embedder that comes with newsqa. Where another one gives lower cosines, messages need the very words of an
example; none is mistaken.
"""

KNOWN_WORDS = 3  # words of a message for each that no example may have
MARGIN = 0.02  # how much nearer than the nearest question an example must be

Slot = Literal["", "topic", "name"]
"""What the end of a message may be: nothing in particular, any topic, or an outlet, an author or a time."""


@dataclass(frozen=True, slots=True)
class _Example:
    kind: IntentKind
    about: str
    text: str
    slot: Slot


class MessageExamples:
    """The examples of message_examples.toml with their vectors, which are made when the first message needs them."""

    def __init__(self, embedder: Embeddings) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()
        self._vectors: dict[str, Floats] = {}

    def match(self, text: str, lexicon: Lexicon, asked: date) -> Intent | None:
        """Return the message as the examples have it, with its topic if it has one; None if no example is like it."""
        if known := _exact().get(_key(text)):
            return Intent(known.kind, text, about=known.about)
        for frame, slot, topic in _split(text):
            found = self._nearest(frame, slot)
            if found and (slot == "topic" or frame.endswith(" by") or _is_source(topic, lexicon, asked)):
                return Intent(found.kind, text, topic, about=found.about)
        found = self._nearest(text, "")
        return Intent(found.kind, text, about=found.about) if found else None

    def _nearest(self, text: str, slot: Slot) -> _Example | None:
        """Return the nearest example, if the words of a text and its vector say that it is one of these."""
        key = _key(text)
        unknown = [word for word in key if word not in _vocabulary(slot)]
        foreign = any(word in _OTHERS or word[0].isdigit() for word in unknown)
        if foreign or len(unknown) > len(key) // KNOWN_WORDS:
            return None
        (vector,) = _unit_vectors(self._embedder, [_shown(text, slot)])
        similarity, found = self._best(slot, vector)
        asked, _ = self._best("question", vector)
        least = SIMILAR_WITH_UNKNOWN if unknown else SIMILAR
        return found if similarity >= max(least, asked + MARGIN) else None

    def _best(self, group: Slot | Literal["question"], vector: Floats) -> tuple[float, _Example]:
        """Return the example of a group that is nearest, with its cosine."""
        examples = _examples()[group]
        with self._lock:
            if group not in self._vectors:
                self._vectors[group] = _unit_vectors(self._embedder, [_shown(e.text, e.slot) for e in examples])
            similarities = self._vectors[group] @ vector
        best = int(similarities.argmax())
        return float(similarities[best]), examples[best]


def _unit_vectors(embedder: Embeddings, texts: list[str]) -> Floats:
    import numpy as np

    vectors = np.asarray(embedder.embed_documents(texts), dtype=np.float32)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _is_source(name: str, lexicon: Lexicon, asked: date) -> bool:
    """Return True for the name of an outlet or an author, and for a time."""
    return find_source(name, lexicon) is not None or span_of(f"in {name}", asked) is not None


def _split(text: str) -> Iterator[tuple[str, Slot, str]]:
    """Yield a message as the frame of an example and what follows it, at each word that may end the frame."""
    for end in _FRAME_END.finditer(text):
        topic = _TAIL.sub("", text[end.end() :].strip(_EDGES))
        if any(word.folded not in FUNCTION_WORDS for word in words(topic)):
            slot: Slot = "name" if end[1].lower() in {"from", "by", "in", "of"} else "topic"
            yield text[: end.end()].strip(), slot, topic


def _shown(text: str, slot: Slot) -> str:
    return " ".join((*_key(text), "it")) if slot else " ".join(_key(text))


def _key(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared, "whats" and "what's" as "what is"."""
    return tuple(word.folded.replace("'", "") for word in words(_IS.sub(r"\1 is", text)))


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("message_examples.toml").read_text("utf-8"))


@cache
def _examples() -> Mapping[str, tuple[_Example, ...]]:
    """Return the examples by their slots, those of questions as "question"."""
    found: defaultdict[str, list[_Example]] = defaultdict(list)
    kinds: tuple[IntentKind, ...] = ("smalltalk", "about_library", "about_answer", "question")
    for kind in kinds:
        for about, texts in _table()[kind].items():
            for text in texts:
                slot = _SLOT.match(text)
                example = _Example(kind, about, *(cast("tuple[str, Slot]", slot.groups()) if slot else (text, "")))
                found["question" if kind == "question" else example.slot].append(example)
    return {group: tuple(examples) for group, examples in found.items()}


@cache
def _exact() -> Mapping[tuple[str, ...], _Example]:
    return {_key(example.text): example for group in ("question", "") for example in _examples()[group]}


@cache
def _vocabulary(slot: Slot) -> frozenset[str]:
    return frozenset(word for example in _examples()[slot] for word in _key(example.text))


@cache
def _frames() -> tuple[tuple[QuestionForm, tuple[re.Pattern[str], ...]], ...]:
    parts = {**_table()["part"], "topic": "(?P<topic>.+)"}
    table = cast("Mapping[QuestionForm, list[str]]", _table()["form"])
    return tuple(
        (form, tuple(re.compile(_PART.sub(lambda m: parts[m[1]], frame), re.IGNORECASE) for frame in frames))
        for form, frames in table.items()
    )
