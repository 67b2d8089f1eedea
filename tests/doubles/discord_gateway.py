"""The gateway of the Discord stand-in: sessions that can be resumed, compressed streams, and every way to lose them."""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web
from discord_world import APP, BOT, GUILD, guild, user

if TYPE_CHECKING:
    from discord_stand_in import DiscordStandIn

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15


class _Zlib:
    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def __call__(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class _Zstd:
    def __init__(self) -> None:
        import zstandard

        self._stream = zstandard.ZstdCompressor().compressobj()
        self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def __call__(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(self._flush)


@dataclass
class Session:
    """What one IDENTIFY began: every event since, to be sent again where a RESUME asks for it."""

    id: str
    intents: int
    socket: web.WebSocketResponse | None = None
    pack: Any = None
    events: list[dict[str, Any]] = field(default_factory=list)

    async def dispatch(self, name: str, data: dict[str, Any]) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(self.events) + 1, "d": data}
        self.events.append(event)
        await self.send(event)

    async def send(self, payload: dict[str, Any]) -> None:
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_bytes(self.pack(json.dumps(payload).encode()))

    def sees(self, name: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Return what this session's intents let it see of an event."""
        if not name.startswith("MESSAGE_"):
            return data
        direct = "guild_id" not in data
        if not self.intents & (DIRECT_MESSAGES if direct else GUILD_MESSAGES):
            return None
        hidden = not (direct or self.intents & MESSAGE_CONTENT or _concerns_bot(data))
        if hidden and "content" in data:
            return {**data, "content": "", "embeds": [], "components": [], "attachments": []}
        return data


def _concerns_bot(data: dict[str, Any]) -> bool:
    mentioned = [person["id"] for person in data.get("mentions", [])]
    return BOT in mentioned or data.get("author", {}).get("id") == BOT


class Gateway:
    """Speaks to one bot at a time. `identified` and `resumed` count, `heartbeats` too."""

    def __init__(self, world: DiscordStandIn) -> None:
        self._world = world
        self.sessions: dict[str, Session] = {}
        self.current: Session | None = None
        self.sockets: list[web.WebSocketResponse] = []
        self.identified: list[dict[str, Any]] = []
        self.resumed = self.heartbeats = 0

    @property
    def connected(self) -> bool:
        session = self.current
        return session is not None and session.socket is not None and not session.socket.closed

    async def emit(self, name: str, data: dict[str, Any]) -> None:
        """Send an event to the session, or keep it for when it is resumed."""
        if self.current and (seen := self.current.sees(name, data)) is not None:
            await self.current.dispatch(name, seen)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with a bot that connects."""
        socket = web.WebSocketResponse(autoclose=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        pack = _Zstd() if request.query.get("compress") == "zstd-stream" else _Zlib()
        session = Session("", 0, socket, pack)
        await session.send({"op": HELLO, "d": {"heartbeat_interval": self._world.heartbeat * 1000}})
        async for received in socket:
            if received.type is not WSMsgType.TEXT:
                break
            session = await self._receive(session, json.loads(received.data))
            self._world.changed()
        self._world.changed()
        return socket

    async def _receive(self, session: Session, payload: dict[str, Any]) -> Session:
        if payload["op"] == HEARTBEAT:
            self.heartbeats += 1
            await session.send({"op": ACK, "d": None})
        elif payload["op"] == IDENTIFY:
            return await self._identify(session, payload["d"])
        elif payload["op"] == RESUME:
            return await self._resume(session, payload["d"])
        return session

    async def _identify(self, session: Session, data: dict[str, Any]) -> Session:
        self.identified.append(data)
        assert session.socket is not None
        if data["token"] != self._world.token:
            await session.socket.close(code=4004, message=b"Authentication failed.")
            return session
        if data["intents"] & MESSAGE_CONTENT and not self._world.content_granted:
            await session.socket.close(code=4014, message=b"Disallowed intent(s).")
            return session
        session.id, session.intents = secrets.token_hex(16), data["intents"]
        self.sessions[session.id] = self.current = session
        ready = {
            "v": 10,
            "user": user(BOT),
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self._world.gateway_url,
            "application": {"id": APP, "flags": 0},
        }
        await session.dispatch("READY", ready)
        await session.dispatch("GUILD_CREATE", guild(list(self._world.threads.values())))
        return session

    async def _resume(self, fresh: Session, data: dict[str, Any]) -> Session:
        session = self.sessions.get(data["session_id"] or "")
        if session is None or data["token"] != self._world.token:
            await fresh.send({"op": INVALID, "d": False})
            return fresh
        session.socket, session.pack = fresh.socket, fresh.pack
        self.current = session
        self.resumed += 1
        for event in session.events[data["seq"] :]:
            await session.send(event)
        await session.dispatch("RESUMED", {})
        return session

    async def reconnect(self) -> None:
        """Ask the bot to connect anew (op 7)."""
        await self._told({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell the bot that its session is over (op 9)."""
        if not resumable:
            self.sessions.clear()
        await self._told({"op": INVALID, "d": resumable})

    async def close(self, code: int) -> None:
        """Close the socket with a code."""
        assert self.current is not None
        assert self.current.socket is not None
        await self.current.socket.close(code=code)

    async def drop(self) -> None:
        """Cut the connection without a word."""
        assert self.current is not None
        assert self.current.socket is not None
        request = self.current.socket._req
        assert request is not None
        assert request.transport is not None
        request.transport.abort()

    async def _told(self, payload: dict[str, Any]) -> None:
        assert self.current is not None
        await self.current.send(payload)
