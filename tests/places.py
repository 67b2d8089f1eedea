"""Where the repository keeps what tests read. A test names no path by its own: it may move to any folder."""

from __future__ import annotations

from pathlib import Path

HELPERS = Path(__file__).parent
"""This folder: the modules that tests import by name, some of which also run as scripts."""

ROOT = HELPERS.parent
CORPUS = ROOT / "corpus"
DATA = HELPERS / "data"
DOCS = ROOT / "docs"
SAMPLE_QUESTIONS = HELPERS / "questions.jsonl"
"""The sample set of questions over `CORPUS`."""
