"""Writes files that are whole or not there, and that only their owner may read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.private import private_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def save(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts into files of these names: all beside first, then renamed. Raises SourceError where it cannot."""
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
            hint="run.jsonl is kept; make room or name another folder, and run the same command again.",
        ) from error
    finally:
        _clear(beside.values())


def _clear(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
