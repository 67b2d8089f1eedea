"""Files and folders that only their owner may read, whatever the umask."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


FOLDER = 0o700
FILE = 0o600


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


def read_list(file: Path) -> list[Any]:
    """Return the list in a JSON file, [] if there is none."""
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(file.read_text("utf-8"))
        return kept if isinstance(kept, list) else []
    return []


def write_list(file: Path, entries: list[Any]) -> None:
    """Write a list to a private JSON file. Raises OSError."""
    private_folder(file.parent)
    private_file(file)
    file.write_text(json.dumps(entries, indent=1), "utf-8")


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
