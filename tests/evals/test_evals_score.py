"""What other programs answered is scored like a run of newsqa's own; what is wrong with a file is told by line."""

import gzip
import json
import sys

import pytest

from newsqa import cli
from newsqa.errors import SourceError
from newsqa.evals.datasets.items import Gold, Item
from newsqa.evals.predictions import lines_of, read_predictions
from newsqa.evals.run_file import read_run
from newsqa.evals.scoring import score
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index

ITEMS = [
    Item("prize", "Who won the first prize?", ("Runa Selbach",), gold=(Gold(path="1.json"),), answerable=True),
    Item("steps", "How many steps has the tower?", ("187",), gold=(Gold(path="0.json"),), answerable=True),
]
QUOTE = "The first prize went to Runa Selbach for a blue cheese that she had kept in a mine for two years."


def predictions(folder, *values, name="bot.jsonl"):
    file = folder / name
    file.write_text("".join(json.dumps(value) + "\n" for value in values))
    return file


def lines(folder, *values, index=None):
    return lines_of(read_predictions(predictions(folder, *values)), ITEMS, index)


@pytest.fixture
def index(news_index):
    with open_index(Settings(index=news_index)) as opened, opened.snapshot() as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    "value",
    [
        {"id": "prize", "text": "Runa Selbach"},
        {"question_id": "prize", "answer": "Runa Selbach"},
        {"question_id": "prize", "prediction": "Runa Selbach"},
        {"id": None, "question_id": "prize", "response": "Runa Selbach", "unknown": {"anything": [1]}},
    ],
)
def test_ids_and_answers_are_found_under_the_names_in_use(tmp_path, value):
    first, second = lines(tmp_path, value)
    assert (first.record["text"], first.record["id"], first.item) == ("Runa Selbach", "prize", ITEMS[0])
    assert score(first)["em"] == 1
    assert (first.record["model"], first.refused, first.place) == ("bot", False, (1, 2))
    assert second.failed  # so that leaving out hard questions wins nothing
    assert score(second)["em"] == score(second)["f1"] == 0


def test_files_come_as_lists_and_packed_too(tmp_path):
    values = [{"id": "prize", "answer": "Runa Selbach"}, {"id": "steps", "answer": "187"}]
    (tmp_path / "list.json").write_text(json.dumps(values, indent=1))
    (tmp_path / "bot.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, values)).encode()))
    for name in ("list.json", "bot.jsonl.gz"):
        read = lines_of(read_predictions(tmp_path / name), ITEMS)
        assert [line.record["text"] for line in read] == ["Runa Selbach", "187"], name


def test_markers_give_sentences_their_citations(tmp_path):
    text = "Runa Selbach won [1, 2]. The mayor spoke.[2] It was a Saturday."
    given = {"id": "prize", "answer": text, "citations": [{"quote": QUOTE, "outlet": "Ostby Gazette"}, {"quote": "x"}]}
    first, _ = lines(tmp_path, given)
    assert first.record["sentences"] == [
        {"text": "Runa Selbach won.", "citations": [1, 2], "support": None},
        {"text": "The mayor spoke.", "citations": [2], "support": None},
        {"text": "It was a Saturday.", "citations": [], "support": None},
    ]
    assert [citation["n"] for citation in first.record["citations"]] == [1, 2]
    assert first.known.citations is None  # no index was at hand
    assert "citation_existence" not in score(first)


def test_an_answer_without_markers_offers_all_that_it_cites(tmp_path):
    given = {"id": "prize", "answer": "The first prize went to Runa Selbach.", "citations": [{"quote": QUOTE}]}
    first, _ = lines(tmp_path, given)
    assert first.record["sentences"][0]["citations"] == [1]
    assert score(first)["lexical_support"] == 1


def test_citations_are_looked_up_in_an_index(tmp_path, index):
    cited = [
        {"quote": QUOTE, "url": "http://www.ostby-gazette.example/cheese?utm_source=x"},
        {"quote": QUOTE, "url": "https://ostby-gazette.example/cheese", "outlet": "Tarn Herald"},
        {"quote": QUOTE.replace("Runa", "Rosa"), "path": "1.json"},
        {"quote": QUOTE},
        {"quote": QUOTE, "url": "https://elsewhere.example/"},
        "https://ostby-gazette.example/cheese",
        {"quote": QUOTE, "article_id": "never"},
    ]
    given = {"id": "prize", "answer": "Runa Selbach [1].", "citations": cited}
    first, _ = lines(tmp_path, given, index=index)
    grounds = [(one.exists, one.faithful) for one in first.known.citations]
    assert grounds == [
        (True, True),
        (False, True),  # of another outlet, it says
        (True, False),  # in other words
        (True, True),  # found by its words
        (False, False),
        (True, False),  # quotes nothing
        (False, False),
    ]
    one = first.record["citations"][0]
    article = index.article(one["article_id"])
    assert (one["title"], one["published"]) == (article.title, "2025-05-10")
    assert article.text[one["start"] : one["end"]] == QUOTE
    assert first.known.gold == ((article.id,),)


def test_passages_are_looked_up_in_an_index(tmp_path, index):
    found = [{"url": "https://tarn-herald.example/lighthouse", "text": "fog"}, {"path": "1.json", "text": QUOTE}]
    first, _ = lines(tmp_path, {"id": "prize", "answer": "", "retrieved": found}, index=index)
    assert first.refused  # an answer with nothing in it is a refusal
    assert (score(first)["doc_hit@1"], score(first)["doc_hit@5"]) == (0, 1)


def test_what_is_said_of_refusals_and_confidence_is_kept(tmp_path):
    first, second = lines(
        tmp_path,
        {"id": "prize", "answer": "I cannot tell.", "refused": True, "confidence": 0.1, "timings": {"total": 2}},
        {"id": "steps", "answer": "", "refused": False, "usage": {"input_tokens": 5}, "model": "m"},
    )
    assert (first.refused, second.refused, second.failed) == (True, False, False)
    assert (first.record["confidence"], second.record["confidence"]) == (0.1, None)
    assert first.record["usage"] == {"input_tokens": 0, "output_tokens": 0, "cost": None}
    assert (second.record["usage"]["input_tokens"], second.record["model"]) == (5, "m")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "no JSON"),
        (b"[" * 50_000, "no JSON"),
        (b"7", "no JSON object"),
        (b'{"answer": "x"}', "no id"),
        (b'{"id": true, "answer": "x"}', "no id"),
        (b'{"id": "b"}', "no answer"),
        (b'{"id": "b", "answer": 7}', "“answer”"),
        (b'{"id": "b", "answer": {"text": []}}', "“answer”"),
        (b'{"id": "b", "answer": "\x1b[2J"}', "no JSON"),
        (b'{"id": "b", "answer": "' + b"x" * 200_000 + b'"}', "longer than"),
        (b'{"id": "b", "answer": "x", "citations": {}}', "“citations”"),
        (b'{"id": "b", "answer": "x", "citations": [7]}', "“citations.0”"),
        (b'{"id": "b", "answer": "x", "citations": [{"quote": 7}]}', "“citations.0.quote”"),
        (b'{"id": "b", "answer": "x", "citations": [{"n": "1"}]}', "“citations.0.n”"),
        (b'{"id": "b", "answer": "x", "sentences": ["x"]}', "“sentences.0”"),
        (b'{"id": "b", "answer": "x", "retrieved": "x"}', "“retrieved”"),
        (b'{"id": "b", "answer": "x", "confidence": "high"}', "“confidence”"),
        (b'{"id": "b", "answer": "x", "refused": "no"}', "“refused”"),
        (b'{"id": "b", "answer": "x", "usage": 3}', "“usage”"),
        (b'{"id": "b", "answer": "x", "timings": {"total": null}}', "“timings.total”"),
        (b'{"id": "b", "answer": "x", "asked": "yesterday"}', "“asked”"),
        (b'{"id": "b", "answer": "x", "confidence": 1e999}', "“confidence”"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, line, said):
    file = tmp_path / "bot.jsonl"
    file.write_bytes(b'{"id": "prize", "answer": "fine"}\n' + line + b"\n")
    with pytest.raises(SourceError, match=said) as caught:
        read_predictions(file)
    assert f"{file} line 2" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe", b"[]", b"{}"])
