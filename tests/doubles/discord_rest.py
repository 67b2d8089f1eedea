"""The REST API of the Discord stand-in: messages, threads, commands, interactions and their webhooks."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord_world as world
from aiohttp import web
from discord_limits import hides, pings, refusal, unfurls
from discord_world import APP, BOT, DIRECT, GUILD, snowflake

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from discord_stand_in import DiscordStandIn

EPHEMERAL = 1 << 6


@dataclass(frozen=True)
class Call:
    """One request: `at` is `time.monotonic()` when it came, `status` what it was answered with."""

    method: str
    path: str
    body: dict[str, Any]
    status: int
    at: float


@dataclass
class Posted:
    """A message of the bot's as it stands; `edits` are the moments of its changes, `history` its texts so far."""

    id: str
    channel: str
    payload: dict[str, Any]
    at: float
    ephemeral: bool = False
    deleted: bool = False
    edits: list[float] = field(default_factory=list)
    history: list[str] = field(default_factory=list)

    @property
    def content(self) -> str:
        return self.payload.get("content") or ""

    @property
    def buttons(self) -> list[str]:
        rows = self.payload.get("components") or []
        return [button["custom_id"] for row in rows for button in row["components"]]

    @property
    def reply_to(self) -> str | None:
        return (self.payload.get("message_reference") or {}).get("message_id")


@dataclass
class Interaction:
    """A command or a click: what was called back, and the messages that came of it, the original one first."""

    id: str
    token: str
    channel: str
    at: float
    message: Posted | None = None
    expired: bool = False
    callbacks: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    messages: list[Posted] = field(default_factory=list)


class Refused(Exception):  # noqa: N818  it is an answer
    """An answer that is an error, as Discord words it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message}


@dataclass
class Fault:
    """What the next requests of a kind are answered with instead; status 0: they are done, and nobody is told."""

    method: str
    path: re.Pattern[str]
    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    times: int


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON; discord.py reads it only where the type of the content says nothing else."""
    if status == 204:
        return web.Response(status=204)
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


