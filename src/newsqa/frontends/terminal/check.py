"""`newsqa check`: what the articles have on each sentence of a draft or a press release."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.building import open_pipeline
from newsqa.errors import SourceError, UsageError
from newsqa.frontends.terminal.console import messages, output, print_json, print_text
from newsqa.frontends.terminal.egress import announce_egress
from newsqa.private_files import write_files
from newsqa.render.clean import safe_line
from newsqa.render.fact_check import check_lines, check_page, check_record
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from newsqa.settings import Settings
    from newsqa.types import Bounds

MAX_BYTES = 1 << 20
"""Bytes of a text."""


def check(settings: Settings, file: str, bounds: Bounds, page: Path | None, *, as_json: bool) -> None:
    """Check a file, or standard input, and print what was found; `page` is where a report in HTML is written."""
    text = _read(file)
    judges = settings.judge not in {"auto", "none", EXTRACTIVE}
    with open_pipeline(settings) as pipeline:
        announce_egress(replace(settings, model=settings.judge) if judges else settings)
        with messages().status("Checking each sentence …"):
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
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).expanduser().open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.", hint="Name a text file, or - .") from error
    text = data.decode("utf-8", "replace")
    if len(data) > MAX_BYTES or "\0" in text or not text.strip():
        raise UsageError(
            f"{file} is empty, longer than {MAX_BYTES:,} bytes, or no text.",
            hint="Give plain text or Markdown: newsqa check draft.md",
        )
    return text
