"""The parts of golden.py that are outputs: what commands print, and what answers look like wherever they are shown."""

from __future__ import annotations

import io
import json
import re
import shlex
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console

from golden_newsqa import (
    ROOT,
    answer_text,
    answer_view,
    conversation_markdown,
    discord,
    from_record,
    openai_stand_in,
    quote_text,
    slack,
)
from golden_records import QUESTIONS
from golden_work import CORPUS, GOLDEN, VOLATILE, Line, Work, canonical, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from golden_newsqa import Prompt

COMMANDS = """
--version
index {corpus} --index {index} --json
index {corpus} --index {index}
index {odd} --index {other} --json
index {odd} --index {other}
index {nowhere} --index {other} --json
sources --index {index} --json
sources --index {index}
sources --index {other} --json
show {article} --index {index} --json
show {article} --index {index}
show nonsense --index {index} --json
ask "Who was the captain of the Grey Heron?" --asked 2025-04-21 --index {index} --json
ask "Who was the captain of the Grey Heron?" --asked 2025-04-21 --index {index}
ask "How many were injured on the ferry?" --outlet "Harbour Radio 88" --asked 2025-04-21 --index {index} --json
ask "How much are the dockers offered?" --since 2025-03-04 --until 2025-03-31 --asked 2025-04-21 --index {index} --json
ask "Who won the regional election?" --as-of 2025-03-10 --index {index} --json
ask "What is the capital of Mongolia?" --asked 2025-04-21 --index {index}
ask "Who said “We are nobody's spare wheel”?" --asked 2025-04-21 --index {index} --json
ask "Who said “We are nobody's spare wheel”?" --asked 2025-04-21 --index {index}
ask "Who won?" --index {nowhere} --json
ask "Who won?" --index {index} --since yesterday
models --index {index} --json
models --index {index}
models nonsense --index {index}
doctor --index {index} --json
doctor --index {index}
doctor --index {nowhere} --json
eval run {set} --index {index} --out {run} --json
eval run {set} --index {index} --out {run}
eval score {run}/run.jsonl {set} --index {index} --out {scored} --json
eval score {told} {set} --out {retold}
eval score {told} {set} --index {index} --json
eval compare {run} {scored} --json
eval compare {run} {scored}
eval compare {run} {retold} --gate contains:-0.02
eval compare {run} {retold} --gate contains:-0.02 --json
eval make --number 8 --seed 1 --out {made} --index {index} --json
eval run {nowhere} --index {index}
bots status
bots status --json
bots feedback --out {votes} --json
sources rename corpus news --index {index}
sources --index {index} --json
sources remove news --index {index}
sources --index {index}
slack --index {index}
discord --index {index}
"""

HELPED = """
|index|ask|search|chat|show|sources|sources rename|sources remove|models|doctor|eval|eval run|eval score|eval compare
|eval make|slack|discord|bots|bots status|bots enable|bots disable|bots forget|bots feedback
"""

JUDGED = "eval score {run}/run.jsonl {set} --index {index} --judge openai:stand-in --json"

CHAT = """How many people were injured in the Grey Heron accident?
And how many were aboard?
/why
/copy 1
/open 1
/nonsense
/outlet Courier
/since 2025-03-01
Who was the captain?
/outlet off
What is the capital of Mongolia?
/sources
/save {saved}
/new
And how old is he?
/help
"""

CHOSEN = ("ferry-injured", "ferry-figures", "museum-taken", "follow-captain", "none-mongolia")
"""The ids of the questions that `eval run` is shown with."""

ODD = {
    "broken.json": b'{"title": "Broken", "text": ',
    "empty.txt": b"",
    "picture.png": b"\x89PNG\r\n",
    "latin.txt": "Café closes in Ostby\n\nThe café in Ostby closed on Monday after 40 years, its owner said.".encode(
        "latin-1"
    ),
    "good.md": b"---\ntitle: Ferry late\noutlet: Ostby Gazette\ndate: 2025-05-02\n---\nThe ferry was late.",
}
"""Files of a source that is not quite sound."""

UNSTEADY = re.compile(
    r"(?<=\bindex )[0-9a-f]{16}|(?<=\bconfiguration )[0-9a-f]{16}"
    r"| *\b\d+(?:\.\d+)? (?:s|ms)\b|\d+ (?:MB|GB) free|Python 3[\d.]+, SQLite [\d.]+|\d+ packages as declared"
)
"""What differs between runs, codes and machines in a text, with the spaces by which times are put in columns."""

COLUMN = re.compile(r"(?<=\S) {2,}")
"""The space between columns, which are as wide as the times in them."""


def commands(work: Work) -> Iterator[Line]:
    """Yield what commands print, on either stream, and how they leave."""
    names = prepared(work)
    for line in COMMANDS.strip().splitlines():
        yield ran(work, line, names)
        if line.startswith("eval run {set}") and not line.endswith("--json"):
            report = (work.folder / "run" / "report.md").read_text("utf-8")
            yield {"id": "report.md", "text": steady(work, report).splitlines()}
            yield from judged(work, names)
    yield {"id": "made.jsonl", "lines": read_lines(work.folder / "made.jsonl")}
    yield from chatted(work)
    for name in HELPED.replace("\n", "").split("|"):
        yield ran(work, f"{name} --help".strip(), names)


