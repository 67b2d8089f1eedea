"""Sets of others: RealTime QA and BEIR.

RealTime QA (arXiv:2207.13332; realtimeqa/realtimeqa_public): weekly news quizzes. An entry has question_id,
question_date (2025/04/11), question_source, question_url, question_sentence, choices (a list of texts), answer (a list
of positions as text, from 0) and evidence. If `answer` has several choices, all of them are required. A question that
makes sense only beside its choices ("… EXCEPT", "None of the above") is asked, but nothing is accepted as its answer.

BEIR (arXiv:2104.08663): a folder of articles, queries, and which articles are relevant to which. Only the queries that
the relevance file judges are asked. It is qrels/test.tsv, or the one there is, or the one that is named instead of the
folder. The articles are found in the index by their line, so it is corpus.jsonl, or the folder, that must have been
indexed.

    corpus.jsonl        {"_id": "d7", "title": "…", "text": "…", "metadata": {…}}
    queries.jsonl       {"_id": "q3", "text": "…"}
    qrels/test.tsv      query-id ⇥ corpus-id ⇥ score, under a line of these names
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, Annotated, NotRequired

from pydantic import BeforeValidator
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from newsqa.errors import SourceError
from newsqa.evals.datasets.entries import Day, ReadItem, Text, entries, open_file, read_object, read_text
from newsqa.evals.datasets.items import Gold, Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from newsqa.evals.datasets.entries import Entry
    from newsqa.types import JsonObject


Name = Annotated[Text, BeforeValidator(lambda name: str(name) if type(name) is int else name)]
"""An id; those that are numbers are read as text."""

# RealTime QA.

KEPT = ("choices", "evidence", "question_url")
NEEDS_CHOICES = "needs choices"

_NO_ANSWER = re.compile(r"(?:none|all|any|both|neither) of (?:the above|these|them)\W*$", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept\b.{0,4}$", re.IGNORECASE)  # its own scorer passes over these too


class _Quiz(TypedDict):
    question_id: Text
    question_sentence: Text
    question_date: NotRequired[
        Annotated[Day, BeforeValidator(lambda day: day.replace("/", "-") if isinstance(day, str) else day)]
    ]
    question_source: NotRequired[Text]
    choices: NotRequired[list[str]]
    answer: NotRequired[list[Name]]


def is_realtimeqa(fields: JsonObject) -> bool:
    """Return True for a question of RealTime QA."""
    return fields.keys() >= {"question_id", "question_sentence"}


def read_realtimeqa(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    quiz, faults = read_object(_Quiz, entry.value)
    if quiz is None:
        yield ReadItem(entry.place, faults=faults)
        return
    choices, question = quiz.get("choices", []), quiz["question_sentence"]
    numbers = {str(number): choice for number, choice in enumerate(choices)}
    if not numbers.keys() >= set(quiz.get("answer", [])):
        fault = f"“answer” must be the numbers of {len(choices)} choices, the first being 0"
        yield ReadItem(entry.place, faults=[fault], id=quiz["question_id"])
        return
    chosen = tuple(numbers[n] for n in quiz.get("answer", []) if any(map(str.isalnum, numbers[n])))
    alone = bool(chosen) and not _EXCEPT.search(question) and not any(map(_NO_ANSWER.search, chosen))
    source = quiz.get("question_source")
    item = Item(
        id=quiz["question_id"],
        question=question,
        answers=((chosen,) if len(chosen) > 1 else chosen) if alone else (),
        asked=quiz.get("question_date"),
        tags=tuple(tag for tag in (source, None if alone else NEEDS_CHOICES) if tag),
        meta={name: entry.value[name] for name in KEPT if entry.value.get(name)},
    )
    yield ReadItem(entry.place, item)


# BEIR.

Relevant = dict[str, list[str]]

CORPUS, QUERIES, JUDGED = "corpus.jsonl", "queries.jsonl", "qrels"


class _Query(TypedDict):
    _id: Name
    text: Text


def is_beir(path: Path) -> bool:
    """Return True for a folder, or a relevance file in one."""
    return path.is_dir() or (path.suffix == ".tsv" and path.parent.name == JUDGED)


def read_beir(path: Path) -> list[ReadItem]:
    """Return the questions that are judged, in the order of the queries, or what is wrong with them.

    Raises SourceError if files are missing, or it is not clear which of several relevance files is meant.
    """
    folder, judged = (path, _judged(path)) if path.is_dir() else (path.resolve().parent.parent, path)
    relevant, faults = _relevant(judged)
    corpus = _file(folder, CORPUS)
    places = _places(corpus, {name for names in relevant.values() for name in names})
    asked = [_query(entry, relevant, places, folder) for entry in entries(read_text(_file(folder, QUERIES)))]
    return faults + [one for one in asked if one.faults or (one.item and one.item.gold)]


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise SourceError(
        f"The set {folder} has no {name}.",
        hint=f"A folder holds a set in the form of BEIR: {CORPUS}, {QUERIES} and {JUDGED}/test.tsv; else name a file.",
    )


def _judged(folder: Path) -> Path:
    files = sorted((folder / JUDGED).glob("*.tsv"))
    names = {file.name: file for file in files}
    if "test.tsv" in names or len(files) == 1:
        return names.get("test.tsv") or files[0]
    if not files:
        return _file(folder, f"{JUDGED}/test.tsv")
    others = ", ".join(names)
    raise SourceError(f"The set {folder} has no {JUDGED}/test.tsv, but {others}.", hint=f"Name one: {files[0]}")


def _relevant(judged: Path) -> tuple[Relevant, list[ReadItem]]:
    """Return the articles relevant to each query, and the lines that cannot be read."""
    relevant: Relevant = {}
    faults: list[ReadItem] = []
    for number, line in enumerate(read_text(judged).split("\n"), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or (number == 1 and not _is_number(cells[-1])):
            continue
        if len(cells) != 3 or not _is_number(cells[2]):
            place = f"{JUDGED}/{judged.name} line {number}"
            faults.append(ReadItem(place, faults=("this is not query-id, corpus-id and score, with tabs between",)))
        elif float(cells[2]) > 0 and cells[1] not in relevant.setdefault(cells[0], []):
            relevant[cells[0]].append(cells[1])
    return relevant, faults


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdecimal()


def _places(corpus: Path, wanted: set[str]) -> dict[str, int]:
    """Return the numbers of the lines of the wanted articles, counted as the index counts them."""
    places: dict[str, int] = {}
    try:
        with open_file(corpus) as lines:
            for number, line in enumerate(lines, 1):
                name = _id(line)
                if name in wanted:
                    places.setdefault(name, number)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{corpus} cannot be read: {error}.", hint="Mend that file and run again.") from error
    return places


def _id(line: bytes) -> str:
    """Return the id of an article; a line that is none is reported when it is indexed."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return str(value.get("_id", "")) if isinstance(value, dict) else ""


def _query(entry: Entry, relevant: Relevant, lines: Mapping[str, int], folder: Path) -> ReadItem:
    place = f"{QUERIES} {entry.place}"
    if not isinstance(entry.value, dict):
        return ReadItem(place, faults=(entry.fault or "this is no JSON object",))
    query, faults = read_object(_Query, entry.value)
    if query is None:
        return ReadItem(place, faults=faults)
    name = query["_id"]
    corpus = f"{folder.resolve().name}/{CORPUS}"
    # what the corpus lacks is reported as gold that is not in the index
    gold = [f"{corpus}#{lines[one]}" if one in lines else f"{corpus} (_id {one})" for one in relevant.get(name, ())]
    item = Item(id=name, question=query["text"], answerable=True, gold=tuple(Gold(path=path) for path in gold))
    return ReadItem(place, item)
