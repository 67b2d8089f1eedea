"""One prediction of another program, brought to the form of our record.

It needs an id and an answer, under the names that are in use; all else that a record has may stand beside them, under
the names that it has there:

    {"id": "strike-loss", "answer": "It costs 2.1 million crowns a day [1].",
     "citations": [{"url": "https://…", "quote": "he put the loss to the port at 2.1 million crowns"}]}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from newsqa.answer.keyed import keyed_sentences
from newsqa.evals.lines import Line, from_json
from newsqa.evals.shape import RECORD, check, filled

if TYPE_CHECKING:
    from newsqa.evals.sets.entries import Entry
    from newsqa.records import JsonObject

IDS = ("id", "question_id", "task_id", "qid", "_id")
ANSWERS = ("text", "answer", "prediction", "response", "output", "predictions")
LONGEST = 100_000
"""Characters of an answer; a longer one is a mistake."""

NO_PREDICTION = "no prediction was given for this question"

_SEVERAL = re.compile(r"\[(\^?\d{1,3}(?:[ \t]*[,;][ \t]*\^?\d{1,3})*)\]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Predicted:
    """A prediction: all names of a record, null where it says nothing, and the whole line where a run wrote it."""

    record: JsonObject
    line: Line | None = None


def predicted(entry: Entry) -> tuple[str, Predicted]:
    """Read a prediction, and the id of its question. Raises ValueError, in words for a person."""
    if entry.fault:
        raise ValueError(entry.fault)
    fields = entry.value
    if not isinstance(fields, dict):
        raise ValueError("this is no JSON object")  # noqa: TRY004  the file is wrong, not its reader
    return _id(fields), Predicted(_record(fields), _line(fields))


def unanswered() -> Predicted:
    """Return what stands for a prediction that is not there."""
    return Predicted({**_record({"text": ""}), "refused": None, "error": NO_PREDICTION})


def _line(fields: JsonObject) -> Line | None:
    try:
        return from_json(fields)
    except ValueError:
        return None


def _record(fields: JsonObject) -> JsonObject:
    text = _SEVERAL.sub(_one_by_one, _answer(fields))
    said = {**fields, "id": None, "question": "", "text": text, "citations": _citations(fields)}
    said["sentences"] = fields.get("sentences") or _sentences(said)
    if said.get("refused") is None and not text.strip() and not said.get("error"):
        said["refused"] = True
    usage = fields.get("usage") or {}
    said["usage"] = {"input_tokens": 0, "output_tokens": 0, **usage} if isinstance(usage, dict) else usage
    record: JsonObject = filled(said, RECORD)
    check(record, RECORD)
    _check_day(record["asked"])
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
    value = fields[name]
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("text")
    if not isinstance(value, str | None):
        raise ValueError(f"“{name}” must be a text, or a list that begins with one")  # noqa: TRY004
    if len(value or "") > LONGEST:
        raise ValueError(f"“{name}” is longer than {LONGEST:,} characters")
    return value or ""


def _one_by_one(several: re.Match[str]) -> str:
    """Write "[1, 2]" as "[1][2]", which is how a record has it."""
    return "".join(f"[{number}]" for number in _DIGITS.findall(several[1]))


def _citations(fields: JsonObject) -> object:
    """Give the citations numbers where they have none; one that is a text is an address or a path."""
    given = fields.get("citations")
    if not isinstance(given, list):
        return given
    named = [{"url" if "://" in one else "path": one} if isinstance(one, str) else one for one in given]
    return [{"n": n, "quote": "", **one} if isinstance(one, dict) else one for n, one in enumerate(named, 1)]


def _sentences(said: JsonObject) -> list[JsonObject]:
    """Part an answer into sentences, with the citations that are marked there.

    An answer that marks none offers all of its citations for every sentence.
    """
    parted = list(keyed_sentences(said["text"]))
    cited = said["citations"] if isinstance(said["citations"], list) else []
    all_of_them = [one["n"] for one in cited if isinstance(one, dict) and isinstance(one["n"], int)]
    marked = any(keys for _, keys in parted)
    return [{"text": text, "citations": list(keys) if marked else all_of_them} for text, keys in parted]


def _check_day(text: str | None) -> None:
    try:
        date.fromisoformat(text or "2025-03-14")
    except ValueError:
        raise ValueError("“asked” must be a date like 2025-03-14") from None
