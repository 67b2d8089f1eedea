"""The measure of reading pages counts as the collections that it is for are counted."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "tests" / "data" / "pages"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("pages_benchmark", ROOT / "benchmarks" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_text_is_compared_by_runs_of_four_words(bench):
    assert bench.overlap("a b c d e", "a b c d e") == (1.0, 1.0)
    assert bench.overlap("a b c d e", "a b c d") == (1.0, 0.5)
    assert bench.overlap("a b c d", "a b c d x") == (0.5, 1.0)
    assert bench.overlap("a b c d", "") == (0.0, 0.0)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [("2025-03-14", "right"), ("2025-03-15", "nearly"), ("2025-04-14", "wrong"), (None, "missing")],
)
def test_days_are_right_or_a_day_off_or_wrong(bench, found, outcome):
    assert bench.judge_date("2025-03-14", found) == outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ("Bo Roe, ANN LEE", "right"),
        ("Ann Lee and Bo Roe", "right"),
        ("Ann Lee", "nearly"),
        ("Liv Strand", "wrong"),
        ("", "missing"),
    ],
)
def test_names_are_compared_in_any_order(bench, found, outcome):
    assert bench.judge_byline(["Ann Lee", "Bo Roe"], found) == outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [("Mayor's “plan”", "right"), ("Mayor’s 'plan' | Tellin Post", "nearly"), ("A plan", "wrong"), (None, "missing")],
)
def test_titles_are_compared_without_marks(bench, found, outcome):
    assert bench.judge_title("Mayor’s ‘plan’", found) == outcome


def test_the_invented_pages_are_read_better_than_by_trafilatura_alone(bench):
    ours, plain = (bench.measure(PAGES, read) for read in (bench.read_with_newsqa, bench.read_with_trafilatura))
    assert ours.pages == plain.pages == len(json.loads((PAGES / "gold.json").read_text("utf-8"))) >= 40
    assert sum(ours.recalls) >= sum(plain.recalls)
    assert sum(ours.precisions) > sum(plain.precisions)
    for what in ("dates", "bylines", "titles"):
        assert getattr(ours, what)["right"] > getattr(plain, what)["right"]
        assert getattr(ours, what)["wrong"] <= getattr(plain, what)["wrong"] / 2
    lines = bench.report("newsqa", ours)
    assert any(line.startswith("  text: F1 0.99") for line in lines)
