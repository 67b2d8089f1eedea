"""`newsqa eval compare`: what changed against the baseline, for a person or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.compare import Change, ComparedRun, Comparison, Flip, Gate, RunComparison, compare, parse_gate
from newsqa.evals.report.formatting import NO_SHARES, cost_text, seconds_text, value_text
from newsqa.evals.summary import latencies, median_words, spent
from newsqa.extras import check_extra
from newsqa.frontends.terminal.console import output, print_json, print_text
from newsqa.render.clean import safe_line, short_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# A comparison of runs as lines for a person, each with its style; everything from outside is made safe.

StyledLine = tuple[str, str]  # a line and its style
PLAIN, FAINT, GOOD, BAD, ODD, STRONG = "", "dim", "green", "red", "yellow", "bold"
STYLES = {"better": GOOD, "worse": BAD, "within chance": PLAIN, "as before": FAINT}
MADE_BY = {"model": "model", "index": "index", "config": "configuration (settings, prompts, models or newsqa itself)"}
MOST_FLIPS = 10  # of each kind; --json has them all
LONGEST = 110  # characters of a question or an answer
HEADS = ("baseline", "run", "change", "95 % interval", "p", "can show", "verdict")


def comparison_lines(comparison: Comparison) -> list[StyledLine]:
    """Return what a person sees of a comparison."""
    lines: list[StyledLine] = [_opening("baseline", comparison.baseline), *_incomplete(comparison.baseline)]
    for pair in comparison.runs:
        lines += _pair(comparison.baseline, pair)
    return lines


def _pair(baseline: ComparedRun, pair: RunComparison) -> Iterator[StyledLine]:
    yield _opening("run", pair.run)
    yield from _incomplete(pair.run)
    if pair.questions < baseline.total:
        yield f"! Compared over the {count(pair.questions, 'question')} that both have.", ODD
    yield f"  Made by {_made(pair)}.", PLAIN
    for name, before, after in pair.parts:
        yield f"    {safe_line(name)}: {safe_line(after)[:LONGEST]} (was {safe_line(before)[:LONGEST]})", PLAIN
    yield from _tables(pair.changes)
    yield from _flips(pair.flips)
    yield from _beside(baseline, pair.run)
    yield "", PLAIN
    yield from ((f"! {safe_line(flag.text)}.", ODD if flag.kind == "lost" else BAD) for flag in pair.flags)
    yield from (_gate(gate, change) for gate, change in pair.gates)
    yield f"{safe_line(pair.run.name)} against {safe_line(baseline.name)}: {pair.outcome}.", STRONG


def _opening(what: str, run: ComparedRun) -> StyledLine:
    names = {"config": "configuration"}
    known = [f"{names.get(name, name)} {safe_line(value)}" for name, value in run.made_by.items() if value]
    facts = [count(len(run.lines), "question"), *known]
    blank = "" if what == "baseline" else "\n"
    return f"{blank}{what:<8}  {safe_line(run.name)}: {' · '.join(facts)}", STRONG


def _incomplete(run: ComparedRun) -> Iterator[StyledLine]:
    if run.missing:
        yield f"! {safe_line(run.name)} lacks {run.missing:,} of {count(run.total, 'question')}.", ODD
    if run.failed:
        ended = f"{count(run.failed, 'question')} ended in an error and {'counts' if run.failed == 1 else 'count'}"
        yield f"! In {safe_line(run.name)} {ended} as empty.", ODD


def _made(pair: RunComparison) -> str:
    others = [f"another {MADE_BY[name]}" for name in pair.differs if pair.run.made_by[name]]
    unknown = [f"an unknown {MADE_BY[name]}" for name in pair.differs if not pair.run.made_by[name]]
    by = ", ".join(others + unknown) or "the same model, index and configuration"
    joined = "; " if pair.differs or not pair.reworded else ", and yet "
    return f"{by}{joined}{pair.reworded:,} of {count(pair.questions, 'answer')} differ"


def _tables(changes: Sequence[Change]) -> Iterator[StyledLine]:
    """Give the headlines, then the other metrics, a line each; those in which nothing changed share one at the end."""
    moved = [change for change in changes if change.verdict != "as before"]
    still = [change.metric.name for change in changes if change.verdict == "as before"]
    yield from _table("", [change for change in moved if change.headline])
    yield from _table("where it comes from", [change for change in moved if not change.headline])
    if moved:
        yield "Changes in points. An interval is of its metric alone; p is adjusted (Holm) over its table.", FAINT
    if still:
        yield "", PLAIN
        yield f"As before: {', '.join(still)}", FAINT


def _table(head: str, changes: Sequence[Change]) -> Iterator[StyledLine]:
    if changes:
        styles = [FAINT, *(STYLES[change.verdict] for change in changes)]
        yield from _aligned([(head, *HEADS), *map(_cells, changes)], styles)


def _aligned(rows: Sequence[Sequence[str]], styles: Iterable[str]) -> Iterator[StyledLine]:
    """Yield rows below an empty line, the cells of a column as wide as each other, the first one to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield "", PLAIN
    for (first, *cells), style in zip(rows, styles, strict=False):
        padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([f"{first:<{widths[0]}}", *padded]).rstrip(), style


