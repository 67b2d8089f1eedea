"""Where the repository keeps what tests read. A test names no path by its own: it may move to any folder."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
HELPERS = TESTS / "doubles"
"""The modules that tests import by name, some of which also run as scripts."""

ROOT = TESTS.parent
CORPUS = ROOT / "corpus"
DATA = TESTS / "data"
DOCS = ROOT / "docs"
SAMPLE_QUESTIONS = TESTS / "questions.jsonl"
"""The sample set of questions over `CORPUS`."""
