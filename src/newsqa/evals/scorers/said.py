"""What an answer says: its text without markers, and its sentences with the quotes that each leans on."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.evals.lines import Line
    from newsqa.records import JsonObject

_MARKER = re.compile(r"\s*\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer and the numbers of its citations, each once, in the order given."""

    text: str
    citations: tuple[int, ...]


def answered(line: Line) -> bool:
    """Whether an answer was given, be it empty: neither a refusal nor a failure."""
    return not (line.refused or line.failed)


def shows(line: Line, name: str) -> bool:
    """Whether a list of the record ("retrieved", "citations") can be scored: it is not empty, or empty on purpose.

    newsqa shows what it retrieves and cites; its records name their configuration. Where another program's names
    none and the list is empty, nobody knows what it found.
    """
    return bool(line.record.get("config") or line.record.get(name))


def answer_text(line: Line) -> str:
    """Return the answer without its [n] markers; "" for a refusal or a failure."""
    return _MARKER.sub("", _text(line.record)).strip() if answered(line) else ""


def sentences(line: Line) -> list[Said]:
    """Return the sentences of the answer, none where its text is empty.

    They are the record's own. A record without any, as other programs write them, has its text parted, and a marker
    belongs to the sentence that it follows or stands in.
    """
    text = _text(line.record)
    if not answered(line) or not _MARKER.sub("", text).strip():
        return []
    own = line.record.get("sentences")
    return [_said(sentence) for sentence in own] if own else _parted(text)


def _text(record: JsonObject) -> str:
    return record.get("text") or ""


def _said(sentence: Mapping[str, object]) -> Said:
    numbers = sentence.get("citations")
    found = [n for n in numbers if isinstance(n, int)] if isinstance(numbers, list) else []
    return Said(str(sentence.get("text") or ""), tuple(dict.fromkeys(found)))


def _parted(text: str) -> list[Said]:
    places: list[tuple[int, int]] = []  # of each marker in the text without markers, and its number
    bare, end = "", 0
    for marker in _MARKER.finditer(text):
        bare += text[end : marker.start()]
        places.append((len(bare), int(marker[1])))
        end = marker.end()
    bare += text[end:]
    spans = sentence_spans(bare)
    starts = [start for start, _ in spans[1:]]
    numbers: list[list[int]] = [[] for _ in spans]
    for place, number in places:
        numbers[bisect_left(starts, place)].append(number)
    return [Said(bare[a:b], tuple(dict.fromkeys(found))) for (a, b), found in zip(spans, numbers, strict=True)]
