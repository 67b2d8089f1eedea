"""A run keeps a line a question, goes on where it stopped, and leaves what is not its own alone."""

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsqa import cli
from newsqa.errors import BusyError, ModelError, SourceError
from newsqa.evals.datasets.items import Gold, HistoryMessage, Item
from newsqa.evals.run import RunLimits, run_set
from newsqa.evals.run_file import IndexFacts, RunLine, from_json, read_run, to_json
from newsqa.frontends.terminal.eval_run import show_progress
from newsqa.types import Answer, Bounds, Turn, Usage
from thoroughness import examples


class StandInDesk:
    """Answers everything with its own words, and fails where a question asks for it, unless it is calm."""

    def __init__(self, digest="index", config="configuration", *, model="extractive", calm=False, cost=0.0):
        self.model = model
        self.digest = digest
        self.config = config
        self.made_of = {"reranker": "a"} if config == "configuration" else {"reranker": "b"}
        self.calm = calm
        self.cost = cost
        self.heard = []
        self.index = self

    @contextmanager
    def snapshot(self):
        nothing = {name: lambda *_, **__: [] for name in ("find_phrase", "find_by_path", "find_by_url", "duplicates")}
        yield SimpleNamespace(digest=self.digest, article=lambda _: None, **nothing)

    def ask(self, question, *, history=(), bounds=None, asked=None, id=None):  # noqa: A002
        self.heard.append((question, tuple(history), bounds, asked, id))
        if "fail" in question and not self.calm:
            raise ModelError("The model is gone.", hint="Start it.")
        if "break" in question and not self.calm:
            raise ZeroDivisionError("ouch")
        if "interrupt" in question and not self.calm:
            raise KeyboardInterrupt
        texts = {"id": id, "question": question, "standalone": question, "text": "so", "index": self.digest}
        return Answer(
            asked=asked, config=self.config, refused="refuse" in question, usage=Usage(1, 1, self.cost), **texts
        )

    @property
    def questions(self):
        return [heard[0] for heard in self.heard]


def items(*questions):
    return [Item(f"q{number}", question) for number, question in enumerate(questions)]


def written(folder):
    return [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]


def ids(folder):
    return [fields["id"] for fields in written(folder)]


def test_each_question_is_asked_as_the_set_says(tmp_path):
    desk = StandInDesk()
    history = (HistoryMessage("user", "How many missiles?"), HistoryMessage("assistant", "70"))
    item = Item("a", "and the drones?", (), date(2025, 4, 21), date(2025, 4, 20), history)
    run_set([item], desk, tmp_path)
    turns = (Turn("How many missiles?", "70"),)
    assert desk.heard == [("and the drones?", turns, Bounds(as_of=date(2025, 4, 20)), date(2025, 4, 21), "a")]


def test_a_line_holds_all_that_scoring_needs(tmp_path):
    item = Item("a", "Who?", ("Ann", ("Bo", "Cy")), gold=(Gold(path="x.md", quote="Ann did."),), tags=("who",))
    run_set([item], StandInDesk(), tmp_path)
    (line,) = read_run(tmp_path)
    assert (line.item, line.place, line.record["text"]) == (item, (1, 1), "so")
    assert line.known.gold == ((),)  # the index does not hold it
    assert from_json(to_json(line)) == line
    assert read_run(tmp_path / "run.jsonl") == [line]


def test_a_failure_becomes_a_line_and_the_run_goes_on(tmp_path):
    told = []
    run = run_set(items("fine", "fail", "break", "refuse"), StandInDesk(), tmp_path / "out", report=told.append)
    assert [fields["error"] for fields in written(tmp_path / "out")] == [
        None,
        "The model is gone. Start it.",
        "ZeroDivisionError: ouch",
        None,
    ]
    assert {(fields["index"], fields["config"]) for fields in written(tmp_path / "out")} == {("index", "configuration")}
    assert (run.failed, run.kept, run.stopped) == (2, 0, "")
    assert tuple(told) == run.lines == tuple(read_run(tmp_path / "out"))


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    asked = items("one", "two", "interrupt", "four")
    with pytest.raises(KeyboardInterrupt):
        run_set(asked, StandInDesk(), tmp_path)
    with (tmp_path / "run.jsonl").open("a") as file:
        file.write('{"id": "q2", "que')  # cut while it was written
    desk = StandInDesk(calm=True)
    assert run_set(asked, desk, tmp_path).kept == 2
    assert desk.questions == ["interrupt", "four"]
    assert ids(tmp_path) == ["q0", "q1", "q2", "q3"]
    again = StandInDesk()
    assert run_set(asked, again, tmp_path).kept == 4
    assert again.heard == []


