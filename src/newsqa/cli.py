"""The command line: each command decodes its options and calls what does the work; errors become exit codes."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import suppress
from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from newsqa import __version__
from newsqa.errors import NewsqaError, ResourceError, SettingsWarning
from newsqa.frontends.terminal.bots import bots_app
from newsqa.frontends.terminal.config import config_app, keys_app
from newsqa.frontends.terminal.console import (
    Asked,
    AsOf,
    Index,
    Json,
    Model,
    Outlet,
    Since,
    Until,
    print_json,
    read_settings,
)
from newsqa.frontends.terminal.eval_commands import eval_app
from newsqa.machine import system_error
from newsqa.render.clean import safe, safe_line
from newsqa.render.plain import error_line
from newsqa.settings import Settings, secret_values
from newsqa.trust import trust_everything
from newsqa.types import EXTRACTIVE, Bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    help="Ask a folder of news articles; every sentence of the answer carries the quote that proves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sources_app = typer.Typer(help="List, rename and remove what has been indexed.", rich_markup_mode=None)
app.add_typer(sources_app, name="sources")
app.add_typer(eval_app, name="eval")
app.add_typer(bots_app, name="bots")
app.add_typer(config_app, name="config")
app.add_typer(keys_app, name="keys")


Items = Annotated[
    int, typer.Option("--items", min=1, metavar="N", help="At most so many pages of a feed or a sitemap a run.")
]
Full = Annotated[bool, typer.Option("--full", help="Read the pages that a feed links to, in place of its items.")]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Also read addresses in private networks.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsqa {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[  # noqa: ARG001  its callback has printed it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    trust_env: Annotated[
        bool,
        typer.Option("--trust-env", help="Send keys of the environment also to addresses that .env sets."),
    ] = False,
) -> None:
    trust_everything(trust_env)


@app.command()
def index(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE…", help="Folders, files or addresses; - is standard input.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call the source.")] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make all vectors anew, with the embedder now set.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read every file again, also where size and time are the same.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything could not be read.")] = False,
    items: Items = 100,
    full: Full = False,
    allow_private: AllowPrivate = False,
    index: Index = None,
    json: Json = False,
) -> None:
    """Read articles into the index; what is unchanged costs nothing."""
    from newsqa.frontends.terminal.index import IndexOptions, index_sources
    from newsqa.ingest.addresses import AddressOptions
    from newsqa.ingest.fetch import Politeness

    addresses = AddressOptions(items, full, Politeness(private=allow_private))
    options = IndexOptions(name, rebuild, strict, check, addresses)
    raise typer.Exit(index_sources(read_settings(index, connects=True), sources or [], options, as_json=json))


@app.command()
def watch(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Folders, files or addresses.")],
    every: Annotated[
        float, typer.Option("--every", min=0.01, metavar="MINUTES", help="How often addresses are asked again.")
    ] = 15.0,
    items: Items = 100,
    full: Full = False,
    allow_private: AllowPrivate = False,
    index: Index = None,
    json: Json = False,
) -> None:
    """Keep sources up to date until it is stopped, and say what came."""
    from newsqa.frontends.terminal.watch import watch_sources
    from newsqa.ingest.addresses import AddressOptions
    from newsqa.ingest.fetch import Politeness

    addresses = AddressOptions(items, full, Politeness(private=allow_private))
    watch_sources(read_settings(index, connects=True), sources, addresses, every * 60, as_json=json)


@app.command()
def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="The question; - or nothing reads standard input.")
    ] = None,
    outlet: Outlet = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    asked: Asked = None,
    model: Model = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Answer one question from the articles."""
    from newsqa.frontends.terminal.ask import ask as answer

    answer(
        read_settings(index, model, connects=True),
        question or [],
        Bounds(outlet, since, until, as_of),
        asked,
        as_json=json,
    )


