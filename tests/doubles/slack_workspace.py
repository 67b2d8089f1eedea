"""What Slack keeps, and what each method of its Web API does to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_limits import fault_of_message, fault_of_view

if TYPE_CHECKING:
    from collections.abc import Callable

BOT_TOKEN = "xoxb-canary-7d41c0ffee"
APP_TOKEN = "xapp-canary-9b52c0ffee"
TEAM, BOT, BOT_ID, APP = "T1", "UBOT", "B1", "A1"
SCOPES = "app_mentions:read,channels:history,groups:history,im:history,mpim:history,chat:write,commands"


@dataclass(frozen=True)
class Call:
    """What a client called: the method ("response" for a response address), its arguments, the answer, the moment."""

    method: str
    args: dict[str, Any]
    answer: dict[str, Any]
    at: float
    status: int = 200

    @property
    def ok(self) -> bool:
        return self.status == 200 and bool(self.answer.get("ok"))


@dataclass
class Posted:
    """A message as it stands; `texts` has all that it said, the newest last."""

    channel: str
    ts: str
    thread: str
    texts: list[str]
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.texts[-1]


@dataclass(frozen=True)
class Fault:
    """How a call is answered wrongly: an error of Slack's, or a status with headers."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Workspace:
    """The messages of a workspace, and the tickets for sockets that were given out."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: dict[str, Posted] = {}
        self.tickets: set[str] = set()
        self.count = itertools.count(1)

    def now(self) -> str:
        """Return a fresh ts, as Slack names messages."""
        return f"{1_760_000_000 + next(self.count)}.000100"


def buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the buttons of a message."""
    return [e for b in blocks if b["type"] == "actions" for e in b["elements"] if e["type"] == "button"]


def _auth(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "url": "https://t.slack.com/", "team": "t", "user": "newsqa", "team_id": TEAM, "user_id": BOT,
            "bot_id": BOT_ID, "is_enterprise_install": False}  # fmt: skip


def _open(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    ticket = slack.now()
    slack.tickets.add(ticket)
    return {"ok": True, "url": f"{slack.url.replace('http', 'ws').removesuffix('api/')}link?ticket={ticket}"}


def _post(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    if fault := fault_of_message(args):
        return {"ok": False, "error": fault}
    ts = slack.now()
    slack.messages[ts] = Posted(
        args["channel"],
        ts,
        args.get("thread_ts", ""),
        [args.get("text", "")],
        args.get("blocks", []),
        args.get("metadata", {}),
    )
    return {"ok": True, "channel": args["channel"], "ts": ts, "message": {"ts": ts, "text": args.get("text", "")}}


def _read(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    """Return the messages of a thread, or of a channel outside of threads, after `oldest`; the newest first."""
    found = [
        {"ts": one.ts, "text": one.text, "metadata": one.metadata if args.get("include_all_metadata") else {}}
        for one in slack.messages.values()
        if one.channel == args["channel"] and one.thread == args.get("ts", "") and one.ts > args["oldest"]
    ]
    return {"ok": True, "messages": found[::-1][: int(args["limit"])]}


def _update(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    message = slack.messages.get(args["ts"])
    if message is None or message.channel != args["channel"]:
        return {"ok": False, "error": "message_not_found"}
    if fault := fault_of_message(args):
        return {"ok": False, "error": fault}
    message.texts.append(args.get("text", ""))
    message.blocks = args.get("blocks", [])
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text}


def _delete(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    gone = slack.messages.pop(args["ts"], None)
    return {"ok": True, "ts": args["ts"]} if gone else {"ok": False, "error": "message_not_found"}


def _ephemeral(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    fault = fault_of_message(args) or ("" if args.get("user") else "user_not_in_channel")
    return {"ok": False, "error": fault} if fault else {"ok": True, "message_ts": slack.now()}


def _view(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    fault = fault_of_view(args["view"])
    return {"ok": False, "error": fault} if fault else {"ok": True, "view": {"id": "V1", **args["view"]}}


def unknown(slack: Workspace, args: dict[str, Any]) -> dict[str, Any]:
    return {"ok": False, "error": "unknown_method"}


METHODS: dict[str, Callable[[Workspace, dict[str, Any]], dict[str, Any]]] = {
    "auth.test": _auth,
    "apps.connections.open": _open,
    "chat.postMessage": _post,
    "conversations.replies": _read,
    "conversations.history": _read,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _ephemeral,
    "views.open": _view,
}
