"""Answers that something else produced, as the lines of a run: any assistant can be scored and compared so."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.cited import resolved
from newsqa.evals.keys import Setup, key_of
from newsqa.evals.known import known
from newsqa.evals.lines import Known, Line
from newsqa.evals.predicted import IDS, Predicted, predicted, unanswered
from newsqa.evals.sets.entries import Entry, entries, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsqa.evals.sets.items import Item
    from newsqa.records import JsonObject
    from newsqa.seams import Index

TOLD = 10
HINT = "Each prediction is a JSON object with an id and an answer, one a line."


@dataclass(frozen=True, slots=True)
class Predictions:
    """The predictions of a file by the ids of their questions, the last where there are several: `repeated` has these.

    `model` is what the file is called, for predictions that name no model.
    """

    path: Path
    model: str
    given: dict[str, Predicted] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()

    def unknown(self, items: Iterable[Item]) -> list[str]:
        """Return the ids that no question of the set has."""
        asked = {item.id for item in items}
        return [question_id for question_id in self.given if question_id not in asked]

    def missing(self, items: Iterable[Item]) -> list[str]:
        """Return the ids of the questions that nothing was predicted for."""
        return [item.id for item in items if item.id not in self.given]


def read_predictions(path: Path) -> Predictions:
    """Read predictions: JSON, one a line or all in one list, or one object of answers by id, as SQuAD has it.

    Raises SourceError, with every line that cannot be read and why.
    """
    given: dict[str, Predicted] = {}
    repeated: list[str] = []
    faults: list[str] = []
    for entry in _entries(path):
        try:
            question_id, one = predicted(entry)
        except ValueError as error:
            faults.append(f"{path} {entry.place}: {error}.")
            continue
        if question_id in given:
            repeated.append(question_id)
        given[question_id] = one
    if faults or not given:
        raise _unreadable(path, faults)
    return Predictions(path, path.name.split(".")[0] or path.name, given, tuple(dict.fromkeys(repeated)))


def lines_of(predictions: Predictions, items: Sequence[Item], index: Index | None = None) -> list[Line]:
    """Make each question's line, as a run would have it; what the predictions do not say is null.

    A question without a prediction gets a line with `error`: it counts as an answer with nothing in it, and the run as
    incomplete. With an index, citations, passages and gold are looked up in it; without one, lines that a run wrote
    keep what it knew. Raises SourceError where no prediction is for a question of the set.
    """
    if len(predictions.missing(items)) == len(items):
        raise SourceError(
            f"No prediction in {predictions.path} has the id of a question of the set.",
            hint=f"Ids stand under {', '.join(IDS)}, and are those of the set.",
        )
    return [
        _line(item, predictions.given.get(item.id) or unanswered(), predictions.model, (number, len(items)), index)
        for number, item in enumerate(items, 1)
    ]


def _line(item: Item, one: Predicted, model: str, place: tuple[int, int], index: Index | None) -> Line:
    if index is None and one.line and one.line.item == item:
        return replace(one.line, place=place)
    record = _record(item, one.record, model)
    if index is not None:
        for name in ("citations", "retrieved"):
            record[name] = [resolved(named, index) for named in record[name]]
    asked = date.fromisoformat(record["asked"]) if record["asked"] else date.min
    setup = Setup(record["index"], record["config"], record["model"])
    looked_up = known(item, record, index) if index is not None else Known()
    return Line(record, key_of(item, asked, setup), place, item, looked_up)


def _record(item: Item, said: JsonObject, model: str) -> JsonObject:
    asked = item.asked or item.as_of
    return {
        **said,
        "id": item.id,
        "question": item.question,
        "standalone": said["standalone"] or item.question,
        "asked": said["asked"] or (asked and asked.isoformat()),
        "as_of": item.as_of and item.as_of.isoformat(),
        "model": said["model"] or model,
        "index": said["index"] or "",
        "config": said["config"] or "",
    }


def _entries(path: Path) -> list[Entry]:
    """Return the predictions of a file; those of an object of answers by id as if each stood by itself."""
    try:
        with opened(path) as file:
            found = entries(file.read().decode("utf-8-sig"))
    except (OSError, EOFError, zlib.error, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise SourceError(f"The predictions {path} cannot be read: {why}.", hint=HINT) from error
    if len(found) == 1 and isinstance(by_id := found[0].value, dict) and not by_id.keys() & set(IDS):
        return [Entry(f"“{name}”", {"id": name, "text": text}) for name, text in by_id.items()]
    return found


def _unreadable(path: Path, faults: Sequence[str]) -> SourceError:
    if len(faults) == 1:
        return SourceError(faults[0], hint=HINT)
    if not faults:
        return SourceError(f"{path} holds no predictions.", hint=HINT)
    more = (f"… and {len(faults) - TOLD} more.",) if len(faults) > TOLD else ()
    return SourceError(
        f"{len(faults)} predictions of {path} cannot be read.", hint=HINT, details=(*faults[:TOLD], *more)
    )
