"""The app as Bolt sees it: every envelope is acknowledged at once, and handed on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from newsqa.fronts.slack.decode import commanded, heard
from newsqa.fronts.slack.service import Click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newsqa.fronts.slack.checks import Identity
    from newsqa.fronts.slack.send import Line
    from newsqa.fronts.slack.service import Service

    Ack = Callable[[], Awaitable[object]]
    Body = dict[str, Any]

ANY = re.compile("")
KEEPING = "/newsqa"
"""The command to the bot itself; every other one asks, since a workspace may have to name `/ask` otherwise."""


def slack_app(service: Service, identity: Identity, line: Line, signing_secret: str = "") -> AsyncApp:
    """Return the app; it serves as long as something hands it envelopes (Socket Mode) or requests (HTTP).

    Bolt gets no token: it only acknowledges, and everything that is posted is sent by `service`.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=identity.team, bot_user_id=identity.user, bot_id=identity.bot
        )

    app = AsyncApp(
        name="slack_bolt.newsqa",  # Bolt sets the level of the logger of this name, which must not be our own
        client=line.client(None),
        authorize=authorize,
        logger=line.logger,
        signing_secret=signing_secret,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,  # helpers for threads that nothing here needs
    )
    _listen(app, service, identity)
    return app


def _listen(app: AsyncApp, service: Service, identity: Identity) -> None:
    """Register what is done for each kind of envelope; of each kind all are taken, since Slack repeats what is not."""

    async def on_event(body: Body) -> None:
        if spoken := heard(body, identity.user):
            service.hear(spoken)

    async def on_command(ack: Ack, body: Body) -> None:
        await ack()
        if body["command"].lower() == KEEPING:
            service.keep(commanded(body, raw=True), body["response_url"])
        else:
            service.command(commanded(body), body["response_url"])

    async def on_action(ack: Ack, body: Body, action: Body) -> None:
        await ack()
        service.click(_click(body, action))

    async def on_other(ack: Ack) -> None:
        await ack()

    app.event(ANY)(on_event)
    app.command(ANY)(on_command)
    app.action(ANY)(on_action)
    app.shortcut(ANY)(on_other)
    app.view(ANY)(on_other)
    app.options(ANY)(on_other)


def _click(body: Body, action: Body) -> Click:
    container = body.get("container") or {}
    thread = (body.get("message") or {}).get("thread_ts") or container.get("thread_ts") or ""
    return Click(
        action=str(action.get("action_id")),
        value=str(action.get("value") or ""),
        person=body["user"]["id"],
        trigger=body.get("trigger_id") or "",
        url=body.get("response_url") or "",
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        thread="" if container.get("is_ephemeral") else thread,
    )
