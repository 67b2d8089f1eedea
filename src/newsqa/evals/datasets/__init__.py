"""The formats in which sets of questions are read, tried in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.datasets import items
from newsqa.evals.datasets.entries import Entry, ReadItem, entries, read_text, set_error, validate_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.types import JsonObject


@dataclass(frozen=True, slots=True)
class Format:
    """A format of question files: `shape` describes it to a person, `fits` recognises one of its objects."""

    name: str
    shape: str
    fits: Callable[[JsonObject], bool]
    read: Callable[[Entry], Iterator[ReadItem]]


OWN = Format("newsqa", "id, question, answers, …", items.is_own, items.read_own)
READER = Format("reader", "question, refuse, any_of, none_of, …", items.is_reader, items.read_reader)
QUIZ = Format("RealTime QA", "question_id, question_sentence, choices, …", items.is_realtimeqa, items.read_realtimeqa)
FORMATS = (QUIZ, READER, OWN)


def read_set(path: Path) -> list[Item]:
    """Read a set of questions, in whichever format it is.

    Raises SourceError, with all that is wrong, each with file and line.
    """
    text = read_text(path)
    found = entries(text)
    form = _format_of(path, text, found)
    read = [one for entry in found for one in _read(form, entry)]
    if form is READER:
        read = list(items.link_turns(read))
    return validate_set(path, read, once=form is OWN)


def _format_of(path: Path, text: str, found: Sequence[Entry]) -> Format:
    values = [entry.value for entry in found if isinstance(entry.value, dict)]
    form = next((form for form in FORMATS if any(map(form.fits, values))), None)
    if form or not found:
        return form or OWN
    if not values and text.lstrip()[:1] in set("{[") and any(entry.fault for entry in found):
        raise set_error(path, [(entry.place, entry.fault) for entry in found if entry.fault])
    known = "; ".join(f"{form.name} ({form.shape})" for form in FORMATS)
    raise SourceError(f"The set {path} is in no form that is read.", hint=f"JSON or JSON Lines of {known}.")


def _read(form: Format, entry: Entry) -> Iterator[ReadItem]:
    if not isinstance(entry.value, dict):
        yield ReadItem(entry.place, faults=(entry.fault or "this is no JSON object",))
    else:
        yield from form.read(entry)
