"""Which source a location is: one that is known, one that has moved, or a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import SourceError, UsageError
from newsqa.reading.files import STANDARD_INPUT, safe, scan
from newsqa.reading.records import Problem

if TYPE_CHECKING:
    from newsqa.reading.records import FileFound
    from newsqa.store.rows import Source
    from newsqa.store.writer import LibraryWriter


def found_in(location: str, index: Path) -> list[FileFound | Problem]:
    """Return the files of a location, by stat only, without those of the index itself.

    Raises SourceError where the location itself cannot be read.
    """
    own = index.resolve()
    found = [item for item in scan(location) if not _is_below(item, own)]
    root = _root_name(location)
    for item in found:
        if isinstance(item, Problem) and item.name == root:
            raise SourceError(f"{item.name}: {item.reason}", hint=item.hint or "Check its permissions.")
    return found


def within(location: str, name: str) -> str:
    """Return the path inside a source of what `scan` calls by this name."""
    return name.removeprefix(f"{_root_name(location)}/")


def source_of(writer: LibraryWriter, location: str, name: str | None) -> Source:
    """Return the source that stands at a location, under the name that a person gave it, if any.

    A source whose place is gone from this machine, and whose name is that of the location, has moved there: so an
    index can be carried elsewhere together with what it was made from. Raises UsageError where the name is taken.
    """
    path = location if location == STANDARD_INPUT else safe(str(Path(location).expanduser().resolve()))
    default = path.rstrip("/").rpartition("/")[2] or path
    known = writer.sources.all()
    source = next((s for s in known if s.location == path), None)
    if source is None:
        source = next((s for s in known if s.key == default and not Path(s.location).exists()), None)
        if source is not None:
            writer.sources.move(source, path)
    if source is None:
        if name is not None and any(name in {s.name, s.key} for s in known):
            raise UsageError(f"The name “{name}” is taken.", hint="Choose another with --name.")
        return writer.sources.add(name or default, path, folder=Path(location).expanduser().is_dir())
    if name is not None and name != source.name:
        writer.sources.rename(source, name)
    return writer.sources.at(path)


def _is_below(item: FileFound | Problem, folder: Path) -> bool:
    return not isinstance(item, Problem) and item.location is not None and folder in item.location.absolute().parents


def _root_name(location: str) -> str:
    return safe(location.rstrip("/") or "/")
