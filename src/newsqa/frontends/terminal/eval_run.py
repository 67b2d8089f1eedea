"""`newsqa eval run`, `score` and `check`: ask or score a set, show how it goes, and print what it came to."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.building import open_pipeline
from newsqa.errors import ModelError
from newsqa.evals.datasets import read_set
from newsqa.evals.gold import gold_warnings, some_of
from newsqa.evals.metrics.answers import right
from newsqa.evals.metrics.base import answered
from newsqa.evals.predictions import lines_of, read_predictions
from newsqa.evals.report.formatting import FAMILIES, cost_text, interval_text, judging_text, seconds_text, value_text
from newsqa.evals.report.write import json_report, write_reports
from newsqa.evals.run import RunLimits, Setup, run_set
from newsqa.evals.run_file import RECORDS, RunLine, save_run
from newsqa.evals.scoring import METRICS
from newsqa.evals.summary import Summary, summarise
from newsqa.extras import check_extra
from newsqa.frontends.terminal.console import announce_egress, bar, counting, messages, print_json, print_text
from newsqa.models.usage import Price
from newsqa.render.clean import safe_line
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.evals.datasets.items import Item
    from newsqa.evals.judge import Judge
    from newsqa.pipeline import Pipeline
    from newsqa.settings import Settings

RUNS = Path("runs")
LINES = 10  # lines that tell a log how a run goes: enough to see that it lives, few enough to read


# How a run goes, on standard error: a bar with running scores; plain lines, ten at most, if that is no terminal.


class RunProgress:
    """Counts the lines of a run and shows the scores so far through `show`; `stop` ends the showing."""

    def __init__(self, show: Callable[[int, str], None], stop: Callable[[], None]) -> None:
        self.done = 0
        self.stop = stop
        self._show = show
        self._shares: dict[str, list[bool]] = {"answered": [], "right": []}
        self._costs: list[float | None] = []

    def add(self, line: RunLine) -> None:
        """Take up a line that is done, and show the scores: "answered 61 % · right 23 % · $0.00"."""
        self.done += 1
        self._shares["answered"].append(answered(line))
        if (is_right := right(line)) is not None:
            self._shares["right"].append(is_right)
        self._costs.append(line.record["usage"].get("cost"))
        shares = [f"{name} {100 * sum(of) / len(of):.0f} %" for name, of in self._shares.items() if of]
        unknown = "+?" if None in self._costs else ""
        self._show(self.done, " · ".join([*shares, f"${sum(cost or 0 for cost in self._costs):.2f}{unknown}"]))


@contextmanager
def show_progress(total: int) -> Iterator[RunProgress]:
    """Show the progress of a run of `total` questions for as long as the context lasts."""
    if not messages().is_terminal:

        def log(done: int, text: str) -> None:
            if total >= LINES and done * LINES // total > (done - 1) * LINES // total:
                messages().print(f"{done}/{total} · {text}", soft_wrap=True)

        yield RunProgress(log, lambda: None)
        return
    from rich.progress import TextColumn

    with bar() as shown:
        shown.columns = (*shown.columns, TextColumn("{task.fields[scores]}", markup=False))
        task = shown.add_task("asking", total=total, scores="")
        yield RunProgress(lambda done, text: shown.update(task, completed=done, scores=text), shown.stop)


# What a run came to, for a terminal: its figures with their intervals, its misses, and where the reports are.


def show(folder: Path | None, lines: Sequence[RunLine], *, as_json: bool) -> None:
    """Print what the lines come to, and write the reports into the folder if there is one. Raises SourceError."""
    summary = summarise(lines)
    if folder:
        write_reports(folder, summary)
    if as_json:
        print_json(json.loads(json_report(summary)))
    else:
        where = [f"The report is {safe_line(str(folder / 'report.html'))}"] if folder else []
        print_text("\n".join([*summary_lines(summary), *where]))


def summary_lines(summary: Summary) -> Iterator[str]:
    """Yield a summary as the lines that a person reads."""
    parts = [
        f"{count(summary.asked, 'question')}",
        f"{summary.refused:,} refused",
        *([f"{summary.failed:,} failed"] if summary.failed else []),
        f"median of {summary.median_words:.0f} words",
        safe_line(summary.model),
        cost_text(summary.spent),
    ]
    yield " · ".join(parts)
    if summary.judging:
        yield judging_text(summary.judging, safe_line)
    yield from _figures(summary)
    yield ""
    found = [(figure, tag) for tag, figures in summary.tags.items() for figure in figures if figure.metric == "right"]
    found.sort(key=lambda entry: -entry[0].n)
    if shares := [f"{safe_line(tag)} {value_text('right', one.value)} of {one.n:,}" for one, tag in found]:
        yield f"Right: {', '.join(shares)}"  # by tag, for a set with rules
    if summary.buckets:
        yield f"Missed: {', '.join(f'{len(ids):,} {bucket}' for bucket, ids in summary.buckets.items())}"
    for one in summary.latencies:
        if one.stage == "total":
            p50, p95 = seconds_text(one.p50), seconds_text(one.p95)
            yield f"An answer took {p50} in the median, {p95} at the 95th percentile"


def _figures(summary: Summary) -> Iterator[str]:
    figures = {figure.metric: figure for figure in summary.figures}
    if not figures:
        yield "Nothing could be measured: the set has neither answers nor gold, nor says what can be answered."
        return
    yield f"\n{'':<21}{'value':>8}   {'95 % interval':<13} {'of':>6}"
    for family, title in FAMILIES.items():
        of_family = [metric for metric in METRICS if metric.family == family and metric.name in figures]
        if of_family:
            yield title
        for metric in of_family:
            figure = figures[metric.name]
            value, interval = value_text(metric.name, figure.value), interval_text(metric.name, figure.interval)
            yield f"  {metric.name:<19}{value:>8}   {interval:<13} {figure.n:>6,}   {metric.title}"


def warn(text: str) -> None:
    """Write a line on standard error; characters that its encoding lacks become question marks."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(f"newsqa: {safe_line(text)}\n".encode(encoding, "replace").decode(encoding))


