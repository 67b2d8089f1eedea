"""Files and folders that only their owner may read, whatever the umask; and files that nobody else can have written."""

from __future__ import annotations

import json
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


FOLDER = 0o700
FILE = 0o600


def user_folder(name: str, default: str) -> Path:
    """Return newsqa's folder in a base folder of the user (XDG): the environment's, if absolute, else the default."""
    base = Path(os.environ.get(name, ""))
    return (base if base.is_absolute() else Path.home() / default) / "newsqa"


def private_folder(folder: Path) -> None:
    """Create a folder, and missing ones above it. A folder that exists keeps its mode. Raises OSError."""
    for one in reversed([folder, *folder.parents]):
        if not one.is_dir():
            one.mkdir(exist_ok=True, mode=FOLDER)  # with parents=True, pathlib gives the mode to the last one only


def private_file(path: Path) -> None:
    """Create an empty file, or take away other people's access to one that exists. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE))
    path.chmod(FILE)


def make_private(folder: Path) -> None:
    """Take away other people's access to a folder and all that is in it. Raises OSError."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(FOLDER if path.is_dir() else FILE)


def write_new(path: Path, text: str) -> None:
    """Write a private file that does not exist yet. Raises OSError, FileExistsError if it exists."""
    opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE)
    with os.fdopen(opened, "w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)


def replace_file(path: Path, text: str) -> None:
    """Write a private file, whole or not at all, in the place of one that may be there. Raises OSError."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    private_folder(path.parent)
    try:
        write_new(new, text)
        new.replace(path)
    finally:
        _clear([new])


def read_list(file: Path) -> list[Any]:
    """Return the list in a JSON file, [] if there is none."""
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(file.read_text("utf-8"))
        return kept if isinstance(kept, list) else []
    return []


def write_list(file: Path, entries: list[Any]) -> None:
    """Write a list to a private JSON file. Raises OSError."""
    replace_file(file, json.dumps(entries, indent=1))


KEPT = "run.jsonl is kept; make room or name another folder, and run the same command again."


def write_files(folder: Path, texts: Mapping[str, str], hint: str = KEPT) -> None:
    """Write the files of a report: all under other names first, then renamed.

    Raises SourceError, with a `hint` of what to do, if it cannot.
    """
    beside = {folder / name: folder / f".{name}.new" for name in texts}
    try:
        private_folder(folder)
        for path, new in beside.items():
            private_file(new)
            new.write_text(texts[path.name], "utf-8", newline="\n")
        for path, new in beside.items():
            new.replace(path)
    except OSError as error:
        raise SourceError(
            f"The report cannot be written to {folder}: {error.strerror}.",
            hint=hint,
        ) from error
    finally:
        _clear(beside.values())


def _clear(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


# Reading a file of settings, which another person may have put there.

MOST_BYTES = 1 << 16
"""Bytes of a file of settings; a longer one is not used."""


class UnusableFileError(Exception):
    """A file of settings must not be used; the message says why."""


def read_own(folder: Path, name: str) -> str:
    """Return the text of a file that nobody but the user can have written, opened once and checked on the open file.

    Raises OSError, and UnusableFileError if the file must not be used.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if stat.S_ISLNK(os.stat(name, dir_fd=opened, follow_symlinks=False).st_mode):
            raise UnusableFileError("it is a symbolic link")
        # a FIFO would block without O_NONBLOCK
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=opened)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise UnusableFileError("it is not a regular file")
            _check_owner(file, "it")
            _check_owner(opened, "its folder")
            data = _read_bounded(file)
        finally:
            os.close(file)
    finally:
        os.close(opened)
    if b"\0" in data:
        raise UnusableFileError("it holds a NUL byte")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFileError("it is not UTF-8") from None


def _read_bounded(file: int) -> bytes:
    data = b""
    while piece := os.read(file, MOST_BYTES + 1 - len(data)):
        data += piece
    if len(data) > MOST_BYTES:
        raise UnusableFileError(f"it is longer than {MOST_BYTES // 1024} KiB")
    return data


def _check_owner(opened: int, what: str) -> None:
    """Raise UnusableFileError if somebody else owns a file or folder, or may write to it."""
    found = os.fstat(opened)
    if found.st_uid not in {os.geteuid(), 0}:  # the administrator can do everything anyway
        raise UnusableFileError(f"{what} belongs to somebody else (user {found.st_uid})")
    others = found.st_mode & stat.S_IWOTH
    group = found.st_mode & stat.S_IWGRP and not _own_group(found.st_gid, opened)
    if others or group:
        raise UnusableFileError(f"{what} can be written by others (mode {stat.S_IMODE(found.st_mode):o})")


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