def test_what_holds_no_predictions_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "bot.jsonl").write_bytes(content)
    with pytest.raises(SourceError):
        read_predictions(tmp_path / "bot.jsonl")


def test_predictions_for_another_set_are_told(tmp_path):
    with pytest.raises(SourceError, match="id of a question of the set"):
        lines(tmp_path, {"id": "other", "answer": "x"})


def command(monkeypatch, capfd, *arguments):
    monkeypatch.setattr(sys, "argv", ["newsqa", "eval", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return (left.value.code, *capfd.readouterr())


@pytest.fixture
def question_set(tmp_path):
    lines = [{"id": "prize", "question": "Who won?", "answers": ["Runa Selbach"], "asked": "2025-06-01"}]
    lines += [{"id": f"q{n}", "question": f"What of {n}?", "answers": [str(n)]} for n in range(4)]
    return predictions(tmp_path, *lines, name="set.jsonl")


def test_the_command_keeps_predictions_as_a_run(tmp_path, question_set, news_index, monkeypatch, capfd):
    given = [{"id": "prize", "answer": "Runa Selbach"}, {"id": "q1", "answer": "2"}, {"id": "q1", "answer": "1"}]
    file = predictions(tmp_path, *given, {"id": "x\x1b[2J", "answer": "1"})
    out = tmp_path / "out"
    arguments = ("score", file, question_set, "--out", out, "--index", news_index)
    code, shown, told = command(monkeypatch, capfd, *arguments)
    assert code == 0
    assert "40.0 %" in shown
    assert "3 of 5 questions without a prediction" in told
    assert "1 prediction for no question of the set" in told
    assert "1 id more than once, the last counted: q1" in told
    assert "\x1b" not in shown + told
    assert [line.failed for line in read_run(out)] == [False, True, False, True, True]
    assert (out / "report.html").is_file()
    assert command(monkeypatch, capfd, *arguments)[0] == 0  # the same again
    predictions(tmp_path, {"id": "prize", "answer": "Nobody"})
    code, _, told = command(monkeypatch, capfd, *arguments)
    assert (code, "holds another run" in told) == (1, True)


def test_a_run_of_newsqa_scores_as_it_did(tmp_path, question_set, news_index, monkeypatch, capfd):
    out = tmp_path / "out"
    code, ran, _ = command(monkeypatch, capfd, "run", question_set, "--index", news_index, "--out", out, "--json")
    assert code == 0
    code, scored, _ = command(monkeypatch, capfd, "score", out / "run.jsonl", question_set, "--json")
    assert code == 0
    assert json.loads(scored) == json.loads(ran)
    arguments = ("score", out / "run.jsonl", question_set, "--index", news_index, "--json")
    assert json.loads(command(monkeypatch, capfd, *arguments)[1])["figures"] == json.loads(ran)["figures"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "set.jsonl"]
