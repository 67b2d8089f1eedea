"""mtRAG (TACL 2025; IBM/mt-rag-benchmark): conversations, and the generation tasks made from them.

conversations.json, one list:
{"messages": [{"speaker": "user", "text": "Who won the election?", "enrichments": {"Answerability": ["ANSWERABLE"]}},
              {"speaker": "agent", "text": "…", "contexts": [{"document_id": "…", "text": "…", "feedback": {…}}]}]}

reference.jsonl, a task a line:
{"conversation_id": "…", "task_id": "…", "input": [{"speaker": "user", "text": "…"}], "targets": [{"text": "…"}],
 "contexts": [{"document_id": "…", "title": "…", "text": "…", "reference": true}], "Answerability": ["ANSWERABLE"]}

Each turn of the user is a question; what was said before it is its history, and its conversation its group. Gold are
the passages that people judged relevant, looked up in the index by their words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.sets.faults import Found
from newsqa.evals.sets.fields import Fields
from newsqa.evals.sets.items import Gold, Item
from newsqa.records import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.sets.entries import Entry
    from newsqa.records import JsonObject

ANSWERABLE = {"answerable": True, "partial": True, "unanswerable": False}
"""What a refusal is measured against; a turn that is mere conversation ("Thank you") is neither."""

LABELS = ("question type", "multi-turn", "answerability")
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[^\s\\]*)?")


def fits(fields: JsonObject) -> bool:
    """Tell whether an object is a conversation or a task of mtRAG."""
    turns = fields.get("messages") if "messages" in fields else fields.get("task_id") and fields.get("input")
    return isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and "speaker" in turns[0]


def read(entry: Entry) -> Iterator[Found]:
    """Yield the questions of a conversation or of a task, or what is wrong with them."""
    return _conversation(entry) if "messages" in entry.value else _task(entry)


def _task(entry: Entry) -> Iterator[Found]:
    fields = Fields(entry.value)
    turns = list(_turns(fields, "input"))
    reply: JsonObject = next(iter(fields.entries("targets", dict, "objects")), {})
    name = fields.text("task_id", needed=True) or ""
    group = fields.text("conversation_id") or name
    if fields.faults or not turns or turns[-1].role != "user":
        yield Found(entry.place, faults=tuple(fields.faults) or ("“input” must end with a turn of the user",))
        return
    kinds = {**_kinds(entry.value["input"][-1].get("enrichments")), **_kinds(entry.value)}
    yield Found(entry.place, _item(name, group, turns, kinds, {**reply, "contexts": entry.value.get("contexts")}))


def _conversation(entry: Entry) -> Iterator[Found]:
    fields = Fields(entry.value)
    turns = list(_turns(fields, "messages"))
    if fields.faults:
        yield Found(entry.place, faults=tuple(fields.faults))
        return
    group = str(entry.value.get("conversation_id") or entry.place.replace("entry ", "conversation-") or "conversation")
    messages = entry.value["messages"]
    asked = [at for at, turn in enumerate(turns) if turn.role == "user"]
    for number, at in enumerate(asked, 1):
        reply = messages[at + 1] if at + 1 < len(messages) and turns[at + 1].role == "assistant" else {}
        kinds = _kinds(messages[at].get("enrichments"))
        item = _item(f"{group}::{number}", group, turns[: at + 1], kinds, reply)
        yield Found(f"{entry.place} turn {number}".strip(), item)


def _kinds(labels: object) -> dict[str, list[str]]:
    """Return what the labels of a question say of it, in small letters; a label may be missing, or NaN."""
    found = labels if isinstance(labels, dict) else {}
    named = {name.lower(): _texts(value) for name, value in found.items() if name.lower() in LABELS}
    return {name: [kind.lower() for kind in kinds] for name, kinds in named.items() if kinds}


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _turns(fields: Fields, name: str) -> Iterator[Turn]:
    for turn in fields.objects(name):
        speaker, text = turn.values.get("speaker"), turn.text("text", needed=True)
        if speaker not in {"user", "agent"}:
            turn.wrong("speaker", "must be user or agent")
        elif text:
            yield Turn("user" if speaker == "user" else "assistant", text)


def _item(name: str, group: str, turns: Sequence[Turn], kinds: dict[str, list[str]], reply: JsonObject) -> Item:
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
        if isinstance(text, str) and text.strip() and text not in seen and _relevant(context):
            seen.add(text)
            yield Gold(url=_address(context.get("url")), quote=_body(text, context.get("title")))


def _relevant(context: JsonObject) -> bool:
    """Tell what people judged last; a passage that nobody judged is no gold."""
    if context.get("reference") is True:
        return True
    feedback = context.get("feedback")
    votes = feedback.get("relevant") if isinstance(feedback, dict) else None
    told = [vote for vote in votes.values() if isinstance(vote, dict)] if isinstance(votes, dict) else []
    last = max(told, key=lambda vote: _number(vote.get("timestamp")), default={})
    return last.get("value") == "yes"


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and value == value else 0.0  # noqa: PLR0124  NaN is no time


def _body(text: str, title: object) -> str:
    """Return the text of a passage without the title that stands above it."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and isinstance(title, str) and first.strip() == title.strip() else text.strip()


def _address(url: object) -> str | None:
    return url if isinstance(url, str) and _ADDRESS.fullmatch(url) else None
