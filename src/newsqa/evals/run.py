"""Asks every question of a set through the same pipeline that people use, and keeps a line for each.

A run that was interrupted, or some of whose questions failed, is continued: what was answered stays, the rest is asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Self

from newsqa.answer.history import recent_turns, turns_from_messages
from newsqa.errors import NewsqaError, SourceError
from newsqa.evals.gold import bounds_of, index_facts
from newsqa.evals.run_file import OTHER_FOLDER, RECORDS, RunLine, append_line, finalize_run, lock_folder, read_lines
from newsqa.render.record import from_record, to_record
from newsqa.types import Answer, JsonObject, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How far a run goes: the first `questions` of a set, and `dollars` that all of its lines together may cost.

    It stops before a question that would pass the dollars, were it as dear as the dearest so far.
    """

    questions: int | None = None
    dollars: float | None = None


NO_LIMITS = RunLimits()


@dataclass(frozen=True, slots=True)
class Run:
    """The lines of a run so far, how many were there from before, and why it stopped short, or ""."""

    lines: tuple[RunLine, ...]
    kept: int
    stopped: str = ""

    @property
    def failed(self) -> int:
        """How many questions could not be answered at all."""
        return sum(line.failed for line in self.lines)


def run_set(
    items: Sequence[Item],
    pipeline: Pipeline,
    folder: Path,
    limits: RunLimits = NO_LIMITS,
    report: Callable[[RunLine], None] = lambda _: None,
) -> Run:
    """Ask the questions in their order and add a line for each to `run.jsonl` in the folder.

    Lines that are there already are kept, those that failed asked again; `report` is called with every line, kept or
    new. A question that cannot be answered leaves a line with `error`, and the run goes on. If the set gives no day,
    all questions are asked on the day on which the run began.

    Raises SourceError if the folder holds another set's, index's or configuration's run, if the index changes in the
    middle, or if the folder cannot be written.
    """
    with lock_folder(folder):
        state = _RunState.load(items, pipeline, folder / RECORDS, limits.questions)
        kept, stopped = len(state.lines), ""
        for line in state.lines.values():
            report(line)
        for item in state.remaining():
            if stopped := _over_budget(state.lines.values(), limits.dollars):
                break
            report(state.ask(item))
        lines = state.in_order()
        finalize_run(state.file, lines)
    return Run(lines, kept, stopped)


def _over_budget(lines: Collection[RunLine], limit: float | None) -> str:
    """Say why no more may be spent, or ""; the limit is in US dollars."""
    if limit is None:
        return ""
    known = [cost for line in lines if (cost := line.record["usage"].get("cost")) is not None]
    if len(known) < len(lines):
        return "the model did not tell what an answer used, so its cost is not known"
    spent = sum(known)
    if not spent + max(known, default=0.0) <= limit:  # a limit that is no number lets nothing through
        return f"${spent:.4f} are spent, and one more might pass --max-cost {limit:g}"
    return ""


