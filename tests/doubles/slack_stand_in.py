"""Slack on loopback: its Web API, Socket Mode and response addresses, with its limits, and its faults on demand.

It holds what Slack would hold (messages as they stand after every update), and notes every call in its order.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import contextmanager, suppress
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web
from slack_limits import fault_of_message
from slack_workspace import (
    APP,
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    METHODS,
    SCOPES,
    TEAM,
    Call,
    Fault,
    Posted,
    Workspace,
    buttons,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 15.0
"""Seconds that a condition is waited for."""


class SlackStandIn(Workspace):
    """Everything that a test sees and does of Slack."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes = SCOPES
        self.calls: list[Call] = []
        self.sent: dict[str, float] = {}
        self.acks: dict[str, float] = {}
        self.connections = 0
        self._faults: list[tuple[str, Callable[[dict[str, Any]], bool], Fault]] = []
        self._sockets: list[tuple[web.WebSocketResponse, web.Request]] = []
        self._waiting: list[dict[str, Any]] = []
        self._changed = Condition()
        self._uses: dict[str, int] = {}
        self.loop: asyncio.AbstractEventLoop

    # What a test looks at.

    def until(self, found: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until `found` gives something true, and return that."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (result := found()):
                left = deadline - time.monotonic()
                assert left > 0, (
                    f"it did not come; what was called: {[(c.method, c.args.get('text')) for c in self.calls][-12:]}"
                )
                self._changed.wait(min(left, 0.25))
            return result

    def called(self, *methods: str, **args: object) -> list[Call]:
        """Return the calls of these methods with these arguments."""
        return [c for c in list(self.calls) if c.method in methods and all(c.args.get(k) == v for k, v in args.items())]

    def thread(self, channel: str, thread: str) -> list[Posted]:
        """Return what stands in a thread now, oldest first."""
        return [m for m in list(self.messages.values()) if (m.channel, m.thread) == (channel, thread)]

    def finals(self, channel: str, thread: str = "") -> list[Posted]:
        """Return what stands in a thread, of what has buttons."""
        return [m for m in self.thread(channel, thread) if buttons(m.blocks)]

    def acked(self, envelope: str) -> float:
        """Wait for the ack of an envelope; return its moment."""
        self.until(lambda: envelope in self.acks)
        return self.acks[envelope]

    # What a test lets Slack do.

    def fail(
        self, method: str, fault: Fault, times: int = 1, where: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> None:
        """Answer the next calls of a method, of those with such arguments, with a fault."""
        self._faults += [(method, where, fault)] * times

    def event(self, event: dict[str, Any], *, event_id: str = "", retry: int = 0) -> str:
        """Send an event; return the id of its envelope."""
        number = next(self.count)
        body = {
            "token": "gone", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": event_id or f"Ev{number}", "event_time": 1_760_000_000,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }  # fmt: skip
        return self._envelope("events_api", body, retry)

    def say(self, text: str, *, channel: str = "C1", person: str = "U1", ts: str = "", **more: Any) -> str:
        """Have a person write where the bot reads along; return the ts. A mention comes as a mention, too."""
        ts = ts or self.now()
        kind = {"D": "im", "G": "group"}.get(channel[0], "channel")
        message = {"channel": channel, "user": person, "text": text, "ts": ts, "event_ts": ts, "team": TEAM, **more}
        if f"<@{BOT}>" in text and kind != "im":
            self.event({"type": "app_mention", **message})
        self.event({"type": "message", "channel_type": kind, **message})
        return ts

    def command(self, text: str, *, name: str = "/ask", channel: str = "C1", person: str = "U1") -> str:
        """Have a person give a slash command; return the address (its path) where Slack takes what belongs to it."""
        url = self.response_url()
        self._envelope("slash_commands", {
            "token": "gone", "team_id": TEAM, "team_domain": "t", "channel_id": channel, "channel_name": "c",
            "user_id": person, "user_name": person.lower(), "command": name, "text": text, "api_app_id": APP,
            "response_url": url, "trigger_id": f"trigger-{next(self.count)}",
        })  # fmt: skip
        return url[url.index("/response/") :]

    def click(self, message: Posted | Call, action: str, *, person: str = "U1") -> str:
        """Have a person click a button of a message, or of what only they see; return the id of the envelope."""
        seen = isinstance(message, Posted)
        blocks = message.blocks if isinstance(message, Posted) else message.args["blocks"]
        ts, thread = (message.ts, message.thread or message.ts) if isinstance(message, Posted) else ("1.1", "1.1")
        button = next(b for b in buttons(blocks) if b["action_id"] == action)
        channel = message.channel if isinstance(message, Posted) else "C1"
        return self.interaction({
            "type": "block_actions", "user": {"id": person, "team_id": TEAM}, "channel": {"id": channel, "name": "c"},
            "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": not seen},
            "message": {"ts": ts, "thread_ts": thread, "user": BOT},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": button.get("value", "")}],
        })  # fmt: skip

    def interaction(self, body: dict[str, Any]) -> str:
        """Send what a click, a shortcut or a modal sends; return the id of the envelope."""
        head = {
            "team": {"id": TEAM, "domain": "t"}, "user": {"id": "U1", "team_id": TEAM}, "api_app_id": APP,
            "token": "gone", "trigger_id": f"trigger-{next(self.count)}", "response_url": self.response_url(),
        }  # fmt: skip
        return self._envelope("interactive", {**head, **body})

    def response_url(self) -> str:
        """Make an address that takes five messages."""
        return f"{self.url.removesuffix('api/')}response/{next(self.count)}"

    def refresh(self) -> None:
        """Announce the end of the connection, as Slack does every few hours."""
        self._run(self._refresh())

    def drop(self) -> None:
        """Cut all connections without a word."""
        self.loop.call_soon_threadsafe(self._drop)

    def _drop(self) -> None:
        for _, request in self._sockets:
            if request.transport:
                request.transport.abort()
        self._sockets.clear()

    async def _refresh(self) -> None:
        for socket, _ in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    # How it answers.

    def _envelope(self, kind: str, body: dict[str, Any], retry: int = 0) -> str:
        number = f"envelope-{next(self.count)}"
        envelope = {
            "envelope_id": number,
            "type": kind,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        self.sent[number] = time.monotonic()
        self._run(self._send(envelope))
        return number

    async def _send(self, envelope: dict[str, Any]) -> None:
        open_ones = [socket for socket, _ in self._sockets if not socket.closed]
        if open_ones:
            await open_ones[-1].send_json(envelope)
        else:
            self._waiting.append(envelope)

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    async def api(self, request: web.Request) -> web.Response:
        method, args = request.match_info["method"], await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault = self._fault(method, args)
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if fault and fault.status != 200:
            answer: dict[str, Any] = {"ok": False, "error": "ratelimited"}
        elif fault or token != expected:
            answer = {"ok": False, "error": fault.error if fault else "invalid_auth"}
        else:
            answer = METHODS.get(method, unknown)(self, args)
        status = fault.status if fault else 200
        self._note(Call(method, args, answer, time.monotonic(), status))
        return web.json_response(answer, status=status, headers={
            "x-oauth-scopes": self.scopes, **(fault.headers if fault else {})
        })  # fmt: skip

    async def response(self, request: web.Request) -> web.Response:
        args, number = await request.json(), request.path
        self._uses[number] = self._uses.get(number, 0) + 1
        fault = self._fault("response", args)
        error = fault.error if fault else "used_url" if self._uses[number] > 5 else fault_of_message(args)
        status = (fault.status if fault and fault.status != 200 else 404) if error or fault else 200
        answer = {"ok": status == 200, **({"error": error} if error else {})}
        self._note(Call("response", {**args, "url": number}, answer, time.monotonic(), status))
        return web.Response(text=error or "ok", status=status, headers=fault.headers if fault else {})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("ticket") not in self.tickets:
            raise web.HTTPForbidden
        self.tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self._sockets.append((socket, request))
        waiting, self._waiting = self._waiting, []
        for envelope in waiting:
            await socket.send_json(envelope)
        with self._changed:
            self.connections += 1
            self._changed.notify_all()
        async for message in socket:
            if message.type == WSMsgType.TEXT and (envelope_id := json.loads(message.data).get("envelope_id")):
                with self._changed:
                    self.acks.setdefault(envelope_id, time.monotonic())
                    self._changed.notify_all()
        self._sockets = [pair for pair in self._sockets if pair[0] is not socket]
        return socket

    def _fault(self, method: str, args: dict[str, Any]) -> Fault | None:
        for entry in self._faults:
            if entry[0] == method and entry[1](args):
                self._faults.remove(entry)
                return entry[2]
        return None

    def _note(self, call: Call) -> None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    form = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
    return {k: json.loads(v) if k in {"blocks", "view"} else v for k, v in form.items()}


@contextmanager
def slack_stand_in() -> Iterator[SlackStandIn]:
    """Serve on a free port of loopback for as long as the context lasts."""
    slack, started, stopping = SlackStandIn(), Event(), asyncio.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/api/{method}", slack.api)
        app.router.add_get("/api/{method}", slack.api)
        app.router.add_post("/response/{n}", slack.response)
        app.router.add_get("/link", slack.socket)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        slack.loop = asyncio.get_running_loop()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        started.set()
        await stopping.wait()
        slack._drop()
        await runner.cleanup()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield slack
    finally:
        with suppress(RuntimeError):
            slack.loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)
