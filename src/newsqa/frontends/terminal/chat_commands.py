"""The commands of the chat, as `/open 2`: each is a function of the conversation and of what follows its name.

A command that asks something returns the question, which is answered as if it had been typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.errors import LibraryError, SourceError, UsageError
from newsqa.frontends.terminal.ask import passages_text
from newsqa.frontends.terminal.console import announce_egress, first_day, last_day, messages
from newsqa.frontends.terminal.index import sources_text
from newsqa.models.inventory import list_models
from newsqa.private_files import write_new
from newsqa.render.clean import safe_line, short_line
from newsqa.render.plain import article_text, conversation_markdown, models_text, quote_text
from newsqa.render.terminal import article_view, excerpt_view
from newsqa.render.wording import count, explain_checks, explain_dropped
from newsqa.text.calendar import format_day
from newsqa.types import EXTRACTIVE, Article, Citation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from newsqa.frontends.terminal.chat import Conversation

OFF = {"off", "none", "all"}  # words that clear a bound
PASSAGES = 5  # that /search shows
MAX_TITLE = 200  # characters of a title that is asked about; more is no title
_QUOTATION_MARKS = str.maketrans('“”„"«»', "      ")  # in a question they ask where words come from


class Quit(Exception):  # noqa: N818  no error
    """Ends the chat."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, its arguments and what it does, as /help shows them, and the function that runs it."""

    name: str
    arguments: str
    does: str
    run: Callable[[Conversation, str], str | None]


def run_command(conversation: Conversation, line: str) -> str | None:
    """Run a line that begins with a slash; return the question that it asks, or None. Raises NewsqaError, and Quit."""
    name, _, rest = line[1:].strip().partition(" ")
    named = {command.name: command for command in COMMANDS}
    command = named.get(name.casefold())
    if command is None:
        near = get_close_matches(name.casefold(), named, n=1, cutoff=0.5)
        hint = f"Did you mean /{near[0]}? " if near else ""
        raise UsageError(f"There is no command /{name}.", hint=hint + "/help lists them.")
    return command.run(conversation, rest.strip())


def _format_bounds(conversation: Conversation) -> str:
    """Return the bounds that are set, in words; "" if there are none."""
    bounds = conversation.bounds
    days = (("since", bounds.since), ("until", bounds.until), ("as of", bounds.as_of))
    outlet = [safe_line(bounds.outlet)] if bounds.outlet else []
    return " · ".join([*outlet, *(f"{word} {format_day(when)}" for word, when in days if when)])


def status_line(conversation: Conversation) -> str:
    """Return the model that writes, if there is one, and the bounds that are set."""
    model = conversation.pipeline.settings.model
    named = [] if model == EXTRACTIVE else [safe_line(model)]
    return " · ".join(part for part in (*named, _format_bounds(conversation)) if part)


def _help(conversation: Conversation, _: str) -> None:
    rows = [(f"/{c.name} {c.arguments}".rstrip(), c.does) for c in COMMANDS]
    width = max(len(left) for left, _ in rows) + 2
    lines = [f"{left:<{width}}{does}" for left, does in rows]
    keys = f"{'Ctrl-C':<{width}}gives up an answer, or clears the line\n{'Ctrl-D':<{width}}leaves"
    conversation.display.note("\n".join([*lines, keys]))


def _open(conversation: Conversation, rest: str) -> None:
    number, _, how = rest.partition(" ")
    if how and how != "all":
        raise UsageError(f"“{how}” means nothing here.", hint="/open 2 shows the place, /open 2 all the whole article.")
    citation = conversation.citation(number)
    with conversation.library.snapshot() as index:
        article = index.article(citation.article_id)
    if article is None:
        raise LibraryError("The index does not hold this article any more.", hint="It went with its source.")
    question, span = conversation.answers[-1].standalone, _find_quote(article, citation)
    if span is None:
        conversation.display.note("This article has changed since; the quote is no longer in it.")
    view = article_view(article, question, span) if how or span is None else excerpt_view(article, span, question)
    conversation.display.view(view, article_text(article))


