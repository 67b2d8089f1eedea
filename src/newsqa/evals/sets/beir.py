"""A folder in the form of BEIR (arXiv:2104.08663): articles, queries, and which articles are relevant to which.

    corpus.jsonl        {"_id": "d7", "title": "…", "text": "…", "metadata": {…}}
    queries.jsonl       {"_id": "q3", "text": "…"}
    qrels/test.tsv      query-id ⇥ corpus-id ⇥ score, under a line of these names

Only the queries that the relevance file judges are asked. It is qrels/test.tsv, or the one there is, or the one that
is named instead of the folder. The articles are found in the index by their line, so it is corpus.jsonl, or the folder,
that must have been indexed.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.sets.entries import entries, opened, read_text
from newsqa.evals.sets.faults import Found
from newsqa.evals.sets.fields import Fields
from newsqa.evals.sets.items import Gold, Item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newsqa.evals.sets.entries import Entry

Relevant = dict[str, list[str]]

CORPUS, QUERIES, JUDGED = "corpus.jsonl", "queries.jsonl", "qrels"


def fits(path: Path) -> bool:
    """Tell whether a path is a folder, or a relevance file in one."""
    return path.is_dir() or (path.suffix == ".tsv" and path.parent.name == JUDGED)


def read(path: Path) -> list[Found]:
    """Return the questions that are judged, in the order of the queries, or what is wrong with them.

    Raises SourceError where files are missing, or it is not told which of several relevance files is meant.
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


def _relevant(judged: Path) -> tuple[Relevant, list[Found]]:
    """Return the articles relevant to each query, and the lines that tell nothing."""
    relevant: Relevant = {}
    faults: list[Found] = []
    for number, line in enumerate(read_text(judged).split("\n"), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or (number == 1 and not _is_number(cells[-1])):
            continue
        if len(cells) != 3 or not _is_number(cells[2]):
            place = f"{JUDGED}/{judged.name} line {number}"
            faults.append(Found(place, faults=("this is not query-id, corpus-id and score, with tabs between",)))
        elif float(cells[2]) > 0 and cells[1] not in relevant.setdefault(cells[0], []):
            relevant[cells[0]].append(cells[1])
    return relevant, faults


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdecimal()


def _places(corpus: Path, wanted: set[str]) -> dict[str, int]:
    """Return the lines where the wanted articles stand, counted as the index counts them."""
    places: dict[str, int] = {}
    try:
        with opened(corpus) as lines:
            for number, line in enumerate(lines, 1):
                name = _id(line)
                if name in wanted:
                    places.setdefault(name, number)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{corpus} cannot be read: {error}.", hint="Mend that file and run again.") from error
    return places


def _id(line: bytes) -> str:
    """Return the id of an article; a line that is none is told when it is indexed."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return str(value.get("_id", "")) if isinstance(value, dict) else ""


def _query(entry: Entry, relevant: Relevant, lines: Mapping[str, int], folder: Path) -> Found:
    place = f"{QUERIES} {entry.place}"
    if not isinstance(entry.value, dict):
        return Found(place, faults=(entry.fault or "this is no JSON object",))
    fields = Fields({**entry.value, "_id": str(entry.value.get("_id", ""))})
    name, text = fields.text("_id", needed=True) or "", fields.text("text", needed=True) or ""
    corpus = f"{folder.resolve().name}/{CORPUS}"
    # what the corpus lacks is told as gold that is not in the index
    gold = [f"{corpus}#{lines[one]}" if one in lines else f"{corpus} (_id {one})" for one in relevant.get(name, ())]
    item = Item(id=name, question=text, answerable=True, gold=tuple(Gold(path=path) for path in gold))
    return Found(place, item, tuple(fields.faults))