class Rest:
    """Answers requests, and keeps what they made."""

    def __init__(self, stand_in: DiscordStandIn) -> None:
        self._all = stand_in
        self.faults: list[Fault] = []
        route = self._routes = []
        for method, pattern, handler in (
            ("GET", r"/users/@me", self._me),
            ("GET", r"/oauth2/applications/@me", self._application),
            ("GET", r"/users/(\d+)", self._user),
            ("POST", r"/users/@me/channels", self._direct),
            ("PUT", rf"/applications/{APP}/commands", self._commands),
            ("GET", r"/channels/(\d+)", self._channel),
            ("PATCH", r"/channels/(\d+)", self._channel),
            ("POST", r"/channels/(\d+)/typing", self._nothing),
            ("POST", r"/channels/(\d+)/messages", self._post),
            ("POST", r"/channels/(\d+)/messages/(\d+)/threads", self._thread),
            ("PATCH", r"/channels/(\d+)/messages/(\d+)", self._edit),
            ("DELETE", r"/channels/(\d+)/messages/(\d+)", self._delete),
            ("POST", r"/interactions/(\d+)/([\w.-]+)/callback", self._callback),
            ("POST", rf"/webhooks/{APP}/([\w.-]+)", self._follow_up),
            ("PATCH", rf"/webhooks/{APP}/([\w.-]+)/messages/(@original|\d+)", self._edit_original),
            ("DELETE", rf"/webhooks/{APP}/([\w.-]+)/messages/(@original|\d+)", self._delete_original),
        ):
            route.append((method, re.compile(pattern), handler))

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request, or misbehave as told, and note it."""
        at, path = time.monotonic(), request.path.removeprefix("/api/v10")
        text = await request.text()
        body = json.loads(text) if text else {}
        response = await self._answered(request, path, body)
        given = body if isinstance(body, dict) else {"commands": body}
        self._all.calls.append(Call(request.method, path, given, response.status, at))
        self._all.changed()
        return response

    async def _answered(self, request: web.Request, path: str, body: Any) -> web.Response:
        fault = self._fault(request.method, path)
        if fault and fault.status:
            return answer(fault.body, fault.status, fault.headers)
        response = await self._done(request, path, body)
        if fault and request.transport:
            request.transport.abort()
        return response

    async def _done(self, request: web.Request, path: str, body: Any) -> web.Response:
        tokened = path.startswith(("/webhooks/", "/interactions/"))
        if not tokened and request.headers.get("Authorization") != f"Bot {self._all.token}":
            return answer({"message": "401: Unauthorized", "code": 0}, 401)
        for method, pattern, handler in self._routes:
            if method == request.method and (match := pattern.fullmatch(path)):
                return await self._tried(handler, match.groups(), body)
        return answer({"message": "404: Not Found", "code": 0}, 404)

    @staticmethod
    async def _tried(handler: Callable[..., Awaitable[Any]], parts: tuple[str, ...], body: Any) -> web.Response:
        try:
            made = await handler(*parts, body)
        except Refused as refused:
            return answer(refused.body, refused.status)
        return made if isinstance(made, web.Response) else answer(made)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method and fault.path.search(path):
                fault.times -= 1
                return fault
        return None

    async def _me(self, _: Any) -> Any:
        return world.user(BOT)

    async def _user(self, id_: str, _: Any) -> Any:
        return world.user(id_)

    async def _application(self, _: Any) -> Any:
        return world.application(0)

    async def _direct(self, body: Any) -> Any:
        return world.direct(str(body["recipient_id"]))

    async def _commands(self, body: Any) -> Any:
        self._all.commands = body
        made = {"application_id": APP, "version": "1", "default_member_permissions": None}
        return [{**command, "id": snowflake(), **made} for command in body]

    async def _channel(self, id_: str, _: Any) -> Any:
        if id_ not in self._all.threads:
            raise Refused(404, 10003, "Unknown Channel")
        return self._all.threads[id_]

    async def _nothing(self, *_: Any) -> Any:
        return answer(None, 204)

    def _checked(self, payload: dict[str, Any], *, editing: bool = False) -> None:
        self._all.pinged += [payload] * pings(payload)
        self._all.unfurled += [payload] * unfurls(payload, editing=editing)
        if body := refusal(payload, editing=editing):
            self._all.refused.append(body)
            raise Refused(400, body["code"], body["message"])

    def _keep(self, channel: str, payload: dict[str, Any], *, ephemeral: bool = False) -> Posted:
        self._all.hidden += [payload] * hides(payload)
        posted = Posted(snowflake(), channel, payload, time.monotonic(), ephemeral)
        posted.history.append(posted.content)
        self._all.posted[posted.id] = posted
        return posted

    async def _post(self, channel: str, payload: Any) -> Any:
        self._checked(payload)
        nonce = payload.get("nonce")
        if nonce and payload.get("enforce_nonce") and nonce in self._all.nonces:
            return self._told(self._all.nonces[nonce])
        posted = self._keep(channel, payload)
        if nonce:
            self._all.nonces[nonce] = posted
        await self._all.gateway.emit("MESSAGE_CREATE", self._told(posted))
        return self._told(posted)

    def _told(self, posted: Posted) -> dict[str, Any]:
        shown = {key: posted.payload[key] for key in ("embeds", "components", "flags") if posted.payload.get(key)}
        place = {} if posted.channel == DIRECT else {"guild_id": GUILD}
        return world.message(posted.id, posted.channel, BOT, posted.content, **place, **shown)

    async def _thread(self, channel: str, message: str, payload: Any) -> Any:
        if channel == world.NO_THREADS:
            raise Refused(403, 50013, "Missing Permissions")
        if message in self._all.threads:
            raise Refused(400, 160004, "A thread has already been created for this message")
        if not 0 < len(payload["name"]) <= 100:
            raise Refused(400, 50035, "Invalid Form Body")
        made = self._all.threads[message] = world.thread(message, channel, payload["name"], BOT)
        await self._all.gateway.emit("THREAD_CREATE", {**made, "newly_created": True})
        return made

    def _existing(self, id_: str) -> Posted:
        posted = self._all.posted.get(id_)
        if posted is None or posted.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return posted

    async def _edit(self, _: str, id_: str, payload: Any) -> Any:
        posted = self._existing(id_)
        self._change(posted, payload)
        await self._all.gateway.emit("MESSAGE_UPDATE", self._told(posted))
        return self._told(posted)

    def _change(self, posted: Posted, payload: dict[str, Any]) -> None:
        self._checked(payload, editing=True)
        posted.payload = {**posted.payload, **payload}
        self._all.hidden += [posted.payload] * hides(posted.payload)
        posted.edits.append(time.monotonic())
        posted.history.append(posted.content)

    async def _delete(self, _: str, id_: str, __: Any) -> Any:
        self._existing(id_).deleted = True
        return answer(None, 204)

    def _interaction(self, token: str) -> Interaction:
        interaction = self._all.interactions.get(token)
        if interaction is None or interaction.expired:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return interaction

    async def _callback(self, _: str, token: str, body: Any) -> Any:
        interaction = self._all.interactions[token]
        if interaction.callbacks:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if interaction.expired or time.monotonic() - interaction.at > 3:
            raise Refused(404, 10062, "Unknown interaction")
        kind, data = body["type"], body.get("data") or {}
        if kind in {4, 7}:
            self._checked(data, editing=kind == 7)
        interaction.callbacks.append((time.monotonic(), body))
        if kind == 7 and interaction.message:
            self._change(interaction.message, data)
        hidden = bool(data.get("flags", 0) & EPHEMERAL)
        if kind in {4, 5}:
            interaction.messages.append(self._keep(interaction.channel, data, ephemeral=hidden))
        told = {"id": interaction.id, "type": 2, "response_message_ephemeral": hidden}
        return {"interaction": told, "resource": {"type": kind}}

    async def _follow_up(self, token: str, payload: Any) -> Any:
        interaction = self._interaction(token)
        self._checked(payload)
        hidden = bool(payload.get("flags", 0) & EPHEMERAL)
        posted = self._keep(interaction.channel, payload, ephemeral=hidden)
        interaction.messages.append(posted)
        return {**self._told(posted), "webhook_id": APP}

    def _original(self, token: str, id_: str) -> Posted:
        interaction = self._interaction(token)
        if id_ != "@original":
            return self._existing(id_)
        if interaction.messages:
            return interaction.messages[0]
        if interaction.message:
            return interaction.message
        raise Refused(404, 10008, "Unknown Message")

    async def _edit_original(self, token: str, id_: str, payload: Any) -> Any:
        posted = self._original(token, id_)
        self._change(posted, payload)
        return {**self._told(posted), "webhook_id": APP}

    async def _delete_original(self, token: str, id_: str, _: Any) -> Any:
        self._original(token, id_).deleted = True
        return answer(None, 204)
