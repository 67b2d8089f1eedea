"""Values of a small Discord: a server with channels and people, as the gateway and the REST API tell of them."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Any

EPOCH = 1420070400000  # the first millisecond of Discord's ids
_counter = itertools.count(1)


def snowflake() -> str:
    """Make a new id, which tells when it was made."""
    return str((int(time.time() * 1000) - EPOCH) << 22 | next(_counter) % (1 << 22))


APP, BOT, GUILD, BOT_ROLE = "7001", "7002", "8001", "8003"
CHANNEL, OTHER_CHANNEL, NO_THREADS, DIRECT = "9001", "9002", "9003", "9004"
HUMAN_THREAD = "9005"
ASKER, FRIEND, OTHER_BOT, THIRD, FOURTH = "6001", "6002", "6003", "6004", "6005"
ROLE = "8002"
MAY_ALL = str(
    (1 << 10) | (1 << 11) | (1 << 14) | (1 << 16) | (1 << 35) | (1 << 38)
)  # see, send, embed, history, threads
CREATE_THREADS = 1 << 35
NAMES = {BOT: "newsqa", ASKER: "Ilse", FRIEND: "Joren", OTHER_BOT: "weather-bot", THIRD: "Runa", FOURTH: "Piet"}


def now() -> str:
    return datetime.now(UTC).isoformat()


def user(id_: str) -> dict[str, Any]:
    """Tell of a person or a bot."""
    return {
        "id": id_,
        "username": NAMES[id_].lower(),
        "global_name": NAMES[id_],
        "discriminator": "0",
        "avatar": None,
        "bot": id_ in {BOT, OTHER_BOT},
    }


def member(id_: str) -> dict[str, Any]:
    """Tell of somebody as a member of the server, without the user."""
    roles = [BOT_ROLE] if id_ == BOT else []
    return {"roles": roles, "joined_at": now(), "deaf": False, "mute": False, "flags": 0, "nick": None, "avatar": None}


def channel(id_: str, name: str, **more: Any) -> dict[str, Any]:
    """Tell of a text channel."""
    return {
        "id": id_,
        "guild_id": GUILD,
        "type": 0,
        "name": name,
        "position": 0,
        "parent_id": None,
        "permission_overwrites": [],
        "nsfw": False,
        "topic": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        **more,
    }


def thread(id_: str, parent: str, name: str, owner: str) -> dict[str, Any]:
    """Tell of a public thread."""
    meta = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": now(), "locked": False}
    return {
        "id": id_,
        "guild_id": GUILD,
        "parent_id": parent,
        "owner_id": owner,
        "type": 11,
        "name": name,
        "last_message_id": None,
        "message_count": 1,
        "member_count": 1,
        "rate_limit_per_user": 0,
        "thread_metadata": meta,
    }


def direct(person: str = ASKER) -> dict[str, Any]:
    """Tell of the direct channel between the bot and somebody."""
    return {"id": DIRECT, "type": 1, "last_message_id": None, "recipients": [user(person)]}


def _role(id_: str, name: str, permissions: str, **more: Any) -> dict[str, Any]:
    shared = {"color": 0, "hoist": False, "position": 0, "managed": False, "mentionable": False, "flags": 0}
    return {"id": id_, "name": name, "permissions": permissions, **shared, **more}


def guild(threads: list[dict[str, Any]]) -> dict[str, Any]:
    """Tell of the server, with the bot as its one known member."""
    denied = {"id": GUILD, "type": 0, "allow": "0", "deny": str(CREATE_THREADS)}
    return {
        "id": GUILD,
        "name": "Tarn",
        "owner_id": ASKER,
        "roles": [
            _role(GUILD, "@everyone", MAY_ALL),
            _role(ROLE, "editors", "0"),
            _role(BOT_ROLE, "newsqa", "0", managed=True, tags={"bot_id": BOT}),
        ],
        "channels": [
            channel(CHANNEL, "news"),
            channel(OTHER_CHANNEL, "other"),
            channel(NO_THREADS, "no-threads", permission_overwrites=[denied]),
        ],
        "threads": threads,
        "members": [{"user": user(BOT), **member(BOT)}],
        "member_count": 4,
        "emojis": [],
        "stickers": [],
        "features": [],
        "premium_tier": 0,
        "system_channel_flags": 0,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "mfa_level": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "afk_timeout": 300,
    }


def message(id_: str, channel_id: str, author: str, content: str, **more: Any) -> dict[str, Any]:
    """Tell of a message; who is mentioned is read from its content, as Discord does."""
    mentioned = [user(id_) for id_ in NAMES if f"<@{id_}>" in content]
    roles = [role for role in (ROLE, BOT_ROLE) if f"<@&{role}>" in content]
    return {
        "id": id_,
        "channel_id": channel_id,
        "author": user(author),
        "content": content,
        "timestamp": now(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": mentioned,
        "mention_roles": roles,
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        **more,
    }


def application(flags: int) -> dict[str, Any]:
    """Tell of the bot's application."""
    return {
        "id": APP,
        "name": "newsqa",
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": user(ASKER),
        "flags": flags,
        "summary": "",
    }
