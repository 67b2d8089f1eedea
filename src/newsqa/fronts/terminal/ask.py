"""`newsqa ask` and `newsqa show`: one question or one article, then done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newsqa.errors import LibraryError, UsageError
from newsqa.fronts.terminal.console import messages, output, print_json, print_text
from newsqa.fronts.terminal.leaving import tell_leaving
from newsqa.records import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.desk import Desk
    from newsqa.records import Answer, Bounds
    from newsqa.settings import Settings

MOST_BYTES = 1 << 20  # of a question on standard input; the desk says what it can use


def ask(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Answer one question: as JSON, for a terminal, or as plain text where the output is piped."""
    from newsqa.wiring import open_desk  # noqa: PLC0415  after the question is known to be one

    question = _question(words)
    with open_desk(settings, once=True) as desk:
        tell_leaving(settings)
        answer = _answered(desk, question, bounds, asked)
    if as_json:
        from newsqa.render.record import to_record  # noqa: PLC0415

        print_json(to_record(answer))
    else:
        show_answer(answer)


def show_answer(answer: Answer) -> None:
    """Print an answer as the output can show it."""
    console = output()
    if console.is_terminal:
        from newsqa.render.terminal import answer_view  # noqa: PLC0415

        console.print(answer_view(answer))
    else:
        from newsqa.render.plain import answer_text  # noqa: PLC0415

        print_text(answer_text(answer))


def show(settings: Settings, article_id: str, *, as_json: bool) -> None:
    """Print one stored article. Raises LibraryError where the index does not hold it."""
    from newsqa.store.snapshot import open_index  # noqa: PLC0415  no model is needed

    with open_index(settings) as opened, opened.snapshot() as index:
        article = index.article(article_id)
    if article is None:
        raise LibraryError(
            f"The index {settings.index} holds no article “{article_id}”.",
            hint="The ids stand in the citations of `newsqa ask --json`.",
        )
    console = output()
    if as_json:
        from newsqa.render.record import article_record  # noqa: PLC0415

        print_json(article_record(article))
    elif console.is_terminal:
        from newsqa.render.terminal import article_view  # noqa: PLC0415

        console.print(article_view(article))
    else:
        from newsqa.render.plain import article_text  # noqa: PLC0415

        print_text(article_text(article))


def _question(words: Sequence[str]) -> str:
    """Return the question of the command line, or all of standard input. Raises UsageError where there is none."""
    if words and list(words) != ["-"]:
        text = " ".join(words).encode("utf-8", "replace").decode()  # an argument may hold bytes that are no text
    elif not words and sys.stdin.isatty():
        raise UsageError("There is no question.", hint='Write: newsqa ask "When did the harbour reopen?"')
    else:
        text = sys.stdin.buffer.read(MOST_BYTES).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("The question is empty.", hint='Write: newsqa ask "When did the harbour reopen?"')
    return " ".join(text.split())


def _answered(desk: Desk, question: str, bounds: Bounds, asked: date | None) -> Answer:
    from newsqa.fronts.terminal.watching import Watched, watch  # noqa: PLC0415  rich's parts take a moment

    return watch(desk.stream(question, bounds=bounds, asked=asked), messages(), Watched())