# The judge of `newsqa eval run` and `eval score`: asked after the answers are kept, with a bar.


def open_judge(settings: Settings, name: str | None) -> Judge | None:
    """Make the judge of a name, before anything is asked. Raises ModelError and SettingsError."""
    from newsqa.evals.judge import open_judge as open_model

    if name is None:
        return None
    announce_egress(replace(settings, model=EXTRACTIVE), judge=name)
    return open_model(settings, name)


def _judged(lines: Sequence[RunLine], folder: Path | None, judge: Judge | None) -> Sequence[RunLine]:
    """Return lines with what a judge says, if there is one; it is kept in the folder of the run, if there is one.

    Raises ModelError, SourceError, and KeyboardInterrupt.
    """
    from newsqa.evals.judge import judge_lines, judge_run

    if judge is None:
        return lines
    try:
        with counting("judging", len(lines)) as report:
            return judge_run(folder, judge, report) if folder else judge_lines(lines, judge, report)
    except KeyboardInterrupt:
        if folder:
            warn("Interrupted while judging. Answers and verdicts so far are kept; the same command goes on.")
        raise


# `newsqa eval run`.


def run_questions(
    settings: Settings, questions: Path, limits: RunLimits, *, out: Path | None, judge: str | None, as_json: bool
) -> int:
    """Ask the questions of a set and print the report; return the exit code: 1 if it stopped before the end.

    Raises NewsqaError, and KeyboardInterrupt after saying how to go on.
    """
    check_extra("eval", "evaluation")
    items, asks = read_set(questions), open_judge(settings, judge)
    if limits.dollars is not None:
        _refuse_unknown_price(settings)
    asked = min(limits.questions or len(items), len(items))
    announce_egress(settings)
    with open_pipeline(settings) as pipeline, show_progress(asked) as progress:
        _warn_of_set(items[:asked], pipeline)
        name = questions.resolve().name
        # the same set, index and configuration go to the same place by themselves
        folder = out or RUNS / f"{name.split('.')[0] or name}-{Setup.of(pipeline).short}"
        try:
            run = run_set(items, pipeline, folder, limits, progress.add)
        except KeyboardInterrupt:
            progress.stop()
            warn(f"Interrupted: {progress.done} of {count(asked, 'question')} done. {_go_on(folder)}")
            raise
    show(folder, _judged(run.lines, folder, asks), as_json=as_json)
    if run.stopped:
        warn(f"Stopped after {len(run.lines)} of {count(asked, 'question')}: {run.stopped}.")
    if run.failed:
        warn(f"{count(run.failed, 'question')} ended in an error. {_go_on(folder)}")
    return 1 if run.stopped else 0


