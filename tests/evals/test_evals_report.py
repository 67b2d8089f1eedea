"""The reports of a run as files: what programs, pull requests and servers that run checks read."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from report_run import SCRIPT, line, record, run

from newsqa.errors import SourceError
from newsqa.evals.datasets.items import Item
from newsqa.evals.report.write import write_reports
from newsqa.evals.summary import summarise

FILES = {"report.json", "report.md", "report.html", "junit.xml"}
OUTCOMES = {
    "ferry-time": "right",
    "captain": "missed",
    "aboard": "missed",
    "mill": "missed",
    "moon": "missed",
    "rocket": "right",
    "broken": "failed",
    "open": "not judged",
}


@pytest.fixture(scope="module")
def lines():
    return run()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("run")
    write_reports(folder, summarise(lines))
    return folder


@pytest.fixture(scope="module")
def report(folder):
    return json.loads((folder / "report.json").read_text("utf-8"))


def test_there_are_four_files_that_only_their_owner_reads(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_same_run_gives_the_same_bytes(tmp_path, folder, lines):
    write_reports(tmp_path, summarise(lines))
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == {
        name: (folder / name).read_bytes() for name in FILES
    }


def test_what_cannot_be_written_is_told_and_leaves_what_was_there(tmp_path, lines):
    (tmp_path / "run.jsonl").write_text("kept")
    (tmp_path / "report.html").mkdir()  # which no file can replace
    (tmp_path / "report.html" / "inside").touch()
    with pytest.raises(SourceError, match="cannot be written") as told:
        write_reports(tmp_path, summarise(lines))
    assert "run.jsonl is kept" in told.value.hint
    assert (tmp_path / "run.jsonl").read_text() == "kept"
    assert not list(tmp_path.glob(".*")), "nothing half-written lies about"


def test_json_gives_every_question_its_outcome_its_bucket_and_its_scores(report):
    questions = {question["id"]: question for question in report["per_question"]}
    assert {name: questions[name]["outcome"] for name in OUTCOMES} == OUTCOMES
    assert questions["moon"]["bucket"] == "not in the index"
    assert questions["mill"]["bucket"] == "not retrieved"
    assert questions["aboard"]["bucket"] == "wrongly refused"
    assert questions["captain"]["bucket"] == "retrieved but not used"
    assert questions["ferry-time"]["scores"]["contains"] == 1
    assert questions["broken"]["error"] == "The model did not answer."


def test_json_says_what_its_figures_mean_and_how_sure_they_are(report, lines):
    assert report["asked"] == len(lines)
    assert report["newsqa"]
    contains = next(figure for figure in report["figures"] if figure["metric"] == "contains")
    low, high = contains["interval"]
    assert 0 <= low <= contains["value"] <= high <= 1
    assert report["metrics"]["contains"]["note"]
    assert {figure["metric"] for figure in report["figures"]} <= set(report["metrics"])
    assert report["buckets"]["not in the index"] == ["moon"]
    assert [one["stage"] for one in report["latencies"]]


def test_numbers_that_json_has_not_are_null(tmp_path):
    summary = summarise([line(Item("open", "What?"), record("What?", "This.", confidence=None))])
    write_reports(tmp_path, summary)
    text = (tmp_path / "report.json").read_text("utf-8")
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def rendered(folder):
    return MarkdownIt("commonmark", {"html": True}).enable("table").parse((folder / "report.md").read_text("utf-8"))


def test_markdown_has_tables_of_figures_buckets_tags_and_latencies(folder):
    tokens = rendered(folder)
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == ["Evaluation", "Figures", "Where it went wrong", "Failed", "By tag", "Latency"]
    assert sum(token.type == "table_open" for token in tokens) == 4
    text = (folder / "report.md").read_text("utf-8")
    assert "**not in the index**: moon" in text
    assert "No answer could be made for broken." in text


def test_every_row_of_a_markdown_table_has_the_cells_of_its_head(folder):
    rows, cells = [], 0
    for token in rendered(folder):
        cells = 0 if token.type == "tr_open" else cells + (token.type in {"th_open", "td_open"})
        if token.type == "tr_close":
            rows.append(cells)
    widths = {row for row in rows if row}
    text = (folder / "report.md").read_text("utf-8")
    heads = {line.count(" | ") + 1 for line in text.splitlines() if line.startswith("| ---")}
    assert widths == heads


def test_nothing_from_outside_is_markup_in_markdown(folder):
    inline = [child for token in rendered(folder) if token.type == "inline" for child in token.children]
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<!-- -->"}
    assert not [child for child in inline if child.type in {"link_open", "image"}]
    assert not [token for token in rendered(folder) if token.type == "html_block"]
    shown = "".join(child.content for child in inline if child.type == "text")
    assert "window.owned" in shown, "it stands there as text"


def test_markdown_calls_nobody_and_ends_its_lists(tmp_path):
    names = [f"@mayor/{number} #12 www.evil.example" for number in range(150)]
    lines = [line(Item(name, "What?", ("yes",)), record("What?", error="no")) for name in names]
    write_reports(tmp_path, summarise(lines))
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "@mayor" not in text
    assert "www.evil" not in text
    assert "and 50 more" in text


def cases(folder):
    return {case.get("name"): case for case in ET.parse(folder / "junit.xml").iter("testcase")}


def test_junit_has_a_case_a_question_with_what_happened_to_it(folder, lines):
    found = cases(folder)
    assert len(found) == len(lines)
    kinds = {"right": None, "missed": "failure", "failed": "error", "not judged": "skipped"}
    for name, outcome in OUTCOMES.items():
        children = {child.tag for child in found[name]} - {"system-out"}
        assert children == ({kinds[outcome]} if kinds[outcome] else set()), name
    assert found["captain"].get("classname") == "newsqa.person"
    assert found["broken"].get("classname") == "newsqa.untagged"


def test_junit_says_what_was_expected_and_what_was_said(folder):
    failure = cases(folder)["captain"].find("failure")
    assert failure.get("type") == "retrieved but not used"
    for words in ("“Ebba Rask” or “Rask” and “Alkmene”", "It cost 41 million crowns."):
        assert words in failure.get("message")
        assert words in failure.text
    assert "The model did not answer." in cases(folder)["broken"].find("error").get("message")


def test_junit_counts_are_those_of_its_cases(folder):
    root = ET.parse(folder / "junit.xml").getroot()
    for element in (root, root.find("testsuite")):
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"), ("tests", "testcase")):
            assert int(element.get(count)) == len(list(root.iter(tag))), count


def test_junit_keeps_hostile_text_as_text(folder):
    case = next(case for name, case in cases(folder).items() if "window.owned" in name)
    assert SCRIPT in case.get("name")
    assert "\u241b[2J" in case.find("system-out").text, "controls are shown as symbols, which XML may hold"


def test_an_empty_run_has_reports_too(tmp_path):
    write_reports(tmp_path, summarise([]))
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert json.loads((tmp_path / "report.json").read_text())["asked"] == 0


def test_a_large_run_shows_fewer_passages(monkeypatch, tmp_path, lines):
    whole = len(_passages(tmp_path / "whole", lines))
    monkeypatch.setattr("newsqa.evals.report.page.MAX_TEXT", 500)
    fewer = _passages(tmp_path / "fewer", lines)
    assert len(lines) - 1 <= len(fewer) < whole
    assert "more passage" in (tmp_path / "fewer" / "report.html").read_text("utf-8")


def _passages(folder: Path, lines):
    write_reports(folder, summarise(lines))
    return (folder / "report.html").read_text("utf-8").split('class="passage"')[1:]