def _find_quote(article: Article, citation: Citation) -> tuple[int, int] | None:
    """Return the span of the quote, in code points of the text as it is now."""
    if article.text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    start = article.text.find(citation.quote)
    return (start, start + len(citation.quote)) if start >= 0 else None


def _search(conversation: Conversation, rest: str) -> None:
    words = _given(rest, "/search mail boat fare")
    hits = conversation.pipeline.wait().search(words, bounds=conversation.bounds, asked=conversation.asked)
    conversation.display.unwrapped(passages_text(hits[:PASSAGES]))


def _latest(_: Conversation, rest: str) -> str:
    return f"latest on {rest}" if rest else "what is new?"


def _timeline(_: Conversation, rest: str) -> str:
    return f"timeline of {_given(rest, '/timeline ferry strike')}"


def _story(conversation: Conversation, rest: str) -> str:
    citation = conversation.citation(rest)
    title = safe_line(citation.title or citation.quote)[:MAX_TITLE].translate(_QUOTATION_MARKS)
    return f"overview of {' '.join(title.split())}"


def _given(rest: str, example: str) -> str:
    if not rest:
        raise UsageError("There are no words.", hint=f"Write, for one: {example}")
    return rest


def _copy(conversation: Conversation, rest: str) -> None:
    conversation.display.unwrapped(quote_text(conversation.citation(rest)))


def _why(conversation: Conversation, _: str) -> None:
    if not conversation.answers:
        raise UsageError("Nothing has been answered yet.", hint="Ask something first.")
    answer = conversation.answers[-1]
    dropped = "\n\n".join(explain_dropped(answer)) or "Nothing was left out of the last answer."
    conversation.display.note("\n\n".join(filter(None, (explain_checks(answer), dropped))))


def _outlet(conversation: Conversation, rest: str) -> None:
    if rest.casefold() in OFF:
        conversation.bounds = replace(conversation.bounds, outlet=None)
    elif rest:
        conversation.bounds = replace(conversation.bounds, outlet=_known_outlet(conversation, rest))
    _show_bounds(conversation)


def _known_outlet(conversation: Conversation, typed: str) -> str:
    known = {safe_line(outlet).casefold(): outlet for outlet in conversation.outlets()}
    exact = known.get(typed.casefold())
    starting = [outlet for folded, outlet in known.items() if folded.startswith(typed.casefold())]
    if exact or len(starting) == 1:
        return exact or starting[0]
    near = [known[folded] for folded in get_close_matches(typed.casefold(), known, n=3)] or list(known.values())[:5]
    raise UsageError(f"The index has no outlet “{typed}”.", hint=f"It has, for one: {', '.join(starting or near)}.")


def _day_setter(bound: str, parse: Callable[[str], date]) -> Callable[[Conversation, str], None]:
    def set_day(conversation: Conversation, rest: str) -> None:
        if rest:
            day: Any = {bound: None if rest.casefold() in OFF else parse(rest)}
            conversation.bounds = replace(conversation.bounds, **day)
        _show_bounds(conversation)

    return set_day


def _show_bounds(conversation: Conversation) -> None:
    with conversation.library.snapshot() as index:
        within = index.coverage(conversation.bounds)
    bounds = _format_bounds(conversation)
    undated = f" ({within.undated} undated left out)" if conversation.bounds.dated and within.undated else ""
    articles = count(within.articles, "article")
    conversation.display.note(f"Searching {bounds}: {articles}{undated}." if bounds else "Searching everything.")


def _sources(conversation: Conversation, _: str) -> None:
    with conversation.library.snapshot() as index:
        listed, outlets = index.list_sources(), index.lexicon.outlets
    text = sources_text(listed) if listed else "Nothing has been indexed yet."
    conversation.display.note(text + (f"\n\nOutlets: {', '.join(map(safe_line, outlets))}" if outlets else ""))