@app.command()
def search(
    query: Annotated[
        list[str] | None, typer.Argument(help="What to look for; - or nothing reads standard input.")
    ] = None,
    outlet: Outlet = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    asked: Asked = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """List the passages that may answer, best first, without an answer."""
    from newsqa.frontends.terminal.ask import search as find

    find(
        read_settings(index, EXTRACTIVE, connects=True),
        query or [],
        Bounds(outlet, since, until, as_of),
        asked,
        as_json=json,
    )


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text, such as a draft; - is standard input.")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the report as a page, to this file.")
    ] = None,
    outlet: Outlet = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    model: Model = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Check each sentence of a text against the articles: supported, contradicted, unclear or not found."""
    from newsqa.frontends.terminal.ask import check as check_file

    settings = read_settings(index, model, connects=True)
    check_file(settings, file, Bounds(outlet, since, until, as_of), html, as_json=json)


@app.command()
def chat(
    resume: Annotated[bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")] = False,
    asked: Asked = None,
    model: Model = None,
    index: Index = None,
    json: Annotated[
        bool, typer.Option("--json", help="Answer each line of standard input with one record on one line.")
    ] = False,
) -> None:
    """Ask one question after another; /help tells what else it can do."""
    from newsqa.frontends.terminal.chat import chat as talk

    talk(read_settings(index, model, connects=True), resume=resume, as_json=json, asked=asked)


@app.command()
def demo(model: Model = None) -> None:
    """Open the chat over the sample articles that come with newsqa."""
    from newsqa.frontends.terminal.chat import demo as show_samples

    show_samples(read_settings(model=model))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID", help="An id, as citations have it.")],
    index: Index = None,
    json: Json = False,
) -> None:
    """Print one stored article."""
    from newsqa.frontends.terminal.ask import show as print_article

    print_article(read_settings(index), article_id, as_json=json)


@app.command()
def export(index: Index = None) -> None:
    """Print every stored article as `show --json` does, one a line."""
    from newsqa.frontends.terminal.index import export_articles

    export_articles(read_settings(index))


@sources_app.callback(invoke_without_command=True)
def sources(context: typer.Context, index: Index = None, json: Json = False) -> None:
    """List, rename and remove what has been indexed."""
    if context.invoked_subcommand is None:
        from newsqa.frontends.terminal.index import list_sources

        list_sources(read_settings(index), as_json=json)


@sources_app.command()
def rename(
    name: Annotated[str, typer.Argument(help="The source, as listed.")],
    new: Annotated[str, typer.Argument(help="Its new name.")],
    index: Index = None,
) -> None:
    """Give a source another name."""
    from newsqa.frontends.terminal.index import rename_source

    rename_source(read_settings(index), name, new)


@sources_app.command()
def remove(name: Annotated[str, typer.Argument(help="The source, as listed.")], index: Index = None) -> None:
    """Remove a source and its articles from the index; the files stay."""
    from newsqa.frontends.terminal.index import remove_source

    remove_source(read_settings(index), name)


@app.command()
def models(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Only these.")] = None,
    remote: Annotated[
        bool, typer.Option("--remote", help="Also ask a server elsewhere (OPENAI_BASE_URL, OLLAMA_HOST) what it has.")
    ] = False,
    index: Index = None,
    json: Json = False,
) -> None:
    """List the models that can be used here, and what others lack."""
    from newsqa.frontends.terminal.doctor import print_models

    print_models(read_settings(index, connects=True), names or [], remote=remote, as_json=json)


@app.command()
def doctor(
    model: Model = None,
    index: Index = None,
    deep: Annotated[bool, typer.Option("--deep", help="Check all that is stored, and mend what can be.")] = False,
    json: Json = False,
) -> None:
    """Check models, index and settings, with one short call to the model that writes; say what to mend."""
    from newsqa.frontends.terminal.doctor import examine

    raise typer.Exit(examine(lambda: read_settings(index, model), deep=deep, as_json=json))


@app.command()
def slack(
    http: Annotated[
        bool,
        typer.Option("--http", help="Let Slack call this address, in place of Socket Mode; it must sign."),
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, metavar="N", help="The port, with --http.")] = None,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address to listen on, with --http [127.0.0.1].")
    ] = None,
    model: Model = None,
    index: Index = None,
) -> None:
    """Answer in Slack: mentions, direct messages, threads and /ask, until it is stopped."""
    from newsqa.frontends.slack.run import listen_address, serve_slack

    settings = read_settings(index, model, connects=True, addresses=["NEWSQA_SLACK_API_URL"])
    serve_slack(settings, listen_address(http, host, port))


@app.command()
def discord(model: Model = None, index: Index = None) -> None:
    """Answer in Discord: mentions, direct messages, threads and /ask, until it is stopped."""
    from newsqa.frontends.discord.run import serve_discord as serve

    addresses = ("NEWSQA_DISCORD_API_URL", "NEWSQA_DISCORD_GATEWAY_URL")
    serve(read_settings(index, model, connects=True, addresses=addresses))


def main() -> NoReturn:
    """Run a command. Exit code 0: done, 1: it could not be done, 2: usage, 130: interrupted.

    With --json an error is also an object on standard output: `error` says what and why, `hint` what to do. A reader
    that has left ends it quietly, with 1.
    """
    _open_missing_streams()
    _show_settings_warnings()
    as_json = "--json" in sys.argv
    try:
        code = app(standalone_mode=not as_json)
        sys.stdout.flush()
    except NewsqaError as error:
        _report(error, as_json=as_json)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _flush_or_discard()
        sys.exit(1)
    except Exception as error:
        if found := system_error(error):
            found.__cause__ = error
            _report(found, as_json=as_json)
        if as_json and (usage := getattr(error, "format_message", None)):  # click's; typer may have a copy of its own
            _print_error(usage(), "See newsqa --help.")
            _fail(usage(), 2)
        why = f"something unforeseen: {type(error).__name__}: {error}. NEWSQA_DEBUG=1 shows where."
        if as_json:
            _print_error(why)
        _fail(why, 1, _trace(error))
    sys.exit(code or 0)


def _report(error: NewsqaError, *, as_json: bool) -> NoReturn:
    """Print an error, with its traceback if that is wanted, and exit."""
    trace = _trace(error) if error.__cause__ else []
    if as_json:
        _print_error(str(error), error.hint, error.details)
    _fail(error_line(error), error.exit_code, [*map(safe_line, error.details), *trace])


def _open_missing_streams() -> None:
    """Open the standard streams that are closed: files that are opened later would get their numbers.

    Nothing can be read from them, and writing to standard output fails.
    """
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, flags), mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _flush_or_discard() -> None:
    """Write what is left of the output, or to nowhere if it cannot be written: Python itself tries again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_settings_warnings() -> None:
    """Print a SettingsWarning as a line for people, without the place in the code."""
    default = warnings.formatwarning

    def show(message: Warning | str, category: type[Warning], *place: Any) -> str:
        ours = issubclass(category, SettingsWarning)
        return f"newsqa: {safe_line(str(message))}\n" if ours else default(message, category, *place)

    warnings.formatwarning = show  # type: ignore[assignment]


