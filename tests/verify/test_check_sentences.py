"""The check over the committed sentences: how many false ones pass and how many true ones are dropped, at most."""

import importlib.util
import sys
from dataclasses import replace

import pytest

from places import DATA, ROOT

KINDS = ("number", "name", "date", "quote", "negation", "role", "speaker", "unit", "joined")


@pytest.fixture(scope="module")
def benchmark_module():
    spec = importlib.util.spec_from_file_location("check_sentences", ROOT / "benchmarks" / "check_sentences.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def judged(benchmark_module):
    """Judge them with a judge that says yes to everything, so that only the values decide."""
    return benchmark_module.judge(values_alone=True)


def share(judged, *kinds):
    asked = [one for one in judged if one.pair.kind in kinds]
    return sum(one.passed != one.pair.supported for one in asked) / len(asked)


@pytest.mark.parametrize(
    ("kinds", "most"),
    [
        (("true",), 0.02),
        (("number",), 0.18),
        (("date",), 0.12),
        (("quote",), 0.0),
        (("unit",), 0.25),
        (("name",), 0.60),
        (("speaker",), 0.67),
        (("number", "date", "quote"), 0.12),
    ],
)
def test_no_more_is_judged_wrongly_by_the_values(judged, kinds, most):
    """Most of the altered values stand elsewhere in the quotes or the article: those are for a judge to find."""
    assert share(judged, *kinds) <= most


def test_without_a_judge_no_false_sentence_passes(benchmark_module):
    assert share(benchmark_module.judge(), *KINDS) == 0


def test_every_sentence_is_judged_and_every_reason_is_for_a_person(judged):
    rows = [row for file in (DATA / "check").glob("*.jsonl") for row in file.read_text("utf-8").splitlines()]
    assert len([one for one in judged if one.pair.kind != "joined"]) == len(rows) >= 500
    assert all(len(one.reason) < 300 and "\n" not in one.reason for one in judged if one.reason)


def test_the_sentences_that_are_cited_pass_themselves(benchmark_module):
    rows = [replace(row, sentence=row.quotes[0], supported=True) for row in benchmark_module.committed()]
    assert {one.checked_by for one in benchmark_module.judge(rows)} == {"verbatim"}
