"""A server on loopback that speaks as much of Ollama's protocol as a chat needs: lines of JSON from /api/chat."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loopback import served
from scripted_model import USED, Prompt, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Exchange

MODEL = "tiny:latest"


@contextmanager
def ollama_stand_in() -> Iterator[Script]:
    """Serve on a free port of loopback for as long as the context lasts; its one model is "tiny"."""
    script = Script()
    with served(lambda exchange: _answer(script, exchange)) as address:
        script.url = address
        yield script


def _answer(script: Script, exchange: Exchange) -> None:
    path, body = exchange.request.path, exchange.request.body
    if path == "/api/tags":
        exchange.json({"models": [{"name": MODEL, "model": MODEL, "size": 98_000_000, "details": {}}]})
    elif path == "/api/show":
        exchange.json({"details": {"family": "tiny"}, "model_info": {"tiny.context_length": 4096}, "capabilities": []})
    elif path == "/api/chat":
        if script.refuses(exchange):
            return
        if body["model"] not in {MODEL, MODEL.removesuffix(":latest")}:
            exchange.json({"error": f"model '{body['model']}' not found"}, 404)
            return
        prompt = Prompt(tuple((m["role"], m["content"]) for m in body["messages"]))
        lines = _lines(script, prompt, exchange)
        if body.get("stream", True):
            exchange.stream(lines, "application/x-ndjson", cut=not script.ends and not script.quiet)
        else:
            exchange.json(_message(script.text(prompt)) | _last(script))
    else:
        exchange.json({"error": "not found"}, 404)


def _lines(script: Script, prompt: Prompt, exchange: Exchange) -> Iterator[bytes]:
    for piece in script.streamed(prompt, exchange):
        yield json.dumps(_message(piece) | {"done": False}).encode() + b"\n"
    if script.ends:
        yield json.dumps(_message("") | _last(script)).encode() + b"\n"


def _message(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"model": MODEL, "created_at": "2025-04-21T09:00:00.000000Z", "message": message}


def _last(script: Script) -> dict[str, Any]:
    counts = {"prompt_eval_count": USED["read"], "eval_count": USED["written"], "total_duration": 5_000_000}
    return {"done": True, "done_reason": script.finish_reason, **counts}
