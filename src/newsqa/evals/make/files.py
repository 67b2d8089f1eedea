"""Writes a drafted set, and never over a file that is there: a person may have edited it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.sets.ours import item_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.sets import Item


def refuse_existing(path: Path) -> None:
    """Raise SourceError where something stands at a path already."""
    if path.exists() or path.is_symlink():
        raise SourceError(
            f"{path} is there already, and may have been edited.",
            hint="Name another file with --out, or move this one away.",
        )


def write_set(items: Sequence[Item], path: Path) -> None:
    """Write a set, one question a line, into a new file. Raises SourceError where there is one or it cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line(item)}\n" for item in items)
    except FileExistsError:
        refuse_existing(path)
        raise
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error


def line(item: Item) -> str:
    """Return a question as a line of a set, readable for people; a lone surrogate of a broken article as an escape."""
    text = json.dumps(item_record(item), ensure_ascii=False)
    return text if text.isprintable() else _escaped(text)


def _escaped(text: str) -> str:
    """Write what no editor shows, or what would steer a terminal, as JSON escapes."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
