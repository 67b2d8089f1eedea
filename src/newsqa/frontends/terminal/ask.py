"""`newsqa ask`, `newsqa search` and `newsqa show`: one question or one article, then done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newsqa.building import open_pipeline
from newsqa.errors import LibraryError, UsageError
from newsqa.frontends.terminal.console import messages, output, print_json, print_text
from newsqa.frontends.terminal.display import LiveAnswer, show_answer, show_live
from newsqa.frontends.terminal.egress import announce_egress
from newsqa.render.clean import safe_line
from newsqa.render.plain import article_text
from newsqa.render.record import DIGITS, article_record, to_record
from newsqa.render.terminal import article_view
from newsqa.render.wording import headline, provenance
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.settings import Settings
    from newsqa.types import Bounds, Hit, JsonObject

MAX_BYTES = 1 << 20  # of a question on standard input; the pipeline decides what it can use
EXAMPLE = 'Write: newsqa ask "When did the harbour reopen?"'


def ask(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Answer one question: as JSON, for a terminal, or as plain text if the output is piped."""
    question = _question(words)
    with open_pipeline(settings, once=True) as pipeline:
        announce_egress(settings)
        answer = show_live(pipeline.stream(question, bounds=bounds, asked=asked), messages(), LiveAnswer())
    if as_json:
        print_json(to_record(answer))
    else:
        show_answer(answer)


def search(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Print the passages that may answer, best first, each with its article and score."""
    query = _question(words)
    with open_pipeline(settings, once=True) as pipeline:
        announce_egress(settings)
        hits = pipeline.search(query, bounds=bounds, asked=asked)
    if as_json:
        print_json({"query": query, "passages": [_hit_record(hit) for hit in hits]})
    else:
        print_text(passages_text(hits))


def _hit_record(hit: Hit) -> JsonObject:
    about = {name: value for name, value in article_record(hit.article).items() if name not in {"byline", "text"}}
    passage = hit.passage
    return {
        **about,
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, DIGITS),
        "text": passage.text,
    }


def passages_text(hits: Sequence[Hit]) -> str:
    """Return each passage below a line of its article: title, outlet, day, score and id."""
    return "\n\n".join(map(_passage_text, hits)) or "Nothing was found."


def _passage_text(hit: Hit) -> str:
    article = hit.article
    about = f"{headline(article)} · {provenance(article)} · {hit.score:.2f} · {article.id}"
    return f"{about}\n{safe_line(hit.passage.text)}"


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
