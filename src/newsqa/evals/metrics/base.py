"""What all metrics share: how one is defined, and an answer as they see it.

Every score lies in 0..1 and depends on records, questions and what the index knew of them, never on time, tokens or the
order of lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.answer.keyed import keyed_sentences

if TYPE_CHECKING:
    from newsqa.evals.run_file import RunLine
    from newsqa.evals.statistics import Measure

Family = Literal["retrieval", "answer", "citations", "refusal", "selective", "judge"]
Better = Literal["higher", "lower", "neither"]

_MARKER = re.compile(r"\s*\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as people name it on the command line ("f1", "doc_hit@5").

    `note` says in a sentence what it measures, over which questions. `rate` is True if each question scores 0 or 1.
    Most metrics are means over questions; `over` measures one that only a set of answers has, from their confidence
    and rightness (`selective.stated_rows`), for each of many resamples.
    """

    name: str
    family: Family
    title: str
    note: str
    better: Better = "higher"
    rate: bool = False
    over: Measure | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer and the numbers of its citations, each once, in the order given."""

    text: str
    citations: tuple[int, ...]


def answered(line: RunLine) -> bool:
    """Return True if an answer was given, be it empty: neither a refusal nor a failure."""
    return not (line.refused or line.failed)


def shows(line: RunLine, name: str) -> bool:
    """Return True if a list of the record ("retrieved", "citations") can be scored: it has entries, or none on purpose.

    newsqa shows what it retrieves and cites; its records name their configuration. If another program's names none and
    the list is empty, nobody knows what it found.
    """
    return bool(line.record.get("config") or line.record.get(name))


def answer_text(line: RunLine) -> str:
    """Return the answer without its [n] markers; "" for a refusal or a failure."""
    return _MARKER.sub("", line.record.get("text") or "").strip() if answered(line) else ""


def sentences(line: RunLine) -> list[AnswerSentence]:
    """Return the sentences of the answer, none if its text is empty.

    They are the record's own. The text of a record without any, as other programs write them, is split, and a marker
    belongs to the sentence that it follows or is in.
    """
    if not answer_text(line):
        return []
    own = line.record.get("sentences") or ()
    said = [(one["text"], one["citations"]) for one in own] or keyed_sentences(line.record["text"])
    return [AnswerSentence(text, tuple(dict.fromkeys(numbers))) for text, numbers in said]