def prepared(work: Work) -> dict[str, str]:
    """Write what the commands read; return the names that stand in them for paths."""
    (work.folder / "odd").mkdir()
    for name, data in ODD.items():
        (work.folder / "odd" / name).write_bytes(data)
    chosen = [row for row in read_lines(QUESTIONS) if row["id"] in CHOSEN]
    write_lines(work.folder / "set.jsonl", chosen)
    told = [{"id": row["id"], "text": f"It was {' and '.join(row['answers']) or 'nothing'}."} for row in chosen]
    write_lines(work.folder / "told.jsonl", told)
    names = ("index", "other", "odd", "nowhere", "run", "scored", "retold")
    files = {name: f"{name}.jsonl" for name in ("set", "told", "made", "votes")}
    article = read_lines(GOLDEN / "articles.jsonl")[0]["id"]
    return {**{name: name for name in names}, **files, "corpus": str(CORPUS), "article": article}


def ran(work: Work, line: str, names: dict[str, str], said: str = "", **environ: str) -> Line:
    """Run a command line, in which names stand for paths; return what it printed."""
    done = work.newsqa(*(part.format(**names) for part in shlex.split(line)), said=said, **environ)
    shown: Line = {"id": f"newsqa {line}", "code": done.returncode}
    if done.stdout.startswith("{"):
        shown |= {"json": [without_volatile(json.loads(steady(work, text))) for text in done.stdout.splitlines()]}
    else:
        out = steady(work, done.stdout)
        shown |= {"out": (COLUMN.sub("  ", out) if line.startswith("eval") else out).splitlines()}
    return shown | {"err": steady(work, done.stderr).splitlines()}


def judged(work: Work, names: dict[str, str]) -> Iterator[Line]:
    """Yield what a judge makes of answers, where it is never content."""

    def verdict(prompt: Prompt) -> str:
        return json.dumps({"verdict": "partly"} if "partly" in prompt.text else {})

    with openai_stand_in() as script:
        script.reply = verdict
        known = {"OPENAI_BASE_URL": script.url, "OPENAI_API_KEY": "sk-canary"}
        shown = ran(work, JUDGED, names, **known)
    yield json.loads(json.dumps(shown).replace(script.url, "<url>"))


def chatted(work: Work) -> Iterator[Line]:
    """Yield what a conversation prints where standard input is no terminal, and what it saves."""
    shown = ran(work, "chat --index {index}", {"index": str(work.corpus)}, CHAT.format(saved="saved.md"))
    yield shown
    yield {"id": "saved.md", "text": steady(work, (work.folder / "saved.md").read_text("utf-8")).splitlines()}


def steady(work: Work, text: str) -> str:
    """Replace what differs between runs and machines in a text: folders, times, versions, and today."""
    today = date.today()
    for was in (str(work.folder), str(ROOT)):
        text = text.replace(was, "<folder>")
    for was in (today.isoformat(), f"{today.day} {today:%B %Y}"):
        text = text.replace(was, "<today>")
    return UNSTEADY.sub("<some>", text)


def without_volatile(value: Any) -> Any:
    """Leave out fields that are volatile; a record keeps of its passages what `canonical` keeps."""
    if isinstance(value, dict):
        value = canonical(value) if "retrieved" in value else value
        return {name: without_volatile(part) for name, part in value.items() if name not in VOLATILE}
    return [without_volatile(part) for part in value] if isinstance(value, list) else value


def renderings(_: Work) -> Iterator[Line]:
    """Yield how records that are golden already look in Slack, in Discord, in a terminal, in Markdown and as text."""
    written = read_lines(GOLDEN / "written.jsonl")
    for record in [*read_lines(GOLDEN / "records.jsonl")[::7], *written[::8], written[-1]]:
        answer = from_record({**record, "index": "", "config": "", "timings": {}})
        private_posts = slack.render_answer(answer, "exchange", private=True)
        private_parts = discord.render_answer(answer, "exchange", private=True)
        console = Console(file=io.StringIO(), width=80, markup=False, highlight=False, emoji=False, color_system=None)
        console.print(answer_view(answer))
        assert isinstance(console.file, io.StringIO)
        yield {
            "id": record["id"],
            "plain": answer_text(answer).splitlines(),
            "terminal": [line.rstrip() for line in console.file.getvalue().splitlines()],
            "markdown": conversation_markdown("Conversation", [answer]).splitlines(),
            "quotes": [quote_text(citation) for citation in answer.citations],
            "slack": [asdict(post) for post in slack.render_answer(answer, "exchange")],
            "slack_sources": slack.render_sources(answer),
            "discord": [asdict(part) for part in discord.render_answer(answer, "exchange")],
            "discord_sources": [asdict(part) for part in discord.render_sources(answer)],
            "private": [*map(asdict, private_posts), *map(asdict, private_parts)],
        }