@dataclass(slots=True)
class _RunState:
    """A run under way: the questions with their numbers, of which the first `limit` are asked, and the lines so far.

    `total` is how many questions the run covers with those that it was to ask before. Lines are kept by the ids of
    their questions; `failed` are from before and to be asked again.
    """

    items: dict[str, tuple[int, Item]]
    pipeline: Pipeline
    file: Path
    setup: Setup
    today: date
    limit: int
    total: int
    lines: dict[str, RunLine] = field(default_factory=dict)
    failed: dict[str, RunLine] = field(default_factory=dict)

    @classmethod
    def load(cls, items: Sequence[Item], pipeline: Pipeline, file: Path, limit: int | None) -> _RunState:
        """Continue what the file holds. Raises SourceError if that is of another run."""
        before = read_lines(file)
        numbered = {item.id: (number, item) for number, item in enumerate(items, 1)}
        setup = Setup.of(pipeline)
        undated = (line.record["asked"] for line in before if not (line.item.asked or line.item.as_of))
        first_day = next(undated, None)
        today = date.fromisoformat(first_day) if first_day else date.today()
        for line in before:
            _, item = numbered.get(line.item.id, (0, None))
            if item is None or line.key != key_of(item, today, setup):
                models = {kept.record["model"] for kept in before}
                why = explain_other_key(line, item, setup, models)
                raise SourceError(f"{file} is another run: {why}.", hint=OTHER_FOLDER)
        limit = min(limit or len(items), len(items))
        total = max([limit, *(numbered[line.item.id][0] for line in before)])
        state = cls(numbered, pipeline, file, setup, today, limit, total)
        broken: set[str] = set()  # conversations: what follows a turn that failed was answered without it
        for line in before:
            if line.failed and line.item.rules:
                broken.add(line.item.group)
            again = line.failed or (line.item.rules and line.item.group in broken)
            (state.failed if again else state.lines)[line.item.id] = state._renew(line)
        finalize_run(file, state.in_order())
        return state

    def remaining(self) -> list[Item]:
        """Return the questions that are still to be asked."""
        return [item for n, item in self.items.values() if n <= self.limit and item.id not in self.lines]

    def ask(self, item: Item) -> RunLine:
        """Ask a question, and keep its line."""
        line = self._line(item, to_record(self._answer(item)))
        append_line(self.file, line)
        self.lines[item.id] = line
        return line

    def in_order(self) -> tuple[RunLine, ...]:
        """Return the lines in the order of the set; of those that failed, the ones not answered since."""
        lines = {**self.failed, **self.lines}
        return tuple(lines[id_] for id_ in self.items if id_ in lines)

    def _renew(self, line: RunLine) -> RunLine:
        """Return a kept line with the place, answers and gold that the set has now."""
        number, item = self.items[line.item.id]
        return replace(line, place=(number, self.total)) if line.item == item else self._line(item, line.record)

    def _line(self, item: Item, record: JsonObject) -> RunLine:
        """Look up what the index knows, in the generation that answered. Raises SourceError if that is gone."""
        with self.pipeline.index.snapshot() as index:
            if index.digest != self.setup.index or record["index"] != self.setup.index:
                raise SourceError(
                    f"The index was changed while the questions were asked; {len(self.lines)} were answered before.",
                    hint="Let indexing finish, then begin anew: name another folder with --out.",
                )
            facts = index_facts(item, record, index)
        place = (self.items[item.id][0], self.total)
        return RunLine(record, key_of(item, self.today, self.setup), place, item, facts, made_of=self.setup.made_of)

    def _answer(self, item: Item) -> Answer:
        asked = item.asked or item.as_of or self.today
        try:
            return self.pipeline.ask(
                item.question, history=self._turns(item), bounds=bounds_of(item), asked=asked, id=item.id
            )
        except NewsqaError as error:
            why = f"{error} {error.hint}".strip()
        except Exception as error:  # one question must not end a run of hundreds
            why = f"{type(error).__name__}: {error}"
        setup = self.setup
        failed = Answer(item.question, item.question, asked, "", item.id, item.as_of, error=why)
        return replace(failed, model=setup.model, index=setup.index, config=setup.config)

    def _turns(self, item: Item) -> list[Turn]:
        """Return the turns before a question: as the set gives them, or with what this run answered to them."""
        if item.rules is None:
            return turns_from_messages((message.role, message.content) for message in item.history)
        place, _ = self.items[item.id]
        before = (one.id for number, one in self.items.values() if number < place and one.group == item.group)
        lines = [self.lines[id_] for id_ in before if id_ in self.lines]
        return recent_turns([Turn.from_answer(from_record(line.record)) for line in lines if not line.failed])


# What decided an answer, as a key: the same key is the same question asked of the same articles in the same way.


@dataclass(frozen=True, slots=True)
class Setup:
    """What answers: `index` identifies articles, passages and vectors, `config` settings, prompts, models and code.

    `made_of` names the parts that `config` is the digest of.
    """

    index: str
    config: str
    model: str
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, pipeline: Pipeline) -> Self:
        """Return the setup of a pipeline, as its index is now. Raises LibraryError."""
        with pipeline.index.snapshot() as index:
            return cls(index.digest, pipeline.config, pipeline.model, pipeline.made_of)

    @property
    def short(self) -> str:
        """Eight letters and digits that identify it, for the name of a folder."""
        return _digest(self.index, self.config, self.model)[:8]


def key_of(item: Item, today: date, setup: Setup) -> str:
    """Identify a question (its words, history and days) and what answers it; `today` counts if no day is given."""
    asked = item.asked or item.as_of or today
    history = [[turn.role, turn.content] for turn in item.history]
    days = [asked.isoformat(), item.as_of.isoformat() if item.as_of else None]
    return _digest(item.question, history, days, setup.index, setup.config, setup.model)


def explain_other_key(line: RunLine, item: Item | None, setup: Setup, models: Collection[str]) -> str:
    """Say in what a line of another key differs from what is now asked; `models` are those that answered in its run."""
    if item is None:
        return f"the question “{line.item.id}” is not in this set"
    record = line.record
    if record["index"] != setup.index:
        return "the articles of the index are others now"
    if record["config"] != setup.config and setup.model not in models:
        return f"the model was another than {setup.model}"
    if record["config"] != setup.config:
        changed = [name for name, value in setup.made_of.items() if line.made_of.get(name, value) != value]
        return f"{' and '.join(changed) or 'settings, prompts, models or newsqa itself'} changed since"
    return f"the question “{line.item.id}” is asked in another way now"


def _digest(*parts: object) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
