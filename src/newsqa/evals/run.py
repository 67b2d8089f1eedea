"""Asks every question of a set through the same Desk that people use, and keeps a line for each.

A run that was interrupted, or some of whose questions failed, is continued: what was answered stays, the rest is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.answer.history import turns_from_messages
from newsqa.errors import NewsqaError, SourceError
from newsqa.evals.gold import index_facts
from newsqa.evals.run_folder import (
    OTHER_FOLDER,
    RECORDS,
    Setup,
    append,
    finalize_run,
    held,
    key_of,
    read_lines,
    setup_difference,
)
from newsqa.evals.run_lines import RunLine
from newsqa.render.record import to_record
from newsqa.types import Answer, Bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.pipeline import Pipeline
    from newsqa.types import JsonObject


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
    """What a run came to: its lines so far, how many were there from before, and why it stopped short, or ""."""

    file: Path
    lines: tuple[RunLine, ...]
    kept: int
    stopped: str = ""

    @property
    def failed(self) -> int:
        """How many questions could not be answered at all."""
        return sum(line.failed for line in self.lines)


def run_set(
    items: Sequence[Item],
    desk: Pipeline,
    folder: Path,
    limits: RunLimits = NO_LIMITS,
    report: Callable[[RunLine], None] = lambda _: None,
) -> Run:
    """Ask the questions in their order and add a line for each to `run.jsonl` in the folder.

    Lines that are there already are kept, those that failed asked again; `report` is told of every line, kept or new.
    A question that cannot be answered leaves a line with `error`, and the run goes on. Where the set gives no day, all
    questions are asked on the day on which the run began.

    Raises SourceError where the folder holds another set's, index's or configuration's run, where the index changes in
    the middle, or where the folder cannot be written.
    """
    with held(folder):
        asking = _Asking.begin(items, desk, folder / RECORDS, limits.questions)
        purse = _Budget(limits.dollars)
        for line in asking.done():
            purse.pay(line)
            report(line)
        kept, stopped = len(asking.lines), ""
        for item in asking.left():
            if stopped := purse.closed():
                break
            line = asking.ask(item)
            purse.pay(line)
            report(line)
        lines = asking.in_order()
        finalize_run(asking.file, lines)
    return Run(folder / RECORDS, lines, kept, stopped)


@dataclass(slots=True)
class _Asking:
    """A run under way: the questions with their numbers, of which the first `limit` are asked, and the lines so far.

    `total` is how many questions the run covers with those that it was to ask before. Lines are kept by the ids of
    their questions; `failed` are from before and to be asked again.
    """

    items: dict[str, tuple[int, Item]]
    desk: Pipeline
    file: Path
    setup: Setup
    today: date
    limit: int
    total: int
    lines: dict[str, RunLine] = field(default_factory=dict)
    failed: dict[str, RunLine] = field(default_factory=dict)

    @classmethod
    def begin(cls, items: Sequence[Item], desk: Pipeline, file: Path, limit: int | None) -> _Asking:
        """Take up what the file holds. Raises SourceError where that is of another run."""
        before = read_lines(file)
        numbered = {item.id: (number, item) for number, item in enumerate(items, 1)}
        setup = Setup.of(desk)
        today = _today(before)
        for line in before:
            _, item = numbered.get(line.item.id, (0, None))
            if item is None or line.key != key_of(item, today, setup):
                answered_by = {kept.record["model"] for kept in before}
                differs = setup_difference(line, item, setup, answered_by)
                raise SourceError(f"{file} is another run: {differs}.", hint=OTHER_FOLDER)
        limit = min(limit or len(items), len(items))
        total = max([limit, *(numbered[line.item.id][0] for line in before)])
        asking = cls(numbered, desk, file, setup, today, limit, total)
        for line in before:
            (asking.failed if line.failed else asking.lines)[line.item.id] = asking.renewed(line)
        finalize_run(file, asking.in_order())
        return asking

    def renewed(self, line: RunLine) -> RunLine:
        """Return a kept line with the place, answers and gold that the set has now."""
        _, item = self.items[line.item.id]
        line = replace(line, place=self.place(item.id))
        return line if line.item == item else self.line(item, line.record)

    def place(self, item_id: str) -> tuple[int, int]:
        return self.items[item_id][0], self.total

    def line(self, item: Item, record: JsonObject) -> RunLine:
        """Look up what the index knows, in the generation that answered. Raises SourceError where that is gone."""
        with self.desk.index.snapshot() as index:
            if index.digest != self.setup.index or record["index"] != self.setup.index:
                raise SourceError(
                    f"The index was changed while the questions were asked; {len(self.lines)} were answered before.",
                    hint="Let indexing finish, then begin anew: name another folder with --out.",
                )
            looked_up = index_facts(item, record, index)
        key = key_of(item, self.today, self.setup)
        return RunLine(record, key, self.place(item.id), item, looked_up, made_of=self.setup.made_of)

    def done(self) -> list[RunLine]:
        return list(self.lines.values())

    def left(self) -> list[Item]:
        """Return the questions that are still to be asked."""
        return [item for n, item in self.items.values() if n <= self.limit and item.id not in self.lines]

    def ask(self, item: Item) -> RunLine:
        line = self.line(item, to_record(self.answer(item)))
        append(self.file, line)
        self.lines[item.id] = line
        return line

    def answer(self, item: Item) -> Answer:
        asked = item.asked or item.as_of or self.today
        try:
            return self.desk.ask(
                item.question,
                history=turns_from_messages(item.history),
                bounds=Bounds(as_of=item.as_of),
                asked=asked,
                id=item.id,
            )
        except NewsqaError as error:
            why = f"{error} {error.hint}".strip()
        except Exception as error:  # one question must not end a run of hundreds
            why = f"{type(error).__name__}: {error}"
        setup = self.setup
        failed = Answer(item.question, item.question, asked, "", item.id, item.as_of, error=why)
        return replace(failed, model=setup.model, index=setup.index, config=setup.config)

    def in_order(self) -> tuple[RunLine, ...]:
        """Return the lines in the order of the set; of those that failed, the ones not answered since."""
        lines = {**self.failed, **self.lines}
        return tuple(lines[id_] for id_ in self.items if id_ in lines)


def _today(before: Sequence[RunLine]) -> date:
    """Return the day that questions without one were asked on, today where none was asked yet."""
    without = (line for line in before if not (line.item.asked or line.item.as_of))
    if line := next(without, None):
        return date.fromisoformat(line.record["asked"])
    return date.today()


@dataclass(slots=True)
class _Budget:
    """What may be spent, in US dollars, and what was."""

    limit: float | None
    costs: list[float | None] = field(default_factory=list)

    def pay(self, line: RunLine) -> None:
        self.costs.append(line.record["usage"].get("cost"))

    def closed(self) -> str:
        """Say why nothing more may be bought, or ""."""
        if self.limit is None:
            return ""
        known_costs = [cost for cost in self.costs if cost is not None]
        if len(known_costs) < len(self.costs):
            return "the model did not tell what an answer used, so its cost is not known"
        spent = sum(known_costs)
        if not spent + max(known_costs, default=0.0) <= self.limit:  # no limit that is no number lets all through
            return f"${spent:.4f} are spent, and one more might pass --max-cost {self.limit:g}"
        return ""
