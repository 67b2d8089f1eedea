"""Freeze what newsqa does today, and check later that it still does the same.

    python tools/golden.py make  [--only NAME …] [--shared DIR] [--keep DIR]
    python tools/golden.py check [--only NAME …] [--shared DIR] [--keep DIR]

`make` writes a file for each part into tests/golden, one record a line; `check` computes the same again and exits 1
where anything differs. Almost everything goes through the commands that people use, so that files and names inside
newsqa can move. Numbers with a fraction may differ by TOLERANCE, since a quantised model rounds differently on another
machine; left out are times, digests of code and settings, and folders of this machine.

`--shared DIR` also runs the part "shared": questions over articles of others in DIR, of which only digests are
committed. `--keep DIR` keeps their whole records in that folder, so that a difference can be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

# Everything of newsqa and its tests that is imported. Where one of these moves, only these lines change.
from newsqa.models import token_encoder  # noqa: E402
from newsqa.records import Article, Claim, Dropped, Hit, Passage, Quote  # noqa: E402
from newsqa.settings import Settings  # noqa: E402
from newsqa.steps.verify import Check  # noqa: E402
from openai_stand_in import openai_stand_in  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scripted_model import Prompt

Line = dict[str, Any]

GOLDEN = ROOT / "tests" / "golden"
CORPUS = ROOT / "corpus"
QUESTIONS = ROOT / "tests" / "questions.jsonl"
DRAFTS = ROOT / "tests" / "data" / "inventing_drafts.json"
SENTENCES = ROOT / "tests" / "data" / "check" / "sentences.jsonl"
INPUTS = json.loads((GOLDEN / "inputs.json").read_text("utf-8"))

TOLERANCE = 0.005
"""How far numbers with a fraction may differ: scores of passages, confidence, shares."""

VOLATILE = frozenset({"timings", "latencies", "seconds", "index", "config", "key", "made_of", "item", "place"})
"""Fields that are left out: times, digests of code and settings, and what only repeats the question."""

FOREIGN = ("NEWSQA_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "LANGSMITH_", "LANGCHAIN_", "XDG_DATA")
MOST_SHOWN = 20
MADE, CHECKED = "made.jsonl", "checked.jsonl"


@dataclass
class Work:
    """A folder to work in, and the commands run there; `keep` is a file for the records of the part "shared"."""

    folder: Path
    shared: Path | None = None
    keep: Path | None = None

    def newsqa(self, *arguments: str | Path, said: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command of newsqa with no settings but these; how many threads models have may be set outside."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        threads = {"NEWSQA_THREADS": os.environ.get("NEWSQA_THREADS", "2")}
        fixed = {"XDG_DATA_HOME": str(self.folder / "data"), "COLUMNS": "100", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [sys.executable, "-c", "from newsqa.cli import main; main()", *map(str, arguments)],
            input=said,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**kept, **threads, **fixed, **environ},
            check=False,
        )

    def done(self, *arguments: str | Path, **environ: str) -> str:
        """Run a command that must succeed; return what it printed."""
        done = self.newsqa(*arguments, **environ)
        if done.returncode:
            raise SystemExit(f"newsqa {' '.join(map(str, arguments))} failed:\n{done.stderr}")
        return done.stdout

    def indexed(self, name: str, *sources: Path) -> Path:
        """Index sources into a folder of this name, and return it."""
        self.done("index", *sources, "--index", self.folder / name)
        return self.folder / name

    @cached_property
    def corpus(self) -> Path:
        """The index of the sample articles."""
        return self.indexed("index", CORPUS)

    def asked(self, name: str, rows: Sequence[Line], index: Path, **environ: str) -> list[Line]:
        """Ask a set of questions; return the lines of the run as it kept them."""
        questions = self.folder / f"{name}.jsonl"
        questions.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        self.done("eval", "run", questions, "--index", index, "--out", self.folder / f"run-{name}", **environ)
        return read_lines(self.folder / f"run-{name}" / "run.jsonl")


def records(work: Work, limit: int | None = None) -> Iterator[Line]:
    """Yield the records of the sample questions."""
    yield from map(canonical, work.asked("questions", read_lines(QUESTIONS)[:limit], work.corpus))


def conversations(work: Work) -> Iterator[Line]:
    """Yield the records of conversations: turn by turn, each with the questions and answers before it."""
    talks: list[list[str]] = INPUTS["conversations"]
    histories: list[list[Line]] = [[] for _ in talks]
    for turn in range(max(map(len, talks))):
        going = [number for number, talk in enumerate(talks) if turn < len(talk)]
        rows = [row(f"talk-{n + 1}-{turn + 1}", talks[n][turn], history=list(histories[n])) for n in going]
        for number, line in zip(going, work.asked(f"turn-{turn}", rows, work.corpus), strict=True):
            histories[number] += turns(line["question"], line["text"])
            yield canonical(line)


def written(work: Work) -> Iterator[Line]:
    """Yield the records of answers that a scripted model wrote: true sentences, invented ones, and with wrong keys."""
    drafts = json.loads(DRAFTS.read_text("utf-8"))
    styles: list[tuple[str, list[Line], Callable[[Line, Prompt], str]]] = [
        ("mixed", drafts, lambda draft, prompt: said(mixed(draft), prompt)),
        ("miskeyed", drafts[:6], lambda draft, prompt: said(draft["true"], prompt, shift=1)),
        ("invented", drafts[6:8], lambda draft, prompt: said(draft["invented"], prompt)),
        ("nothing", drafts[8:9], lambda draft, prompt: "NOT FOUND"),  # noqa: ARG005
    ]
    for style, some, write in styles:
        rows = [row(f"{style}-{number}", draft["question"]) for number, draft in enumerate(some, 1)]
        yield from by_model(work, style, rows, partial(draft_reply, some, write))
    talks = INPUTS["rewritten"]
    rows = [row(f"rewritten-{talk['id']}", talk["question"], history=turns(*talk["history"])) for talk in talks]
    yield from by_model(work, "rewritten", rows, lambda prompt: rewriting(talks, prompt))


def by_model(work: Work, name: str, rows: Sequence[Line], reply: Callable[[Prompt], str]) -> Iterator[Line]:
    """Ask while a model on loopback replies so."""
    with openai_stand_in() as script:
        script.reply = reply
        known = {"NEWSQA_MODEL": "openai:stand-in", "OPENAI_BASE_URL": script.url, "OPENAI_API_KEY": "sk-canary"}
        yield from map(canonical, work.asked(name, rows, work.corpus, **known))


def draft_reply(drafts: Sequence[Line], write: Callable[[Line, Prompt], str], prompt: Prompt) -> str:
    """Write the draft whose question a prompt ends with."""
    return write(next(draft for draft in drafts if prompt.text.rstrip().endswith(draft["question"])), prompt)


def rewriting(talks: Sequence[Line], prompt: Prompt) -> str:
    """Reply to a prompt about a follow-up: with the whole question, then with a sentence."""
    if follow_up := next((talk for talk in talks if prompt.text.rstrip().endswith(talk["question"])), None):
        return str(follow_up["rewritten"])
    talk = next(talk for talk in talks if prompt.text.rstrip().endswith(talk["rewritten"]))
    return f"{talk['reply']} [{prompt.key(talk['holds'])}]."


def mixed(draft: Line) -> list[Line]:
    """Put a true sentence before every two invented ones."""
    true, invented = draft["true"], draft["invented"]
    parts = [[*true[n : n + 1], *invented[2 * n : 2 * n + 2]] for n in range(max(len(true), len(invented)))]
    return [one for part in parts for one in part]


def said(sentences: Sequence[Line], prompt: Prompt, shift: int = 0) -> str:
    """Write sentences with the keys of the evidence that holds their words; `shift` moves to another key."""
    keys = [one["holds"] if isinstance(one["holds"], int) else prompt.key(one["holds"] or "\0") for one in sentences]
    shifted = [(key + shift - 1) % len(prompt.evidence) + 1 if shift else key for key in keys]
    return " ".join(
        f"{one['say'][:-1]} [{key}]." if one["holds"] is not None else one["say"]
        for one, key in zip(sentences, shifted, strict=True)
    )


def verdicts(work: Work, step: int = 1) -> Iterator[Line]:
    """Yield what the check says to the committed sentences: their support and quotes, or why they are dropped."""
    encoder = token_encoder(Settings())
    known = {line["path"][0]: line for line in stored(work.corpus)}
    fields = ("id", "text", "title", "outlet", "byline", "url")
    for one in read_lines(SENTENCES)[::step]:
        line = known[one["path"]]
        day = date.fromisoformat(line["published"]) if line["published"] else None
        article = Article(path=one["path"], published=day, **{field: line[field] for field in fields})
        starts = [(article.text.index(quote), len(quote)) for quote in one["quotes"]]
        quotes = tuple(Quote(article, start, start + length) for start, length in starts)
        check = Check([Hit(Passage(1, article.id, 0, len(article.text), article.text), article, 1.0)], encoder)
        taken = check.take(Claim(one["sentence"], quotes))
        spans = [[citation.start, citation.end] for citation in check.checked().citations]
        if isinstance(taken, Dropped):
            yield {"id": one["id"], "passed": False, "why": taken.why}
        else:
            yield {"id": one["id"], "passed": True, "support": taken.support, "quotes": spans}


def articles(work: Work) -> Iterator[Line]:
    """Yield the stored sample articles with the spans of their passages."""
    yield from stored(work.corpus)


def stored(index: Path) -> Iterator[Line]:
    """Read the articles of an index out of its database: their facts, words, passages and copies."""
    database = sqlite3.connect(f"file:{index / 'library.db'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    places = "SELECT s.name || '/' || f.path || p.place FROM places p JOIN files f ON f.id = p.file JOIN sources s ON s.id = f.source WHERE p.article = ? ORDER BY 1"  # noqa: E501
    spans = "SELECT start, end FROM passages WHERE article = ? ORDER BY start"
    copies = "SELECT a.article_id FROM copies c JOIN articles a ON a.id = c.other WHERE c.article = ? ORDER BY 1"
    fields = ("title", "outlet", "byline", "published", "url", "language")
    for found in database.execute("SELECT * FROM articles ORDER BY article_id").fetchall():
        yield {
            "id": found["article_id"],
            "path": [name for (name,) in database.execute(places, (found["id"],))],
            **{field: found[field] for field in fields},
            "passages": [list(span) for span in database.execute(spans, (found["id"],))],
            "copies": [name for (name,) in database.execute(copies, (found["id"],))],
            "text": found["text"],
        }
    database.close()


def shared(work: Work) -> Iterator[Line]:
    """Yield digests of records and stored articles over articles of others; keep them whole outside of the project."""
    if work.shared is None:
        raise SystemExit("The part “shared” needs --shared DIR.")
    kept = [*seed_records(work, work.shared / "seeds"), *quiz_records(work, work.shared / "bench" / "rtqa-dev")]
    kept += stored(work.indexed("reading", work.shared / "cases" / "reading"))
    if work.keep:
        work.keep.parent.mkdir(parents=True, exist_ok=True)
        write_lines(work.keep, kept)
    for line in kept:
        confidence = {"confidence": line["confidence"]} if "confidence" in line else {}
        text = json.dumps(without_fractions(line), sort_keys=True, ensure_ascii=False)
        yield {"id": line["id"], "sha256": hashlib.sha256(text.encode()).hexdigest(), **confidence}


def seed_records(work: Work, folder: Path) -> Iterator[Line]:
    """Yield the articles of a folder, and the records of questions about them."""
    index = work.indexed("seeds", folder)
    yield from stored(index)
    rows = [row(f"seeds-{number}", question) for number, question in enumerate(INPUTS["seeds"], 1)]
    yield from map(canonical, work.asked("seed-questions", rows, index))


def quiz_records(work: Work, folder: Path, every: int = 8, most: int = 40) -> Iterator[Line]:
    """Yield records of some questions of a news quiz, over the articles that a search brought up for them."""
    chosen = read_lines(folder / "questions.jsonl")[::every][:most]
    wanted = {url for one in chosen for url in one["meta"]["searched"]}
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [line for line in map(json.loads, lines) if line["url"] in wanted]
    (work.folder / "quiz").mkdir()
    write_lines(work.folder / "quiz" / "articles.jsonl", found)
    index = work.indexed("quiz-index", work.folder / "quiz")
    yield from stored(index)
    rows = [row(f"quiz-{one['id']}", one["question"], asked=one["asked"]) for one in chosen]
    yield from map(canonical, work.asked("quiz-questions", rows, index))


PARTS: dict[str, Callable[[Work], Iterator[Line]]] = {
    "articles": articles,
    "verdicts": verdicts,
    "records": records,
    "conversations": conversations,
    "written": written,
    "shared": shared,
}


def row(name: str, question: str, **more: Any) -> Line:  # noqa: ANN401  fields of JSON
    """Return a question of a set."""
    return {"id": name, "question": question, "asked": INPUTS["asked"], **more}


def turns(*contents: str) -> list[Line]:
    """Return the turns of a conversation, the reader's first."""
    return [{"role": ("user", "assistant")[n % 2], "content": content} for n, content in enumerate(contents)]


