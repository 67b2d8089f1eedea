"""Retrieval sets: BEIR and mtRAG.

BEIR (arXiv:2104.08663): a folder of articles, queries, and which articles are relevant to which. Only the queries that
the relevance file judges are asked. It is qrels/test.tsv, or the one there is, or the one that is named instead of the
folder. The articles are found in the index by their line, so it is corpus.jsonl, or the folder, that must have been
indexed.

    corpus.jsonl        {"_id": "d7", "title": "…", "text": "…", "metadata": {…}}
    queries.jsonl       {"_id": "q3", "text": "…"}
    qrels/test.tsv      query-id ⇥ corpus-id ⇥ score, under a line of these names

mtRAG (TACL 2025; IBM/mt-rag-benchmark): conversations, and the generation tasks made from them. Each turn of the user
is a question; what was said before it is its history, and its conversation its group. Gold are the passages that
people judged relevant, looked up in the index by their words.

    conversations.json, one list:
    {"messages": [{"speaker": "user", "text": "Who won?", "enrichments": {"Answerability": ["ANSWERABLE"]}},
                  {"speaker": "agent", "text": "…", "contexts": [{"document_id": "…", "text": "…", "feedback": {…}}]}]}

    reference.jsonl, a task a line:
    {"conversation_id": "…", "task_id": "…", "input": [{"speaker": "user", "text": "…"}], "targets": [{"text": "…"}],
     "contexts": [{"document_id": "…", "title": "…", "text": "…", "reference": true}], "Answerability": ["ANSWERABLE"]}
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.datasets.entries import Fields, ReadItem, entries, open_file, read_text
from newsqa.evals.datasets.items import Gold, HistoryMessage, Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.entries import Entry
    from newsqa.types import JsonObject


Relevant = dict[str, list[str]]

CORPUS, QUERIES, JUDGED = "corpus.jsonl", "queries.jsonl", "qrels"


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
    fields = Fields({**entry.value, "_id": str(entry.value.get("_id", ""))})
    name, text = fields.text("_id", needed=True) or "", fields.text("text", needed=True) or ""
    corpus = f"{folder.resolve().name}/{CORPUS}"
    # what the corpus lacks is reported as gold that is not in the index
    gold = [f"{corpus}#{lines[one]}" if one in lines else f"{corpus} (_id {one})" for one in relevant.get(name, ())]
    item = Item(id=name, question=text, answerable=True, gold=tuple(Gold(path=path) for path in gold))
    return ReadItem(place, item, tuple(fields.faults))


# mtRAG.

ANSWERABLE = {"answerable": True, "partial": True, "unanswerable": False}
"""What a refusal is measured against; a turn that is mere conversation ("Thank you") is neither."""

LABELS = ("question type", "multi-turn", "answerability")
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[^\s\\]*)?")


def is_mtrag(fields: JsonObject) -> bool:
    """Return True for a conversation or a task of mtRAG."""
    turns = fields.get("messages") if "messages" in fields else fields.get("task_id") and fields.get("input")
    return isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and "speaker" in turns[0]


def read_mtrag(entry: Entry) -> Iterator[ReadItem]:
    """Yield the questions of a conversation or of a task, or what is wrong with them."""
    return _conversation(entry) if "messages" in entry.value else _task(entry)


def _task(entry: Entry) -> Iterator[ReadItem]:
    fields = Fields(entry.value)
    turns = list(_turns(fields, "input"))
    reply: JsonObject = next(iter(fields.entries("targets", dict, "objects")), {})
    name = fields.text("task_id", needed=True) or ""
    group = fields.text("conversation_id") or name
    if fields.faults or not turns or turns[-1].role != "user":
        yield ReadItem(entry.place, faults=tuple(fields.faults) or ("“input” must end with a turn of the user",))
        return
    kinds = {**_kinds(entry.value["input"][-1].get("enrichments")), **_kinds(entry.value)}
    yield ReadItem(entry.place, _item(name, group, turns, kinds, {**reply, "contexts": entry.value.get("contexts")}))


def _conversation(entry: Entry) -> Iterator[ReadItem]:
    fields = Fields(entry.value)
    turns = list(_turns(fields, "messages"))
    if fields.faults:
        yield ReadItem(entry.place, faults=tuple(fields.faults))
        return
    group = str(entry.value.get("conversation_id") or entry.place.replace("entry ", "conversation-") or "conversation")
    messages = entry.value["messages"]
    asked = [at for at, turn in enumerate(turns) if turn.role == "user"]
    for number, at in enumerate(asked, 1):
        reply = messages[at + 1] if at + 1 < len(messages) and turns[at + 1].role == "assistant" else {}
        kinds = _kinds(messages[at].get("enrichments"))
        item = _item(f"{group}::{number}", group, turns[: at + 1], kinds, reply)
        yield ReadItem(f"{entry.place} turn {number}".strip(), item)


def _kinds(labels: object) -> dict[str, list[str]]:
    """Return what the labels of a question say of it, in small letters; a label may be missing, or NaN."""
    found = labels if isinstance(labels, dict) else {}
    named = {name.lower(): _texts(value) for name, value in found.items() if name.lower() in LABELS}
    return {name: [kind.lower() for kind in kinds] for name, kinds in named.items() if kinds}


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _turns(fields: Fields, name: str) -> Iterator[HistoryMessage]:
    for turn in fields.objects(name):
        speaker, text = turn.values.get("speaker"), turn.text("text", needed=True)
        if speaker not in {"user", "agent"}:
            turn.wrong("speaker", "must be user or agent")
        elif text:
            yield HistoryMessage("user" if speaker == "user" else "assistant", text)


def _item(
    name: str, group: str, turns: Sequence[HistoryMessage], kinds: dict[str, list[str]], reply: JsonObject
) -> Item:
    answerable = next((ANSWERABLE.get(kind) for kind in kinds.get("answerability", ())), None)
    text = reply.get("text")
    return Item(
        id=name,
        question=turns[-1].content,
        answers=(text,) if answerable and isinstance(text, str) and text.strip() else (),
        history=tuple(turns[:-1]),
        answerable=answerable,
        gold=tuple(_gold(reply.get("contexts"))) if answerable else (),
        tags=tuple(dict.fromkeys(kind for label in LABELS for kind in kinds.get(label, ()) if kind != "n/a")),
        meta={"group": group},
    )


def _gold(contexts: object) -> Iterator[Gold]:
    seen = set[str]()
    for context in contexts if isinstance(contexts, list) else []:
        text = context.get("text") if isinstance(context, dict) else None
        if isinstance(text, str) and text.strip() and text not in seen and _mtrag_relevant(context):
            seen.add(text)
            yield Gold(url=_address(context.get("url")), quote=_body(text, context.get("title")))


def _mtrag_relevant(context: JsonObject) -> bool:
    """Return True if people judged it relevant last; a passage that nobody judged is no gold."""
    if context.get("reference") is True:
        return True
    feedback = context.get("feedback")
    votes = feedback.get("relevant") if isinstance(feedback, dict) else None
    cast = [vote for vote in votes.values() if isinstance(vote, dict)] if isinstance(votes, dict) else []
    last = max(cast, key=lambda vote: _number(vote.get("timestamp")), default={})
    return last.get("value") == "yes"


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and value == value else 0.0  # noqa: PLR0124  NaN is no time


def _body(text: str, title: object) -> str:
    """Return the text of a passage without the title above it."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and isinstance(title, str) and first.strip() == title.strip() else text.strip()


def _address(url: object) -> str | None:
    return url if isinstance(url, str) and _ADDRESS.fullmatch(url) else None
