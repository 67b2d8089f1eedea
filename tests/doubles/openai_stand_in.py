"""A server on loopback that speaks as much of OpenAI's protocol as a chat completion needs, streamed or whole."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loopback import served
from scripted_model import USED, Prompt, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Exchange

USAGE = {
    "prompt_tokens": USED["read"],
    "completion_tokens": USED["written"],
    "total_tokens": USED["read"] + USED["written"],
}


@contextmanager
def openai_stand_in() -> Iterator[Script]:
    """Serve on a free port of loopback for as long as the context lasts."""
    script = Script()
    with served(lambda exchange: _answer(script, exchange)) as address:
        script.url = f"{address}/v1"
        yield script


def _answer(script: Script, exchange: Exchange) -> None:
    if exchange.request.path.endswith("/models"):
        known = {"id": "stand-in", "object": "model", "created": 1, "owned_by": "nobody", **script.known}
        exchange.json({"object": "list", "data": [known]})
        return
    if script.refuses(exchange):
        return
    body = exchange.request.body
    prompt = Prompt(tuple((m["role"], _text(m["content"])) for m in body["messages"]))
    if not body.get("stream"):
        message = {"role": "assistant", "content": script.text(prompt)}
        choice = {"index": 0, "message": message, "finish_reason": script.finish_reason}
        exchange.json({**_head("chat.completion"), "choices": [choice], "usage": USAGE})
        return
    counted = body.get("stream_options", {}).get("include_usage", False)
    events = _events(script, prompt, exchange, counted=counted)
    exchange.stream(events, "text/event-stream", cut=not script.ends and not script.quiet)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "stand-in"}


def _events(script: Script, prompt: Prompt, exchange: Exchange, *, counted: bool) -> Iterator[bytes]:
    def event(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**_head("chat.completion.chunk"), "choices": [choice]})

    yield event({"role": "assistant", "content": ""})
    for piece in script.streamed(prompt, exchange):
        yield event({"content": piece})
    if script.ends:
        yield event({}, script.finish_reason)
        if counted:
            yield _event({**_head("chat.completion.chunk"), "choices": [], "usage": USAGE})
        yield b"data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"