def _cells(change: Change) -> tuple[str, ...]:
    found, name = change.contrast, change.metric.name
    interval = found.interval
    return (
        name,
        value_text(name, found.before),
        value_text(name, found.after),
        points(name, found.difference),
        f"{points(name, interval.low)} … {points(name, interval.high)}" if interval else "–",
        chance_text(change.adjusted),
        points(name, found.smallest).removeprefix("+") if found.smallest else "–",
        change.verdict,
    )


def points(metric: str, difference: float) -> str:
    """Write a difference with its sign: in points of a hundred, or as it is for what is no share."""
    text = f"{difference:+.3f}" if metric in NO_SHARES else f"{100 * difference:+.1f}"
    return text.replace("-", "−") if float(text) else text.lstrip("+-")


def chance_text(p: float) -> str:
    """Write a p."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _flips(flips: Sequence[Flip]) -> Iterator[StyledLine]:
    for gained, head, style in ((False, "went wrong", BAD), (True, "came right", GOOD)):
        kind = [flip for flip in flips if flip.gained == gained]
        if kind:
            yield "", PLAIN
            yield f"{count(len(kind), 'question')} {head}", style
        for flip in kind[:MOST_FLIPS]:
            yield f"  {safe_line(flip.id)}: {short_line(flip.question, LONGEST)}", PLAIN
            yield f"      was: {short_line(flip.before, LONGEST)}", FAINT
            yield f"      now: {short_line(flip.after, LONGEST)}", FAINT
        if len(kind) > MOST_FLIPS:
            yield f"  … and {len(kind) - MOST_FLIPS:,} more: --json has them all", FAINT


def _beside(baseline: ComparedRun, run: ComparedRun) -> Iterator[StyledLine]:
    """Give times, words and cost of both runs."""
    rows = zip(("an answer takes", "p95", "words", "cost"), _costs(baseline), _costs(run), strict=True)
    yield from _aligned([("", "baseline", "run"), *rows], [FAINT, *[PLAIN] * 4])


def _costs(run: ComparedRun) -> tuple[str, ...]:
    total = next((latency for latency in latencies(run.lines) if latency.stage == "total"), None)
    times = (seconds_text(total.p50), seconds_text(total.p95)) if total else ("–", "–")
    return (*times, f"{median_words(run.lines):g}", cost_text(spent(run.lines)))


def _gate(gate: Gate, change: Change) -> StyledLine:
    found, passed = change.contrast, gate.allows(change)
    text = f"{found.difference:+.4f} (p {chance_text(found.p)})".replace("-", "−")
    became = "passed" if passed else "REGRESSION"
    return f"gate {gate.metric.name}:{gate.bound:g}  {became}: {text}", GOOD if passed else BAD


def compare_runs(baseline: Path, others: Sequence[Path], gates: Sequence[str], *, as_json: bool) -> int:
    """Print how the runs differ from the baseline; return the exit code, as `Comparison.exit_code` has it.

    Raises UsageError (exit code 2) if they cannot be compared.
    """
    check_extra("eval", "evaluation")
    comparison = compare(baseline, others, [parse_gate(gate) for gate in gates])
    if as_json:
        print_json(comparison.record)
    elif not (console := output()).is_terminal:
        print_text("\n".join(text for text, _ in comparison_lines(comparison)))
    else:
        for text, style in comparison_lines(comparison):
            console.print(text, style=style, soft_wrap=True)
    return comparison.exit_code
