"""A run of `newsqa index` ends with what was read, passed over and refused, and `newsqa sources` shows it later."""

from __future__ import annotations

import json

import pytest
from command_line import newsqa

FERRY = "The ferry Tern left Port Ossel at dawn with ninety passengers. It came back at dusk, the harbour office said."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(FERRY)
    (folder / "b.jsonl").write_text(
        json.dumps({"text": FERRY.replace("Tern", "Gull"), "title": "Gull sails"}) + "\n{x\n"
    )
    (folder / "c.json").write_text("[")
    (folder / ".hidden.txt").write_text(FERRY)
    for n in range(3):
        (folder / f"{n}.jpg").write_bytes(b"x")
    run("index", folder, index=folder.parent / "index")
    return folder


def run(*arguments, index):
    return newsqa(*arguments, "--index", index)


def again(folder, *options):
    return run("index", folder, *options, index=folder.parent / "index")


PASSED = [
    {"kind": ".jpg", "reason": "no format that newsqa reads", "count": 3},
    {"kind": "hidden file", "reason": "its name begins with a dot", "count": 1},
]


def test_a_run_ends_with_what_was_read_passed_over_and_refused(folder):
    done = again(folder)
    assert done.returncode == 0
    first, last = done.stdout.splitlines()
    assert first.startswith("news: 2 articles, nothing new")
    passed = "3 × .jpg (no format that newsqa reads), 1 × hidden file (its name begins with a dot)"
    assert last == f"  read: 2 files; passed over: {passed}; refused: 2"
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
        f"! {folder}/b.jsonl#2",
        f"! {folder}/c.json",
    ]


def test_the_same_is_in_the_json_and_in_the_list_of_sources(folder):
    (report,) = json.loads(again(folder, "--json").stdout)["sources"]
    assert (report["read"], report["passed"], len(report["problems"])) == (2, PASSED, 2)
    (source,) = json.loads(run("sources", "--json", index=folder.parent / "index").stdout)["sources"]
    assert (source["passed"], len(source["problems"])) == (PASSED, 2)
    listed = run("sources", index=folder.parent / "index").stdout
    assert "passed over: 3 × .jpg" in listed
    assert "! " in listed


def test_strict_fails_where_anything_was_refused(folder):
    done = again(folder, "--strict", "--json")
    record = json.loads(done.stdout)
    assert (done.returncode, len(record["sources"])) == (1, 1)
    assert record["error"] == "2 things of news could not be read."


def test_a_page_that_is_read_with_a_doubt_is_not_refused(tmp_path):
    (tmp_path / "news").mkdir()
    page = f"<html><head><meta charset=utf-8><title>Tern</title></head><body><article><p>{FERRY}</p><p>\xe2\x82 fare"
    (tmp_path / "news" / "a.html").write_bytes(page.encode("latin-1"))
    for _ in range(2):  # the second run finds the page unchanged
        done = run("index", tmp_path / "news", "--strict", index=tmp_path / "index")
        assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
        assert "the article went in" in done.stderr
        assert done.stdout.splitlines()[-1] == "  read: 1 file; read with a doubt: 1"
    (report,) = json.loads(run("index", tmp_path / "news", "--json", index=tmp_path / "index").stdout)["sources"]
    assert [problem["read"] for problem in report["problems"]] == [True]


@pytest.mark.parametrize("files", [{}, {"a.jpg": b"x"}, {"a.json": b"["}, {"a.csv": b"name,age\nAda,61\n"}])
def test_where_nothing_could_be_read_a_run_fails(tmp_path, files):
    (tmp_path / "news").mkdir()
    for name, data in files.items():
        (tmp_path / "news" / name).write_bytes(data)
    for _ in range(2):
        done = run("index", tmp_path / "news", index=tmp_path / "index")
        assert done.returncode == 1
        assert "Nothing of news could be read" in done.stderr


def test_export_prints_every_article_as_show_does(folder):
    exported = run("export", index=folder.parent / "index").stdout.splitlines()
    assert len(exported) == 2
    for line in exported:
        shown = run("show", json.loads(line)["article_id"], "--json", index=folder.parent / "index")
        assert shown.stdout.rstrip("\n") == line


def test_an_export_can_be_indexed(folder, tmp_path):
    (tmp_path / "articles.jsonl").write_text(run("export", index=folder.parent / "index").stdout)
    done = run("index", tmp_path / "articles.jsonl", "--json", index=tmp_path / "index")
    (report,) = json.loads(done.stdout)["sources"]
    assert (report["added"], report["problems"]) == (2, [])
