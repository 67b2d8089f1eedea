"""Drafts that a chat model wrote, "… [3]", read into claims: its keys resolved to whole sentences of the evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.facts.names import name_words
from newsqa.facts.numbers import numbers
from newsqa.facts.words import content_stems, words
from newsqa.records import Claim, Quote
from newsqa.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.records import Hit

LONGEST = 20_000
"""Characters of a draft that are read; an answer has a few hundred."""

MOST_SENTENCES = 3
"""Sentences of one passage that are offered as proof of one claim."""

_KEYS = re.compile(r"[ \t]*\[[ \t]*\^?[0-9]+(?:[ \t]*(?:,|;|and)[ \t]*\^?[0-9]+)*[ \t]*\]")
_DIGITS = re.compile(r"[0-9]+")
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•#>]+|[0-9]{1,2}[.)])[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__")
_TELLING = 3
"""A number or a name weighs as much as three other words when sentences are sought that prove a claim."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys that stood at a place of the text from which keys have been taken out."""

    at: int
    numbers: tuple[int, ...]


def parse_draft(text: str, evidence: Sequence[Hit]) -> tuple[Claim, ...]:
    """Read a written draft into claims.

    A key is the 1-based place of a hit in the evidence; "[3]", "[1][2]" and "[1, 2]" belong to the sentence before
    them, on either side of its full stop, or to the one after them where they begin a line. Keys that name no hit are
    taken out. A claim's quotes are the whole sentences inside the passages it cites that carry it best; a sentence
    without a usable key has none. Never raises: any text is a draft.
    """
    return tuple(
        _claim(sentence, [evidence[n - 1] for n in keys if 1 <= n <= len(evidence)])
        for sentence, keys in keyed_sentences(text)
    )


def keyed_sentences(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Part a written text into its sentences, without marks of lists and emphasis, and the keys that each cites."""
    plain, keys = _take_out_keys(_EMPHASIS.sub("", _LIST_MARK.sub("", text[:LONGEST])))
    spans = sentence_spans(plain)
    cited: list[dict[int, None]] = [{} for _ in spans]
    for group in keys:
        if (place := _sentence_of(group.at, plain, spans)) is not None:
            cited[place].update(dict.fromkeys(group.numbers))
    for (start, end), numbers_cited in zip(spans, cited, strict=True):
        if words(plain[start:end]):
            yield " ".join(plain[start:end].split()), tuple(numbers_cited)


def _take_out_keys(text: str) -> tuple[str, list[_Keys]]:
    parts: list[str] = []
    keys: list[_Keys] = []
    read = length = 0
    for match in _KEYS.finditer(text):
        part = text[read : match.start()]
        parts.append(part)
        length += len(part)
        keys.append(_Keys(length, tuple(int(n) for n in _DIGITS.findall(match.group()) if len(n) < 5)))
        read = match.end()
    parts.append(text[read:])
    return "".join(parts), keys


def _sentence_of(at: int, plain: str, spans: list[tuple[int, int]]) -> int | None:
    """Find the sentence that ends before a place, or begins at it where nothing stands before it on its line."""
    line = plain.rfind("\n", 0, at) + 1
    before = [n for n, (start, _) in enumerate(spans) if start < at]
    if plain[line:at].strip() and before:
        return before[-1]
    return len(before) if len(before) < len(spans) else (before[-1] if before else None)


def _claim(text: str, hits: Sequence[Hit]) -> Claim:
    wanted = _weights(text)
    quotes = [quote for hit in hits for quote in _proof(wanted, hit)]
    return Claim(text, tuple(_useful(wanted, quotes)))


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
