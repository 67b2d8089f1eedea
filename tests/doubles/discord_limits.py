"""What Discord refuses in a message, told as Discord tells it; and what in one it would do that a bot should not."""

from __future__ import annotations

import re
from typing import Any

_LINK = re.compile(r"(?<![<(\w])https?://[^\s<>]+")
SUPPRESS_EMBEDS = 1 << 2
_EMBED_FIELDS = {"title": 256, "description": 4096}


def refusal(payload: dict[str, Any], *, editing: bool = False) -> dict[str, Any] | None:
    """Return the body of the 400 with which Discord would answer this message, or None."""
    faults = [*_content(payload, editing=editing), *_embeds(payload.get("embeds") or []), *_components(payload)]
    if not faults:
        return None
    errors: dict[str, Any] = {}
    for field, code, why in faults:
        errors[field] = {"_errors": [{"code": code, "message": why}]}
    empty = any(code == "EMPTY" for _, code, _ in faults)
    if empty:
        return {"message": "Cannot send an empty message", "code": 50006}
    return {"message": "Invalid Form Body", "code": 50035, "errors": errors}


def _content(payload: dict[str, Any], *, editing: bool) -> list[tuple[str, str, str]]:
    content = payload.get("content") or ""
    if len(content) > 2000:
        return [("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")]
    if not content.strip() and not payload.get("embeds") and not (editing and "content" not in payload):
        return [("content", "EMPTY", "")]
    return []


def _embeds(embeds: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    faults = []
    if len(embeds) > 10:
        faults.append(("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."))
    if sum(map(_size, embeds)) > 6000:
        faults.append(("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"))
    for at, embed in enumerate(embeds):
        faults += [
            (f"embeds.{at}.{name}", "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
            for name, most in _EMBED_FIELDS.items()
            if len(embed.get(name) or "") > most
        ]
        faults += _parts(at, embed)
    return faults


def _parts(at: int, embed: dict[str, Any]) -> list[tuple[str, str, str]]:
    faults = []
    fields = embed.get("fields", [])
    if len(fields) > 25:
        faults.append((f"embeds.{at}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    for field in fields:
        for name, most in (("name", 256), ("value", 1024)):
            if not 0 < len(field[name]) <= most:
                faults.append((f"embeds.{at}.fields", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most}."))
    if len(embed.get("footer", {}).get("text", "")) > 2048 or len(embed.get("author", {}).get("name", "")) > 256:
        faults.append((f"embeds.{at}", "BASE_TYPE_MAX_LENGTH", "Footer or author is too long."))
    if (url := embed.get("url")) and not re.fullmatch(r"https?://[^\s/]+\.?[^\s]*", url):
        faults.append((f"embeds.{at}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL."))
    return faults


def _size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    texts += [field[name] for field in embed.get("fields", []) for name in ("name", "value")]
    return sum(len(text or "") for text in texts)


def _components(payload: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = payload.get("components") or []
    faults = []
    if len(rows) > 5:
        faults.append(("components", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length."))
    ids = [button.get("custom_id") for row in rows for button in row["components"]]
    if len(ids) != len(set(ids)):
        faults.append(("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"))
    for row in rows:
        if not 0 < len(row["components"]) <= 5:
            faults.append(("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component is too wide."))
        if any(not 0 < len(b.get("custom_id", "")) <= 100 or len(b.get("label", "")) > 80 for b in row["components"]):
            faults.append(("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    return faults


def pings(payload: dict[str, Any]) -> bool:
    """Whether this message might ping somebody: one that does not forbid it leaves that to its words alone."""
    allowed = payload.get("allowed_mentions")
    if allowed is None:
        return True
    named = any(allowed.get(kind) for kind in ("parse", "users", "roles"))
    return named or bool(payload.get("message_reference") and allowed.get("replied_user"))


def unfurls(payload: dict[str, Any], *, editing: bool = False) -> bool:
    """Whether Discord might show previews: of pages linked to, and of whatever it finds unless that is forbidden."""
    bare = not payload.get("embeds") and ("flags" in payload or not editing)
    return (bare or bool(_LINK.search(payload.get("content") or ""))) and not payload.get("flags", 0) & SUPPRESS_EMBEDS


def hides(payload: dict[str, Any]) -> bool:
    """Whether Discord would leave out the embeds that this message has."""
    return bool(payload.get("embeds")) and bool(payload.get("flags", 0) & SUPPRESS_EMBEDS)
