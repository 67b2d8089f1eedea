"""`newsqa eval compare`: what changed against the baseline, for a person or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.compare import compare
from newsqa.evals.compare.as_json import comparison_record
from newsqa.evals.compare.gates import parse_gate
from newsqa.extras import check_extra
from newsqa.fronts.terminal.console import output, print_json, print_text
from newsqa.fronts.terminal.evals.differences import Shown, comparison_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def compare_runs(baseline: Path, others: Sequence[Path], gates: Sequence[str], *, as_json: bool) -> int:
    """Print how the runs differ from the baseline; return the exit code, as `Comparison.exit_code` tells it.

    Raises UsageError (exit code 2) where they cannot be compared.
    """
    check_extra("eval", "evaluation")
    comparison = compare(baseline, others, [parse_gate(gate) for gate in gates])
    if as_json:
        print_json(comparison_record(comparison))
    else:
        _print(comparison_lines(comparison))
    return comparison.exit_code


def _print(lines: Sequence[Shown]) -> None:
    console = output()
    if not console.is_terminal:
        print_text("\n".join(text for text, _ in lines))
        return
    from rich.text import Text  # noqa: PLC0415

    for text, style in lines:
        console.print(Text(text, style=style), soft_wrap=True)
