"""`newsqa eval check`: labelled sentences with their quotes, scored without a judge and with one over the wire."""

import json

import pytest
from openai_stand_in import openai_stand_in
from typer.testing import CliRunner

from newsqa.cli import app
from newsqa.evals.checking import read_pairs

TEXT = "Halvia launched 70 missiles at Kell on Friday, the mayor said. Fog lay over the port.\nIlva Tam saw it."
ARTICLE = {
    "title": "Strike",
    "text": TEXT,
    "outlet": "Kell Herald",
    "published": "2031-05-02",
    "url": "https://x.test/1",
}
QUOTE = "Halvia launched 70 missiles at Kell on Friday, the mayor said."
ROWS = [
    ("a", QUOTE, True, "copy"),
    ("b", "The mayor said that 70 missiles were launched at Kell by Halvia.", True, "plain"),
    ("c", "The mayor said that 90 missiles were launched at Kell by Halvia.", False, "number"),
    ("d", "The mayor said that 70 missiles were launched at Halvia by Kell.", False, "role"),
]


def pairs(folder, rows=ROWS, **changed):
    file = folder / "pairs.jsonl"
    lines = [
        {"id": n, "sentence": said, "quotes": [QUOTE], "supported": true, "kind": kind, "article": ARTICLE} | changed
        for n, said, true, kind in rows
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def run(folder, *options, rows=ROWS, **changed):
    out = folder / "out"
    done = CliRunner().invoke(app, ["eval", "check", str(pairs(folder, rows, **changed)), "--out", str(out), *options])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout, {row["id"]: row for row in map(json.loads, (out / "checked.jsonl").read_text().splitlines())}


def test_without_a_judge_only_what_articles_say_passes(tmp_path):
    shown, checked = run(tmp_path)
    assert {n: (row["passed"], row["checked_by"]) for n, row in checked.items()} == {
        "a": (True, "verbatim"), "b": (False, None), "c": (False, None), "d": (False, None),
    }  # fmt: skip
    assert checked["c"]["reason"] == "number 90 is in none of its quotes"
    assert "| all true | 2 | 1 | 50.0 % | 9.5 – 90.5 |" in shown
    assert shown.startswith((tmp_path / "out" / "report.md").read_text().rstrip())


def test_a_judge_decides_what_code_leaves_open_and_nothing_else(tmp_path, monkeypatch):
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
        script.judge = lambda _: "1: yes\n2: no, because it is the other way round"
        shown, checked = run(tmp_path, "--judge", "openai:stand-in", "--json")
        (asked,) = script.judged
    assert "90 missiles" not in asked["messages"][-1]["content"]
    assert [checked[n]["checked_by"] for n in "abcd"] == ["verbatim", "judge", None, None]
    assert "the other way round" in checked["d"]["reason"]
    report = json.loads(shown)
    assert report == json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["balanced_accuracy"] == 1.0
    assert report["judge"] == "openai:stand-in"
    assert report["usage"]["input_tokens"] > 0
    figures = {figure["kind"]: (figure["passed"], figure["n"]) for figure in report["figures"]}
    assert figures["all true"] == (2, 2)
    assert figures["false: role"] == (0, 1)


def test_a_judge_that_fails_counts_as_no_and_is_reported(tmp_path, monkeypatch):
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
        script.judge = lambda _: "I cannot say."
        shown, checked = run(tmp_path, "--judge", "openai:stand-in")
    assert not checked["b"]["passed"]
    assert "no verdict on 2 of them" in shown


def test_an_article_without_text_is_its_quotes_and_white_space_may_differ(tmp_path):
    (pair, *_) = read_pairs(pairs(tmp_path, article=None))
    assert pair.article.text == QUOTE
    _, checked = run(tmp_path, rows=ROWS[:1], quotes=[QUOTE.replace(" at ", "\n at  ")])
    assert checked["a"]["passed"]
    _, checked = run(tmp_path, rows=ROWS[:1], quotes=["The mayor flew."], sentence="The mayor flew.")
    assert not checked["a"]["passed"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"supported": "yes"}, "“supported” must be true or false"),
        ({"sentence": ""}, "“sentence” must be a text"),
        ({"quotes": "x"}, "“quotes” must be a list"),
        ({"id": "a"}, "the id “a” was used before"),
        ({"article": ARTICLE | {"published": "soon"}}, "“published” in “article” must be a date"),
    ],
)
def test_all_that_is_wrong_with_a_set_is_said(tmp_path, changed, why):
    from newsqa.errors import SourceError

    with pytest.raises(SourceError) as told:
        read_pairs(pairs(tmp_path, **changed))
    assert why in "\n".join([str(told.value), *told.value.details])


@pytest.mark.parametrize("text", ["", "[]", "nothing", "[1]"])
def test_a_file_without_sentences_is_an_error(tmp_path, text):
    from newsqa.errors import SourceError

    (tmp_path / "pairs.jsonl").write_text(text)
    with pytest.raises(SourceError):
        read_pairs(tmp_path / "pairs.jsonl")
