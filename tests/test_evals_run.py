"""A set of questions is read with care, and a run of it keeps a record a question, also when it is interrupted."""

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from newsqa import cli
from newsqa.errors import BusyError, ModelError, SourceError
from newsqa.evals.run import run_set
from newsqa.evals.sets import Gold, Item, read_set
from newsqa.records import Answer, Bounds, Turn


class StandInDesk:
    """Answers everything with its own words, and fails where a question asks for it."""

    config = "configuration"

    def __init__(self, digest="index"):
        self.digest = digest
        self.heard = []
        self.index = self

    @contextmanager
    def snapshot(self):
        yield SimpleNamespace(digest=self.digest)

    def ask(self, question, *, history=(), bounds=None, asked=None, id=None):  # noqa: A002
        self.heard.append((question, tuple(history), bounds, asked, id))
        if "fail" in question:
            raise ModelError("The model is gone.", hint="Start it.")
        if "break" in question:
            raise ZeroDivisionError("ouch")
        if "interrupt" in question:
            raise KeyboardInterrupt
        texts = {"id": id, "question": question, "standalone": question, "text": "so", "index": self.digest}
        return Answer(asked=asked or date(2025, 1, 1), config=self.config, refused="refuse" in question, **texts)


def items(*questions):
    return [Item(f"q{number}", question) for number, question in enumerate(questions)]


def records(folder):
    return [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]


def silent(_):
    pass


def test_a_set_is_read_whole(tmp_path):
    line = {
        "id": "a",
        "question": "and the drones?",
        "answers": ["145"],
        "asked": "2025-04-21",
        "as_of": "2025-04-20",
        "history": [{"role": "user", "content": "How many missiles?"}],
        "answerable": True,
        "gold": [{"path": "x.md", "quote": "145 drones"}],
        "tags": ["number"],
        "meta": {"anything": 1},
        "unknown": None,
    }
    (tmp_path / "s.jsonl").write_text(
        json.dumps(line, ensure_ascii=False) + "\n\n" + '{"id":"b","question":"x\u2028y"}\n'
    )
    first, second = read_set(tmp_path / "s.jsonl")
    assert first == Item(
        *("a", "and the drones?", ("145",), date(2025, 4, 21), date(2025, 4, 20)),
        history=(Turn("user", "How many missiles?"),),
        answerable=True,
        gold=(Gold(path="x.md", quote="145 drones"),),
        tags=("number",),
        meta={"anything": 1},
    )
    assert second == Item("b", "x\u2028y")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JSON object"),
        ('{"id": "b"}', "“question”"),
        ('{"id": "", "question": "x"}', "“id”"),
        ('{"id": 7, "question": "x"}', "“id”"),
        ('{"id": "a", "question": "x"}', "used before"),
        ('{"id": "b", "question": "x", "asked": "21 April"}', "“asked”"),
        ('{"id": "b", "question": "x", "answers": "145"}', "“answers”"),
        ('{"id": "b", "question": "x", "answerable": "no"}', "“answerable”"),
        ('{"id": "b", "question": "x", "history": [{"role": "system", "content": "x"}]}', "“history”"),
        ('{"id": "b", "question": "x", "gold": [{"quote": "x"}]}', "“gold”"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, line, said):
    file = tmp_path / "set.jsonl"
    file.write_text('{"id": "a", "question": "fine?"}\n' + line + "\n")
    with pytest.raises(SourceError, match=said) as caught:
        read_set(file)
    assert f"{file} line 2" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe"])
def test_what_is_no_set_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "set.jsonl").write_bytes(content)
    with pytest.raises(SourceError):
        read_set(tmp_path / "set.jsonl")


def test_each_question_is_asked_as_the_set_says(tmp_path):
    desk = StandInDesk()
    history = (Turn("user", "How many missiles?"), Turn("assistant", "70"))
    item = Item("a", "and the drones?", (), date(2025, 4, 21), date(2025, 4, 20), history)
    run_set([item], desk, tmp_path, silent)
    assert desk.heard == [("and the drones?", history, Bounds(as_of=date(2025, 4, 20)), date(2025, 4, 21), "a")]


def test_a_failure_becomes_a_record_and_the_run_goes_on(tmp_path):
    counted = []
    done = run_set(items("fine", "fail", "break", "refuse"), StandInDesk(), tmp_path / "out", counted.append)
    assert [record["error"] for record in records(tmp_path / "out")] == [
        None,
        "The model is gone. Start it.",
        "ZeroDivisionError: ouch",
        None,
    ]
    assert (done.questions, done.refused, done.failed) == (4, 1, 2)
    assert counted == [0, 1, 2, 3, 4]


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    asked = items("one", "two", "interrupt", "four")
    with pytest.raises(KeyboardInterrupt):
        run_set(asked, StandInDesk(), tmp_path, silent)
    with (tmp_path / "run.jsonl").open("a") as file:
        file.write('{"id": "q2", "que')  # cut while it was written
    calm = [replace(item, question=item.question.replace("interrupt", "three")) for item in asked]
    desk = StandInDesk()
    done = run_set(calm, desk, tmp_path, silent)
    assert done.kept == 2
    assert [heard[0] for heard in desk.heard] == ["three", "four"]
    assert [record["id"] for record in records(tmp_path)] == ["q0", "q1", "q2", "q3"]
    again = StandInDesk()
    assert run_set(calm, again, tmp_path, silent).kept == 4
    assert again.heard == []


def test_what_failed_is_asked_again(tmp_path):
    run_set(items("one", "fail", "three"), StandInDesk(), tmp_path, silent)
    mended = [Item("q0", "one"), Item("q1", "fail"), Item("q2", "three")]
    desk = StandInDesk()
    assert run_set(mended, desk, tmp_path, silent).kept == 1
    assert [record["id"] for record in records(tmp_path)] == ["q0", "q1", "q2"]


def test_the_run_of_another_set_or_index_is_left_alone(tmp_path):
    run_set(items("one", "two"), StandInDesk(), tmp_path, silent)
    before = (tmp_path / "run.jsonl").read_bytes()
    with pytest.raises(SourceError, match="another set"):
        run_set(items("other"), StandInDesk(), tmp_path, silent)
    with pytest.raises(SourceError, match="another index"):
        run_set(items("one", "two", "three"), StandInDesk("changed"), tmp_path, silent)
    assert (tmp_path / "run.jsonl").read_bytes() == before


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    def again(done):
        if done == 1:
            with pytest.raises(BusyError):
                run_set(items("one"), StandInDesk(), tmp_path, silent)

    run_set(items("one", "two"), StandInDesk(), tmp_path, again)
    assert len(records(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be written"):
        run_set(items("one"), StandInDesk(), tmp_path / "file" / "out", silent)


def test_the_command_runs_a_set_over_an_index(tmp_path, news_index, monkeypatch, capfd):
    lines = [
        {
            "id": "a",
            "question": "Who won the first prize for cheese?",
            "asked": "2025-05-13",
            "answers": ["Runa Selbach"],
        },
        {"id": "b", "question": "And what did the mayor promise?", "history": [{"role": "user", "content": "Cheese?"}]},
    ]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = ["eval", "run", str(tmp_path / "set.jsonl"), "--index", str(news_index), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["newsqa", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert "2 questions asked" in capfd.readouterr().out
    first, second = records(tmp_path / "out")
    assert (first["id"], first["asked"], second["id"]) == ("a", "2025-05-13", "b")
    assert "Runa Selbach" in first["text"]
