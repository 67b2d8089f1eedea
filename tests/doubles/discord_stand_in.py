"""A Discord on loopback for the real discord.py: REST v10 and the gateway, with its limits, misbehaving on demand.

    with discord_stand_in() as discord:
        ...start a bot with discord.environ...
        discord.until(lambda: discord.gateway.connected)
        asked = discord.say(f"<@{BOT}> When did the harbour reopen?")
        discord.until(lambda: discord.shown(asked))

Everything that a bot sends is recorded: `calls` in their order, `posted` its messages as they stand, `interactions`
what became of commands and clicks. `pinged`, `unfurled`, `hidden` and `refused` hold what no bot should send.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import discord_world as world
from aiohttp import web
from discord_gateway import Gateway
from discord_rest import Call, Fault, Interaction, Posted, Rest
from discord_world import APP, ASKER, CHANNEL, DIRECT, GUILD, HUMAN_THREAD, snowflake

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

TOKEN = "NzAwMg.stand-in.very-secret-bot-token"


class DiscordStandIn:
    """One server of Discord with its channels, people and one bot."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.content_granted = True
        self.heartbeat = 20.0
        self.calls: list[Call] = []
        self.posted: dict[str, Posted] = {}
        self.nonces: dict[str, Posted] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[dict[str, Any]] = []
        self.pinged: list[dict[str, Any]] = []
        self.unfurled: list[dict[str, Any]] = []
        self.hidden: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.threads = {HUMAN_THREAD: world.thread(HUMAN_THREAD, CHANNEL, "talk", ASKER)}
        self.said: dict[str, dict[str, Any]] = {}
        self.gateway = Gateway(self)
        self.rest = Rest(self)
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._condition = threading.Condition()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def environ(self) -> dict[str, str]:
        """What has a bot speak with this stand-in."""
        return {
            "DISCORD_BOT_TOKEN": self.token,
            "NEWSQA_DISCORD_API_URL": self.api_url,
            "NEWSQA_DISCORD_GATEWAY_URL": self.gateway_url,
        }

    def changed(self) -> None:
        """Wake whoever waits for something to become true."""
        with self._condition:
            self._condition.notify_all()

    def until(self, condition: Callable[[], Any], seconds: float = 40.0) -> Any:
        """Wait for something to become true, and return it. Raises AssertionError with the last calls."""
        deadline = time.monotonic() + seconds
        with self._condition:
            while not (true := condition()) and time.monotonic() < deadline:
                self._condition.wait(0.2)  # not all that is waited for comes over the wire
            if not true:
                last = "\n".join(f"{c.method} {c.path} {c.status} {str(c.body)[:200]}" for c in self.calls[-15:])
                raise AssertionError(f"It did not come true in {seconds} s. The last calls:\n{last}")
            return true

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Have the server do something, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def emit(self, name: str, data: dict[str, Any]) -> None:
        """Send an event to the bot."""
        self.run(self.gateway.emit(name, data))

    def say(self, content: str, channel: str = CHANNEL, author: str = ASKER, **more: Any) -> str:
        """Have somebody write a message; return its id."""
        place = {} if channel == DIRECT else {"guild_id": GUILD, "member": world.member(author)}
        message = world.message(snowflake(), channel, author, content, **place, **more)
        self.said[message["id"]] = message
        self.emit("MESSAGE_CREATE", message)
        return message["id"]

    def replay(self, message_id: str) -> None:
        """Send the event of a message once more."""
        self.emit("MESSAGE_CREATE", self.said[message_id])

    def edit(self, message_id: str, content: str) -> None:
        """Have a message edited by its author."""
        old = self.said[message_id]
        base = {key: old[key] for key in ("guild_id", "member") if key in old}
        new = world.message(message_id, old["channel_id"], old["author"]["id"], content, **base)
        self.said[message_id] = {**new, "edited_timestamp": world.now()}
        self.emit("MESSAGE_UPDATE", self.said[message_id])

    def delete(self, message_id: str) -> None:
        """Have a message deleted."""
        old = self.said[message_id]
        place = {"guild_id": GUILD} if "guild_id" in old else {}
        self.emit("MESSAGE_DELETE", {"id": message_id, "channel_id": old["channel_id"], **place})

    def ask(self, question: str, channel: str = CHANNEL, person: str = ASKER) -> Interaction:
        """Have somebody use /ask."""
        return self.command("ask", channel, person, question=question)

    def command(self, name: str, channel: str = CHANNEL, person: str = ASKER, **given: str) -> Interaction:
        """Have somebody use a command."""
        options = [{"name": option, "type": 3, "value": value} for option, value in given.items()]
        return self._interact(2, {"id": "5001", "name": name, "type": 1, "options": options}, channel, person)

    def click(self, custom_id: str, on: Posted, person: str = ASKER) -> Interaction:
        """Have somebody press a button of a message."""
        assert custom_id in on.buttons
        shown = {key: on.payload[key] for key in ("embeds", "components", "flags") if on.payload.get(key)}
        message = world.message(on.id, on.channel, world.BOT, on.content, **shown)
        data = {"custom_id": custom_id, "component_type": 2}
        return self._interact(3, data, on.channel, person, on, message=message)

    def _interact(
        self, kind: int, data: dict[str, Any], channel: str, person: str, on: Posted | None = None, **more: Any
    ) -> Interaction:
        made = Interaction(snowflake(), f"interaction-token-{secrets.token_hex(20)}", channel, time.monotonic(), on)
        self.interactions[made.token] = made
        if channel == DIRECT:
            where = {"channel": world.direct(), "user": world.user(person), "context": 1}
        else:
            there = self.threads.get(channel) or world.channel(channel, "news")
            who = {"user": world.user(person), **world.member(person), "permissions": world.MAY_ALL}
            where = {"channel": there, "guild_id": GUILD, "guild": {"id": GUILD}, "member": who, "context": 0}
        payload = {
            "id": made.id,
            "application_id": APP,
            "type": kind,
            "data": data,
            "channel_id": channel,
            "token": made.token,
            "version": 1,
            "app_permissions": world.MAY_ALL,
            "locale": "en-GB",
            "entitlements": [],
            "attachment_size_limit": 1 << 20,
            "authorizing_integration_owners": {"0": GUILD},
            **where,
            **more,
        }
        self.emit("INTERACTION_CREATE", payload)
        return made

    def shown(self, place: str) -> list[Posted]:
        """Return the bot's messages that stand in a channel or thread, in their order."""
        return [p for p in self.posted.values() if p.channel == place and not p.deleted and not p.ephemeral]

    def misbehave(
        self, method: str, path: str, status: int, body: dict[str, Any], times: int = 1, via: bool = True
    ) -> Fault:
        """Have the next requests whose path holds a pattern answered so."""
        fault = Fault(method, re.compile(path), status, body, {"Via": "1.1 stand-in"} if via else {}, times)
        self.rest.faults.append(fault)
        return fault

    def limit(self, method: str, path: str, seconds: float, times: int = 1) -> Fault:
        """Answer the next requests of a kind with 429."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
        return self.misbehave(method, path, 429, body, times)

    def lose(self, method: str, path: str) -> Fault:
        """Do what the next request of a kind asks for, and cut the connection in place of an answer."""
        return self.misbehave(method, path, 0, {})

    async def _serve(self, started: threading.Event, stop: asyncio.Event) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{rest:.*}", self.rest.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        for socket in self.gateway.sockets:
            if not socket.closed and socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        await runner.cleanup()


@contextmanager
def discord_stand_in() -> Iterator[DiscordStandIn]:
    """Serve on a free port of loopback for as long as the context lasts."""
    stand_in = DiscordStandIn()
    loop, started, stop = stand_in._loop, threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(stand_in._serve(started, stop)), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield stand_in
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