def test_only_what_failed_is_asked_again(tmp_path):
    asked = items("one", "fail", "three", "break", "five")
    run_set(asked, StandInDesk(), tmp_path)
    desk = StandInDesk(calm=True)
    run = run_set(asked, desk, tmp_path)
    assert (run.kept, run.failed) == (3, 0)
    assert desk.questions == ["fail", "break"]
    assert ids(tmp_path) == ["q0", "q1", "q2", "q3", "q4"]
    run_set(asked, StandInDesk(calm=True), tmp_path / "whole")
    assert read_run(tmp_path) == read_run(tmp_path / "whole")


def test_a_run_that_stops_while_it_asks_again_has_lost_nothing(tmp_path):
    asked = items("one", "fail", "three", "fail and interrupt")
    run_set([*asked[:3], replace(asked[3], question="fail and interrupt")], StandInDesk(), tmp_path)
    assert [line.failed for line in read_run(tmp_path)] == [False, True, False, True]

    class HalfCalm(StandInDesk):
        def ask(self, question, **rest):
            self.calm = "interrupt" not in question
            if not self.calm:
                raise KeyboardInterrupt
            return super().ask(question, **rest)

    with pytest.raises(KeyboardInterrupt):
        run_set(asked, HalfCalm(), tmp_path)
    assert [line.failed for line in read_run(tmp_path)] == [False, False, False, True]
    assert [line.item.id for line in read_run(tmp_path)] == ["q0", "q1", "q2", "q3"]


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(share=st.floats(0, 1))
def test_cut_at_any_byte_it_becomes_what_it_would_have_been(tmp_path, share):
    asked = items("one", "two\nlines", "drei ü", "four")
    run_set(asked, StandInDesk(), tmp_path / "whole")
    data = (tmp_path / "whole" / "run.jsonl").read_bytes()
    cut = tmp_path / "cut"
    cut.mkdir(exist_ok=True)
    (cut / "run.jsonl").write_bytes(data[: round(share * len(data))])
    run_set(asked, StandInDesk(), cut)
    assert (cut / "run.jsonl").read_bytes() == data


def test_more_questions_go_into_the_same_folder(tmp_path):
    asked = items("one", "two", "three", "four")
    run_set(asked, StandInDesk(), tmp_path, RunLimits(questions=2))
    assert [line.place for line in read_run(tmp_path)] == [(1, 2), (2, 2)]
    desk = StandInDesk()
    run_set(asked, desk, tmp_path, RunLimits(questions=3))
    assert desk.questions == ["three"]
    run_set(asked, StandInDesk(), tmp_path)
    assert [line.place for line in read_run(tmp_path)] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    fewer = StandInDesk()
    run_set(asked, fewer, tmp_path, RunLimits(questions=1))
    assert fewer.heard == []
    assert len(read_run(tmp_path)) == 4


def test_answers_and_gold_may_be_mended_without_asking_again(tmp_path):
    run_set(items("one", "two"), StandInDesk(), tmp_path)
    mended = [Item("q0", "one"), Item("q1", "two", ("2",), gold=(Gold(path="x.md"),), tags=("number",))]
    desk = StandInDesk()
    run_set(mended, desk, tmp_path)
    assert desk.heard == []
    assert [line.item for line in read_run(tmp_path)] == mended
    assert read_run(tmp_path)[1].known.gold == ((),)


@pytest.mark.parametrize(
    ("asked", "desk", "said"),
    [
        (items("other", "two"), StandInDesk(), "“q0” is asked in another way"),
        (
            [replace(items("one")[0], history=(HistoryMessage("user", "x"),)), items("", "two")[1]],
            StandInDesk(),
            "another way",
        ),
        ([replace(items("one")[0], as_of=date(2025, 1, 1)), items("", "two")[1]], StandInDesk(), "another way"),
        (items("one"), StandInDesk(), "“q1” is not in this set"),
        (items("one", "two", "three"), StandInDesk("changed"), "articles of the index are others"),
        (items("one", "two"), StandInDesk(config="changed"), "reranker changed since"),
        (items("one", "two"), StandInDesk(config="changed", model="openai:x"), "another than openai:x"),
    ],
)
def test_another_run_is_left_alone(tmp_path, asked, desk, said):
    run_set(items("one", "two"), StandInDesk(), tmp_path)
    before = (tmp_path / "run.jsonl").read_bytes()
    with pytest.raises(SourceError, match=said):
        run_set(asked, desk, tmp_path)
    assert (tmp_path / "run.jsonl").read_bytes() == before
    assert desk.heard == []


