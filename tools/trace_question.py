"""Show which modules one extracted answer, or the check of one written sentence, runs through.

    python tools/trace_question.py [QUESTION] [--sentence [TEXT]] [--index DIR] [--check N]

Without `--index`, the articles in corpus/ are indexed into a temporary folder first. Another question, or another
sentence, goes before the traced one, so that models are loaded and modules imported; what runs while a module is
imported does not count. Modules are listed in the order of their first call. Methods that `dataclass` writes count
for the module of their class, and a generator counts a call each time that it is resumed.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, FrameType

PACKAGE = "newsqa"
ABOVE = ("newsqa.cli", "newsqa.frontends")
"""The command line and the frontends: what they do is not part of an answer."""

CORPUS = Path(__file__).parents[1] / "corpus"
QUESTION = "How many people joined the march in support of the dockers?"
SENTENCE = "The police counted 2,500 people at a march on Tuesday that supported the striking dockers of Orrinport."
WARM_UP_QUESTION = "How many people were injured in the Grey Heron accident?"
WARM_UP_SENTENCE = "The number of people hurt when the ferry Grey Heron struck the Cobbler on Friday was 27."


class Trace:
    """Counts the calls of the package's functions, by module, while it is recording.

    As a context manager it also watches the threads that are started in the context, before the recording too.
    """

    def __init__(self) -> None:
        self.calls: defaultdict[str, Counter[CodeType]] = defaultdict(Counter)
        self._recording = False
        self._thread = threading.local()

    def __enter__(self) -> Self:
        threading.setprofile(self._count)
        return self

    def __exit__(self, *exc: object) -> None:
        threading.setprofile(None)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Count calls for as long as the context lasts."""
        self._recording = True
        sys.setprofile(self._count)
        try:
            yield
        finally:
            sys.setprofile(None)
            self._recording = False

    def _count(self, frame: FrameType, event: str, _: object) -> None:
        if not self._recording or event not in {"call", "return"}:
            return
        if frame.f_code.co_name == "<module>":
            self._thread.importing = self._importing + (1 if event == "call" else -1)
        elif event == "call" and not self._importing and _is_counted(frame):
            self.calls[frame.f_globals["__name__"]][frame.f_code] += 1

    @property
    def _importing(self) -> int:
        """How many modules this thread is importing, one inside the other."""
        return getattr(self._thread, "importing", 0)


def _is_counted(frame: FrameType) -> bool:
    """Return True for functions and lambdas of the package below the command line; comprehensions are no functions."""
    module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
    return (
        module.split(".")[0] == PACKAGE
        and not f"{module}.".startswith(tuple(f"{name}." for name in ABOVE))
        and (function == "<lambda>" or not function.startswith("<"))
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Trace, and print a line for each module; return 1 if there are more than `--check` allows."""
    parser = argparse.ArgumentParser(description="Show the modules that one answer or one check runs through.")
    parser.add_argument("question", nargs="?", default=QUESTION, help="what is asked [%(default)s]")
    parser.add_argument(
        "--sentence",
        nargs="?",
        const=SENTENCE,
        metavar="TEXT",
        help="trace the check of this sentence against the quotes of the extracted answer [%(const)s]",
    )
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index; without it, corpus/ is indexed")
    parser.add_argument("--check", type=int, metavar="N", help="exit 1 if there are more than N modules")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        outcome, trace = run(options.question, options.sentence, options.index, Path(folder))
    print(outcome)
    print("\nModule                              functions     calls")
    for module, calls in trace.calls.items():
        print(f"{module:<36}{len(calls):>9}{calls.total():>10,}")
    print(f"\n{len(trace.calls)} modules")
    if options.check is not None and len(trace.calls) > options.check:
        print(f"More than {options.check} modules: merge some, or raise the limit.", file=sys.stderr)
        return 1
    return 0


def run(question: str, sentence: str | None, index: Path | None, folder: Path) -> tuple[str, Trace]:
    """Answer the question, check the sentence if there is one, and trace whichever came last.

    Without `index`, one is made in `folder`. Returns what came out: the answer's text, or the checked sentence.
    """
    # All that this tool knows of the package's insides; the rest of it works with module names only.
    from newsqa.building import open_pipeline
    from newsqa.ingest.indexer import index_source
    from newsqa.settings import Settings
    from newsqa.types import Answer, DraftSentence, Quote, VerifiedDraft
    from newsqa.verify.verifier import Verifier

    settings = Settings(index=index or folder / "index")
    if index is None:
        index_source(settings, str(CORPUS))
    with Trace() as trace, open_pipeline(settings) as desk:

        def check(answer: Answer, sentence: str) -> VerifiedDraft:
            articles = {hit.article.id: hit.article for hit in answer.retrieved}
            quotes = tuple(Quote(articles[one.article_id], one.start, one.end) for one in answer.citations)
            verifier = Verifier(answer.retrieved)
            verifier.add(DraftSentence(sentence, quotes))
            return verifier.result()

        warm_up = desk.ask(WARM_UP_QUESTION)
        if sentence is None:
            with trace.recording():
                return desk.ask(question).text, trace
        check(warm_up, WARM_UP_SENTENCE)
        answer = desk.ask(question)
        with trace.recording():
            return str(check(answer, sentence)), trace


if __name__ == "__main__":
    sys.exit(main())
