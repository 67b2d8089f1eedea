"""`newsqa sources`: what has been indexed, listed, renamed, removed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from newsqa.fronts.terminal.console import print_json, print_text
from newsqa.render.clean import safe_line
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.settings import Settings
    from newsqa.store.rows import SourceSummary


def list_sources(settings: Settings, *, as_json: bool) -> None:
    """Print the sources of the index with what could not be read in them."""
    with open_index(settings) as opened, opened.snapshot() as index:
        sources = index.sources()
    if as_json:
        print_json({"sources": [asdict(source) for source in sources]})
    else:
        print_text(sources_text(sources) if sources else "Nothing has been indexed yet: newsqa index FOLDER")


def sources_text(sources: Sequence[SourceSummary]) -> str:
    """Return the sources, one a line, with their problems below."""
    names = [safe_line(source.name) for source in sources]
    held = [f"{count(source.articles, 'article')} in {count(source.files, 'file')}" for source in sources]
    wide, wider = max(map(len, names)), max(map(len, held))
    lines = []
    for source, name, holds in zip(sources, names, held, strict=True):
        lines.append(f"{name:<{wide}}  {holds:<{wider}}  {safe_line(source.location)}")
        lines += [f"  ! {safe_line(problem)}" for problem in source.problems]
    return "\n".join(lines)


def rename_source(settings: Settings, name: str, new: str) -> None:
    """Give a source another name. Raises UsageError where there is none, or the new name is taken."""
    from newsqa.ingest.indexer import rename_source as rename  # noqa: PLC0415

    _refuse_missing(settings)
    rename(settings, name, new)
    print_text(f"{safe_line(name)} is now {safe_line(new)}.")


def remove_source(settings: Settings, name: str) -> None:
    """Remove a source from the index; its files stay. Raises UsageError where there is none of that name."""
    from newsqa.ingest.indexer import remove_source as remove  # noqa: PLC0415

    _refuse_missing(settings)
    gone = remove(settings, name)
    print_text(f"{safe_line(name)} is gone from the index, with {count(gone, 'article')}. The files are untouched.")


def _refuse_missing(settings: Settings) -> None:
    """Raise LibraryError where there is no index, which writing would make."""
    open_index(settings).close()
