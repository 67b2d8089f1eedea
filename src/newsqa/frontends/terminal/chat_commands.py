"""The commands of the chat: `/open 2` and its kind, each a function of the conversation and what follows it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.environment import program_environment
from newsqa.errors import LibraryError, SourceError, UsageError
from newsqa.frontends.terminal.console import first_day, last_day, messages
from newsqa.frontends.terminal.egress import tell_leaving
from newsqa.frontends.terminal.index import sources_text
from newsqa.models.inventory import list_models
from newsqa.render.clean import safe_line
from newsqa.render.plain import article_text, quote_text
from newsqa.render.plain import conversation as as_markdown
from newsqa.render.terminal import article_view, excerpt_view, models_text, models_view
from newsqa.render.wording import count, day, why
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from rich.console import Console, RenderableType

    from newsqa.frontends.terminal.chat_state import Conversation, Screen
    from newsqa.types import Article, Bounds, Citation


# `/open`: a cited article at the place of its quote, or the whole of it in a pager.

ABOVE = 10  # lines shown before a quote in the pager


def open_source(screen: Screen, article: Article, citation: Citation, question: str, *, whole: bool) -> None:
    """Show where a citation stands. An article that has changed since is shown as it is now, and that is told."""
    span = _place(article, citation)
    if span is None:
        screen.say("This article has changed since; the quote is no longer in it.")
        screen.view(article_view(article), article_text(article))
    elif not whole or screen.plain:
        screen.view(excerpt_view(article, span, question), article_text(article))
    else:
        before = replace(article, text=article.text[: span[0]])
        _page(screen.console, article_view(article, question, span), len(_lines(screen.console, article_view(before))))


def _place(article: Article, citation: Citation) -> tuple[int, int] | None:
    if article.text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    start = article.text.find(citation.quote)
    return (start, start + len(citation.quote)) if start >= 0 else None


def _lines(console: Console, view: RenderableType) -> list[str]:
    with console.capture() as captured:
        console.print(view)
    return captured.get().splitlines()


def _page(console: Console, view: RenderableType, line: int) -> None:
    """Show a view in `less`, from a few lines above `line` on; where there is no `less`, print it."""
    less = shutil.which("less")
    if less is None or not Path(less).is_absolute() or console.is_dumb_terminal:
        console.print(view)
        return
    text = "\n".join(_lines(console, view))
    environ = {**program_environment(), "LESSSECURE": "1", "LESSCHARSET": "utf-8"}
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the pager now
    try:
        subprocess.run([less, "-R", f"+{max(line - ABOVE, 1)}"], input=text.encode(), env=environ, check=False)  # noqa: S603
    finally:
        signal.signal(signal.SIGINT, ours)


OFF = {"off", "none", "all"}


class Leave(Exception):  # noqa: N818  no error
    """The person wants to go."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what may follow it, what it does in a line, and the function that does it."""

    name: str
    takes: str
    does: str
    run: Callable[[Conversation, str], None]


def run_command(conversation: Conversation, line: str) -> None:
    """Do what a line that begins with a slash asks for. Raises NewsqaError, and Leave."""
    name, _, rest = line[1:].strip().partition(" ")
    named = {command.name: command for command in COMMANDS}
    command = named.get(name.casefold())
    if command is None:
        near = get_close_matches(name.casefold(), named, n=1, cutoff=0.5)
        hint = f"Did you mean /{near[0]}? " if near else ""
        raise UsageError(f"There is no command /{name}.", hint=hint + "/help lists them.")
    command.run(conversation, rest.strip())


def bounds_line(conversation: Conversation) -> str:
    """Return the bounds that are set, in words; "" where there are none."""
    bounds = conversation.bounds
    days = (("since", bounds.since), ("until", bounds.until), ("as of", bounds.as_of))
    said = [f"{word} {day(when)}" for word, when in days if when]
    return " · ".join([*([safe_line(bounds.outlet)] if bounds.outlet else []), *said])


