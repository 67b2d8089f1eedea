"""Answers that something else produced, as the lines of a run: any assistant can be scored and compared so.

A prediction needs an id and an answer, under the names that are in use; all else that a record has may be beside them,
under the names that it has there:

    {"id": "strike-loss", "answer": "It costs 2.1 million crowns a day [1].",
     "citations": [{"url": "https://…", "quote": "he put the loss to the port at 2.1 million crowns"}]}
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.answer.keyed import keyed_sentences
from newsqa.errors import SourceError
from newsqa.evals.datasets.entries import Entry, entries, read_text, set_error
from newsqa.evals.gold import index_facts, resolve_citation
from newsqa.evals.run import Setup, key_of
from newsqa.evals.run_file import IndexFacts, Record, RunLine, check_fields, fill, from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import JsonObject

IDS = ("id", "question_id")
ANSWERS = ("text", "answer", "prediction", "response")
MAX_LENGTH = 100_000  # characters of an answer; a longer one is a mistake

NO_PREDICTION = "no prediction was given for this question"

_SEVERAL = re.compile(r"\[(\^?\d{1,3}(?:[ \t]*[,;][ \t]*\^?\d{1,3})*)\]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction: all names of a record, null if it does not say, and the whole line if a run wrote it."""

    record: JsonObject
    line: RunLine | None = None


@dataclass(frozen=True, slots=True)
class Predictions:
    """The predictions of a file by the ids of their questions, the last if there are several: `repeated` has these.

    `model` is the name of the file, for predictions that name no model.
    """

    path: Path
    model: str
    by_id: dict[str, Prediction] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()

    def unknown(self, items: Iterable[Item]) -> list[str]:
        """Return the ids that no question of the set has."""
        asked = {item.id for item in items}
        return [question_id for question_id in self.by_id if question_id not in asked]

    def missing(self, items: Iterable[Item]) -> list[str]:
        """Return the ids of the questions that nothing was predicted for."""
        return [item.id for item in items if item.id not in self.by_id]


def read_predictions(path: Path) -> Predictions:
    """Read predictions: JSON, one a line or all in one list.

    Raises SourceError, with every line that cannot be read and why.
    """
    by_id: dict[str, Prediction] = {}
    repeated: list[str] = []
    faults: list[tuple[str, str]] = []
    for entry in entries(read_text(path)):
        try:
            question_id, prediction = _read(entry)
        except ValueError as error:
            faults.append((entry.place, str(error)))
            continue
        if question_id in by_id:
            repeated.append(question_id)
        by_id[question_id] = prediction
    if faults:
        raise set_error(path, faults)
    if not by_id:
        raise SourceError(
            f"{path} holds no predictions.", hint="Each is a JSON object with an id and an answer, one a line."
        )
    return Predictions(path, path.name.split(".")[0] or path.name, by_id, tuple(dict.fromkeys(repeated)))


def lines_of(predictions: Predictions, items: Sequence[Item], index: Snapshot | None = None) -> list[RunLine]:
    """Make each question's line, as a run would have it; what the predictions do not say is null.

    A question without a prediction gets a line with `error`: it counts as an answer with nothing in it, and the run as
    incomplete. With an index, citations, passages and gold are looked up in it; without one, lines that a run wrote
    keep what it knew. Raises SourceError if no prediction is for a question of the set.
    """
    if len(predictions.missing(items)) == len(items):
        raise SourceError(
            f"No prediction in {predictions.path} has the id of a question of the set.",
            hint=f"Ids stand under {', '.join(IDS)}, and are those of the set.",
        )
    nothing = Prediction({**_record({"text": ""}), "refused": None, "error": NO_PREDICTION})
    return [
        _line(item, predictions.by_id.get(item.id, nothing), predictions.model, (number, len(items)), index)
        for number, item in enumerate(items, 1)
    ]


# One prediction, brought to the form of our record.