def canonical(record: Line) -> Line:
    """Leave out what is volatile; of passages, keep the place and a digest of the words."""
    kept = {name: value for name, value in record.items() if name not in VOLATILE}
    passages = [{**passage, "text": short_digest(passage["text"])} for passage in record["retrieved"]]
    return {**kept, "retrieved": passages}


def short_digest(text: str) -> str:
    """Return what tells a text from others."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def without_fractions(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Leave out numbers with a fraction, which differ in the last digits between machines."""
    if isinstance(value, dict):
        return {name: without_fractions(part) for name, part in value.items() if not isinstance(part, float)}
    return [without_fractions(part) for part in value] if isinstance(value, list) else value


def differences(was: Any, now: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401  any JSON
    """Yield where two values differ, and how."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from differences(was.get(name), now.get(name), f"{place}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif isinstance(was, float) and isinstance(now, int | float) and abs(was - now) <= TOLERANCE:
        return
    elif was != now:
        before, after = (json.dumps(value, ensure_ascii=False) for value in (was, now))
        differ = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
        at = max(differ - 30, 0)
        yield f"{place or '.'}\n    was {before[at : at + 160]}\n    now {after[at : at + 160]}"


def compare(part: str, was: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """Return the differences of a part: lines that are gone or new, and what changed in the others."""
    before, after = ({line["id"]: line for line in lines} for lines in (was, now))
    found = [f"{part} {name}: is gone" for name in before if name not in after]
    found += [f"{part} {name}: is new" for name in after if name not in before]
    both = [name for name in before if name in after]
    return found + [f"{part} {name} {one}" for name in both for one in differences(before[name], after[name])]


def read_lines(path: Path) -> list[Line]:
    """Read a file with a JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def write_lines(path: Path, lines: Sequence[Line]) -> None:
    """Write a JSON object a line."""
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, "utf-8")


