"""All that golden.py and its parts import of newsqa and of its tests: where one of these moves, only this changes."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "doubles")]

from openai_stand_in import openai_stand_in  # noqa: E402
from scripted_model import Prompt  # noqa: E402

from newsqa.render import discord, slack  # noqa: E402
from newsqa.render.plain import answer_text, conversation_markdown, quote_text  # noqa: E402
from newsqa.render.record import from_record  # noqa: E402
from newsqa.render.terminal import answer_view  # noqa: E402
from newsqa.types import Article, DraftSentence, Hit, Passage, Quote, Usage  # noqa: E402
from newsqa.verify.judge import JudgeQueue  # noqa: E402
from newsqa.verify.verifier import Verifier  # noqa: E402

COMMAND = "import sys; sys.argv[0] = 'newsqa'; from newsqa.cli import main; main()"
LIBRARY = "library.db"
"""The database of an index, of which `golden_work.stored` reads the tables."""

__all__ = [
    "COMMAND",
    "LIBRARY",
    "ROOT",
    "Article",
    "DraftSentence",
    "Hit",
    "JudgeQueue",
    "Passage",
    "Prompt",
    "Quote",
    "Usage",
    "Verifier",
    "answer_text",
    "answer_view",
    "conversation_markdown",
    "discord",
    "from_record",
    "openai_stand_in",
    "quote_text",
    "slack",
]