def _fail(why: str, code: int, details: Sequence[str] = ()) -> NoReturn:
    """Print on standard error, without keys, why something could not be done, and exit."""
    encoding = sys.stderr.encoding or "utf-8"
    text = _hide_keys("".join([f"newsqa: {safe_line(why)}\n", *(f"  {detail}\n" for detail in details)]))
    with suppress(OSError):  # standard error may be what failed
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
    _flush_or_discard()
    sys.exit(code)


def _print_error(why: str, hint: str = "", details: Sequence[str] = ()) -> None:
    """Print an error as JSON, without keys."""
    why, hint, *more = map(_hide_keys, (why, hint, *details))
    with suppress(OSError, ResourceError):  # standard output may be what failed
        print_json({"error": why, "hint": hint, "details": more})


def _hide_keys(text: str) -> str:
    for secret in sorted(secret_values(), key=len, reverse=True):
        text = text.replace(secret, "[hidden]")
    return text


def _trace(error: Exception) -> list[str]:
    """Return the traceback of an error, line by line, if NEWSQA_DEBUG is set."""
    if not _debugging():
        return []
    from traceback import format_exception

    from newsqa.models.chat_errors import redact

    return safe(redact("".join(format_exception(error)))).splitlines()


def _debugging() -> bool:
    try:
        return Settings.load().debug
    except Exception:
        return False