def make(parts: Sequence[str], work: Work) -> int:
    """Write the golden files of these parts."""
    for part in parts:
        began = time.perf_counter()
        lines = list(PARTS[part](work))
        write_lines(GOLDEN / f"{part}.jsonl", lines)
        print(f"{part}: {len(lines)} lines made in {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def check(parts: Sequence[str], work: Work) -> int:
    """Compare these parts with their golden files; return 1 where anything differs."""
    failed = False
    for part in parts:
        began = time.perf_counter()
        found = compare(part, read_lines(GOLDEN / f"{part}.jsonl"), list(PARTS[part](work)))
        if part == "shared" and found and work.keep and (made := work.keep.with_name(MADE)).is_file():
            found = compare(part, read_lines(made), read_lines(work.keep)) or found
        print(f"{part}: {len(found) or 'no'} differences, {time.perf_counter() - began:.0f} s", flush=True)
        print(*found[:MOST_SHOWN], *(["…"] if len(found) > MOST_SHOWN else []), sep="\n", end="\n" if found else "")
        failed = failed or bool(found)
    return int(failed)


def main() -> int:
    """Make or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("make", "check"))
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), metavar="NAME", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--shared", type=Path, metavar="DIR", help="also run the part “shared” over this folder")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the whole records of “shared” here")
    asked = parser.parse_args()
    parts = asked.only or [part for part in PARTS if part != "shared" or asked.shared]
    keep = asked.keep.resolve() / (MADE if asked.mode == "make" else CHECKED) if asked.keep else None
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder), asked.shared.resolve() if asked.shared else None, keep)
        return (make if asked.mode == "make" else check)(parts, work)


if __name__ == "__main__":
    sys.exit(main())
