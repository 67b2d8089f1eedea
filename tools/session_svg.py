"""Draw a session in the terminal, asked of newsqa over the sample articles, as docs/session.svg.

python tools/session_svg.py
"""

from __future__ import annotations

import tempfile
from datetime import date
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from newsqa.api import NewsQA
from newsqa.render.terminal import answer_view

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "session.svg"
ASKED = date(2025, 4, 20)
QUESTIONS = (
    "How many people were hurt when the Grey Heron ran aground?",
    "How many penguins live in Orrinport zoo?",
)


def main() -> None:
    """Ask the questions and write the picture."""
    console = Console(record=True, width=96, file=StringIO(), force_terminal=True, color_system="truecolor")
    with tempfile.TemporaryDirectory() as folder, NewsQA.open(Path(folder) / "library") as newsqa:
        newsqa.index(ROOT / "corpus")
        for question in QUESTIONS:
            console.print(Text(f"› {question}", style="bold"))
            console.print()
            console.print(answer_view(newsqa.ask(question, asked=ASKED)))
            console.print()
    PICTURE.write_text(console.export_svg(title="newsqa chat", unique_id="newsqa"), "utf-8")


if __name__ == "__main__":
    main()
