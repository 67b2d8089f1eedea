"""newsqa does what it did when its golden files were made: a cheap share of `make golden`."""

import tempfile

import pytest

from golden import GOLDEN, Work, compare, read_lines
from golden_records import articles, records, verdicts
from golden_shown import renderings


@pytest.fixture(scope="module")
def work(tmp_path_factory, sample_index):
    made = Work(tmp_path_factory.mktemp("golden"))
    made.corpus = sample_index
    return made


def changed(part, now):
    """Return how lines differ from the golden ones of the same ids."""
    ids = {line["id"] for line in now}
    assert ids
    return compare(part, [line for line in read_lines(GOLDEN / f"{part}.jsonl") if line["id"] in ids], now)


def test_articles_are_stored_as_before(work):
    assert compare("articles", read_lines(GOLDEN / "articles.jsonl"), list(articles(work))) == []


def test_sentences_are_judged_as_before(work):
    assert changed("verdicts", list(verdicts(work, step=25))) == []


def test_questions_are_answered_as_before(work):
    assert changed("records", list(records(work, step=30))) == []


def test_answers_look_as_before(work):
    assert compare("renderings", read_lines(GOLDEN / "renderings.jsonl"), list(renderings(work))) == []


def test_a_difference_is_told_with_its_place():
    was = [{"id": "a", "text": "It was 5.", "score": 0.5}, {"id": "b"}]
    now = [{"id": "a", "text": "It was 6.", "score": 0.5001}, {"id": "c"}]
    gone, new, changed = compare("records", was, now)
    assert (gone, new) == ("records b: is gone", "records c: is new")
    assert changed.split() == ["records", "a", ".text", "was", '"It', "was", '5."', "now", '"It', "was", '6."']


def test_nothing_of_a_machine_is_in_a_golden_file():
    text = "".join(file.read_text("utf-8") for file in GOLDEN.iterdir())
    assert str(GOLDEN.parents[1]) not in text
    assert tempfile.gettempdir() not in text
