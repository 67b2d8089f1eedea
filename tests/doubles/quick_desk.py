"""A desk that answers without a model, over an index of word counts. Run as a script, it asks a set, and may be killed.

    python quick_desk.py INDEX SET OUT [BYTES]

It is killed when BYTES have been written: in the middle of a line, of an order that is put right, wherever that is.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path

from word_embedder import WordEmbedder

from newsqa.errors import ModelError
from newsqa.evals.datasets import read_set
from newsqa.evals.run import run_set
from newsqa.models.encoders import NoReranker
from newsqa.pipeline import Pipeline
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import DraftSentence, DraftSummary, Quote

FAILS_ONCE = "flaky"


def first_passage(query, hits, deadline, failing=()):
    """Answer with the best passage; fail where the question asks for it."""
    if FAILS_ONCE in query.text and FAILS_ONCE in failing:
        raise ModelError("The model is gone.")
    quotes = tuple(Quote(hit.article, hit.passage.start, hit.passage.end) for hit in hits[:1])
    claims = tuple(DraftSentence(quote.text, (quote,)) for quote in quotes)
    yield from (*claims, DraftSummary(0.5, "extractive"))


def quick_desk(index: Path, failing=()) -> Pipeline:
    opened = open_index(Settings(index=index), "words")
    answerer = partial(first_passage, failing=failing)
    return Pipeline(opened, WordEmbedder(), NoReranker(), answerer, "quick")


def die_after(budget: int) -> None:
    """Write no more than so many bytes, then die of SIGKILL."""
    write = os.write

    def counted(file: int, data: bytes) -> int:
        nonlocal budget
        if len(data) <= budget:
            budget -= len(data)
            return write(file, data)
        write(file, data[:budget])
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    os.write = counted


def main() -> None:
    index, questions, out, *budget = sys.argv[1:]
    with quick_desk(Path(index), failing=budget) as desk:
        if budget and budget[0].isdigit():
            die_after(int(budget[0]))
        run_set(read_set(Path(questions)), desk, Path(out))


if __name__ == "__main__":
    main()
