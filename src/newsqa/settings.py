"""The settings of newsqa, read from the environment, from `.env`, and from the user's own settings file."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa import environment
from newsqa.errors import SettingsError, SettingsWarning
from newsqa.private_files import user_folder
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
    Indexing refuses a file of more than `max_file` megabytes, a source of more than `max_files` files, an article of
    more than `max_article` characters, and to begin with less than `min_free` megabytes of disk. A chat keeps
    `max_turns` answers of its conversation in memory.
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
    max_file: int = 4096
    max_files: int = 500_000
    max_article: int = 2_000_000
    max_turns: int = 500
    min_free: int = 200
    offline: bool = False
    tracing: bool = False
    debug: bool = False

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the user's settings file, `.env` of the working folder, and the environment; the later ones win.

        Raises SettingsError if a value cannot be used. Warns with SettingsWarning if a file is ignored because other
        people may have written it, or because it cannot be read.
        """
        if environ is None:
            _load_files()
            environ = environment.variables()
        given = {f.name: environ.get(f"NEWSQA_{f.name.upper()}", "").strip() for f in fields(cls)}
        return cls(**{name: _value(name, text, _mend(name)) for name, text in given.items() if text})  # type: ignore[arg-type]

    def sessions_folder(self) -> Path:
        """Return the folder of conversations: `sessions`, else newsqa's folder in the user's data (XDG)."""
        return self.sessions or data_folder()


def data_folder() -> Path:
    """Return newsqa's folder in the user's data (XDG), as the environment alone gives it."""
    return user_folder("XDG_DATA_HOME", ".local/share")


def cache_folder() -> Path:
    """Return newsqa's folder in the user's cache (XDG), as the environment alone gives it."""
    return user_folder("XDG_CACHE_HOME", ".cache")


def unknown_settings(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the NEWSQA_ variables of `.env` and the environment that are no setting."""
    environ = environment.variables() if environ is None else environ
    known = {f"NEWSQA_{f.name.upper()}" for f in fields(Settings)}
    return sorted(name for name in environ if name.startswith("NEWSQA_") and name not in known)


def secret_values() -> list[str]:
    """Return the values of variables that are named like keys, so that they can be removed from output."""
    return [
        value.strip()
        for name, value in (*os.environ.items(), *environment.file_variables())
        if any(word in name.upper() for word in SECRET) and len(value.strip()) >= MIN_SECRET
    ]


def _load_files() -> None:
    before = environment.loaded()
    for file, was in zip(environment.load(), before, strict=True):
        if file.ignored and file != was:
            warnings.warn(
                f"{file.path} is ignored: {file.ignored}. A {file.path.name} is read only where nobody but you can "
                "write to it and its folder. Mend that (chown, chmod go-w), or set the variables in the environment.",
                SettingsWarning,
                stacklevel=3,
            )
    config = environment.loaded()[1]
    for name, text in config.values.items():
        try:
            if name.startswith(environment.PREFIX):
                check_setting(name.removeprefix(environment.PREFIX).lower(), text)
        except SettingsError as error:
            raise SettingsError(f"{config.path}: {error}", hint=error.hint) from None


def known_settings() -> tuple[str, ...]:
    """Return the names of the settings as the user's settings file has them."""
    return (*(f.name for f in fields(Settings)), *(name.lower() for name in environment.ADDRESSES))


def check_setting(name: str, text: str) -> None:
    """Raise SettingsError if the user's settings file cannot set this: there is no such setting, or not this value."""
    if name not in known_settings():
        near = get_close_matches(name, known_settings(), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise SettingsError(
            f"There is no setting {name!r}.", hint=f"{hint}The settings are {', '.join(known_settings())}."
        )
    if environment.has_control(text):
        raise SettingsError(f"The value of {name} holds a control character.", hint="Write it in a line, as text.")
    if text:
        _value(name, text, "")


LONGEST_SHOWN = 60  # characters of a value that is wrong


def _value(name: str, text: str, hint: str) -> object:
    try:
        return _READERS[name](text) if name in _READERS else text
    except ValueError as error:
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
        raise SettingsError(f"{environment.variable_name(name)} is {shown!r}: {error}.", hint=hint) from None


def _mend(name: str) -> str:
    origin = environment.origin(environment.variable_name(name))
    return f"Mend it in {origin or environment.ENVIRONMENT}."


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    """Return what reads a number of this kind, from least to most."""
    what = "a whole number" if kind is int else "a number"

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = kind(-1)
        if not least <= number <= most:
            raise ValueError(f"it must be {what} from {least:,} to {most:,}")
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
    **dict.fromkeys(("bot_channels", "bot_people", "bot_admins"), _ids),
    **dict.fromkeys(("offline", "tracing", "debug", "bot_log_text", "second_chance"), _switch),
    **dict.fromkeys(("bot_rate", "bot_rate_all", "bot_queue"), _number(int, 0, 1_000_000)),
    "timeout": _number(float, 0.01, 86_400),
    "threads": _number(int, 1, 1_024),
    "context": _number(int, 0, 100_000_000),
    "max_file": _number(int, 1, 1_000_000),
    "max_files": _number(int, 1, 100_000_000),
    "max_article": _number(int, 1_000, 2_000_000),
    "max_turns": _number(int, 1, 100_000),
    "min_free": _number(int, 0, 1_000_000),
    "bot_workers": _number(int, 1, 256),
    "bot_retention": _number(int, 1, 36_500),
    "bot_port": _number(int, 0, 65_535),
}
