"""What a run came to, for a terminal: its figures with their intervals, and where the reports are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.fronts.terminal.console import print_json, print_text
from newsqa.render.marks import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.lines import Line


def show(folder: Path | None, lines: Sequence[Line], *, as_json: bool) -> None:
    """Print what the lines come to, and write the reports into the folder where there is one."""
    refused = sum(line.refused for line in lines)
    print_json({"questions": len(lines), "refused": refused}) if as_json else print_text(
        f"{count(len(lines), 'question')}: {refused} refused. {folder}"
    )
