"""Reads variables from the environment and from `.env` in the working folder.

A `.env` may have come with somebody else's folder. So only names that newsqa knows are read from it, values are
literal, and none of them reaches `os.environ`, where other packages would read it.
"""

from __future__ import annotations

import io
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = ".env"
PREFIX = "NEWSQA_"
NAMES = frozenset({
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OLLAMA_API_KEY", "OLLAMA_HOST",
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_BOT_TOKEN",
})  # fmt: skip
"""What `.env` may set besides newsqa's own settings; .env.example lists all of it."""

MOST_BYTES = 1 << 16
"""Bytes of a `.env`; a longer one is ignored."""


@dataclass(frozen=True, slots=True)
class DotEnv:
    """The variables of a `.env` that newsqa uses; `ignored` says why a file is not used, else it is ""."""

    folder: Path = Path()
    values: Mapping[str, str] = field(default_factory=dict)
    ignored: str = ""


@dataclass(slots=True)
class _Loaded:
    file: DotEnv


_loaded = _Loaded(DotEnv())


class _UnusableError(Exception):
    """A `.env` must not be used; the message says why."""


def load() -> DotEnv:
    """Read `.env` of the working folder, for all later calls of `variable` in this process."""
    _loaded.file = read_dotenv(Path())
    return _loaded.file


def loaded() -> DotEnv:
    """Return the `.env` that was loaded last, an empty one before that."""
    return _loaded.file


def variables() -> dict[str, str]:
    """Return the environment over what `.env` sets."""
    return {**_loaded.file.values, **os.environ}


def variable(name: str) -> str:
    """Return a variable of the environment, else of the loaded `.env`, without surrounding spaces; "" if not set."""
    return variables().get(name, "").strip()


def from_dotenv(name: str) -> bool:
    """Return True if the value of a variable comes from `.env`."""
    return name not in os.environ and bool(_loaded.file.values.get(name, "").strip())


def user_folder(name: str, default: str) -> Path:
    """Return newsqa's folder in a base folder of the user (XDG): the environment's, if absolute, else the default."""
    base = Path(os.environ.get(name, ""))
    return (base if base.is_absolute() else Path.home() / default) / "newsqa"


def read_dotenv(folder: Path) -> DotEnv:
    """Read `.env` of a folder. One that other people may have written, or that can't be read, is ignored."""
    try:
        where = Path(os.path.realpath(folder))
    except FileNotFoundError:  # the working folder is gone
        return DotEnv()
    try:
        return DotEnv(where, _known_variables(_text(folder)))
    except FileNotFoundError:
        return DotEnv(where)
    except OSError as error:
        return DotEnv(where, ignored=f"it cannot be read ({error.strerror})")
    except _UnusableError as error:
        return DotEnv(where, ignored=str(error))


def _text(folder: Path) -> str:
    """Return the text of `.env`, opened once and checked on the open file. Raises OSError, _UnusableError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if stat.S_ISLNK(os.stat(FILE, dir_fd=opened, follow_symlinks=False).st_mode):
            raise _UnusableError("it is a symbolic link")
        # a FIFO would block without O_NONBLOCK
        file = os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=opened)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise _UnusableError("it is not a regular file")
            _check_owner(file, "it")
            _check_owner(opened, "its folder")
            data = _read_bounded(file)
        finally:
            os.close(file)
    finally:
        os.close(opened)
    if b"\0" in data:
        raise _UnusableError("it holds a NUL byte")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnusableError("it is not UTF-8") from None


def _read_bounded(file: int) -> bytes:
    data = b""
    while piece := os.read(file, MOST_BYTES + 1 - len(data)):
        data += piece
    if len(data) > MOST_BYTES:
        raise _UnusableError(f"it is longer than {MOST_BYTES // 1024} KiB")
    return data


def _check_owner(opened: int, what: str) -> None:
    """Raise _UnusableError if somebody else owns a file or folder, or may write to it."""
    found = os.fstat(opened)
    if found.st_uid not in {os.geteuid(), 0}:  # the administrator can do everything anyway
        raise _UnusableError(f"{what} belongs to somebody else (user {found.st_uid})")
    others = found.st_mode & stat.S_IWOTH
    group = found.st_mode & stat.S_IWGRP and not _own_group(found.st_gid, opened)
    if others or group:
        raise _UnusableError(f"{what} can be written by others (mode {stat.S_IMODE(found.st_mode):o})")


def _own_group(group: int, opened: int) -> bool:
    """Return True if a group has no member but the user, as many systems give to each person.

    Never for root, whose group system accounts share. An access list may name people beside the group.
    """
    import grp
    import pwd

    if group == 0 or os.geteuid() == 0:
        return False
    with suppress(OSError, AttributeError):  # not every system has such lists
        if "system.posix_acl_access" in os.listxattr(opened):
            return False
    try:
        user, members = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group).gr_mem
    except KeyError:
        return False
    return {*members, *(one.pw_name for one in pwd.getpwall() if one.pw_gid == group)} <= {user}


def _known_variables(text: str) -> dict[str, str]:
    """Return the variables of a `.env` that newsqa uses. Raises _UnusableError."""
    from dotenv import dotenv_values

    given = dotenv_values(stream=io.StringIO(text), interpolate=False)
    known = {name: value for name, value in given.items() if value and (name.startswith(PREFIX) or name in NAMES)}
    for name, value in known.items():
        if any(ord(mark) < 32 or 127 <= ord(mark) < 160 for mark in name + value):
            raise _UnusableError(f"the value of {name.split()[0]!a} holds a control character")
    return known