def _read(entry: Entry) -> tuple[str, Prediction]:
    """Read a prediction, and the id of its question. Raises ValueError, in words for a person."""
    if entry.fault:
        raise ValueError(entry.fault)
    fields = entry.value
    if not isinstance(fields, dict):
        raise ValueError("this is no JSON object")  # noqa: TRY004  the file is wrong, not its reader
    question_id, record = _id(fields), _record(fields)
    try:
        return question_id, Prediction(record, from_json(fields))
    except ValueError:  # not a line of a run
        return question_id, Prediction(record)


def _record(fields: JsonObject) -> JsonObject:
    def one_by_one(several: re.Match[str]) -> str:  # “[1, 2]” as “[1][2]”, which is how a record has it
        return "".join(f"[{number}]" for number in _DIGITS.findall(several[1]))

    text = _SEVERAL.sub(one_by_one, _answer(fields))
    given = {**fields, "id": None, "question": "", "text": text, "citations": _citations(fields)}
    given["sentences"] = fields.get("sentences") or _sentences(given)
    if given.get("refused") is None and not text.strip() and not given.get("error"):
        given["refused"] = True
    usage = fields.get("usage") or {}
    given["usage"] = {"input_tokens": 0, "output_tokens": 0, **usage} if isinstance(usage, dict) else usage
    record: JsonObject = fill(given, Record)
    check_fields(record, Record)
    try:
        date.fromisoformat(record["asked"] or "2025-03-14")
    except ValueError:
        raise ValueError("“asked” must be a date like 2025-03-14") from None
    return record


def _id(fields: JsonObject) -> str:
    value = next((fields[name] for name in IDS if fields.get(name) is not None), None)
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"it has no id (a text under {', '.join(IDS)})")
    return value


def _answer(fields: JsonObject) -> str:
    name = next((name for name in ANSWERS if name in fields), None)
    if name is None:
        raise ValueError(f"it has no answer (a text under {', '.join(ANSWERS)})")
    value = fields[name] or ""
    if not isinstance(value, str):
        raise ValueError(f"“{name}” must be a text")  # noqa: TRY004
    if len(value) > MAX_LENGTH:
        raise ValueError(f"“{name}” is longer than {MAX_LENGTH:,} characters")
    return value


def _citations(fields: JsonObject) -> object:
    """Give the citations numbers if they have none; one that is a text is an address or a path."""
    given = fields.get("citations")
    if not isinstance(given, list):
        return given
    named = [{"url" if "://" in one else "path": one} if isinstance(one, str) else one for one in given]
    return [{"n": n, "quote": "", **one} if isinstance(one, dict) else one for n, one in enumerate(named, 1)]


def _sentences(given: JsonObject) -> list[JsonObject]:
    """Split an answer into sentences, with the citations that are marked there.

    An answer that marks none offers all of its citations for every sentence.
    """
    parts = list(keyed_sentences(given["text"]))
    cited = given["citations"] if isinstance(given["citations"], list) else []
    all_of_them = [one["n"] for one in cited if isinstance(one, dict) and isinstance(one["n"], int)]
    marked = any(keys for _, keys in parts)
    return [{"text": text, "citations": list(keys) if marked else all_of_them} for text, keys in parts]


def _line(item: Item, given: Prediction, model: str, place: tuple[int, int], index: Snapshot | None) -> RunLine:
    if index is None and given.line and given.line.item == item:
        return replace(given.line, place=place)
    asked = item.asked or item.as_of
    record = {
        **given.record,
        "id": item.id,
        "question": item.question,
        "standalone": given.record["standalone"] or item.question,
        "asked": given.record["asked"] or (asked and asked.isoformat()),
        "as_of": item.as_of and item.as_of.isoformat(),
        "model": given.record["model"] or model,
        "index": given.record["index"] or "",
        "config": given.record["config"] or "",
    }
    if index is not None:
        for name in ("citations", "retrieved"):
            record[name] = [resolve_citation(named, index) for named in record[name]]
    today = date.fromisoformat(record["asked"]) if record["asked"] else date.min
    setup = Setup(record["index"], record["config"], record["model"])
    facts = index_facts(item, record, index) if index is not None else IndexFacts()
    return RunLine(record, key_of(item, today, setup), place, item, facts)
