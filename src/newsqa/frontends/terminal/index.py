"""`newsqa index` and `newsqa sources`: read articles into the index; list, rename and remove what was read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.text import Text

from newsqa.errors import SourceError, UsageError
from newsqa.frontends.terminal.console import announce_embedding, bar, messages, print_json, print_text
from newsqa.ingest import indexer
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
MAX_PROBLEMS = 20  # printed; `newsqa sources` has them all


def index_sources(
    settings: Settings, sources: Sequence[str], *, name: str | None, rebuild: bool, as_json: bool
) -> None:
    """Index each source, also if another cannot be used. Raises what the first of those raised."""
    if not sources and not rebuild:
        raise UsageError("There is no source.", hint="Name a folder or a file: newsqa index ~/articles")
    if name and len(sources) != 1:
        raise UsageError("--name names one source.", hint="Index the others by themselves.")
    announce_embedding(settings)
    try:
        if not sources:
            _rebuild(settings, as_json=as_json)
            return
        reports, failed = _index_each(settings, sources, name=name, rebuild=rebuild, as_json=as_json)
    except KeyboardInterrupt:
        messages().print("Interrupted. What was read is kept; the same command goes on from there.", soft_wrap=True)
        raise
    if as_json and (reports or not failed):
        print_json({"sources": [asdict(report) for report in reports]})
    if failed:
        raise failed[0]


def _rebuild(settings: Settings, *, as_json: bool) -> None:
    with _progress_bar() as report:
        embedded = indexer.rebuild_index(settings, report)
    if as_json:
        print_json({"embedded": embedded})
    else:
        print_text(f"All vectors were made anew: {count(embedded, 'passage')}.")


def _index_each(
    settings: Settings, sources: Sequence[str], *, name: str | None, rebuild: bool, as_json: bool
) -> tuple[list[IndexReport], list[SourceError]]:
    reports: list[IndexReport] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            with _progress_bar() as report:
                done = indexer.index_source(settings, source, report, name=name, rebuild=rebuild and not reports)
        except SourceError as error:
            if failed:
                _warn(error_line(error))
            failed.append(error)
            continue
        reports.append(done)
        _print_report(done, as_json=as_json)
    return reports, failed


def _print_report(done: IndexReport, *, as_json: bool) -> None:
    for problem in done.problems[:MAX_PROBLEMS]:
        _warn(f"{problem.name}: {problem.reason} {problem.hint}")
    if len(done.problems) > MAX_PROBLEMS:
        _warn(f"… and {count(len(done.problems) - MAX_PROBLEMS, 'problem')} more: newsqa sources")
    for notice in done.notices:
        _warn(notice)
    if not as_json:
        print_text(_summary(done))


def _summary(done: IndexReport) -> str:
    """Return in a line how many articles of a source are new, changed and removed."""
    articles = count(done.added + done.changed + done.unchanged, "article")
    changes = [(done.added, "new"), (done.changed, "changed"), (done.removed, "removed")]
    changed = ", ".join(f"{number:,} {what}" for number, what in changes if number) or "nothing new"
    return f"{safe_line(done.source)}: {articles}, {changed} ({done.seconds:.1f} s)"


def _warn(text: str) -> None:
    messages().print(Text(f"! {safe_line(text)}", style="yellow"), soft_wrap=True)


@contextmanager
def _progress_bar() -> Iterator[Callable[[IndexProgress], None]]:
    """Show a bar that starts again with each phase; the function that is yielded takes the progress."""
    with bar() as progress_bar:
        task = progress_bar.add_task("opening", total=None)
        phase = ""

        def report(progress: IndexProgress) -> None:
            nonlocal phase
            if progress.phase != phase:
                phase = progress.phase
                progress_bar.reset(task, description=f"{PHASES[phase]:<9}", total=progress.total)
            progress_bar.update(task, completed=progress.done, total=progress.total)

        yield report


def list_sources(settings: Settings, *, as_json: bool) -> None:
    """Print the sources of the index, with what could not be read of them."""
    with open_index(settings) as opened, opened.snapshot() as index:
        sources = index.list_sources()
    if as_json:
        print_json({"sources": [asdict(source) for source in sources]})
    else:
        print_text(sources_text(sources) if sources else "Nothing has been indexed yet: newsqa index FOLDER")


def sources_text(sources: Sequence[SourceSummary]) -> str:
    """Return the sources, one a line, with their problems below."""
    names = [safe_line(source.name) for source in sources]
    sizes = [f"{count(source.articles, 'article')} in {count(source.files, 'file')}" for source in sources]
    name_width, size_width = max(map(len, names)), max(map(len, sizes))
    lines = []
    for source, name, size in zip(sources, names, sizes, strict=True):
        lines.append(f"{name:<{name_width}}  {size:<{size_width}}  {safe_line(source.location)}")
        lines += [f"  ! {safe_line(problem)}" for problem in source.problems]
    return "\n".join(lines)


def rename_source(settings: Settings, name: str, new: str) -> None:
    """Give a source another name. Raises UsageError if there is none, or if the new name is in use."""
    _require_index(settings)
    indexer.rename_source(settings, name, new)
    print_text(f"{safe_line(name)} is now {safe_line(new)}.")


def remove_source(settings: Settings, name: str) -> None:
    """Remove a source from the index; its files stay. Raises UsageError if there is none of that name."""
    _require_index(settings)
    removed = indexer.remove_source(settings, name)
    print_text(f"{safe_line(name)} is gone from the index, with {count(removed, 'article')}. The files are untouched.")


def _require_index(settings: Settings) -> None:
    """Raise LibraryError if there is no index: writing would create one."""
    open_index(settings).close()
