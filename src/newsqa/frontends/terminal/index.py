"""`newsqa index` and `newsqa sources`: read articles into the index; list, rename and remove what was read."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from newsqa.errors import LibraryError, SourceError, UsageError
from newsqa.frontends.terminal.console import announce_egress, bar, messages, print_json, print_text
from newsqa.ingest import indexer
from newsqa.ingest.files import Skipped
from newsqa.render.clean import safe_line
from newsqa.render.plain import error_line
from newsqa.render.record import article_record
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.ingest.addresses import AddressOptions
    from newsqa.ingest.progress import IndexProgress, IndexReport
    from newsqa.settings import Settings
    from newsqa.store.records import SourceSummary

READS = "It reads pages, feeds, text, tables, mail, exports and archives of these: docs/reading.md lists them."

PHASES = {"read": "reading", "compare": "comparing", "embed": "embedding", "vectors": "vectors"}
MAX_PROBLEMS = 20  # printed; `newsqa sources` has them all


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """The options of `newsqa index`, besides where to."""

    name: str | None = None
    rebuild: bool = False
    strict: bool = False
    check: bool = False
    addresses: AddressOptions | None = None


def index_sources(settings: Settings, sources: Sequence[str], options: IndexOptions, *, as_json: bool) -> int:
    """Index each source, also if another cannot be used; return the exit code.

    It is 1 if a source could not be used, if nothing of one could be read, or, where `strict`, if anything was
    refused. A page that was read with a doubt is not refused.
    Raises what the first of the unusable ones raised if there is no report to print.
    """
    if not sources and not options.rebuild:
        raise UsageError("There is no source.", hint="Name a folder or a file: newsqa index ~/articles")
    if options.name and len(sources) != 1:
        raise UsageError("--name names one source.", hint="Index the others by themselves.")
    refuse_full_disk(settings)
    announce_egress(settings, "indexes")
    try:
        if not sources:
            _rebuild(settings, as_json=as_json)
            return 0
        reports, failed = _index_each(settings, sources, options, as_json=as_json)
    except KeyboardInterrupt:
        messages().print("Interrupted. What was read is kept; the same command goes on from there.", soft_wrap=True)
        raise
    if failed and not reports:
        for error in failed[1:]:
            warn(error_line(error))
        raise failed[0]
    failed += [short for report in reports if (short := _shortfall(report, strict=options.strict))]
    for error in failed:
        messages().print(Text(f"newsqa: {safe_line(error_line(error))}"), soft_wrap=True)
    if as_json:
        why = {"error": str(failed[0]), "hint": failed[0].hint} if failed else {}
        print_json({"sources": [asdict(report) for report in reports], **why})
    return 1 if failed else 0


def free_space(settings: Settings) -> int:
    """Return how many bytes are free where the index is, or would be. Raises OSError."""
    place = settings.index.expanduser().absolute()
    return shutil.disk_usage(next(one for one in (place, *place.parents) if one.is_dir())).free


def refuse_full_disk(settings: Settings) -> None:
    """Raise LibraryError if less of the disk is free than the settings ask for before anything is indexed."""
    with suppress(OSError):  # what is wrong there is said when the index is written
        if (free := free_space(settings) / 1e6) < settings.min_free:
            raise LibraryError(
                f"{free:,.0f} MB are free for the index {settings.index}; {settings.min_free:,} are needed.",
                hint="Free some space, or set NEWSQA_MIN_FREE to less.",
            )


def _shortfall(report: IndexReport, *, strict: bool) -> SourceError | None:
    """Return what makes a run fail although its source could be used, or None."""
    if not report.read:
        return SourceError(f"Nothing of {report.source} could be read.", hint=READS)
    if strict and (refused := _refused(report)):
        return SourceError(
            f"{count(refused, 'thing')} of {report.source} could not be read.", hint="newsqa sources lists them."
        )
    return None


def _refused(report: IndexReport) -> int:
    return sum(not problem.read for problem in report.problems)


def _rebuild(settings: Settings, *, as_json: bool) -> None:
    with _progress_bar() as report:
        embedded = indexer.rebuild_index(settings, report)
    if as_json:
        print_json({"embedded": embedded})
    else:
        print_text(f"All vectors were made anew: {count(embedded, 'passage')}.")


def _index_each(
    settings: Settings, sources: Sequence[str], options: IndexOptions, *, as_json: bool
) -> tuple[list[IndexReport], list[SourceError]]:
    reports: list[IndexReport] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            with _progress_bar() as report:
                rebuild = options.rebuild and not reports
                done = indexer.index_source(
                    settings,
                    source,
                    report,
                    name=options.name,
                    rebuild=rebuild,
                    check=options.check,
                    addresses=options.addresses,
                )
        except SourceError as error:
            failed.append(error)
            continue
        reports.append(done)
        print_report(done, as_json=as_json)
    return reports, failed


def print_report(done: IndexReport, *, as_json: bool) -> None:
    """Print what came of indexing a source: what was refused or is in doubt on standard error, then the counts."""
    for problem in done.problems[:MAX_PROBLEMS]:
        warn(f"{problem.name}: {problem.reason}{'. ' if problem.hint else ''}{problem.hint}")
    if len(done.problems) > MAX_PROBLEMS:
        warn(f"… and {count(len(done.problems) - MAX_PROBLEMS, 'problem')} more: newsqa sources")
    for notice in done.notices:
        warn(notice)
    if not as_json:
        print_text(f"{_summary(done)}\n  {_account(done)}")


def _summary(done: IndexReport) -> str:
    """Return in a line how many articles of a source are new, changed and removed."""
    articles = count(done.added + done.changed + done.unchanged, "article")
    changes = [(done.added, "new"), (done.changed, "changed"), (done.removed, "removed")]
    changed = ", ".join(f"{number:,} {what}" for number, what in changes if number) or "nothing new"
    return f"{safe_line(done.source)}: {articles}, {changed} ({done.seconds:.1f} s)"


def _account(done: IndexReport) -> str:
    """Return in a line what was read, passed over and refused, and how much was read with a doubt."""
    refused = _refused(done)
    parts = [f"read: {count(done.read, 'file')}"]
    if done.passed:
        parts.append(f"passed over: {_passed(done.passed)}")
    if refused:
        parts.append(f"refused: {refused:,}")
    if doubtful := len(done.problems) - refused:
        parts.append(f"read with a doubt: {doubtful:,}")
    return "; ".join(parts)


def _passed(passed: Sequence[Skipped]) -> str:
    return ", ".join(f"{one.count:,} × {safe_line(one.kind)} ({safe_line(one.reason)})" for one in passed)


def warn(text: str) -> None:
    """Print on standard error that something is wrong, and that the rest goes on."""
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
        passed = [[asdict(Skipped(*row)) for row in source.passed] for source in sources]
        listed = zip(sources, passed, strict=True)
        print_json({"sources": [{**asdict(source), "passed": skipped} for source, skipped in listed]})
    else:
        print_text(sources_text(sources) if sources else "Nothing has been indexed yet: newsqa index FOLDER")


def sources_text(sources: Sequence[SourceSummary]) -> str:
    """Return the sources, one a line, with what was passed over and their problems below."""
    names = [safe_line(source.name) for source in sources]
    sizes = [f"{count(source.articles, 'article')} in {count(source.files, 'file')}" for source in sources]
    name_width, size_width = max(map(len, names)), max(map(len, sizes))
    lines = []
    for source, name, size in zip(sources, names, sizes, strict=True):
        lines.append(f"{name:<{name_width}}  {size:<{size_width}}  {safe_line(source.location)}")
        if source.passed:
            lines.append(f"  passed over: {_passed([Skipped(*row) for row in source.passed])}")
        lines += [f"  ! {safe_line(problem)}" for problem in source.problems]
    return "\n".join(lines)


def export_articles(settings: Settings) -> None:
    """Print every stored article as `newsqa show --json` does, one a line."""
    with open_index(settings) as opened, opened.snapshot() as index:
        for article in index.all_articles():
            print_json(article_record(article))


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
