"""`newsqa ask`, `search`, `show` and `check`: one question, article or text, then done."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.building import open_pipeline
from newsqa.errors import LibraryError, SourceError, UsageError
from newsqa.frontends.terminal.console import announce_egress, messages, output, print_json, print_text, time_limit
from newsqa.frontends.terminal.display import LiveAnswer, show_answer, show_live
from newsqa.private_files import write_files
from newsqa.render.clean import safe_line
from newsqa.render.plain import article_text, check_lines, check_page, check_record
from newsqa.render.record import article_record, hit_record, to_record
from newsqa.render.terminal import article_view
from newsqa.render.wording import headline, provenance
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, Bounds, Hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.settings import Settings

MAX_BYTES = 1 << 20  # of a question on standard input; the pipeline decides what it can use
EXAMPLE = 'Write: newsqa ask "When did the harbour reopen?"'


def ask(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Answer one question: as JSON, for a terminal, or as plain text if the output is piped."""
    question = _question(words)
    deadline = time.monotonic() + settings.timeout  # loading the models counts, too
    announce_egress(settings)
    with time_limit(settings.timeout), open_pipeline(settings, once=True) as pipeline:
        events = pipeline.stream(question, bounds=bounds, asked=asked, deadline=deadline)
        answer = show_live(events, messages(), LiveAnswer())
    if as_json:
        print_json(to_record(answer))
    else:
        show_answer(answer)


def search(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Print the passages that may answer, best first, each with its article and score."""
    query = _question(words)
    announce_egress(settings)
    with open_pipeline(settings, once=True) as pipeline:
        hits = pipeline.search(query, bounds=bounds, asked=asked)
    if as_json:
        print_json({"query": query, "passages": list(map(hit_record, hits))})
    else:
        print_text(passages_text(hits))


def passages_text(hits: Sequence[Hit]) -> str:
    """Return each passage below a line of its article: title, outlet, day, score and id."""
    texts = (
        f"{headline(hit.article)} · {provenance(hit.article)} · {hit.score:.2f} · {hit.article.id}\n"
        f"{safe_line(hit.passage.text)}"
        for hit in hits
    )
    return "\n\n".join(texts) or "Nothing was found."


def show(settings: Settings, article_id: str, *, as_json: bool) -> None:
    """Print one stored article. Raises LibraryError if the index does not hold it."""
    with open_index(settings) as opened, opened.snapshot() as index:
        article = index.article(article_id)
    if article is None:
        raise LibraryError(
            f"The index {settings.index} holds no article “{article_id}”.",
            hint="The ids stand in the citations of `newsqa ask --json`.",
        )
    console = output()
    if as_json:
        print_json(article_record(article))
    elif console.is_terminal:
        console.print(article_view(article))
    else:
        print_text(article_text(article))


def _question(words: Sequence[str]) -> str:
    """Return the question of the command line, or all of standard input. Raises UsageError if there is none."""
    if words and list(words) != ["-"]:
        text = " ".join(words).encode("utf-8", "replace").decode()  # an argument may hold bytes that are no text
    elif not words and sys.stdin.isatty():
        raise UsageError("There is no question.", hint=EXAMPLE)
    else:
        text = sys.stdin.buffer.read(MAX_BYTES).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("The question is empty.", hint=EXAMPLE)
    return " ".join(text.split())


# `newsqa check`: what the articles have on each sentence of a draft or a press release.

CHECK_MAX_BYTES = 1 << 20  # bytes of a text


def check(settings: Settings, file: str, bounds: Bounds, page: Path | None, *, as_json: bool) -> None:
    """Check a file, or standard input, and print what was found; `page` is where a report in HTML is written."""
    text = _read(file)
    if settings.judge in {"auto", "none", EXTRACTIVE}:
        announce_egress(settings)
    else:
        announce_egress(replace(settings, model=EXTRACTIVE), judge=settings.judge)
    with open_pipeline(settings) as pipeline, messages().status("Checking each sentence …"):
        checked = pipeline.check(text, bounds=bounds)
    if page:
        write_files(page.parent, {page.name: check_page(checked)}, hint="Name another file.")
    if as_json:
        print_json(check_record(checked))
        return
    lines, console = list(check_lines(checked)), output()
    if console.is_terminal:
        from rich.text import Text

        console.print(Text("\n").join(Text(line, style) for style, line in lines))
    else:
        print_text("\n".join(line for _, line in lines))
    if page:
        print_text(f"The report is {safe_line(str(page))}")


def _read(file: str) -> str:
    """Return the text of a file, or of standard input for "-". Raises SourceError and UsageError."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(CHECK_MAX_BYTES + 1)
        else:
            with Path(file).expanduser().open("rb") as opened:
                data = opened.read(CHECK_MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.", hint="Name a text file, or - .") from error
    text = data.decode("utf-8", "replace")
    if len(data) > CHECK_MAX_BYTES or "\0" in text or not text.strip():
        raise UsageError(
            f"{file} is empty, longer than {CHECK_MAX_BYTES:,} bytes, or no text.",
            hint="Give plain text or Markdown: newsqa check draft.md",
        )
    return text
