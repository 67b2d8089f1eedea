"""`newsqa config` and `newsqa keys`: the user's own settings file, and keys in it or in the system's keyring."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from getpass import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsqa import environment
from newsqa.environment import KEYS, SERVICE, SettingsFile, known_keys, read_config, variable_name
from newsqa.errors import SettingsError, UsageError
from newsqa.frontends.terminal.console import Json, print_json, print_text
from newsqa.models.chat_errors import HIDDEN
from newsqa.models.providers import without_secrets
from newsqa.private_files import replace_file
from newsqa.render.clean import safe_line
from newsqa.settings import MIN_SECRET, Settings, check_setting, known_settings

if TYPE_CHECKING:
    from newsqa.types import JsonObject

HEAD = "# Settings of newsqa, as `newsqa config` and `newsqa keys` write them; true is a key in the system's keyring."

config_app = typer.Typer(help="Read and change your own settings.", no_args_is_help=True, rich_markup_mode=None)
keys_app = typer.Typer(help="Keep keys of models and bots.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting, as `newsqa config list` names it.")]
Key = Annotated[str, typer.Argument(metavar="NAME", help="The key, as OPENAI_API_KEY.")]


@config_app.command("set")
def set_setting(
    name: Name, value: Annotated[str, typer.Argument(metavar="VALUE", help="What it is set to; '' unsets it.")]
) -> None:
    """Set a setting for all that you run; the environment and .env win over it."""
    name = _setting(name)
    if value.strip():
        check_setting(name, value.strip())
    _store(_own_file(), variable_name(name), value.strip())
    record = _record(name, Settings.load())  # what wins over the file, if anything does
    print_text(safe_line(f"{name} = {record['value']}  ({record['origin'] or 'the default'})"))


@config_app.command("get")
def get_setting(name: Name, json: Json = False) -> None:
    """Print the value of a setting; a key is not shown."""
    name = name if name in KEYS else _setting(name)
    settings = Settings.load()
    record = _record(name, settings)
    if json:
        print_json(record)
    else:
        print_text(safe_line(record["value"]))


@config_app.command("list")
def list_settings(json: Json = False) -> None:
    """Print every setting with its value and where that comes from."""
    settings = Settings.load()
    records = [_record(name, settings) for name in known_settings()]
    if json:
        print_json({"settings": records})
        return
    width = max(len(record["name"]) for record in records)
    for record in records:
        origin = f"  ({record['origin']})" if record["origin"] else ""
        print_text(f"{record['name']:<{width}}  {safe_line(record['value'] + origin)}")


@config_app.command("path")
def print_path(json: Json = False) -> None:
    """Print where your settings file is, or would be."""
    path = str(environment.config_folder() / environment.CONFIG)
    if json:
        print_json({"path": path})
    else:
        print_text(safe_line(path))


@keys_app.command("set")
def set_key(name: Key) -> None:
    """Keep a key, typed unseen or piped in: in the system's keyring with the extra [keyring], else in your file."""
    _check_key(name)
    file = _own_file()
    value = ""
    with suppress(EOFError):
        value = (getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if len(value) < MIN_SECRET or not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(f"That is no key: {MIN_SECRET} characters or more, without spaces.", hint="Copy it anew.")
    kept = _into_keyring(name, value)
    _store(file, name, "" if kept else value, in_keyring=kept)
    place = "the system's keyring" if kept else f"{file.path}, which only you can read"
    print_text(safe_line(f"{name} is kept in {place}."))
    if environment.origin(name) == environment.ENVIRONMENT:
        print_text(f"The environment sets another, which wins: unset {name} there.")


@keys_app.command("list")
def list_keys(json: Json = False) -> None:
    """Print the names of the keys that are kept; no key is shown."""
    file = read_config()
    names = [name for name in KEYS if name in file.values or name in file.in_keyring]
    if json:
        print_json({"keys": names})
    else:
        print_text("\n".join(names) or "No key is kept: newsqa keys set NAME")


@keys_app.command("remove")
def remove_key(name: Key) -> None:
    """Forget a key that is kept."""
    _check_key(name)
    file = _own_file()
    if name not in file.values and name not in file.in_keyring:
        raise UsageError(f"{name} is not kept.", hint="newsqa keys list names those that are.")
    if name in file.in_keyring:
        with suppress(Exception):  # it may be gone already; each system's keyring has errors of its own
            import keyring

            keyring.delete_password(SERVICE, name)
    _store(file, name, "")
    print_text(f"{name} is forgotten.")


def _setting(name: str) -> str:
    """Return the name of a setting as the file has it: "model", also for NEWSQA_MODEL. Raises SettingsError."""
    if name.upper() in KEYS:
        raise SettingsError(f"{name} is a key, not a setting.", hint=f"newsqa keys set {name.upper()}")
    name = name.lower().removeprefix(environment.PREFIX.lower())
    check_setting(name, "")
    return name


def _check_key(name: str) -> None:
    if name not in KEYS:
        raise SettingsError(f"newsqa knows no key {name!r}.", hint=known_keys())


def _record(name: str, settings: Settings) -> JsonObject:
    """Return a setting or a key with its value, as text, and where that comes from; "" for the default."""
    variable = name if name in KEYS else variable_name(name)
    origin = environment.origin(variable)
    if name in KEYS:
        return {"name": name, "value": HIDDEN if origin else "", "origin": origin}
    own: Any = getattr(settings, name, environment.variable(variable))
    own = int(own) if isinstance(own, bool) else "" if own is None else own
    value = ",".join(sorted(own)) if isinstance(own, frozenset) else str(own)
    return {"name": name, "value": without_secrets(value) if "://" in value else value, "origin": origin}


def _own_file() -> SettingsFile:
    """Return the settings file as it is, to be changed. Raises SettingsError if it is not to be used."""
    file = read_config()
    if file.ignored:
        raise SettingsError(f"{file.path} is not used: {file.ignored}.", hint="Mend that (chown, chmod go-w) first.")
    return file


def _into_keyring(name: str, value: str) -> bool:
    """Put a key into the system's keyring; return False if there is none."""
    with suppress(Exception):  # not installed, no keyring on this system, or one that cannot be opened
        import keyring

        keyring.set_password(SERVICE, name, value)
        return bool(keyring.get_password(SERVICE, name) == value)
    return False


def _store(file: SettingsFile, name: str, value: str, *, in_keyring: bool = False) -> None:
    """Write the file again with a variable, or without one that is "". Comments are lost. Raises SettingsError."""
    values: dict[str, str | bool] = {**file.values, **dict.fromkeys(file.in_keyring, True), name: in_keyring or value}
    settings, keys = list[str](), ["", "[keys]"]
    for variable, held in values.items():
        own = variable if variable in KEYS else variable.lower().removeprefix(environment.PREFIX.lower())
        if held:  # a string of JSON is one of TOML
            (keys if variable in KEYS else settings).append(f"{own} = {json.dumps(held, ensure_ascii=False)}")
    try:
        replace_file(file.path, "\n".join([HEAD, *settings, *(keys if len(keys) > 2 else ()), ""]))
    except OSError as error:
        raise SettingsError(
            f"{file.path} cannot be written: {error.strerror}.", hint="Check free space and permissions."
        ) from error
