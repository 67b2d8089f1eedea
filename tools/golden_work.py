"""What the parts of golden.py share: commands that are run in a folder of their own, and what they leave there."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from golden_newsqa import COMMAND, LIBRARY, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Line = dict[str, Any]

GOLDEN = ROOT / "tests" / "golden"
CORPUS = ROOT / "corpus"

VOLATILE = frozenset({"timings", "latencies", "seconds", "index", "config", "key", "made_of", "item", "place"})
"""Fields that are left out: times, digests of code and settings, and what only repeats the question."""

FOREIGN = ("NEWSQA_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "LANGSMITH_", "LANGCHAIN_", "XDG_DATA")
"""Beginnings of variables that no command sees."""


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
            [sys.executable, "-c", COMMAND, *map(str, arguments)],
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


def stored(index: Path) -> Iterator[Line]:
    """Read the articles of an index out of its database: their facts, words, passages and copies."""
    with closing(sqlite3.connect(f"file:{index / LIBRARY}?mode=ro", uri=True)) as database:
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
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_lines(path: Path) -> list[Line]:
    """Read a file with a JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def write_lines(path: Path, lines: Sequence[Line]) -> None:
    """Write a JSON object a line."""
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, "utf-8")
