"""Reads variables from the environment, from `.env` in the working folder, and from the user's own settings file.

A `.env` may have come with somebody else's folder. So only names that newsqa knows are read from it, values are
literal, and none of them reaches `os.environ`, where other packages would read it.
"""

from __future__ import annotations

import io
import os
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import NoHomeError, SettingsError
from newsqa.private_files import UnusableFileError, read_own, user_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "NEWSQA_"
ADDRESSES = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OLLAMA_HOST")
KEYS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY",
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_BOT_TOKEN",
)  # fmt: skip
NAMES = frozenset({*ADDRESSES, *KEYS})
"""What files may set besides newsqa's own settings; .env.example lists all of it."""

CONFIG = "config.toml"
SERVICE = "newsqa"
"""The name under which the system's keyring holds keys."""

ENVIRONMENT = "the environment"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The variables that a file sets, and the names of those that it leaves to the system's keyring.

    `ignored` says why the file is not used, else it is "".
    """

    path: Path = Path()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignored: str = ""
    in_keyring: tuple[str, ...] = ()


@dataclass(slots=True)
class _Loaded:
    dotenv: SettingsFile = field(default_factory=SettingsFile)
    config: SettingsFile = field(default_factory=SettingsFile)
    keyring: dict[str, str] = field(default_factory=dict)


_loaded = _Loaded()


def load() -> tuple[SettingsFile, SettingsFile]:
    """Read both files, for all later calls of `variable` in this process. Raises SettingsError."""
    _loaded.keyring = {}
    _loaded.dotenv, _loaded.config = read_dotenv(Path()), SettingsFile()
    with suppress(NoHomeError):  # as that of a service may be
        _loaded.config = read_config()
    return loaded()


def loaded() -> tuple[SettingsFile, SettingsFile]:
    """Return the `.env` and the user's settings file that were loaded last, empty ones before that."""
    return _loaded.dotenv, _loaded.config


def variables() -> dict[str, str]:
    """Return the environment over what `.env` sets, over what the user's settings file sets."""
    return {**_loaded.config.values, **_loaded.keyring, **_loaded.dotenv.values, **os.environ}


def variable(name: str) -> str:
    """Return a variable of the environment, else of `.env`, else of the user's settings file or the system's keyring.

    Surrounding spaces are left out; it is "" if not set. Raises SettingsError if the keyring cannot be read.
    """
    found = variables()
    if name not in found and name in _loaded.config.in_keyring:
        found[name] = _loaded.keyring[name] = _read_keyring(name)
    return found.get(name, "").strip()


def file_variables() -> list[tuple[str, str]]:
    """Return all variables that files and the keyring gave, with their values."""
    return [*_loaded.config.values.items(), *_loaded.keyring.items(), *_loaded.dotenv.values.items()]


def origin(name: str) -> str:
    """Return where the value of a variable comes from: the environment, or the path of a file; "" if it is not set."""
    if name in os.environ:
        return ENVIRONMENT
    files = [file for file in loaded() if name in file.values or name in file.in_keyring]
    return str(files[0].path) if files else ""


def from_dotenv(name: str) -> bool:
    """Return True if the value of a variable comes from `.env`."""
    return name in _loaded.dotenv.values and name not in os.environ


def variable_name(setting: str) -> str:
    """Return the variable of a setting as the user's settings file names it: NEWSQA_MODEL for "model"."""
    name = setting.upper()
    return name if name in NAMES else PREFIX + name.removeprefix(PREFIX)


def config_folder() -> Path:
    """Return the folder of the user's settings file (XDG). Raises NoHomeError."""
    try:
        return user_folder("XDG_CONFIG_HOME", ".config")
    except RuntimeError:
        raise NoHomeError("There is no home folder to keep settings in.", hint="Set HOME.") from None


def read_config() -> SettingsFile:
    """Read the user's settings file. Raises SettingsError if it is no TOML, or holds what is no setting."""
    return _read(config_folder(), CONFIG, _parse_config)


def read_dotenv(folder: Path) -> SettingsFile:
    """Read `.env` of a folder."""
    try:
        where = Path(os.path.realpath(folder))
    except FileNotFoundError:  # the working folder is gone
        return SettingsFile()
    return _read(where, ".env", _parse_dotenv)


def _read(folder: Path, name: str, parse: Callable[[SettingsFile, str], SettingsFile]) -> SettingsFile:
    """Read a file of settings. One that other people may have written, or that can't be read, is ignored."""
    empty = SettingsFile(folder / name)
    try:
        return parse(empty, read_own(folder, name))
    except FileNotFoundError:
        return empty
    except OSError as error:
        return SettingsFile(empty.path, ignored=f"it cannot be read ({error.strerror})")
    except UnusableFileError as error:
        return SettingsFile(empty.path, ignored=str(error))


def _parse_dotenv(empty: SettingsFile, text: str) -> SettingsFile:
    """Return the variables of a `.env` that newsqa uses. Raises UnusableFileError."""
    from dotenv import dotenv_values

    given = dotenv_values(stream=io.StringIO(text), interpolate=False)
    known = {name: value for name, value in given.items() if value and (name.startswith(PREFIX) or name in NAMES)}
    for name, value in known.items():
        if has_control(name + value):
            raise UnusableFileError(f"the value of {name.split()[0]!a} holds a control character")
    return SettingsFile(empty.path, {name: value for name, value in known.items() if value.strip()})


def has_control(text: str) -> bool:
    """Return True if a text holds a control character."""
    return any(ord(mark) < 32 or 127 <= ord(mark) < 160 for mark in text)


def _parse_config(empty: SettingsFile, text: str) -> SettingsFile:
    """Return the variables of a settings file: those of settings, and below [keys] the keys. Raises SettingsError."""
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{empty.path} is not TOML: {error}.", hint="Correct it, or move it away.") from None
    keys = given.pop("keys", {})
    if not isinstance(keys, dict) or not keys.keys() <= set(KEYS):
        raise SettingsError(f"{empty.path} holds a key that newsqa does not know.", hint=f"[keys] {known_keys()}")
    values = {variable_name(name): _as_text(value) for name, value in given.items()}
    values |= {name: _as_text(value) for name, value in keys.items() if value is not True}
    for name, value in values.items():
        if value is None or has_control(value) or (name in KEYS and name not in keys):
            hint = "Write a text, a number, true, false, or a list of texts." if value is None else known_keys()
            raise SettingsError(f"{empty.path} sets {name} to what cannot be used.", hint=hint)
    held = tuple(name for name, value in keys.items() if value is True)
    return SettingsFile(empty.path, {name: value for name, value in values.items() if value}, in_keyring=held)


def known_keys() -> str:
    """Return a line that says which keys there are, and how one is set."""
    return f"The keys are {', '.join(KEYS)}; newsqa keys set NAME keeps one."


def _as_text(value: object) -> str | None:
    """Return a value of TOML as a variable has it, None if it cannot be one."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return str(value).strip() if isinstance(value, str | int | float) else None


def _read_keyring(name: str) -> str:
    try:
        import keyring

        return str(keyring.get_password(SERVICE, name) or "")
    except Exception as error:  # each system's keyring has errors of its own
        raise SettingsError(
            f"{name} is in the system's keyring, which cannot be read ({type(error).__name__}).",
            hint=f"Unlock it, install the extra [keyring], or keep the key anew: newsqa keys set {name}",
        ) from None
