"""Readers' questions: how the set is read, what counts as right, and conversations that are asked in one session."""

import json
import sys
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest
from scored_lines import cited, line

from newsqa import cli
from newsqa.errors import ModelError, SourceError
from newsqa.evals import scoring
from newsqa.evals.datasets import read_set
from newsqa.evals.datasets.items import HistoryMessage, Rules, item_from, item_record
from newsqa.evals.run import RunLimits, run_set
from newsqa.types import Answer, Turn

CHEESE = {"conversation": "c1", "asked": "2025-05-20", "refuse": False, "any_of": [], "none_of": []}
TURNS = [
    {"id": "a", "turn": 1, "kind": "first", "question": "Who won the first prize for cheese?"},
    {"id": "b", "turn": 2, "kind": "ellipsis", "question": "And what did the mayor promise?"},
    {"id": "c", "turn": 3, "kind": "when", "question": "when?"},
]
SINGLE = {"id": "s", "question": "hello", "conversation": None, "turn": 1, "refuse": None, "any_of": [], "why": "talk"}


def written(folder, *rows):
    file = folder / "readers.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def conversation(folder):
    return read_set(written(folder, SINGLE, *({**CHEESE, **turn} for turn in TURNS)))


# --- the set -------------------------------------------------------------------------------------------------------


def test_a_row_is_a_question_with_rules(tmp_path):
    rules = {"all_of": [["x", "y"], ["z"]], "none_of": ["n"], "cites_any": ["corpus/"], "max_words": 75}
    row = {**SINGLE, "kind": "why", "asked": "2025-04-20", "refuse": False, "any_of": ["$50 million"], **rules}
    (item,) = read_set(written(tmp_path, row))
    assert item.rules == Rules(("$50 million",), (("x", "y"), ("z",)), ("n",), ("corpus/",), 75)
    assert (item.asked, item.answerable, item.tags) == (date(2025, 4, 20), True, ("why", "single"))
    assert (item.meta, item.group) == ({"why": "talk"}, "s")
    assert item_from(json.loads(json.dumps(item_record(item)))) == item


@pytest.mark.parametrize(("refuse", "answerable"), [(True, False), (False, True), (None, None)])
def test_what_refuse_says_is_what_can_be_answered(tmp_path, refuse, answerable):
    assert read_set(written(tmp_path, {**SINGLE, "refuse": refuse}))[0].answerable is answerable


def test_turns_know_the_questions_before_them(tmp_path):
    single, first, _, third = conversation(tmp_path)
    assert (single.history, first.history) == ((), ())
    assert third.history == tuple(HistoryMessage("user", turn["question"]) for turn in TURNS[:2])
    assert (first.tags, third.tags) == (("first", "first turn"), ("when", "follow-up"))
    assert first.group == third.group == "conversation c1"


def test_all_that_is_wrong_is_reported(tmp_path):
    rows = [
        {**SINGLE, "id": "a", "refuse": "no", "any_of": ["…"], "max_words": 0, "turn": "x"},
        {**SINGLE, "id": "b", "all_of": ["x"], "none_of": "y"},
        {**SINGLE, "id": "c", "conversation": "k", "turn": 2},
        {**SINGLE, "id": "d", "conversation": "k", "turn": 1},
    ]
    with pytest.raises(SourceError) as caught:
        read_set(written(tmp_path, *rows))
    said = "\n".join(caught.value.details)
    for wrong in ("“refuse”", "“turn”", "a word in it", "“max_words”", "“all_of”", "“none_of”", "after turn 2"):
        assert wrong in said


# --- right or wrong ------------------------------------------------------------------------------------------------

SAID = {**cited(("ferry", "It costs $2,100 – a day, said “Ann”.")), "retrieved": []}
AT = {**SAID["citations"][0], "path": "corpus/feed.xml#3", "url": "https://x.example/a/1"}
REFUSED = {"refused": True, "text": "The articles do not answer this. Nearest: Wrong."}

JUDGED = [
    (None, {}, SAID),
    (None, {"any_of": ("nothing", "2 100 A DAY")}, SAID),
    (None, {"any_of": ("$2,100",), "all_of": (("said", "wrote"), ("ann",))}, SAID),
    ("lacks the answer", {"any_of": ("$3,100",)}, SAID),
    ("lacks the answer", {"any_of": ("ann",), "all_of": (("ann",), ("bo", "cy"))}, SAID),
    ("wrong or outdated", {"any_of": ("$3,100",), "none_of": ("2,100",)}, SAID),
    (None, {"none_of": ("Wick",)}, {**SAID, "citations": [{**AT, "title": "Wick"}]}),
    (None, {"cites_any": ("corpus/feed.xml",)}, {**SAID, "citations": [AT]}),
    (None, {"cites_any": ("corpus/other.md", "https://x.example/a/1")}, {**SAID, "citations": [AT]}),
    ("other source", {"cites_any": ("feed.xml",)}, {**SAID, "citations": [AT]}),
    ("other source", {"cites_any": ("corpus/",)}, {**SAID, "citations": []}),
    (None, {"max_words": 7}, SAID),
    ("too long", {"max_words": 6}, SAID),
]


