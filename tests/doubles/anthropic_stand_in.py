"""A server on loopback that speaks as much of Anthropic's protocol as a message needs, streamed or whole."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loopback import served
from scripted_model import USED, Prompt, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Exchange

STOP_REASONS = {"stop": "end_turn", "length": "max_tokens"}


@contextmanager
def anthropic_stand_in() -> Iterator[Script]:
    """Serve on a free port of loopback for as long as the context lasts."""
    script = Script()
    with served(lambda exchange: _answer(script, exchange)) as address:
        script.url = address
        yield script


def _answer(script: Script, exchange: Exchange) -> None:
    if script.refuses(exchange):
        return
    body = exchange.request.body
    system = [("system", _text(body["system"]))] if body.get("system") else []
    prompt = Prompt((*system, *((m["role"], _text(m["content"])) for m in body["messages"])))
    if body.get("stream"):
        cut = not script.ends and not script.quiet
        exchange.stream(_events(script, prompt, exchange), "text/event-stream", cut=cut)
    else:
        content = [{"type": "text", "text": script.text(prompt)}]
        exchange.json(_message(body["model"]) | {"content": content} | _stopped(script) | {"usage": _usage()})


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _message(model: str) -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model}


def _stopped(script: Script) -> dict[str, Any]:
    return {"stop_reason": STOP_REASONS[script.finish_reason], "stop_sequence": None}


def _usage() -> dict[str, int]:
    return {"input_tokens": USED["read"], "output_tokens": USED["written"]}


def _events(script: Script, prompt: Prompt, exchange: Exchange) -> Iterator[bytes]:
    begun = _message("stand-in") | {"content": [], "stop_reason": None, "stop_sequence": None}
    yield _event("message_start", message=begun | {"usage": _usage() | {"output_tokens": 1}})
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in script.streamed(prompt, exchange):
        yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if script.ends:
        yield _event("content_block_stop", index=0)
        yield _event("message_delta", delta=_stopped(script), usage=_usage())
        yield _event("message_stop")


def _event(kind: str, **values: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **values})}\n\n".encode()