def status_line(conversation: Conversation) -> str:
    """Return the model that answers, unless none writes, and the bounds that are set."""
    model = conversation.ready.settings.model
    named = [] if model == EXTRACTIVE else [safe_line(model)]
    return " · ".join(part for part in (*named, bounds_line(conversation)) if part)


def _help(conversation: Conversation, _: str) -> None:
    rows = [(f"/{c.name} {c.takes}".rstrip(), c.does) for c in COMMANDS]
    width = max(len(left) for left, _ in rows) + 2
    lines = [f"{left:<{width}}{does}" for left, does in rows]
    keys = f"{'Ctrl-C':<{width}}gives up an answer, or clears the line\n{'Ctrl-D':<{width}}leaves"
    conversation.screen.say("\n".join([*lines, keys]))


def _open(conversation: Conversation, rest: str) -> None:
    number, _, how = rest.partition(" ")
    if how and how != "all":
        raise UsageError(f"“{how}” means nothing here.", hint="/open 2 shows the place, /open 2 all the whole article.")
    citation = conversation.citation(number)
    with conversation.library.snapshot() as index:
        article = index.article(citation.article_id)
    if article is None:
        raise LibraryError("The index does not hold this article any more.", hint="It went with its source.")
    open_source(conversation.screen, article, citation, conversation.answers[-1].standalone, whole=bool(how))


def _copy(conversation: Conversation, rest: str) -> None:
    conversation.screen.raw(quote_text(conversation.citation(rest)))


def _why(conversation: Conversation, _: str) -> None:
    if not conversation.answers:
        raise UsageError("Nothing has been answered yet.", hint="Ask something first.")
    conversation.screen.say("\n\n".join(why(conversation.answers[-1])) or "Nothing was left out of the last answer.")


def _outlet(conversation: Conversation, rest: str) -> None:
    if rest.casefold() in OFF:
        conversation.bounds = replace(conversation.bounds, outlet=None)
    elif rest:
        conversation.bounds = replace(conversation.bounds, outlet=_known_outlet(conversation, rest))
    _tell_bounds(conversation)


def _known_outlet(conversation: Conversation, typed: str) -> str:
    known = {safe_line(outlet).casefold(): outlet for outlet in outlets(conversation)}
    exact = known.get(typed.casefold())
    begun = [outlet for folded, outlet in known.items() if folded.startswith(typed.casefold())]
    if exact or len(begun) == 1:
        return exact or begun[0]
    near = [known[folded] for folded in get_close_matches(typed.casefold(), known, n=3)] or list(known.values())[:5]
    raise UsageError(f"The index has no outlet “{typed}”.", hint=f"It has, for one: {', '.join(begun or near)}.")


def outlets(conversation: Conversation) -> tuple[str, ...]:
    """Return the outlets of the index, as stored."""
    with conversation.library.snapshot() as index:
        return index.lexicon.outlets


def _day_setter(
    read: Callable[[str], date], put: Callable[[Bounds, date | None], Bounds]
) -> Callable[[Conversation, str], None]:
    def set_day(conversation: Conversation, rest: str) -> None:
        if rest:
            when = None if rest.casefold() in OFF else read(rest)
            conversation.bounds = put(conversation.bounds, when)
        _tell_bounds(conversation)

    return set_day


def _tell_bounds(conversation: Conversation) -> None:
    with conversation.library.snapshot() as index:
        within = index.coverage(conversation.bounds)
    bounds = bounds_line(conversation)
    undated = f" ({within.undated} undated left out)" if conversation.bounds.dated and within.undated else ""
    said = f"Searching {bounds}: {count(within.articles, 'article')}{undated}." if bounds else "Searching everything."
    conversation.screen.say(said)