def test_an_index_that_changes_in_the_middle_ends_the_run(tmp_path):
    desk = StandInDesk()

    def change(line):
        desk.digest = "changed" if line.place[0] == 2 else desk.digest

    with pytest.raises(SourceError, match="2 were answered before"):
        run_set(items("one", "two", "three"), desk, tmp_path, report=change)
    assert {line.record["index"] for line in read_run(tmp_path)} == {"index"}
    assert len(read_run(tmp_path)) == 2


def test_a_run_that_goes_on_another_day_asks_as_on_the_first(tmp_path):
    asked = [*items("one", "interrupt"), Item("dated", "three", asked=date(2025, 4, 21))]
    with pytest.raises(KeyboardInterrupt):
        run_set(asked, StandInDesk(), tmp_path)
    yesterday = date.today() - timedelta(days=1)
    file = tmp_path / "run.jsonl"
    (fields,) = written(tmp_path)
    other = tmp_path / "yesterday"
    run_set([replace(asked[0], asked=yesterday)], StandInDesk(), other)
    fields |= {"asked": yesterday.isoformat(), "key": written(other)[0]["key"]}  # as it would have been kept yesterday
    file.write_text(json.dumps(fields) + "\n")
    run_set(asked, StandInDesk(calm=True), tmp_path)
    assert [line.record["asked"] for line in read_run(tmp_path)] == [str(yesterday), str(yesterday), "2025-04-21"]


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    def again(line):
        if line.place[0] == 1:
            with pytest.raises(BusyError):
                run_set(items("one"), StandInDesk(), tmp_path)

    run_set(items("one", "two"), StandInDesk(), tmp_path, report=again)
    assert len(written(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be written"):
        run_set(items("one"), StandInDesk(), tmp_path / "file" / "out")


@pytest.mark.parametrize(
    "line",
    ["[]", "{}", '{"id": NaN}', "[" * 50_000, '"\ud800"', "null", '{"place": [1, 1], "text": 7}', "\x00\x1b[2J"],
)
def test_a_damaged_line_is_told_by_its_number(tmp_path, line):
    run_set(items("one"), StandInDesk(), tmp_path)
    file = tmp_path / "run.jsonl"
    file.write_bytes(file.read_bytes() + line.encode("utf-8", "surrogatepass") + b"\n")
    with pytest.raises(SourceError, match="line 2"):
        read_run(tmp_path)
    with pytest.raises(SourceError, match="line 2"):
        run_set(items("one"), StandInDesk(), tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", None),
        ("sentences", {}),
        ("sentences", [{"text": "x"}]),
        ("citations", ["x"]),
        ("confidence", "high"),
        ("confidence", 10**400),
        ("refused", 1),
        ("timings", {"total": "1"}),
        ("usage", []),
        ("place", [0, 1]),
        ("place", [1]),
        ("item", {"id": "a"}),
        ("known", {"gold": [], "answer_in_index": None, "citations": [{"exists": 1}]}),
        ("error", ["x"]),
    ],
)
def test_a_line_of_another_shape_is_told_by_its_field(tmp_path, name, value):
    run_set(items("one"), StandInDesk(), tmp_path)
    (fields,) = written(tmp_path)
    with pytest.raises(ValueError, match=name):
        from_json({**fields, name: value})
    with pytest.raises(ValueError, match=name):
        from_json({field: kept for field, kept in fields.items() if field != name})


def test_where_there_is_no_run_that_is_said(tmp_path):
    with pytest.raises(SourceError, match="no run"):
        read_run(tmp_path)
    (tmp_path / "run.jsonl").write_bytes(b'{"id"')
    with pytest.raises(SourceError, match="no answer yet"):
        read_run(tmp_path)


def test_it_stops_before_it_costs_too_much(tmp_path):
    asked = items("one", "two", "three", "four")
    desk = StandInDesk(cost=0.3)
    run = run_set(asked, desk, tmp_path, RunLimits(dollars=0.7))
    assert (desk.questions, len(run.lines)) == (["one", "two"], 2)
    assert "$0.6" in run.stopped
    assert run.lines[0].place == (1, 4)  # so that it is seen to be unfinished
    more = StandInDesk(cost=0.3)
    assert run_set(asked, more, tmp_path, RunLimits(dollars=0.9)).stopped
    assert more.questions == ["three"]
    assert not run_set(asked, StandInDesk(cost=0.0), tmp_path, RunLimits(dollars=9.0)).stopped


def test_an_unknown_cost_ends_a_run_that_is_bounded(tmp_path):
    run = run_set(items("one", "two"), StandInDesk(cost=None), tmp_path, RunLimits(dollars=5))
    assert len(run.lines) == 1
    assert "not known" in run.stopped
    assert not run_set(items("one", "two"), StandInDesk(cost=None), tmp_path).stopped


QUESTIONS = [
    {"id": "won", "question": "Who won the first prize for cheese?", "answers": ["Runa Selbach"]},
    {"id": "mayor", "question": "What did the mayor promise?", "history": [{"role": "user", "content": "Cheese?"}]},
    {"id": "moon", "question": "Who was the first woman on the moon?", "answerable": False},
    {"id": "leaks", "question": "How many leaks were found?", "gold": [{"path": "2.json"}, {"path": "nowhere.md"}]},
]


def in_folder(folder, monkeypatch, capfd, *arguments):
    """Run a command in a folder; return its exit code and what it wrote."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["newsqa", "eval", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return (left.value.code, *capfd.readouterr())


@pytest.fixture
def question_set(tmp_path):
    file = tmp_path / "set.jsonl"
    file.write_text("".join(json.dumps({**line, "asked": "2025-05-13"}) + "\n" for line in QUESTIONS))
    return file


def test_the_command_runs_a_set_over_an_index(tmp_path, question_set, news_index, monkeypatch, capfd):
    code, out, err = in_folder(tmp_path, monkeypatch, capfd, "run", question_set, "--index", news_index, "--limit", 2)
    assert code == 0
    assert "2 questions" in out
    assert "contains" in out
    assert "nowhere.md" not in err  # the fourth is not asked yet
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("set-")
    assert str(folder.relative_to(tmp_path)) in out
    first, second = written(folder)
    assert (first["id"], first["asked"], second["id"]) == ("won", "2025-05-13", "mayor")
    assert "Runa Selbach" in first["text"]
    code, out, err = in_folder(tmp_path, monkeypatch, capfd, "run", question_set, "--index", news_index, "--json")
    assert code == 0
    assert "nowhere.md" in err
    assert json.loads(out) == json.loads((folder / "report.json").read_text())
    assert json.loads(out)["questions"] == 4
    assert written(folder)[0] == {**first, "place": [1, 4]}
    assert {"report.html", "report.md", "junit.xml"} <= {path.name for path in folder.iterdir()}


@pytest.mark.usefixtures("real_runs")
def test_two_runs_are_equal_but_for_times_and_usage(tmp_path, question_set, news_index, monkeypatch, capfd):
    runs = []
    for name in ("one", "two"):
        arguments = ("run", question_set, "--index", news_index, "--out", name)
        assert in_folder(tmp_path, monkeypatch, capfd, *arguments)[0] == 0
        runs.append([{**fields, "timings": 0, "usage": 0} for fields in written(tmp_path / name)])
    assert runs[0] == runs[1]
    assert [fields["refused"] for fields in runs[0]][2]


def test_a_limit_on_costs_needs_a_price(tmp_path, question_set, news_index, monkeypatch, capfd):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    arguments = ("run", question_set, "--index", news_index, "--model", "openai:never-heard-of", "--max-cost", 1)
    code, _, err = in_folder(tmp_path, monkeypatch, capfd, *arguments)
    assert code == 1
    assert "price of the model openai:never-heard-of is not known" in err
    assert not (tmp_path / "runs").exists()


def test_a_log_is_told_ten_times_how_it_goes(capfd):
    with show_progress(40) as progress:
        for number in range(40):
            record = {"refused": number % 2 == 1, "error": None, "text": "x", "usage": {"cost": 0.01}}
            progress.add(RunLine(record, "", (number + 1, 40), Item(f"q{number}", "?", ("x",)), IndexFacts()))
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("40/40 · answered 50 % · right 50 % ·")
    assert lines[-1].endswith("$0.40")
