"""How fast models were when they were measured, kept with the day in the user's cache."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second, and the day of measuring; None where the server did not count its tokens."""

    read: float | None
    written: float | None
    on: date


def known_speed(name: str, settings: Settings) -> Speed | None:
    """Return what was measured of a model with as many threads as are set now, or None."""
    kept = _kept().get(_key(name, settings))
    try:
        return Speed(**{**kept, "on": date.fromisoformat(kept["on"])}) if kept else None
    except (TypeError, KeyError, ValueError):
        return None


def keep_speed(name: str, settings: Settings, speed: Speed) -> None:
    """Keep what was measured; where that cannot be written, it is measured again when somebody asks."""
    try:
        file = _file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps({**_kept(), _key(name, settings): asdict(speed)}, default=date.isoformat), "utf-8")
        beside.replace(file)
    except (OSError, RuntimeError):
        return


def _key(name: str, settings: Settings) -> str:
    return f"{name} {settings.threads}"


def _file() -> Path:
    return Path.home() / ".cache" / "newsqa" / "speeds.json"


def _kept() -> dict[str, dict[str, Any]]:
    try:
        kept = json.loads(_file().read_text("utf-8"))
    except (OSError, RuntimeError, ValueError):
        return {}  # nothing measured, or not a file of ours
    return kept if isinstance(kept, dict) else {}
