"""`newsqa index`: a bar while it works, then what came of it and what could not be read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.text import Text

from newsqa.errors import SourceError, UsageError
from newsqa.frontends.terminal.console import bar, messages, print_json, print_text
from newsqa.frontends.terminal.egress import tell_embedding
from newsqa.ingest.indexer import index_source, rebuild_index
from newsqa.render.clean import safe_line
from newsqa.render.plain import error_line
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.ingest.progress import IndexProgress, IndexReport
    from newsqa.settings import Settings
    from newsqa.store.records import SourceSummary


PHASES = {"read": "reading", "compare": "comparing", "embed": "embedding", "vectors": "vectors"}
MOST_PROBLEMS = 20  # printed; `newsqa sources` has them all


def index_sources(
    settings: Settings, sources: Sequence[str], *, name: str | None, rebuild: bool, as_json: bool
) -> None:
    """Index each source, and go on where one of them cannot be used. Raises what the first of those raised."""
    if not sources and not rebuild:
        raise UsageError("There is no source.", hint="Name a folder or a file: newsqa index ~/articles")
    if name and len(sources) != 1:
        raise UsageError("--name names one source.", hint="Index the others by themselves.")
    tell_embedding(settings)
    try:
        if not sources:
            _rebuild(settings, as_json=as_json)
            return
        reports, failed = _indexed(settings, sources, name=name, rebuild=rebuild, as_json=as_json)
    except KeyboardInterrupt:
        messages().print("Interrupted. What was read is kept; the same command goes on from there.", soft_wrap=True)
        raise
    if as_json:
        print_json({"sources": [asdict(report) for report in reports]})
    if failed:
        raise failed[0]


def _rebuild(settings: Settings, *, as_json: bool) -> None:
    with _shown() as report:
        embedded = rebuild_index(settings, report)
    if as_json:
        print_json({"embedded": embedded})
    else:
        print_text(f"All vectors were made anew: {count(embedded, 'passage')}.")


def _indexed(
    settings: Settings, sources: Sequence[str], *, name: str | None, rebuild: bool, as_json: bool
) -> tuple[list[IndexReport], list[SourceError]]:
    reports: list[IndexReport] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            with _shown() as report:
                done = index_source(settings, source, report, name=name, rebuild=rebuild and not reports)
        except SourceError as error:
            if failed:
                _aside(error_line(error))
            failed.append(error)
            continue
        reports.append(done)
        _tell(done, as_json=as_json)
    return reports, failed


def _tell(done: IndexReport, *, as_json: bool) -> None:
    for problem in done.problems[:MOST_PROBLEMS]:
        _aside(f"{problem.name}: {problem.reason} {problem.hint}")
    if len(done.problems) > MOST_PROBLEMS:
        _aside(f"… and {count(len(done.problems) - MOST_PROBLEMS, 'problem')} more: newsqa sources")
    for notice in done.notices:
        _aside(notice)
    if not as_json:
        print_text(summary(done))


def summary(done: IndexReport) -> str:
    """Return in a line what came of indexing a source."""
    articles = count(done.added + done.changed + done.unchanged, "article")
    changes = [(done.added, "new"), (done.changed, "changed"), (done.removed, "removed")]
    said = ", ".join(f"{number:,} {what}" for number, what in changes if number) or "nothing new"
    return f"{safe_line(done.source)}: {articles}, {said} ({done.seconds:.1f} s)"


def _aside(text: str) -> None:
    messages().print(Text(f"! {safe_line(text)}", style="yellow"), soft_wrap=True)


@contextmanager
def _shown() -> Iterator[Callable[[IndexProgress], None]]:
    """Show a bar that begins anew with each phase."""
    with bar() as shown:
        task = shown.add_task("opening", total=None)
        phase = ""

        def report(progress: IndexProgress) -> None:
            nonlocal phase
            if progress.phase != phase:
                phase = progress.phase
                shown.reset(task, description=f"{PHASES[phase]:<9}", total=progress.total)
            shown.update(task, completed=progress.done, total=progress.total)

        yield report


# `newsqa sources`: what has been indexed, listed, renamed, removed.


def list_sources(settings: Settings, *, as_json: bool) -> None:
    """Print the sources of the index with what could not be read in them."""
    with open_index(settings) as opened, opened.snapshot() as index:
        sources = index.list_sources()
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
    from newsqa.ingest.indexer import rename_source as rename

    _refuse_missing(settings)
    rename(settings, name, new)
    print_text(f"{safe_line(name)} is now {safe_line(new)}.")


def remove_source(settings: Settings, name: str) -> None:
    """Remove a source from the index; its files stay. Raises UsageError where there is none of that name."""
    from newsqa.ingest.indexer import remove_source as remove

    _refuse_missing(settings)
    gone = remove(settings, name)
    print_text(f"{safe_line(name)} is gone from the index, with {count(gone, 'article')}. The files are untouched.")


def _refuse_missing(settings: Settings) -> None:
    """Raise LibraryError where there is no index, which writing would make."""
    open_index(settings).close()