def _refuse_unknown_price(settings: Settings) -> None:
    """Raise ModelError if a limit on costs could not be kept."""
    if settings.model == EXTRACTIVE:
        return
    from newsqa.models.registry import create_chat_model

    if not Price.of(settings.model, create_chat_model(settings)).known:
        raise ModelError(
            f"The price of the model {settings.model} is not known, so --max-cost cannot be kept.",
            hint="Leave --max-cost out, and bound the run with --limit.",
        )


def _warn_of_set(items: Sequence[Item], pipeline: Pipeline) -> None:
    """Warn of what is odd about the questions, beside this index."""
    with pipeline.index.snapshot() as index:
        for warning in gold_warnings(items, index):
            warn(warning)
    if undated := [item for item in items if not (item.asked or item.as_of)]:
        warn(f"{count(len(undated), 'question')} without “asked”: “last week” is seen from the day the run began")


def _go_on(folder: Path) -> str:
    return f"Run the same command again to go on; what is answered is in {folder / RECORDS}."


# `newsqa eval score`: scores answers that something else produced, as if a run had.


def score_predictions(
    settings: Settings,
    predictions: Path,
    questions: Path,
    *,
    out: Path | None,
    look_up: bool,
    judge: str | None,
    as_json: bool,
) -> None:
    """Score predictions, looked up in the index of the settings or not, and print the report. Raises NewsqaError."""
    check_extra("eval", "evaluation")
    asks, given, items = open_judge(settings, judge), read_predictions(predictions), read_set(questions)
    if look_up:
        with open_index(settings) as opened, opened.snapshot() as index:
            lines = lines_of(given, items, index)
    else:
        lines = lines_of(given, items)
    if missing := given.missing(items):
        of_all = f"{len(missing):,} of {count(len(items), 'question')}"
        warn(f"{of_all} without a prediction, counted as empty answers: {some_of(missing)}")
    if unknown := given.unknown(items):
        warn(f"{count(len(unknown), 'prediction')} for no question of the set, left out: {some_of(unknown)}")
    if given.repeated:
        warn(f"{count(len(given.repeated), 'id')} more than once, the last counted: {some_of(given.repeated)}")
    kept = save_run(out, lines) if out else lines
    show(out, _judged(kept, out, asks), as_json=as_json)


# `newsqa eval check`: scores the check of sentences itself.


def check_sentences(settings: Settings, file: Path, out: Path, judge: str | None, *, as_json: bool) -> None:
    """Check labelled sentences, write the reports, and print the figures. Raises NewsqaError."""
    check_extra("eval", "evaluation")
    from newsqa.building import create_judge
    from newsqa.evals.checking import check_pairs, check_report, read_pairs, report_lines, write_check
    from newsqa.prompts import load_prompts

    pairs, asks = read_pairs(file), None
    if judge:
        announce_egress(replace(settings, model=EXTRACTIVE), judge=judge)
        asks = create_judge(replace(settings, judge=judge), load_prompts(settings.prompts))
    with messages().status("Checking each sentence …"):
        results, usage = check_pairs(pairs, asks, settings.timeout)
    report = check_report(results, asks.name if asks else "none", usage)
    write_check(out, results, report)
    if as_json:
        print_json(report)
    else:
        print_text("\n".join([*report_lines(report), f"The reports are in {safe_line(str(out))}"]))
