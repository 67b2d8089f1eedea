"""`newsqa bots feedback`: what people said of answers, as a set of questions in a file."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from newsqa.bot.admin import GOOD, export_feedback, has_store
from newsqa.bot.store import Store
from newsqa.errors import HistoryError
from newsqa.fronts.terminal.console import print_json, print_text
from newsqa.private import FILE, private_folder
from newsqa.render.clean import safe_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.settings import Settings

OUT = Path("feedback.jsonl")


def write_feedback(settings: Settings, out: Path | None, *, as_json: bool) -> None:
    """Write every answer that was voted on as a question of a set that `newsqa eval run` reads, into a new file.

    Raises HistoryError where there are no votes, or the file is there already.
    """
    folder = settings.sessions_folder()
    lines = _feedback(folder) if has_store(folder) else []
    if not lines:
        raise HistoryError(
            f"Nobody has voted on an answer that is kept in {folder}.",
            hint=f"Answers are kept for {count(settings.bot_retention, 'day')} (NEWSQA_BOT_RETENTION).",
        )
    file = out or OUT
    _write_new(file, lines)
    good = sum(GOOD in json.loads(line)["tags"] for line in lines)
    if as_json:
        print_json({"file": str(file), "questions": len(lines), "found_good": good})
        return
    name = safe_line(str(file))
    print_text(
        f"{count(len(lines), 'question')} in {name}: {good} with answers that were found good, {len(lines) - good} to "
        f"be looked at.\nRead them before you measure with them; then: newsqa eval run {quote(name)}"
    )


def _feedback(folder: Path) -> list[str]:
    with closing(Store(folder)) as store:
        return list(export_feedback(store))


def _write_new(file: Path, lines: Sequence[str]) -> None:
    """Write lines into a new file that only its owner reads: it holds what people asked."""
    try:
        private_folder(file.parent)
        file.touch(mode=FILE, exist_ok=False)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except FileExistsError:
        raise HistoryError(
            f"{file} is there already.", hint="Name another file with --out, or move this one away."
        ) from None
    except OSError as error:
        raise HistoryError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error
