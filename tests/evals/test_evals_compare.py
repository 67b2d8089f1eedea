"""`newsqa eval compare`: degraded runs are flagged, equal ones never, and exit codes say what gates say."""

import json
import sys
from dataclasses import replace

import pytest
from compared_runs import FOG, item, run, written

from newsqa import cli
from newsqa.evals.compare import HEADLINES, compare
from newsqa.evals.datasets.items import Rules
from newsqa.evals.scoring import METRICS
from newsqa.evals.summary import summarise

GOOD = ("rrrw-" * 12)[:60]
"""Most answers right, one in four wrong, and a refusal where it is right."""

ANSWERABLE = [item(n, answers=(str(n + 100),), answerable=True) for n in range(20)]


@pytest.fixture
def newsqa(monkeypatch, capfd, tmp_path):
    """Run `newsqa eval compare` in a folder of runs; return its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run_it(*arguments):
        monkeypatch.setattr(sys, "argv", ["newsqa", "eval", "compare", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return left.value.code or 0, out, err

    return run_it


@pytest.fixture
def folders(tmp_path):
    """Make the folder of a run by its name; give it back as the command line would name it."""

    def make(name, lines):
        written(tmp_path / name, lines)
        return name

    return make


def only(out):
    """The one run of a comparison printed as JSON."""
    (found,) = json.loads(out)["runs"]
    return found


def test_a_run_against_itself_is_as_before_and_passes_any_gate(newsqa, folders):
    first, *others = run(GOOD)
    base = folders("base", [replace(first, item=replace(first.item, rules=Rules())), *others])
    gates = [f"--gate={metric.name}:0" for metric in METRICS if metric.family != "judge"]
    code, out, _ = newsqa(base, base, "--json", *gates)
    found = only(out)
    assert code == 0
    assert found["verdict"] == "as before"
    assert found["flags"] == found["flips"] == []
    assert found["reworded"] == 0
    assert {change["verdict"] for change in found["metrics"].values()} == {"as before"}
    assert {change["difference"] for change in found["metrics"].values()} == {0}
    assert all(gate["passed"] for gate in found["gates"])


def test_times_and_tokens_make_no_difference(newsqa, folders):
    base = folders("base", run(GOOD))
    slower = folders("slower", run(GOOD, timings={"total": 9.0}, usage={"input_tokens": 1, "output_tokens": 1}))
    code, out, _ = newsqa(base, slower, "--json")
    assert code == 0
    assert only(out)["verdict"] == "as before"
    assert only(out)["latencies"][0]["p95"] == 9
    assert only(out)["spent"]["cost"] is None


def test_a_run_that_finds_worse_is_flagged(newsqa, folders):
    base = folders("base", run(GOOD, rank=1))
    worse = folders("no-reranker", run(GOOD, rank=3, config="beef"))
    code, out, _ = newsqa(base, worse, "--json")
    found = only(out)
    assert code == 0
    assert found["verdict"] == "worse"
    assert found["differs"] == ["config"]
    assert {flag["metric"] for flag in found["flags"]} == {"doc_ndcg@10", "passage_ndcg@10"}
    assert found["metrics"]["doc_hit@1"]["difference"] == -1
    assert found["metrics"]["doc_hit@5"]["verdict"] == "as before"


@pytest.mark.parametrize("emptied", ["all", "half"])
def test_a_run_whose_answers_were_emptied_is_flagged(newsqa, folders, emptied):
    lines = run(GOOD)
    base = folders("base", lines)
    hollow = {"text": "", "sentences": [], "citations": []}
    touched = [
        replace(line, record={**line.record, **hollow}) if emptied == "all" or number % 2 else line
        for number, line in enumerate(lines)
    ]
    code, out, _ = newsqa(base, folders("hollow", touched), "--json", "--gate", "contains:-0.02")
    found = only(out)
    assert code == 1
    assert found["verdict"] == "worse"
    assert {flag["kind"] for flag in found["flags"]} >= {"empty", "worse"}
    assert found["differs"] == []
    assert found["metrics"]["contains"]["verdict"] == "worse"
    assert found["reworded"] == (60 if emptied == "all" else 30)


def test_emptied_answers_are_flagged_where_a_set_has_nothing_to_judge_by(newsqa, folders):
    items = [item(number, answers=(), gold=(), answerable=None) for number in range(20)]
    base = folders("base", run("r" * 20, items=items))
    code, out, _ = newsqa(base, folders("hollow", run("e" * 20, items=items)), "--json")
    assert code == 0
    assert only(out)["verdict"] == "worse"
    assert any(flag["text"].startswith("20 answers are empty") for flag in only(out)["flags"])


def test_a_person_sees_what_flipped_and_what_it_cost(newsqa, folders):
    base = folders("base", run("rrrw-rrrw-", config="cafe"))
    other = folders("other", run("wrrr-rrrw-", config="beef", usage={"input_tokens": 5, "output_tokens": 1, "cost": 2}))
    code, out, _ = newsqa(base, other)
    assert code == 0
    assert "another configuration" in out
    assert "2 of 10 answers differ" in out
    assert "1 question went wrong\n  quay-000: How many boats came to quay 0?" in out
    assert f"was: 100 boats came to quay 0 on Monday. [1]\n      now: {FOG} [1]" in out
    assert "1 question came right\n  quay-003" in out
    assert "$20.00" in out
    assert out.rstrip().endswith("other against base: no difference shown.")


def test_what_went_wrong_stands_before_what_came_right(newsqa, folders):
    base, other = folders("base", run("wrrr-rrrr-")), folders("other", run("rrrw-rrrr-"))
    found = only(newsqa(base, other, "--json")[1])["flips"]
    assert [(flip["id"], flip["gained"]) for flip in found] == [("quay-003", False), ("quay-000", True)]
    assert (found[0]["before"], found[0]["after"]) == ("103 boats came to quay 3 on Monday. [1]", f"{FOG} [1]")


def test_a_fall_that_may_be_chance_is_told_with_what_the_set_can_show(newsqa, folders):
    base, other = folders("base", run(GOOD)), folders("other", run(GOOD.replace("r", "w", 3)))
    code, out, _ = newsqa(base, other)
    assert code == 0
    (row,) = [line.split() for line in out.splitlines() if line.startswith("contains ")]
    assert row[:6] == ["contains", "75.0", "%", "68.8", "%", "−6.2"]
    assert row[-2:] == ["within", "chance"]
    assert float(row[-3]) > 6.2, "what these runs can show"
    assert "no difference shown." in out


def test_a_better_run_is_called_better(newsqa, folders):
    base, other = folders("base", run(GOOD.replace("r", "w", 20))), folders("other", run(GOOD))
    code, out, _ = newsqa(base, other, "--gate", "contains:0")
    assert code == 0
    assert "other against base: better." in out
    assert "gate contains:0  passed" in out


def test_every_other_run_is_held_against_the_first(newsqa, folders):
    base, same = folders("base", run(GOOD)), folders("same", run(GOOD))
    worse = folders("worse", run(GOOD.replace("r", "w", 20)))
    code, out, _ = newsqa(base, same, worse, "--gate", "f1:-0.02", "--json")
    found = json.loads(out)
    assert code == 1
    assert found["verdict"] == "regression"
    assert [entry["verdict"] for entry in found["runs"]] == ["as before", "worse"]
    assert [(entry["run"], entry["metric"]) for entry in found["regressions"]] == [("worse", "f1")]


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("contains:-0.02", 1),  # fell by three of 48
        ("contains:-0.0625", 0),
        ("contains:0.01", 1),
        ("over_refusal:0", 1),  # rose by three of 48
        ("over_refusal:0.0625", 0),
        ("over_refusal:0.1", 0),
        ("over_refusal:-0.1", 1),
        ("passage_hit@5:0", 0),
    ],
)
def test_a_gate_bounds_harm_by_the_difference_as_it_is(newsqa, folders, gate, code):
    base, other = folders("base", run(GOOD)), folders("other", run(GOOD.replace("r", "-", 3)))
    assert newsqa(base, other, "--gate", gate)[0] == code


@pytest.mark.parametrize("gate", ["contain:-0.02", "f1", "f1:", "f1:low", "f1:-2", ":0", "f1:nan"])
def test_a_gate_that_makes_no_sense_is_a_usage_error(newsqa, folders, gate):
    base = folders("base", run(GOOD))
    code, out, err = newsqa(base, base, "--gate", gate)
    assert (code, out) == (2, "")
    assert "no metric" in err or "no gate" in err


def test_an_unknown_metric_is_met_with_the_nearest_names(newsqa, folders):
    base = folders("base", run(GOOD))
    assert "Did you mean contains" in newsqa(base, base, "--gate", "contain:0")[2]


def other_questions():
    return {
        "more of them": run(GOOD + "rr"),
        "fewer of them": run(GOOD[:50]),
        "other ids": run(GOOD, items=[item(n, id=f"pier-{n}") for n in range(60)]),
        "other words": run(GOOD, items=[item(n, question="Why?") if n == 7 else item(n) for n in range(60)]),
        "other answers": run(GOOD, items=[item(n, answers=("9",)) if n == 7 else item(n) for n in range(60)]),
        "other gold": run(GOOD, items=[item(n, gold=()) if n == 7 else item(n) for n in range(60)]),
    }


@pytest.mark.parametrize("how", other_questions())
def test_runs_of_different_questions_cannot_be_compared(newsqa, folders, how):
    base, other = folders("base", run(GOOD)), folders("other", other_questions()[how])
    for gates in ([], ["--gate", "f1:-1"]):
        code, out, err = newsqa(base, other, *gates)
        assert (code, out) == (2, "")
        assert "cannot be compared" in err


def test_the_questions_that_changed_are_named(newsqa, folders):
    base, other = folders("base", run(GOOD)), folders("other", other_questions()["other words"])
    assert "“quay-007”" in newsqa(base, other)[2]


def test_what_is_no_run_cannot_be_compared(newsqa, folders, tmp_path):
    base = folders("base", run(GOOD))
    (tmp_path / "nothing").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.jsonl").write_text('{"id": 1}\n')
    for other in ("nothing", "broken", "missing"):
        assert newsqa(base, other, "--gate", "f1:0")[0] == 2
        assert newsqa(other, base)[0] == 2


def test_a_gate_on_a_metric_that_a_run_has_not_cannot_be_judged(newsqa, folders):
    base = folders("base", run(GOOD))
    code, _, err = newsqa(base, folders("hollow", run("e" * 60)), "--gate", "quote_fidelity:-0.01")
    assert code == 2
    assert "quote_fidelity" in err
    assert newsqa(base, base, "--gate", "judge_correctness:0")[0] == 2


@pytest.mark.parametrize("missing", ["lines", "a torn line", "answers"])
def test_an_incomplete_run_passes_no_gate_but_is_compared_where_it_can_be(newsqa, folders, tmp_path, missing):
    base = folders("base", run(GOOD))
    other = folders("other", run(GOOD[:40], total=60) if missing != "answers" else run("f" + GOOD[1:]))
    if missing == "a torn line":
        with (tmp_path / other / "run.jsonl").open("a") as out:
            out.write('{"id": "quay-040", "question": "How ma')
    for pair in ([base, other], [other, base]):
        code, out, _ = newsqa(*pair)
        assert code == 0
        assert "lacks 20 of 60 questions" in out or "1 question ended in an error and counts as empty" in out
        code, out, _ = newsqa(*pair, "--gate", "f1:-1", "--json")
        assert (code, json.loads(out)["verdict"]) == (3, "incomplete")
        assert json.loads(out)["incomplete"] == ["other"]


def test_what_cannot_be_compared_goes_before_what_is_incomplete_and_that_before_a_regression(newsqa, folders):
    base = folders("base", run(GOOD))
    torn = folders("torn", run("w" * 40, total=60))
    other = folders("of-others", run("w" * 30, total=50))
    assert newsqa(base, torn, "--gate", "contains:0")[0] == 3
    assert newsqa(base, torn, other, "--gate", "contains:0")[0] == 2


def test_questions_are_matched_by_id_in_whatever_order_they_stand(newsqa, folders):
    lines = run(GOOD)
    turned = [replace(line, place=(60 - line.place[0] + 1, 60)) for line in lines]
    code, out, _ = newsqa(folders("base", lines), folders("turned", turned), "--json")
    assert code == 0
    assert only(out)["verdict"] == "as before"


def test_questions_of_a_group_change_together(newsqa, folders):
    items = [item(n, meta={"group": f"g{n // 15}"}) for n in range(60)]
    base = folders("base", run("r" * 60, items=items))
    other = folders("other", run("w" * 60, items=items))
    found = only(newsqa(base, other, "--json")[1])["metrics"]["contains"]
    assert found["test"] == "permutation"
    assert found["p"] == 2 / 2**4
    assert found["interval"] is None


def test_what_came_from_outside_cannot_command_the_terminal(newsqa, folders, hostile):
    items = [item(n, question=f"How {hostile}?") for n in range(10)]
    base = folders("base", run("r" * 10, items=items, model=hostile))
    code, out, _ = newsqa(base, folders("other", run("w" * 10, items=items, model=f"b{hostile}")))
    assert code == 0
    assert "\x1b" not in out
    assert "\x9b" not in out
    assert "\u202e" not in out


def test_adjusted_p_is_no_smaller_and_is_taken_over_headlines_and_gated_metrics(tmp_path):
    base = written(tmp_path / "base", run(GOOD))
    other = written(tmp_path / "other", run(GOOD.replace("r", "w", 9), rank=2))
    pair = compare(base, [other]).runs[0]
    assert all(change.adjusted >= change.contrast.p for change in pair.changes)
    assert {change.metric.name for change in pair.changes if change.headline} <= set(HEADLINES)
    assert set(HEADLINES) <= {metric.name for metric in METRICS}
    moved = {change.metric.name: change for change in pair.changes}
    assert moved["contains"].contrast.test == "McNemar"
    assert moved["contains"].contrast.p == pytest.approx(2 / 2**9)
    assert moved["contains"].adjusted > moved["contains"].contrast.p


def test_a_metric_in_which_too_few_questions_changed_is_no_test(tmp_path):
    base = written(tmp_path / "base", run(GOOD))
    other = written(tmp_path / "other", run(GOOD.replace("r", "w", 3), rank=2))
    moved = {change.metric.name: change for change in compare(base, [other]).runs[0].changes}
    assert moved["contains"].adjusted == moved["contains"].contrast.p == 2 / 2**3
    assert moved["doc_ndcg@10"].adjusted == pytest.approx(2 * moved["doc_ndcg@10"].contrast.p), "of two that can show"


def test_values_are_those_of_the_summaries(tmp_path):
    lines = run(GOOD), run(GOOD[30:] + GOOD[:30].replace("r", "w", 9), rank=2)
    folders = [written(tmp_path / name, run_lines) for name, run_lines in zip("ab", lines, strict=True)]
    before, after = ({f.metric: f for f in summarise(run_lines).figures} for run_lines in lines)
    changes = compare(folders[0], folders[1:]).runs[0].changes
    assert {change.metric.name for change in changes} == before.keys() == after.keys()
    for change in changes:
        name = change.metric.name
        assert (change.contrast.before, change.n_before) == (pytest.approx(before[name].value), before[name].n)
        assert (change.contrast.after, change.n_after) == (pytest.approx(after[name].value), after[name].n)
        if interval := change.contrast.interval:
            assert interval.low <= change.contrast.difference <= interval.high


def test_a_metric_that_is_gone_is_told_but_makes_no_run_worse(newsqa, folders):
    base, other = (
        folders("base", run("r" * 19 + "-", items=ANSWERABLE)),
        folders("other", run("r" * 20, items=ANSWERABLE)),
    )
    found = only(newsqa(base, other, "--json")[1])
    assert found["lost"] == ["refusal_precision"]
    assert [flag["kind"] for flag in found["flags"]] == ["lost"]
    assert found["verdict"] == "no difference shown"


def test_comparing_twice_gives_the_same_bytes(newsqa, folders):
    base, other = folders("base", run(GOOD)), folders("other", run(GOOD.replace("r", "w", 9), rank=2))
    assert newsqa(base, other, "--json") == newsqa(base, other, "--json")