def _model(conversation: Conversation, rest: str) -> None:
    settings = conversation.pipeline.settings
    if not rest:
        answering = [model for model in list_models(settings) if model.does == "answers"]
        conversation.display.note(models_text(answering))
        return
    announce_egress(replace(settings, model=rest))
    with messages().status(f"trying {safe_line(rest)}", spinner="dots"):
        conversation.pipeline.switch_model(rest)
    conversation.display.note(f"{safe_line(rest)} answers from now on.")


def _new(conversation: Conversation, _: str) -> None:
    conversation.start_new()
    conversation.display.note("A new conversation.")


def _sessions(conversation: Conversation, rest: str) -> None:
    if rest:
        if not rest.isdecimal():
            raise UsageError(f"“{rest}” is no number of a conversation.", hint="/sessions lists them.")
        conversation.resume(int(rest))
        show_resumed(conversation)
        return
    stored = conversation.sessions.recent()
    if not stored:
        conversation.display.note("No conversation over this index has been stored yet.")
        return
    lines = [
        f"{s.id:>4}  {s.began.astimezone():%d %b %H:%M}  {short_line(s.title, 60)} ({count(s.questions, 'question')})"
        for s in stored
    ]
    conversation.display.note("\n".join([*lines, "", "/sessions NUMBER goes on with one."]))


def show_resumed(conversation: Conversation) -> None:
    """Show how long a resumed conversation is, and its last answer."""
    last = conversation.answers[-1]
    asked = count(len(conversation.answers), "question")
    conversation.display.note(f"Going on after {asked}. The last was: {short_line(last.question, 60)}")
    conversation.display.answer(last)


def _save(conversation: Conversation, rest: str) -> None:
    if not rest or not conversation.answers:
        raise UsageError("There is nothing to save." if rest else "There is no file name.", hint="/save talks.md")
    path = Path(rest).expanduser()
    path = path if path.suffix else path.with_suffix(".md")
    text = conversation_markdown(conversation.answers[0].question, conversation.answers)
    try:
        write_new(path, text)
    except FileExistsError:
        raise UsageError(f"{path} is there already.", hint="Nothing was written; choose another name.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path} cannot be written: {reason}.", hint="Choose another place.") from error
    conversation.display.note(f"Saved as {path}.")


def _quit(_: Conversation, __: str) -> None:
    raise Quit


COMMANDS = (
    Command("open", "N [all]", "shows source N where it is quoted, or all of the article", _open),
    Command("story", "N", "sums up the story of source N", _story),
    Command("latest", "[WORDS]", "shows the newest on something, or what is new", _latest),
    Command("timeline", "WORDS", "shows what happened, day by day", _timeline),
    Command("search", "WORDS", "lists the passages that fit best", _search),
    Command("copy", "N", "prints the quote of source N with where it stands, to be pasted", _copy),
    Command("why", "", "shows how the last answer was checked, and the sentences that were left out, and why", _why),
    Command("sources", "", "lists what is indexed, and its outlets", _sources),
    Command("outlet", "[NAME|off]", "searches one outlet only", _outlet),
    Command("since", "[DATE|off]", "leaves out what is older", _day_setter("since", first_day)),
    Command("until", "[DATE|off]", "leaves out what is newer", _day_setter("until", last_day)),
    Command("as-of", "[DATE|off]", "answers as on that day", _day_setter("as_of", last_day)),
    Command("model", "[NAME]", "lists the models, or lets another one answer", _model),
    Command("new", "", "begins a new conversation", _new),
    Command("sessions", "[NUMBER]", "lists the stored conversations, or goes on with one", _sessions),
    Command("save", "FILE.md", "saves the conversation as Markdown", _save),
    Command("help", "", "shows this", _help),
    Command("quit", "", "leaves", _quit),
)