def _sources(conversation: Conversation, _: str) -> None:
    with conversation.library.snapshot() as index:
        listed, outlets = index.list_sources(), index.lexicon.outlets
    text = sources_text(listed) if listed else "Nothing has been indexed yet."
    conversation.screen.say(text + (f"\n\nOutlets: {', '.join(map(safe_line, outlets))}" if outlets else ""))


def _model(conversation: Conversation, rest: str) -> None:
    settings = conversation.ready.settings
    if not rest:
        answering = [model for model in list_models(settings) if model.does == "answers"]
        conversation.screen.view(models_view(answering), models_text(answering))
        return
    with messages().status(f"trying {safe_line(rest)}", spinner="dots"):
        conversation.ready.switch(rest)
    conversation.screen.say(f"{safe_line(rest)} answers from now on.")
    tell_leaving(conversation.ready.settings)


def _new(conversation: Conversation, _: str) -> None:
    conversation.begin()
    conversation.screen.say("A new conversation.")


def _sessions(conversation: Conversation, rest: str) -> None:
    if rest:
        if not rest.isdecimal():
            raise UsageError(f"“{rest}” is no number of a conversation.", hint="/sessions lists them.")
        conversation.resume(int(rest))
        tell_resumed(conversation)
        return
    stored = conversation.sessions.recent()
    if not stored:
        conversation.screen.say("No conversation over this index has been stored yet.")
        return
    lines = [
        f"{s.id:>4}  {s.began.astimezone():%d %b %H:%M}  {_cut(s.title)} ({count(s.questions, 'question')})"
        for s in stored
    ]
    conversation.screen.say("\n".join([*lines, "", "/sessions NUMBER goes on with one."]))


def tell_resumed(conversation: Conversation) -> None:
    """Show where a resumed conversation stood."""
    last = conversation.answers[-1]
    asked = count(len(conversation.answers), "question")
    conversation.screen.say(f"Going on after {asked}. The last was: {_cut(last.question)}")
    conversation.screen.answer(last)


def _cut(text: str, most: int = 60) -> str:
    line = safe_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _save(conversation: Conversation, rest: str) -> None:
    if not rest or not conversation.answers:
        raise UsageError("There is nothing to save." if rest else "There is no file name.", hint="/save talks.md")
    path = Path(rest).expanduser()
    path = path if path.suffix else path.with_suffix(".md")
    text = as_markdown(conversation.answers[0].question, conversation.answers)
    try:
        with path.open("x", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already.", hint="Nothing was written; choose another name.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path} cannot be written: {why}.", hint="Choose another place.") from error
    conversation.screen.say(f"Saved as {path}.")


def _leave(_: Conversation, __: str) -> None:
    raise Leave


COMMANDS = (
    Command("open", "N [all]", "shows source N where it is quoted, or all of the article", _open),
    Command("copy", "N", "prints the quote of source N with where it stands, to be pasted", _copy),
    Command("why", "", "shows the sentences that were left out of the last answer, and why", _why),
    Command("sources", "", "lists what is indexed, and its outlets", _sources),
    Command("outlet", "[NAME|off]", "searches one outlet only", _outlet),
    Command(
        "since",
        "[DATE|off]",
        "leaves out what is older",
        _day_setter(first_day, lambda bounds, when: replace(bounds, since=when)),
    ),
    Command(
        "until",
        "[DATE|off]",
        "leaves out what is newer",
        _day_setter(last_day, lambda bounds, when: replace(bounds, until=when)),
    ),
    Command(
        "as-of",
        "[DATE|off]",
        "answers as on that day",
        _day_setter(last_day, lambda bounds, when: replace(bounds, as_of=when)),
    ),
    Command("model", "[NAME]", "lists the models, or lets another one answer", _model),
    Command("new", "", "begins a new conversation", _new),
    Command("sessions", "[NUMBER]", "lists the stored conversations, or goes on with one", _sessions),
    Command("save", "FILE.md", "saves the conversation as Markdown", _save),
    Command("help", "", "shows this", _help),
    Command("quit", "", "leaves", _leave),
)
