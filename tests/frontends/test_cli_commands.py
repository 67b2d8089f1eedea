"""The commands as people and scripts meet them: what they print, where, and with which exit code."""

import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest
from command_line import in_process

from newsqa.errors import UsageError
from newsqa.frontends.terminal.console import first_day, last_day

TODAY = date.today()
NEWSQA = [sys.executable, "-c", "from newsqa.cli import main; main()"]


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("NEWSQA_") or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path / "sessions"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def newsqa(monkeypatch, capfd):
    """Run a command in this process; return its exit code, standard output and standard error."""
    return in_process(monkeypatch, capfd)


def newsqa_process(*arguments, **how):
    return subprocess.run([*NEWSQA, *map(str, arguments)], capture_output=True, timeout=120, check=False, **how)


def test_help_imports_nothing_heavy():
    heavy = [
        "chromadb",
        "openai",
        "langchain_core",
        "langchain",
        "onnxruntime",
        "numpy",
        "prompt_toolkit",
        "tokenizers",
    ]
    code = (
        "import sys, newsqa.cli\nsys.argv = ['newsqa', '--help']\n"
        "try: newsqa.cli.main()\nexcept SystemExit: pass\n"
        f"print('heavy:', [name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "Usage: newsqa" in done.stdout
    assert "heavy: []" in done.stdout


def test_every_command_has_help(newsqa):
    for command in ("index", "ask", "chat", "show", "sources", "doctor"):
        code, out, _ = newsqa(command, "--help")
        assert code == 0
        assert "--index" in out
    assert all("--out" in newsqa("eval", command, "--help")[1] for command in ("run", "score"))


def test_ask_prints_one_record_and_nothing_else(newsqa, news_index):
    code, out, err = newsqa("ask", "How many ships steered by the lighthouse?", "--json", "--index", news_index)
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    record = json.loads(out)
    assert not record["refused"]
    assert record["asked"] == TODAY.isoformat()
    for citation in record["citations"]:
        article = json.loads(newsqa("show", citation["article_id"], "--json", "--index", news_index)[1])
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert (article["title"], article["outlet"]) == (citation["title"], citation["outlet"])
    assert record["text"] == " ".join(
        s["text"] + "".join(f" [{n}]" for n in s["citations"]) for s in record["sentences"]
    )


def test_ask_is_plain_text_in_a_pipe(newsqa, news_index):
    code, out, _ = newsqa("ask", "Who", "won", "the first prize for cheese?", "--index", news_index)
    assert code == 0
    assert "Runa Selbach" in out
    assert "[1] Cheese festival in Ostby draws record crowd · Ostby Gazette · 10 May 2025" in out
    assert "\x1b" not in out


def test_ask_reads_standard_input(newsqa, news_index, monkeypatch):
    question = b"Who won the first prize for cheese?\n"
    done = newsqa_process("ask", "--index", news_index, input=question)
    assert done.returncode == 0
    assert b"Runa Selbach" in done.stdout
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(question)))
    code, out, _ = newsqa("ask", "-", "--index", news_index)
    assert code == 0
    assert "Runa Selbach" in out


def test_a_refusal_is_no_failure(newsqa, news_index):
    code, out, err = newsqa(
        "ask", "What did the parliament of Mars decide about dust taxes?", "--json", "--index", news_index
    )
    record = json.loads(out)
    assert (code, err) == (0, "")
    assert record["refused"]
    assert record["citations"] == []
    assert record["reason"] in {"no_evidence", "not_supported"}


def test_bounds_are_heeded_and_what_they_leave_out_is_reported(newsqa, news_index):
    arguments = ("--as-of", "2025-05-05", "--json", "--index", news_index)
    record = json.loads(newsqa("ask", "Who won the first prize for cheese?", *arguments)[1])
    assert record["as_of"] == "2025-05-05"
    assert all("cheese" not in passage["text"] for passage in record["retrieved"])
    assert record["notices"] == ["1 article of no known date was left out."]


