"""The forms in which sets of questions are read, tried in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.datasets import own, question_answering, retrieval
from newsqa.evals.datasets.entries import Found, checked, entries, read_text, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.entries import Entry
    from newsqa.evals.datasets.items import Item
    from newsqa.types import JsonObject


@dataclass(frozen=True, slots=True)
class Form:
    """A form of question files: `shape` is how a person knows it, `fits` tells it by one of its objects."""

    name: str
    shape: str
    fits: Callable[[JsonObject], bool]
    read: Callable[[Entry], Iterator[Found]]


OURS = Form("newsqa", "id, question, answers, …", own.is_own, own.read_own)
FORMS = (
    Form(
        "RealTime QA",
        "question_id, question_sentence, choices, …",
        question_answering.is_realtimeqa,
        question_answering.read_realtimeqa,
    ),
    Form("mtRAG", "messages, or task_id and input", retrieval.is_mtrag, retrieval.read_mtrag),
    Form("SQuAD", "data, paragraphs, qas", question_answering.is_squad, question_answering.read_squad),
    OURS,
)


def read_set(path: Path) -> list[Item]:
    """Read a set of questions, in whichever of the forms it is: a file, or a folder in the form of BEIR.

    Raises SourceError, with all that is wrong, each with file and line.
    """
    if retrieval.is_beir(path):
        return checked(path, retrieval.read_beir(path), once=False)
    text = read_text(path)
    found = entries(text)
    form = _form(path, text, found)
    read = [one for entry in found for one in _read(form, entry)]
    return checked(path, read, once=form is OURS, notes=own.notes(found) if form is OURS else ())


def _form(path: Path, text: str, found: Sequence[Entry]) -> Form:
    values = [entry.value for entry in found if isinstance(entry.value, dict)]
    form = next((form for form in FORMS if any(map(form.fits, values))), None)
    if form or not found:
        return form or OURS
    if not values and text.lstrip()[:1] in set("{[") and any(entry.fault for entry in found):
        raise refusal(path, [(entry.place, entry.fault) for entry in found if entry.fault])
    known = "; ".join(f"{form.name} ({form.shape})" for form in FORMS)
    raise SourceError(
        f"The set {path} is in no form that is read.",
        hint=f"JSON or JSON Lines of {known}; or a folder in the form of BEIR (corpus, queries, qrels).",
    )


def _read(form: Form, entry: Entry) -> Iterator[Found]:
    if not isinstance(entry.value, dict):
        yield Found(entry.place, faults=(entry.fault or "this is no JSON object",))
    else:
        yield from form.read(entry)