@pytest.mark.parametrize(("bucket", "rules", "fields"), JUDGED)
@pytest.mark.parametrize("answerable", [True, None])
def test_an_answer_is_judged_by_the_rules(bucket, rules, fields, answerable):
    found = scored(Rules(**rules), answerable, fields)
    assert found.bucket == bucket
    assert found.scores["right"] == float(bucket is None)
    assert found.scores["wrong_or_outdated"] == float(bucket == "wrong or outdated")


@pytest.mark.parametrize(
    ("bucket", "answerable", "fields"),
    [
        ("wrongly refused", True, REFUSED),
        (None, None, REFUSED),
        (None, False, REFUSED),
        ("should have refused", False, SAID),
    ],
)
def test_a_refusal_is_right_where_the_set_says_so(bucket, answerable, fields):
    rules = Rules(any_of=("ann",), none_of=("wrong",), cites_any=("corpus/",), max_words=3)
    assert scored(rules, answerable, fields).bucket == bucket


def test_a_failure_is_not_right_and_in_no_bucket():
    found = scored(Rules(), None, {"error": "The model is gone."})
    assert (found.outcome, found.bucket, found.scores["right"]) == ("failed", None, 0.0)


def scored(rules, answerable, fields):
    return scoring.score_line(line(answerable=answerable, rules=rules, **fields))


# --- conversations in a run ----------------------------------------------------------------------------------------


class Listener:
    """Answers with the number of turns before a question, and keeps what it was asked."""

    config, model, made_of = "c", "extractive", {}

    def __init__(self, *failing):
        self.failing, self.heard, self.index = failing, [], self

    @contextmanager
    def snapshot(self):
        yield SimpleNamespace(digest="i")

    def ask(self, question, *, history, asked, id, **_):  # noqa: A002
        self.heard.append((id, list(history)))
        if id in self.failing:
            raise ModelError("The model is gone.")
        return Answer(question, f"{question}!", asked, f"after {len(history)}", id, index="i", config="c")


def test_a_turn_sees_the_answers_that_those_before_it_got(tmp_path):
    desk = Listener()
    run_set(conversation(tmp_path), desk, tmp_path)
    first, second = (Turn(turn["question"], f"after {n}", f"{turn['question']}!") for n, turn in enumerate(TURNS[:2]))
    assert desk.heard == [("s", []), ("a", []), ("b", [first]), ("c", [first, second])]


def test_an_interrupted_conversation_goes_on_from_its_turns(tmp_path):
    asked, whole, rest = conversation(tmp_path), Listener(), Listener()
    run_set(asked, whole, tmp_path / "whole")
    run_set(asked, Listener(), tmp_path / "cut", RunLimits(questions=3))
    run_set(asked, rest, tmp_path / "cut")
    assert rest.heard == whole.heard[3:]


def test_what_follows_a_turn_that_failed_is_asked_again_with_it(tmp_path):
    asked, again = conversation(tmp_path), Listener()
    run = run_set(asked, Listener("b"), tmp_path)
    assert [one.record["text"] for one in run.lines] == ["after 0", "after 0", "", "after 1"]
    run = run_set(asked, again, tmp_path)
    assert [name for name, _ in again.heard] == ["b", "c"]
    assert [one.record["text"] for one in run.lines] == ["after 0", "after 0", "after 1", "after 2"]


def test_a_question_changed_before_it_makes_a_turn_another(tmp_path):
    asked = conversation(tmp_path)
    run_set(asked, Listener(), tmp_path, RunLimits(questions=3))
    rows = [SINGLE, *({**CHEESE, **turn} for turn in ({**TURNS[0], "question": "Who?"}, *TURNS[1:]))]
    with pytest.raises(SourceError, match="asked in another way"):
        run_set(read_set(written(tmp_path, *rows)), Listener(), tmp_path)


# --- the commands --------------------------------------------------------------------------------------------------


def test_a_set_is_run_reported_and_compared(tmp_path, news_index, monkeypatch, capfd):
    def newsqa(*arguments):
        monkeypatch.setattr(sys, "argv", ["newsqa", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code, capfd.readouterr().out

    first = {**CHEESE, **TURNS[0], "any_of": ["Runa Selbach"], "cites_any": ["https://ostby-gazette.example/"]}
    mars = {**SINGLE, "id": "m", "kind": "no answer", "refuse": True, "question": "What do taxes on Mars cost?"}
    file = written(tmp_path, first, {**CHEESE, **TURNS[1], "any_of": ["no such words"]}, mars)
    code, out = newsqa("eval", "run", file, "--index", news_index, "--out", tmp_path / "run")
    assert code == 0
    assert "first turn 100.0 % of 1" in out
    assert "single 100.0 % of 1" in out
    assert "follow-up 0.0 % of 1" in out
    assert "1 lacks the answer" in out
    report = (tmp_path / "run" / "report.md").read_text("utf-8")
    assert "| follow-up | 1 | 0.0 % " in report
    assert "no such words" in (tmp_path / "run" / "report.html").read_text("utf-8")
    code, out = newsqa("eval", "score", tmp_path / "run" / "run.jsonl", file, "--json")
    assert json.loads(out)["buckets"] == {"lacks the answer": ["b"]}
    assert newsqa("eval", "compare", tmp_path / "run", tmp_path / "run", "--gate", "right:0")[0] == 0
