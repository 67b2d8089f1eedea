"""The settings of newsqa, read from the environment and from `.env`."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa import environment
from newsqa.errors import SettingsError, SettingsWarning
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
MIN_SECRET = 6
"""Characters; a shorter value is no key, and removing it would remove ordinary words."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set. Each field is the environment variable NEWSQA_<FIELD>, in capitals.

    `chroma` is "" for the embedded Chroma, else the address of a Chroma server. `embedder`, `reranker` and `model`
    are names that `newsqa.models` knows. `timeout` is in seconds and bounds one answer or one call to a server.
    `judge` names the chat model that reads if quotes support a written sentence: "auto" for `model` itself unless it is
    a small one, "none" for none, or a name as `model` takes it. With `second_chance` and a judge, `model` writes again,
    once, what did not pass.
    `context` is how many tokens the chat model can read and write together, 0 for the number that newsqa knows.
    `tracing` lets LangSmith record what chat models read and write, if its own variables ask for it.
    `bot_channels`, `bot_people` and `bot_admins` are ids of a platform; if no channels or people are listed, the bot
    serves every channel that it is invited to and everyone in them. `bot_rate` bounds the questions of one person per
    minute, `bot_rate_all` those of all, 0 for no bound; `bot_workers` questions are answered at a time, and `bot_queue`
    may wait. `bot_retention` is for how many days conversations of the bot are kept. `bot_log_text` lets the log hold
    questions and answers. `bot_port` serves health and metrics on loopback, 0 for not at all. The addresses of Slack
    and Discord may only be their own, or on loopback.
    `prompts` and `sessions` are folders, None for the defaults of newsqa. `debug` shows the traceback of an unexpected
    error.
    """

    index: Path = Path(".newsqa")
    chroma: str = ""
    embedder: str = "bge-small-en-v1.5"
    reranker: str = "ms-marco-MiniLM-L-12-v2"
    model: str = EXTRACTIVE
    judge: str = "auto"
    second_chance: bool = True
    prompts: Path | None = None
    sessions: Path | None = None
    timeout: float = 60.0
    threads: int = 2
    bot_channels: frozenset[str] = frozenset()
    bot_people: frozenset[str] = frozenset()
    bot_admins: frozenset[str] = frozenset()
    bot_rate: int = 10
    bot_rate_all: int = 120
    bot_workers: int = 2
    bot_queue: int = 100
    bot_retention: int = 30
    bot_log_text: bool = False
    bot_port: int = 0
    slack_api_url: str = "https://slack.com/api/"
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str = ""
    context: int = 0
    offline: bool = False
    tracing: bool = False
    debug: bool = False

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `.env` of the working folder and the environment, which takes precedence.

        Raises SettingsError if a value cannot be used. Warns with SettingsWarning if `.env` is ignored because other
        people may have written it, or because it cannot be read.
        """
        if environ is None:
            _load_dotenv()
            environ = environment.variables()
        given = {f.name: environ.get(f"NEWSQA_{f.name.upper()}", "").strip() for f in fields(cls)}
        return cls(**{name: _value(name, text) for name, text in given.items() if text})  # type: ignore[arg-type]

    def sessions_folder(self) -> Path:
        """Return the folder of conversations: `sessions`, else newsqa's folder in the user's data (XDG)."""
        return self.sessions or data_folder()


def data_folder() -> Path:
    """Return newsqa's folder in the user's data (XDG), as the environment alone gives it."""
    return environment.user_folder("XDG_DATA_HOME", ".local/share")


def cache_folder() -> Path:
    """Return newsqa's folder in the user's cache (XDG), as the environment alone gives it."""
    return environment.user_folder("XDG_CACHE_HOME", ".cache")


def unknown_settings(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the NEWSQA_ variables of `.env` and the environment that are no setting."""
    environ = environment.variables() if environ is None else environ
    known = {f"NEWSQA_{f.name.upper()}" for f in fields(Settings)}
    return sorted(name for name in environ if name.startswith("NEWSQA_") and name not in known)


def bypass_proxies(host: str) -> None:
    """Add a host of this machine to NO_PROXY, so that no client uses a proxy for it."""
    listed = [
        entry.strip()
        for entry in (environment.variable("NO_PROXY") or environment.variable("no_proxy")).split(",")
        if entry.strip()
    ]
    if "*" not in listed and host not in listed:
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([*listed, host])


def secret_values() -> list[str]:
    """Return the values of variables that are named like keys, so that they can be removed from output."""
    return [
        value.strip()
        for name, value in (*os.environ.items(), *environment.loaded().values.items())
        if any(word in name.upper() for word in SECRET) and len(value.strip()) >= MIN_SECRET
    ]


def _load_dotenv() -> None:
    before = environment.loaded()
    file = environment.load()
    if file.ignored and file != before:
        warnings.warn(
            f"{file.folder / environment.FILE} is ignored: {file.ignored}. A .env is read only where nobody but you "
            "can write to it and its folder. Mend that (chown, chmod go-w), or set the variables in the environment.",
            SettingsWarning,
            stacklevel=3,
        )


def _value(name: str, text: str) -> object:
    try:
        return _READERS[name](text) if name in _READERS else text
    except ValueError as error:
        raise SettingsError(
            f"NEWSQA_{name.upper()} is {text!r}: {error}", hint="Mend it in .env or in the environment."
        ) from error


def _number(kind: Callable[[str], float], least: str) -> Callable[[str], float]:
    """Return what reads a number: of this kind, finite, and "more than 0" or "0 or more"."""

    def read(text: str) -> float:
        number = kind(text)
        if not 0 <= number < float("inf") or (number == 0 and least == "more than 0"):
            raise ValueError(f"it must be {least}")
        return number

    return read


def _switch(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError("it must be 1 or 0")
    return words[text.lower()]


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _ids(text: str) -> frozenset[str]:
    return frozenset(text.replace(",", " ").split())


_READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("index", "prompts", "sessions"), _folder),
    **dict.fromkeys(("threads", "bot_workers", "bot_retention"), _number(int, "more than 0")),
    **dict.fromkeys(("context", "bot_rate", "bot_rate_all", "bot_queue", "bot_port"), _number(int, "0 or more")),
    **dict.fromkeys(("bot_channels", "bot_people", "bot_admins"), _ids),
    **dict.fromkeys(("offline", "tracing", "debug", "bot_log_text", "second_chance"), _switch),
    "timeout": _number(float, "more than 0"),
}
