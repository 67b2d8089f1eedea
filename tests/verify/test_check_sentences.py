"""The check over the committed sentences: how many false ones pass and how many true ones are dropped, at most."""

import importlib.util
import json
import sys

import pytest

from places import DATA, ROOT


@pytest.fixture(scope="module")
def benchmark_module():
    spec = importlib.util.spec_from_file_location("check_sentences", ROOT / "benchmarks" / "check_sentences.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def judged(benchmark_module):
    return benchmark_module.judge()


def share(judged, *kinds):
    asked = [one for one in judged if one.kind in kinds]
    return sum(one.wrong for one in asked) / len(asked)


@pytest.mark.parametrize(
    ("kinds", "most"),
    [
        (("true",), 0.15),
        (("number",), 0.02),
        (("name",), 0.05),
        (("date",), 0.02),
        (("quote",), 0.02),
        (("negation",), 0.03),
        (("number", "name", "date", "quote", "negation"), 0.02),
        (("role",), 0.15),
        (("speaker",), 0.15),
        (("unit",), 0.02),
        (("joined",), 0.12),
    ],
)
def test_no_more_is_judged_wrongly(judged, kinds, most):
    assert share(judged, *kinds) <= most


def test_every_sentence_is_judged_and_every_reason_is_for_a_person(judged):
    rows = [row for file in (DATA / "check").glob("*.jsonl") for row in file.read_text("utf-8").splitlines()]
    assert len([one for one in judged if one.kind != "joined"]) == len(rows) >= 500
    assert all(len(one.why) < 300 and "\n" not in one.why for one in judged if one.why)


def test_the_sentences_that_are_cited_stand_themselves(benchmark_module):
    articles = {article.path: article for article in benchmark_module.corpus()}
    for file in sorted((DATA / "check").glob("*.jsonl")):
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            told = row | {"sentence": row["quotes"][0]}
            assert benchmark_module._why(told, articles[row["path"]], alone=True) is None