def test_the_day_of_asking_can_be_given(newsqa, news_index):
    record = json.loads(newsqa("ask", "What closed?", "--asked", "2025-05-13", "--json", "--index", news_index)[1])
    assert record["asked"] == "2025-05-13"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "x", "--since", "last tuesday"], "is no date"),
        (["ask", "x", "--as-of", "2025-02-30"], "2025-03-14"),
        (["ask", " "], "empty"),
        (["ask", "x", "--nonsense"], "No such option"),
        (["indx"], "No such command"),
        (["index"], "no source"),
        (["show"], "Missing argument"),
        (["eval", "run"], "Missing argument"),
        (["eval", "run", "x.jsonl", "--limit", "0"], "--limit"),
        (["eval", "score", "x.jsonl"], "Missing argument"),
    ],
)
def test_usage_errors_exit_with_2(newsqa, arguments, said):
    code, out, err = newsqa(*arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("command", [["ask", "x"], ["chat"], ["show", "x"], ["sources"], ["sources", "remove", "x"]])
def test_a_missing_index_is_reported_in_a_line_with_the_command_that_makes_it(newsqa, tmp_path, command):
    code, out, err = newsqa(*command, "--index", tmp_path / "none")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "newsqa index" in err
    assert not (tmp_path / "none").exists()


def test_a_bad_setting_is_reported(newsqa, monkeypatch):
    monkeypatch.setenv("NEWSQA_TIMEOUT", "soon")
    code, _, err = newsqa("ask", "x")
    assert code == 1
    assert "NEWSQA_TIMEOUT" in err


def test_an_unforeseen_error_is_a_line_and_no_traceback(newsqa, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("ouch\x1b[2J")

    monkeypatch.setattr("newsqa.frontends.terminal.index.open_index", broken)
    code, _, err = newsqa("sources")
    assert (code, err.count("\n")) == (1, 1)
    assert "ZeroDivisionError" in err
    assert "\x1b" not in err


def test_index_reports_what_came_of_it(newsqa, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge at Sel closed\n\nThe bridge at Sel was closed on Monday for repairs.")
    (folder / "b.json").write_text("{broken")
    place = ("--index", tmp_path / "i")
    code, out, err = newsqa("index", folder, *place)
    assert code == 0
    assert "mine: 1 article, 1 new" in out
    assert "b.json" in err
    report = json.loads(newsqa("index", folder, "--json", *place)[1])["sources"][0]
    assert (report["source"], report["added"], report["unchanged"]) == ("mine", 0, 1)
    assert newsqa("sources", "rename", "mine", "yours", *place)[0] == 0
    listed = json.loads(newsqa("sources", "--json", *place)[1])["sources"]
    assert [(source["name"], source["articles"]) for source in listed] == [("yours", 1)]
    assert "b.json" in newsqa("sources", *place)[1]
    assert newsqa("sources", "rename", "nobody", "x", *place)[0] == 2
    assert newsqa("sources", "remove", "yours", *place)[0] == 0
    assert json.loads(newsqa("sources", "--json", *place)[1]) == {"sources": []}


def test_hostile_file_names_are_harmless(newsqa, tmp_path, hostile):
    evil = hostile.replace("/", "")
    folder = tmp_path / f"mine{evil}"
    folder.mkdir()
    (folder / f"a{evil}.txt").write_text("A title\n\nThe bridge at Sel was closed on Monday.")
    (folder / f"b{evil}.json").write_text("{broken")
    place = ("--index", tmp_path / "i")
    for command in (
        ["index", folder],
        ["index", folder, "--json"],
        ["sources"],
        ["sources", "--json"],
        ["index", f"{folder}x"],
    ):
        _, out, err = newsqa(*command, *place)
        assert all(c == "\n" or c.isprintable() for c in out + err)


def test_one_missing_source_does_not_keep_out_the_others(newsqa, tmp_path):
    (tmp_path / "a.txt").write_text("A title of a story\n\nThe bridge at Sel was closed on Monday for repairs.")
    code, out, err = newsqa("index", tmp_path / "none", tmp_path / "a.txt", "--index", tmp_path / "i")
    assert code == 1
    assert "1 new" in out
    assert err.startswith("newsqa: ")
    assert "none" in err


def test_rebuild_makes_the_vectors_anew(newsqa, tmp_path):
    (tmp_path / "a.txt").write_text("A title of a story\n\nThe bridge at Sel was closed on Monday for repairs.")
    newsqa("index", tmp_path / "a.txt", "--index", tmp_path / "i")
    code, out, _ = newsqa("index", "--rebuild", "--index", tmp_path / "i")
    assert code == 0
    assert "1 passage" in out


def test_show_prints_an_article_harmlessly(newsqa, news_index):
    record = json.loads(newsqa("ask", "Where were leaks found in the canal?", "--json", "--index", news_index)[1])
    canal = next(p for p in record["retrieved"] if "Brackwater" in p["text"])
    code, out, _ = newsqa("show", canal["article_id"], "--index", news_index)
    assert code == 0
    assert "The Brackwater canal was closed" in out
    assert all(c == "\n" or c.isprintable() for c in out)
    code, _, err = newsqa("show", "no-such\x1b]0;x\x07", "--index", news_index)
    assert code == 1
    assert "\x1b" not in err


def test_doctor_finds_all_well(newsqa, news_index):
    code, out, _ = newsqa("doctor", "--json", "--index", news_index)
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert code == 0, out
    assert {"python", "packages", "settings", "embedder", "reranker", "index", "vectors"} <= set(checks)
    assert {check["state"] for check in checks.values()} == {"good"}


def test_doctor_says_how_to_mend(newsqa, monkeypatch, tmp_path):
    monkeypatch.setenv("NEWSQA_TIMEOT", "3")
    monkeypatch.setenv("NEWSQA_EMBEDDER", "no-such-model")
    code, out, _ = newsqa("doctor", "--index", tmp_path / "none")
    assert code == 1
    assert "Did you mean NEWSQA_TIMEOUT?" in out
    assert "newsqa index" in out
    assert "no-such-model" in out


def test_a_reader_that_leaves_early_is_no_trouble(news_index):
    newsqa = f"{sys.executable} -c 'from newsqa.cli import main; main()'"
    script = f"{newsqa} ask --index {news_index} lighthouse ships | head -c 1"
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=60, check=False)
    assert done.stderr == b""


def test_an_interrupt_exits_with_130(newsqa, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("newsqa.frontends.terminal.index.open_index", interrupted)
    code, out, err = newsqa("sources")
    assert (code, out, err) == (130, "", "")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2025-03-14", date(2025, 3, 14), date(2025, 3, 14)),
        ("2025-3-4", date(2025, 3, 4), date(2025, 3, 4)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        (" Today ", TODAY, TODAY),
    ],
)
def test_days_are_read_as_people_type_them(typed, first, last):
    assert (first_day(typed), last_day(typed)) == (first, last)


@pytest.mark.parametrize("typed", ["", "soon", "2025-13", "14.3.2025", "0000", "99999", "2025-02-29", "٢٠٢٥-01-01x"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(UsageError, match="is no date"):
        first_day(typed)
